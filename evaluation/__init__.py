"""The quality of the ranking, measured on judged questions: `make eval`."""
