"""The time, which only tests move."""

from __future__ import annotations

import pytest

from tests.unit.fakes import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock at NOW."""
    return Clock()
