"""Starts that fail: in this process, because a failed start leaves nothing behind."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sqlite3
import sys
import threading
import warnings
from contextlib import closing, suppress
from pathlib import Path

import pytest

from localhost.app import AppError
from localhost.config import ConfigError
from localhost.durable.store import StoreError
from localhost.errors import CannotStart
from localhost.host import Host, PortTaken
from localhost.keys import KeysError
from localhost.terminal import Terminal

HTTP = "import azure.functions as func\napp = func.FunctionApp()\n"
LOGGERS = ("", "azure", "httpx", "uvicorn")
DURABLE = "import azure.durable_functions as df\napp = df.DFApp()\n"


@pytest.fixture(autouse=True)
def only_this_app(monkeypatch):
    """Forget the function_app that another test has imported, and that of this one afterwards."""
    monkeypatch.delitem(sys.modules, "function_app", raising=False)
    yield
    sys.modules.pop("function_app", None)


def start(app: Path, *, data: Path | None = None, port: int | None = 0) -> list[str]:
    """Start and stop a host; return the log lines it has printed. Raises CannotStart."""
    terminal = Terminal(quiet=True, json_logs=False)
    printed: list[str] = []
    terminal.emit = lambda record: printed.append(record.getMessage())  # type: ignore[method-assign] # a stub

    async def run() -> None:
        async with Host(app, port=port, data_dir=data or app / "data", terminal=terminal):
            pass

    asyncio.run(run())
    return printed


def write(folder: Path, source: str, host_json: str = '{"version": "2.0"}') -> Path:
    (folder / "function_app.py").write_text(source)
    (folder / "host.json").write_text(host_json)
    return folder


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nothing_of_this_name", "No module named 'nothing_of_this_name'"),
        (
            "\nraise RuntimeError('not today')",
            r"RuntimeError: not today \(function_app.py, line 2\)",
        ),
        ("x = 1", "function_app.py has no FunctionApp"),
        (
            HTTP + "@app.route('a')\ndef a(req: 'Missing') -> str: return ''\n",
            "function `a`: its annotations cannot be resolved",
        ),
        (
            HTTP + "@app.route('a')\ndef a(req: func.HttpRequest | None) -> str: return ''\n",
            "function `a`: `req` is annotated",
        ),
        (
            HTTP
            + "@app.queue_trigger(arg_name='m', queue_name='q', connection='c')\ndef a(m): pass\n",
            "this host does not know the binding `queueTrigger`",
        ),
        (
            HTTP + "@app.timer_trigger(arg_name='t', schedule='%NOT_SET%')\ndef a(t): pass\n",
            "function `a`: its schedule is %NOT_SET%, and `NOT_SET` is not set",
        ),
        (
            HTTP + "@app.timer_trigger(arg_name='t', schedule='now and then')\ndef a(t): pass\n",
            "function `a`: `now and then` is 'now and then', which cannot be understood",
        ),
        (
            HTTP
            + "for _ in range(2):\n"
            + "    @app.route('a')\n    def a(req: func.HttpRequest) -> str: return ''\n",
            "Function a does not have a unique function name",
        ),
        (
            HTTP
            + "for name in 'aA':\n    @app.function_name(name)\n    @app.route(name + name)\n"
            + "    def f(req: func.HttpRequest) -> str: return ''\n",
            "function `A`: there are two of this name; rename one",
        ),
        (
            HTTP + "@app.route('a/{b:colour}')\ndef a(req: func.HttpRequest) -> str: return ''\n",
            "function `a`: the route constraint `colour` does not exist",
        ),
        (
            HTTP + "@app.route('admin/a')\ndef a(req: func.HttpRequest) -> str: return ''\n",
            "function `a`: its route `admin/a` is reserved",
        ),
    ],
    ids=[
        *("missing import", "error at import", "no app", "unknown annotation", "union", "binding"),
        *("missing setting", "schedule", "same name", "same name but for case", "route template"),
        "reserved route",
    ],
)
def test_an_app_that_the_real_worker_would_refuse_is_named(tmp_path, monkeypatch, source, message):
    monkeypatch.delenv("NOT_SET", raising=False)

    with pytest.raises(AppError, match=message):
        start(write(tmp_path, source))


def test_a_folder_without_an_app_is_named(tmp_path):
    (tmp_path / "host.json").write_text("{}")

    with pytest.raises(AppError, match=r"there is no function_app\.py in "):
        start(tmp_path)


def test_a_wrong_number_of_threads_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHON_THREADPOOL_THREAD_COUNT", "many")

    with pytest.raises(ConfigError, match="`PYTHON_THREADPOOL_THREAD_COUNT` is 'many'; expected"):
        start(write(tmp_path, HTTP))


def test_a_port_in_use_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "local.settings.json").write_text(f'{{"Host": {{"LocalHttpPort": {port}}}}}')

        with pytest.raises(PortTaken, match=f"port {port} is taken .* choose another with PORT"):
            start(write(tmp_path, HTTP), port=None)


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path):
    database = tmp_path / "data" / "durable.db"
    database.parent.mkdir()
    database.write_bytes(b"my diary, not a database" * 100)

    with pytest.raises(StoreError, match=r"durable\.db cannot be used \(.*\); move it away"):
        start(write(tmp_path, HTTP))

    assert database.read_bytes().startswith(b"my diary")


class TestCleanUp:
    @pytest.mark.parametrize("cause", ["app", "port", "keys", "database", None])
    def test_a_start_leaves_nothing_behind_whether_it_fails_or_not(
        self, tmp_path, monkeypatch, cause
    ):
        # A known state, in case an earlier test has left something behind.
        monkeypatch.delenv("OF_THE_TEST", raising=False)
        logging.captureWarnings(False)
        for name in LOGGERS:
            monkeypatch.setattr(logging.getLogger(name), "level", logging.ERROR)
        app = write(tmp_path, "nonsense" if cause == "app" else HTTP)
        (app / "local.settings.json").write_text('{"Values": {"OF_THE_TEST": "set"}}')
        data = app / "data"
        data.mkdir()
        if cause == "keys":
            (data / "keys.json").write_text("nonsense")
        if cause == "database":
            (data / "durable.db").write_text("nonsense" * 100)
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1] if cause == "port" else 0
            settings, resources = settings_of_the_process(), open_resources()

            if cause:
                with pytest.raises(CannotStart):
                    start(app, port=port)
            else:
                start(app, port=port)

            assert settings == settings_of_the_process()
            assert set() == open_resources() - resources
        with closing(sqlite3.connect(data / "durable.lock", timeout=0)) as lock:
            lock.execute("BEGIN EXCLUSIVE")  # raises if the host still holds it

    def test_the_error_of_a_damaged_file_of_keys_names_it(self, tmp_path):
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "keys.json").write_text("nonsense")

        with pytest.raises(KeysError, match=r"the keys in .*keys\.json cannot be read"):
            start(write(tmp_path, HTTP))


def settings_of_the_process() -> dict[str, object]:
    """Collect the settings that a host changes while it runs."""
    return {
        "folder": os.getcwd(),
        "path": list(sys.path),
        "environment": dict(os.environ),
        "handlers": list(logging.getLogger().handlers),
        "warnings": warnings.showwarning,
        "levels": [logging.getLogger(name).level for name in LOGGERS],
    }


def open_resources() -> set[object]:
    """List the threads and the open sockets of this process."""
    resources: set[object] = set(threading.enumerate())
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the descriptor of this listing
            target = os.readlink(descriptor)
            if target.startswith("socket:"):
                resources.add(target)
    return resources


class TestCommentsInHostJson:
    COMMENTED = '{"version": "2.0", /* of the schema */ }'

    def test_an_app_without_durable_functions_starts_without_a_warning(self, tmp_path):
        printed = start(write(tmp_path, HTTP, self.COMMENTED))

        assert [] == [line for line in printed if "host.json" in line]

    def test_an_app_with_durable_functions_starts_with_a_warning(self, tmp_path):
        source = DURABLE + "@app.activity_trigger(input_name='n')\ndef a(n: int) -> int: return n\n"

        printed = start(write(tmp_path, source, self.COMMENTED))

        (warning,) = [line for line in printed if "host.json" in line]
        assert "on Azure azure-functions-durable fails to import" in warning
