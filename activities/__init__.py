"""All I/O of a refresh, one activity a file. A registered activity is a shell around a plain function.

| activity | module | does |
|---|---|---|
| `GetRepoNamesActivity` | `plan` | lists the repositories and plans which to fetch |
| `FetchRepoContextBundleActivity` | `fetch` | fetches one repository |
| `SaveBundlesActivity` | `save` | saves the bundles of a batch, unpublished |
| `PublishPortfolioActivity` | `publish` | makes the saved bundles the portfolio that readers see |
| `StartRefreshActivity` | `start` | starts the refresh that answers webhooks |
"""
