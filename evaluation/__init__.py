"""How good the ranking is: `make eval`."""
