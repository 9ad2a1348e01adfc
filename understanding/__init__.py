"""Answer what the facts of a portfolio answer: numbers, dates, orders, shares, comparisons.

| module | does |
|---|---|
| `model` | what a question is read as, and what is told |
| `reading` | reads a question by composed rules: operator, filters, entities |
| `tokens`, `entities`, `filters`, `periods` | write a question plainly, mark what it names, take its filters out |
| `operators`, `selections`, `orders` | decide the kind by rules over classes of words |
| `word_tables`, `word_classes`, `words` | the words of each class |
| `tolerance`, `clauses`, `misspellings` | pass over ordinary words, find the clause that asks, correct words |
| `wording` | says in plain words how a question was read |
| `facts` | computes what is true of each repository; the rules that decide truth |
| `technologies` | tells which languages and technologies names stand for |
| `question` | finds the repositories that a question asks for, their order, and why |
| `kinds` | answers each kind of question, a module for a few kinds |
| `telling` | answers a question that was read, by its kind |
| `sentences` | writes numbers, dates, lists and conditions as people read them |
"""
