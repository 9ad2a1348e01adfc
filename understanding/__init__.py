"""Answer what the facts of a portfolio answer: numbers, dates, orders, shares, comparisons.

| module | does |
|---|---|
| `model` | what a question is read as, and what is told |
| `reading` | reads a question by composed rules: operator, filters, entities |
| `facts` | computes what is true of each repository; the rules that decide truth |
| `technologies` | tells which languages and technologies names stand for |
| `question` | finds the repositories that a question asks for, their order, and why |
| `kinds` | answers each kind of question, a module for a few kinds |
| `telling` | answers a question that was read, by its kind |
| `sentences` | writes numbers, dates, lists and conditions as people read them |
"""
