"""Azure Table Storage on this machine: Azurite, Microsoft's emulator, in a child process.

https://learn.microsoft.com/azure/storage/common/storage-use-azurite
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from localhost.errors import CannotStart

PROGRAM = Path(__file__).parent.parent / "node_modules" / ".bin" / "azurite-table"

# The account and key of every emulator. The page above publishes them: they are no secret.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

# Runs inside Azurite. Its standard input is a pipe from us that nobody writes to. The pipe closes
# when we exit, even after `kill -9`, and then Azurite saves its tables and exits, too. (Linux can
# send a signal instead, but when the thread ends that started the child, not the process.)
EXIT_WITH_PARENT = (
    "data:text/javascript,process.stdin.on('end',()=>process.kill(process.pid,'SIGINT')).resume()"
)

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0


class AzuriteError(CannotStart):
    """Azurite is not installed, or did not start; the message says what to do."""


class Azurite:
    """A running table service. It accepts requests once the constructor has returned.

    Tables are kept in `data_dir`, or in memory if that is None. `port` None takes a free one.
    """

    def __init__(self, data_dir: Path | None, port: int | None = None) -> None:
        """Start Azurite. Raises AzuriteError."""
        node = shutil.which("node")
        if node is None:
            raise AzuriteError("Azurite needs Node.js 20 or newer: `node` is not on the PATH.")
        if not PROGRAM.exists():
            raise AzuriteError(f"Azurite is missing ({PROGRAM}): run `make run` or `npm ci`.")
        self.port = port or _free_port()
        options = ["--silent", "--disableTelemetry", "--skipApiVersionCheck"]
        options += ["--tableHost", "127.0.0.1", "--tablePort", str(self.port)]
        options += ["--location", str(data_dir)] if data_dir else ["--inMemoryPersistence"]
        self._process = subprocess.Popen(
            [node, "--import", EXIT_WITH_PARENT, str(PROGRAM), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A Ctrl-C in the terminal must reach only us: we stop Azurite after its clients.
            start_new_session=True,
        )
        try:
            self._wait_until_started()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The address of the table service."""
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}"

    @property
    def connection_string(self) -> str:
        """The connection string, e.g. for `AzureWebJobsStorage`."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"TableEndpoint={self.url};"
        )

    def stop(self) -> None:
        """Let Azurite save its tables and exit. Idempotent."""
        with self._process:  # closes the pipes, and with them Azurite
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def __enter__(self) -> Azurite:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait_until_started(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - for mypy: Popen was given a pipe
        timeout = threading.Timer(START_TIMEOUT_S, self._process.kill)
        timeout.daemon = True  # a Ctrl-C during the start must not wait for it
        timeout.start()
        # Wait for Azurite's own log line; probing the port could reach another process.
        output = ""
        while "successfully started" not in output and (line := stdout.readline()):
            output += line
        timeout.cancel()
        if "successfully started" not in output:
            raise AzuriteError(f"Azurite did not start on port {self.port}: {output.strip()}")


def start_azurite(services: ExitStack, data_dir: Path) -> None:
    """Start Azurite, with its tables under `data_dir`, and set `AzureWebJobsStorage` to it.

    Raises AzuriteError.
    """
    tables = data_dir / "azurite"
    tables.mkdir(parents=True, exist_ok=True)
    os.environ["AzureWebJobsStorage"] = services.enter_context(Azurite(tables)).connection_string


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
