"""The host: everything started in order, and stopped in the reverse."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import uvicorn
from azure.durable_functions.models.utils import http_utils
from starlette.applications import Starlette
from starlette.routing import Mount

from localhost.admin import admin_routes
from localhost.app import load_app
from localhost.config import load_host_config, load_local_settings
from localhost.durable.engine import DurableEngine
from localhost.durable.management import client_binding, management_routes
from localhost.errors import CannotStart
from localhost.keys import Keys
from localhost.terminal import Terminal
from localhost.timers import Timer
from localhost.web import build_app, endpoints
from localhost.worker import Worker

GRACE_S = 10.0  # for what is in flight when the host stops


class PortTaken(CannotStart):
    """Somebody else listens on the port."""


class Host:
    """One function app, served. `async with Host(…) as host:` answers from the first line on.

    Imports the app into this process and changes the working folder to the app's, so a process
    hosts one app. Raises CannotStart.
    """

    def __init__(
        self, app_dir: Path, *, port: int | None, data_dir: Path, terminal: Terminal
    ) -> None:
        """`port` None: as local.settings.json says; 0: any free one."""
        self.terminal = terminal
        app_dir = app_dir.resolve()
        data_dir = data_dir.resolve()
        self._local = load_local_settings(app_dir)
        config = load_host_config(app_dir)
        self._socket = _listen(self._local.port if port is None else port)
        self._rpc_socket = _listen(0)
        self.base_url = f"http://localhost:{self._socket.getsockname()[1]}"
        logging.getLogger().addHandler(terminal)
        logging.getLogger("portfolio.api").setLevel(logging.INFO)
        functions = load_app(app_dir)
        self._worker = Worker(functions)
        self._timers = [
            Timer(each, self._worker, data_dir / "timers")
            for each in functions
            if each.kind == "timerTrigger"
        ]
        keys = Keys.from_environment()
        self._engine = DurableEngine(
            self._worker,
            data_dir / "durable.db",
            hub_name=config.hub_name,
            max_activities=config.max_activities,
            max_orchestrators=config.max_orchestrators,
            activity_timeout=config.function_timeout_s,
            on_event=terminal.event,
        )
        rpc_url = f"http://127.0.0.1:{self._rpc_socket.getsockname()[1]}/durabletask/"
        binding = client_binding(
            hub_name=config.hub_name,
            base_url=self.base_url,
            rpc_url=rpc_url,
            system_key=keys.system,
        )
        self._worker.client_binding = lambda: binding

        def durable(required_key: str | None) -> list:  # type: ignore[type-arg]
            return list(
                management_routes(
                    self._engine,
                    required_key=required_key,
                    system_key=keys.system,
                    base_url=lambda: self.base_url,
                )
            )

        routed = endpoints(functions, config.route_prefix)
        # Strong references: the event loop keeps weak ones only.
        self._by_hand: set[asyncio.Task[None]] = set()
        admin = admin_routes(functions, self._worker, keys, self._by_hand)
        web = build_app(
            routed, self._worker, keys, self._local, terminal, admin, durable(keys.system)
        )
        rpc = Starlette(routes=[Mount("/durabletask", routes=durable(None))])
        self._servers = [_Server(_config(web)), _Server(_config(rpc))]
        self._stopping = asyncio.Event()
        self._running: list[asyncio.Task[None]] = []
        terminal.functions(
            self.base_url,
            [
                (
                    each.function.name,
                    ",".join(sorted(each.methods)) or "all methods",
                    each.template.text,
                )
                for each in routed
            ],
            [each for each in functions if each.kind != "httpTrigger"],
        )

    async def __aenter__(self) -> Host:
        await self._engine.start()
        for server, listening in zip(self._servers, (self._socket, self._rpc_socket), strict=True):
            self._running.append(asyncio.create_task(server.serve(sockets=[listening])))
        for server in self._servers:
            while not server.started:  # noqa: ASYNC110  # uvicorn tells it by this flag only
                await asyncio.sleep(0.005)
        self._running += [asyncio.create_task(timer.run(self._stopping)) for timer in self._timers]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take no more requests, finish those in flight, then orchestrations and activities."""
        self._stopping.set()
        for server in self._servers:
            server.should_exit = True
        with suppress(TimeoutError):
            await asyncio.wait_for(
                asyncio.gather(*self._running, *self._by_hand, return_exceptions=True), GRACE_S
            )
        await self._engine.stop(GRACE_S)
        self._worker.close()
        await http_utils._close_session()  # the SDK's; nothing else closes it
        logging.getLogger().removeHandler(self.terminal)


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of them."""
        yield


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=int(GRACE_S),
    )


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches off Nagle's algorithm: 40 ms less per response.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"port {port} is taken ({error.strerror}); stop what listens there, or choose another with PORT"
        ) from error
    listening.listen(2048)
    return listening
