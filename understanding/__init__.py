"""Answer what the facts of a portfolio answer: numbers, dates, orders, shares, comparisons.

| module | does |
|---|---|
| `model` | what a question is read as, and what is told |
| `reading` | reads a question by composed rules: operator, filters, entities |
| `facts` | computes what is true of each repository; the rules that decide truth |
| `telling` | answers a question that was read from the facts |
"""
