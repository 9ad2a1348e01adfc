"""GitHubCache: portfolios in Azure Table Storage, behind a few verbs."""

from cache.github_cache import GitHubCache
from cache.portfolio import Portfolio

__all__ = ["GitHubCache", "Portfolio"]
