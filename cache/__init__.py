"""GitHubCache: portfolios in Azure Table Storage, behind a few verbs."""

from cache.github_cache import GitHubCache
from cache.portfolio import Portfolio
from cache.rows import StoredRow

__all__ = ["GitHubCache", "Portfolio", "StoredRow"]
