"""Servers that several tests of the host share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localhost.support import APP, NEVER
from tools.host_process import HostProcess


@pytest.fixture(scope="session")
def notes(tmp_path_factory) -> Path:
    """Return the folder in which the shared host's app writes down what it does."""
    folder: Path = tmp_path_factory.mktemp("notes")
    return folder


@pytest.fixture(scope="session")
def host(tmp_path_factory, notes) -> Iterator[HostProcess]:
    """Run a host of `tests/localhost/app`. Its instances and notes are shared, too."""
    data = tmp_path_factory.mktemp("data")
    with HostProcess(APP, data, NOTES=str(notes), TICK=NEVER) as running:
        yield running
