"""Rank repositories by what their own texts say.

| module | does |
|---|---|
| `text` | splits text into words and reduces them to terms |
| `vocabulary` | loads what words mean: spellings, phrases, kinds of things, languages |
| `taxonomy` | loads what is known of technologies: names, packages, kinds, roles, subjects |
| `mentions` | finds the technologies that texts and packages name |
| `packages` | tells the telling words of a package's name |
| `context` | normalises `.repo-context.json` |
| `fields` | extracts a repository's terms and weights them by the field that they occur in |
| `terms` | packs the terms of a repository's content, so that they are extracted once |
| `question` | parses a question into concepts; corrects typos and expands queries |
| `postings` | the inverted index: in which repositories a term occurs |
| `index` | ranks a portfolio; the only module that makes scores |
| `evidence` | finds where a term stands in a repository |
| `embeddings` | compares questions and repositories by meaning, if the owner set a model |
| `difficulty` | estimates how hard a repository is to understand |
"""
