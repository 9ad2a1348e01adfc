"""A table of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient


@pytest.fixture(scope="module")
def service(azurite) -> Iterator[TableServiceClient]:
    """The table service."""
    with TableServiceClient.from_connection_string(azurite.connection_string) as service:
        yield service


@pytest.fixture
def table(service) -> Any:
    """An empty table."""
    return service.create_table(f"t{uuid4().hex[:12]}")
