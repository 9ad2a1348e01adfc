"""Answer questions in prose, from ranked repositories.

| module | does |
|---|---|
| `desk` | answers a question: from memory, by the model, or without one |
| `prompt` | selects what the model may use, within a token budget |
| `model` | calls the owner's chat and embedding models |
| `forms` | the parameters that a model is asked with, and which of them it accepts |
| `refusals` | tells why a server refused: the question, the prompt, a parameter or the moment |
| `reply` | validates a model's reply; the only module that reads it |
| `support` | tells whether the cited repositories show what a sentence says |
| `stated` | tells whether a reply states the fact, and no other number or date |
| `language` | tells whether a reply is in a language that its reader did not use |
| `extractive` | writes an answer without a model, from the repositories' own words |
| `asked` | finds what a searched question names |
| `evidence` | quotes where a repository shows what is claimed of it |
| `shown` | chooses which of a repository's own words are shown |
| `suggestions` | suggests questions to ask next |
| `plain` | turns Markdown into plain text that is safe to show and to send |
"""
