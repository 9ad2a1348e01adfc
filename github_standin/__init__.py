"""A stand-in for GitHub's REST API. It serves repositories from a folder or from memory, in GitHub's form."""
