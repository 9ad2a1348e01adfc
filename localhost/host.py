"""The host: starts its parts in order, stops them in reverse."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from localhost.admin import AdminApi
from localhost.app import Function, app_folder, load_app
from localhost.config import HostConfig, load_host_config, local_environment, read_local_settings
from localhost.durable.engine import DurableEngine
from localhost.durable.management import ManagementApi
from localhost.durable.sdk import close_client_session
from localhost.durable.urls import WEBHOOKS, ManagementUrls
from localhost.errors import CannotStart
from localhost.keys import Keys
from localhost.terminal import Terminal
from localhost.timers import Timer
from localhost.web import Endpoint, FunctionRoutes, build_app, endpoints
from localhost.worker import Worker

GRACE_S = 10  # for work in progress when the host stops
# Libraries that log every request or every start at INFO.
NOISY_LOGGERS = ("azure", "httpx", "uvicorn")

logger = logging.getLogger("localhost")


class PortTaken(CannotStart):
    """The port cannot be listened on, mostly because another process does."""


class Host:
    """One function app, served inside `async with Host(...) as host:`.

    The app is imported into this process, so a process hosts one app. Entering raises CannotStart,
    and then leaves nothing behind but the modules it has imported.
    """

    def __init__(
        self, app_dir: Path, *, port: int | None, data_dir: Path, terminal: Terminal
    ) -> None:
        """Store the arguments. `port` None takes that of local.settings.json, 0 any free one."""
        self.terminal = terminal
        self.base_url = ""  # known once the host has started
        self._app_dir = app_dir.resolve()
        self._port = port
        self._data_dir = data_dir.resolve()
        self._started = AsyncExitStack()

    async def __aenter__(self) -> Host:
        async with AsyncExitStack() as started:
            await self._start(started)
            self._started = started.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._started.aclose()

    async def _start(self, started: AsyncExitStack) -> None:
        """Start every part, and register with `started` how it is stopped."""
        local = read_local_settings(self._app_dir)
        config = load_host_config(self._app_dir)
        started.enter_context(local_environment(local.values))
        public = started.enter_context(_listen(local.port if self._port is None else self._port))
        loopback = started.enter_context(_listen(0))
        self.base_url = f"http://localhost:{public.getsockname()[1]}"

        started.enter_context(_logging(self.terminal))
        started.enter_context(app_folder(self._app_dir))
        functions = load_app(self._app_dir)
        _warn_of_comments(config, functions)
        routed = endpoints(functions, config.route_prefix)
        worker = Worker(functions)
        started.callback(worker.close)
        timers = self._timers(functions, worker)

        engine = self._engine(config, worker)
        started.push_async_callback(close_client_session)
        started.push_async_callback(engine.stop, GRACE_S)
        # Behind the engine's lock, so that no other host writes the same file of keys.
        keys = Keys.load(self._data_dir / "keys.json")
        urls = ManagementUrls(self.base_url, config.hub_name, keys.system)
        loopback_url = f"http://127.0.0.1:{loopback.getsockname()[1]}/durabletask/"
        worker.client_binding = urls.client_binding(loopback_url)

        admin = AdminApi(functions, worker, keys)
        webhooks = ManagementApi(engine, urls, required_key=keys.system)
        rpc = ManagementApi(engine, urls, required_key=None)
        web = build_app(
            FunctionRoutes(routed, worker, keys, self.terminal),
            [*admin.routes(), Mount(WEBHOOKS, routes=webhooks.routes())],
            local,
        )
        loopback_app = Starlette(routes=[Mount("/durabletask", routes=rpc.routes())])

        self._show_functions(routed, functions)
        await engine.start()
        listeners = [Listener(web, public), Listener(loopback_app, loopback)]
        await started.enter_async_context(_serving(listeners, timers, admin))

    def _timers(self, functions: Sequence[Function], worker: Worker) -> list[Timer]:
        return [
            Timer(function, worker, self._data_dir / "timers")
            for function in functions
            if function.kind == "timerTrigger"
        ]

    def _engine(self, config: HostConfig, worker: Worker) -> DurableEngine:
        return DurableEngine(
            worker,
            self._data_dir / "durable.db",
            max_activities=config.max_activities,
            max_orchestrators=config.max_orchestrators,
            activity_timeout_s=config.function_timeout_s,
            on_event=self.terminal.event,
        )

    def _show_functions(self, routed: Sequence[Endpoint], functions: Sequence[Function]) -> None:
        http = [
            (
                endpoint.function.name,
                ",".join(sorted(endpoint.methods)) or "all methods",
                endpoint.template.text,
            )
            for endpoint in routed
        ]
        others = [
            (function.name, function.kind)
            for function in functions
            if function.kind != "httpTrigger"
        ]
        self.terminal.functions(self.base_url, http, others)


@dataclass(frozen=True, slots=True)
class Listener:
    """An ASGI application and the socket it answers on."""

    application: Starlette
    socket: socket.socket


class _Server(uvicorn.Server):
    """uvicorn, with signals left to the caller and an event for its start."""

    def __init__(self, application: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signals."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then set `listening`."""
        await super().startup(sockets=sockets)
        self.listening.set()


@asynccontextmanager
async def _serving(
    listeners: Sequence[Listener], timers: Sequence[Timer], admin: AdminApi
) -> AsyncIterator[None]:
    """Answer requests and run timers. On exit, let those in progress finish."""
    stopping = asyncio.Event()
    servers = [_Server(listener.application) for listener in listeners]
    running: list[asyncio.Task[None]] = []
    try:
        for server, listener in zip(servers, listeners, strict=True):
            serving = asyncio.create_task(server.serve(sockets=[listener.socket]))
            running.append(serving)
            listening = asyncio.create_task(server.listening.wait())
            await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
            listening.cancel()
            if serving.done():
                await serving  # raises the reason
        running += [asyncio.create_task(timer.run(stopping)) for timer in timers]
        yield
    finally:
        stopping.set()
        for server in servers:
            server.should_exit = True
        with suppress(TimeoutError):
            await asyncio.wait_for(
                asyncio.gather(*running, *admin.running, return_exceptions=True), GRACE_S
            )


@contextmanager
def _logging(terminal: Terminal) -> Iterator[None]:
    """Print the process's log, from INFO on as the language worker does, and its warnings."""
    root = logging.getLogger()
    noisy = [logging.getLogger(name) for name in NOISY_LOGGERS]
    levels = {changed: changed.level for changed in (root, *noisy)}
    root.addHandler(terminal)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for library in noisy:
        library.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.removeHandler(terminal)
        for changed, level in levels.items():
            changed.setLevel(level)


def _warn_of_comments(config: HostConfig, functions: Sequence[Function]) -> None:
    """Say so if the app would start here, but not on Azure."""
    if not config.is_strict_json and any(function.is_durable for function in functions):
        logger.warning(
            "host.json has comments or trailing commas. The Functions host accepts them, but on"
            " Azure azure-functions-durable fails to import: it reads the file as strict JSON."
            " Remove them before you deploy."
        )


@contextmanager
def _listen(port: int) -> Iterator[socket.socket]:
    """Bind a socket on the loopback interface. Raises PortTaken."""
    # With the protocol named, asyncio switches off Nagle's algorithm: 40 ms less per response.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            problem = "is taken" if error.errno == errno.EADDRINUSE else "cannot be used"
            raise PortTaken(
                f"port {port} {problem} ({error.strerror});"
                " stop what listens there, or choose another with PORT"
            ) from error
        listening.listen(2048)
        yield listening
