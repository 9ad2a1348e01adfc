"""Composition root: names every blueprint, holds no logic."""

import azure.durable_functions as df
import operator_api
import refresh
import webhooks

import http_api
from activities import cache, github
from orchestrators import batch, push
from orchestrators import refresh as refresh_orchestrator
from web import pages

app = df.DFApp()
for blueprint in (
    *(http_api.bp, operator_api.bp, webhooks.bp, pages.bp, refresh.bp),
    *(refresh_orchestrator.bp, batch.bp, push.bp),
    *(github.bp, cache.bp),
):
    app.register_functions(blueprint)
