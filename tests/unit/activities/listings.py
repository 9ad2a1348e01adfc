"""Listings as GetRepoNamesActivity stores them."""

from __future__ import annotations

from models import ListedRepository, Listing


def listing(*repositories: ListedRepository, excluded: int = 0) -> Listing:
    """Make a listing of these repositories."""
    return {
        "listing_id": "l1",
        "scope": "s",
        "path": "/users/ada/repos",
        "etags": [],
        "repositories": list(repositories),
        "excluded": excluded,
    }
