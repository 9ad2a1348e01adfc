"""A stand-in for GitHub's REST API: the requests that the app makes, answered in GitHub's own form."""
