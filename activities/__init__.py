"""All I/O of a refresh, one activity a file. A registered activity is a shell around a plain function.

| activity | module | does |
|---|---|---|
| `GetRepoNamesActivity` | `plan` | lists the repositories, publishes what the listing shows, plans which to fetch |
| `FetchRepoContextBundleActivity` | `fetch` | fetches one repository and saves it, unpublished |
| `EmbedBundlesActivity` | `embed` | adds embeddings to the saved bundles of a batch |
| `PublishPortfolioActivity` | `publish` | makes saved bundles part of the portfolio that readers see |
| `StartRefreshActivity` | `start` | starts the refresh that answers webhooks |

`manifests` says what a manifest becomes at each step, `failures` turns errors into values.
"""
