"""Answer each kind of question: functions from a `Question` to what is told.

| module | tells |
|---|---|
| `counts` | how many, which ones, and what comes nearest |
| `orders` | the most recent, the oldest, the most starred, the biggest |
| `languages` | languages, technologies by kind, shares of code |
| `comparisons` | two things or more, or repositories, side by side |
| `whether` | whether repositories show something, or the work of a role |
| `timeline` | since when and until when |
| `repository` | one repository: what it is, what it is built with, what is like it |
| `portfolio` | all of them: a profile, and where to start |
| `beyond` | what repositories cannot show, and what can be asked |
| `parts` | what a repository is made of, for the others |
"""
