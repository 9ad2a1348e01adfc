"""The HTTP routes, one file a family: parse the request, start or read something, respond.

`requests` parses, `responses` makes every response, `views` shapes cached bundles for visitors.
"""
