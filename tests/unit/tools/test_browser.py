"""Which Chromium is used where several or none are installed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools.browser import chromium_path


def playwright(executable: Path) -> Any:
    """A Playwright that would install its own Chromium at `executable`."""
    return SimpleNamespace(chromium=SimpleNamespace(executable_path=str(executable)))


def install(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o755)
    return path


@pytest.mark.parametrize("name", ["chromium", "chromium-browser"])
def test_debians_chromium_is_preferred_to_playwrights(tmp_path, monkeypatch, name):
    debians, own = install(tmp_path / "bin" / name), install(tmp_path / "playwright" / "chrome")
    monkeypatch.setenv("PATH", str(debians.parent))

    assert str(debians) == chromium_path(playwright(own))


def test_playwrights_own_chromium_is_used_where_debians_is_missing(tmp_path, monkeypatch):
    own = install(tmp_path / "playwright" / "chrome")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert str(own) == chromium_path(playwright(own))


def test_without_any_chromium_there_is_no_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert chromium_path(playwright(tmp_path / "playwright" / "chrome")) is None
