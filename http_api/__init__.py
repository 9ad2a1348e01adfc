"""Serve the HTTP routes, one module per family: health, portfolios, query, refresh, operator,
webhooks, pages.

Every route calls `responses.answered` with its `respond_…` function, which takes the request and the
Durable client; settings and clients come from `settings()` and `clients`. `requests` parses what
callers send, `serving` reads the cached portfolio and starts its refresh, `views` shapes bundles for
visitors, `responses` makes every response.
"""
