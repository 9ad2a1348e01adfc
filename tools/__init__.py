"""Commands that know both the app and the local host: `make run`, `make screenshots`, and what they share."""
