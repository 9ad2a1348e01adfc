"""Answer questions in prose, from ranked repositories.

| module | does |
|---|---|
| `desk` | answers a question: from memory, by the model, or without one |
| `prompt` | selects what the model may use, within a token budget |
| `model` | calls the owner's chat and embedding models |
| `reply` | validates a model's reply; the only module that decides what is accepted of it |
| `extractive` | writes an answer without a model, from the repositories' own words |
| `suggestions` | suggests questions to ask next |
| `plain` | turns Markdown into plain text that is safe to show and to send |
"""
