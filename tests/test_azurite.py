"""Azurite as a child process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from localhost import azurite
from localhost.azurite import Azurite, AzuriteError
from tools.host_process import wait_for

pytestmark = pytest.mark.server

PARENT = """
import time
from localhost.azurite import Azurite
running = Azurite(None)
print(running._process.pid, flush=True)
time.sleep(600)
"""


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but is not yet reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().split()[2]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_tables_are_kept_for_the_next_start(tmp_path):
    for expected in ([], ["kept"]):
        with (
            Azurite(tmp_path) as running,
            TableServiceClient.from_connection_string(running.connection_string) as service,
        ):
            names = [table.name for table in service.list_tables()]
            service.create_table_if_not_exists("kept")

        assert expected == names


def test_azurite_exits_when_its_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()

    wait_for(lambda: not is_alive(child), "end of Azurite")


def test_a_port_in_use_is_named():
    with Azurite(None) as running, pytest.raises(AzuriteError, match="EADDRINUSE") as refused:
        Azurite(None, port=running.port)

    assert str(running.port) in str(refused.value)


def test_a_missing_installation_is_named_with_the_command_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setattr(azurite, "PROGRAM", tmp_path / "absent")

    with pytest.raises(AzuriteError, match="npm ci"):
        Azurite(None)
