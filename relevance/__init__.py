"""Rank repositories by what their own texts say.

| module | does |
|---|---|
| `text`, `stems` | splits text into words and reduces them to terms |
| `vocabulary` | loads what words mean: spellings, phrases, kinds of things, languages |
| `taxonomy` | loads what is known of technologies: names, packages, kinds |
| `subjects` | loads what people mean by ordinary words: roles, computing, life |
| `mentions` | finds the technologies that texts and packages name |
| `packages` | tells the telling words of a package's name |
| `context` | normalises `.repo-context.json` |
| `fields` | extracts a repository's terms and weights them by the field that they occur in |
| `terms` | packs the terms of a repository's content, so that they are extracted once |
| `spelling` | corrects misspelled words of questions |
| `concepts` | says what the words of a question mean |
| `question` | parses a question: typos, lists, concepts |
| `postings` | the inverted index: in which repositories a term occurs |
| `trigrams` | compares questions and repositories by their letters |
| `scoring` | makes a score of signals, by fitted weights |
| `index` | ranks a portfolio |
| `wording` | finds the words of a repository that answer a question |
| `evidence` | finds where a term stands in a repository |
| `embeddings` | compares questions and repositories by meaning, if the owner set a model |
| `difficulty` | estimates how hard a repository is to understand |

`docs/relevance.md` follows a question to its scores.
"""
