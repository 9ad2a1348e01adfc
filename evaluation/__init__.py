"""The quality of the ranking, measured on judged questions: `make eval`.

| module | does |
|---|---|
| `measures` | nDCG, refusals, and what a question, a result and its outcome are |
| `portfolio` | a portfolio with its questions |
| `judged_set` | loads the invented portfolios of `samples`, with the questions of `judged` |
| `recorded` | loads portfolios recorded from GitHub, from the folder that PORTFOLIOS names |
| `fitting` | measures a ranking on portfolios that its parameters were not fitted on |
| `product` | this app's ranking |
| `weights` | fits the weights of its signals: `make weights` |
| `calibration` | compares its scores with how often people judged results relevant |
| `baselines` | BM25F, and TF-IDF of words and of character n-grams |
| `claims` | checks what results claim, against the repositories |
| `meanings` | what the vocabulary says that words stand for |
| `bootstrap` | confidence intervals |
"""
