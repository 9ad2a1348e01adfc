"""Azure Table Storage on this machine: Azurite, Microsoft's emulator, as a child process.

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

# The account and key that every emulator knows; published in the page above, no secret.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

# Loaded into Azurite's process. Its standard input is a pipe from us that nobody writes to: it ends
# when we end, `kill -9` included, and then Azurite saves and leaves. (Linux could send a signal
# instead, but on the death of the thread that started the child, not of the process.)
LEAVE_WITH_PARENT = (
    "data:text/javascript,process.stdin.on('end',()=>process.kill(process.pid,'SIGINT')).resume()"
)

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0


class AzuriteError(CannotStart):
    """Azurite is not installed or did not start; the message says what to do."""


class Azurite:
    """A running table service; it answers from the moment the constructor returns.

    Tables are kept in `data_dir`, in memory if it is None. `port` None takes a free one. Raises
    AzuriteError.
    """

    def __init__(self, data_dir: Path | None, port: int | None = None) -> None:
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
            [node, "--import", LEAVE_WITH_PARENT, str(PROGRAM), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A Ctrl-C in the terminal is for us: we stop Azurite after those who still write to it.
            start_new_session=True,
        )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}"

    @property
    def connection_string(self) -> str:
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"TableEndpoint={self.url};"
        )

    def stop(self) -> None:
        """Save and end. Doing so twice is harmless."""
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

    def _wait_until_it_answers(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - we asked for the pipe
        # Its own word that it listens: on a taken port somebody else would answer.
        too_late = threading.Timer(START_TIMEOUT_S, self._process.kill)
        too_late.daemon = True  # a Ctrl-C during the start must not wait for it
        too_late.start()
        said = ""
        while "successfully started" not in said and (line := stdout.readline()):
            said += line
        too_late.cancel()
        if "successfully started" not in said:
            raise AzuriteError(f"Azurite did not start on port {self.port}: {said.strip()}")


def start_azurite(services: ExitStack, data_dir: Path) -> None:
    """Start Azurite with its tables under `data_dir`, and set `AzureWebJobsStorage` to it."""
    tables = data_dir / "azurite"
    tables.mkdir(parents=True, exist_ok=True)
    os.environ["AzureWebJobsStorage"] = services.enter_context(Azurite(tables)).connection_string


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
