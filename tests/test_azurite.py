import subprocess
import sys
import time
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from localhost import azurite
from localhost.azurite import Azurite, AzuriteError

pytestmark = pytest.mark.server

CHILD = """
import time
from localhost.azurite import Azurite
running = Azurite(None)
print(running._process.pid, flush=True)
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().split()[2]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_tables_outlive_a_restart(tmp_path):
    for expected in ([], ["kept"]):
        with (
            Azurite(tmp_path) as running,
            TableServiceClient.from_connection_string(running.connection_string) as service,
        ):
            found = [table.name for table in service.list_tables()]
            service.create_table_if_not_exists("kept")

        assert expected == found


def test_no_process_is_left_after_its_parent_was_killed():
    parent = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not is_alive(child)


def test_a_port_that_is_taken_is_named_in_the_error():
    with Azurite(None) as running, pytest.raises(AzuriteError, match="EADDRINUSE") as refused:
        Azurite(None, port=running.port)

    assert str(running.port) in str(refused.value)


def test_a_missing_installation_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(azurite, "PROGRAM", tmp_path / "absent")

    with pytest.raises(AzuriteError, match="npm ci"):
        Azurite(None)
