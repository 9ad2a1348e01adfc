"""One host for the tests that only look at what it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localhost.support import APP, NEVER
from tools.host_process import HostProcess


@pytest.fixture(scope="module")
def notes(tmp_path_factory) -> Path:
    """Where the app under test writes down what it did."""
    folder: Path = tmp_path_factory.mktemp("notes")
    return folder


@pytest.fixture(scope="module")
def host(tmp_path_factory, notes) -> Iterator[HostProcess]:
    """A host of `tests/localhost/app`."""
    data = tmp_path_factory.mktemp("data")
    with HostProcess(APP, data, NOTES=str(notes), TICK=NEVER) as running:
        yield running
