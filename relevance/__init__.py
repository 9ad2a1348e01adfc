"""Rank repositories by what their own texts say.

| module | does |
|---|---|
| `text` | splits text into words and reduces them to terms |
| `vocabulary` | loads what words mean: spellings, phrases, kinds of things, languages |
| `context` | normalises `.repo-context.json` |
| `fields` | extracts a repository's terms and weights them by the field that they occur in |
| `question` | parses a question into concepts; corrects typos and expands queries |
| `index` | the inverted index of a portfolio; the only module that makes scores |
| `embeddings` | compares questions and repositories by meaning, if the owner set a model |
| `difficulty` | estimates how hard a repository is to understand |
"""
