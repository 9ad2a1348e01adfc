"""GitHub's APIs: requests, limits, and which requests a listing and a repository's content take."""
