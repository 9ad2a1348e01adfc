"""Set up the log and register the blueprints of all functions: the composition root."""

import azure.durable_functions as df

import schedule
from activities import embed, fetch, plan, publish, start
from http_api import health, operator, pages, portfolios, query, webhooks
from http_api import refresh as refresh_api
from observability import quieten_libraries
from orchestrators import batch, push
from orchestrators import refresh as refresh_orchestrator

quieten_libraries()
app = df.DFApp()
for blueprint in (
    *(health.bp, query.bp, portfolios.bp, refresh_api.bp, webhooks.bp, operator.bp, pages.bp),
    schedule.bp,
    *(refresh_orchestrator.bp, batch.bp, push.bp),
    *(plan.bp, fetch.bp, embed.bp, publish.bp, start.bp),
):
    app.register_functions(blueprint)
