"""Single requests to GitHub: connections, errors, quota, and parsing of the responses."""
