"""pip's verdict on lock files that must be refused, and on one that must not."""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import check_locks, interpreters
from tools.check_locks import ROOT


@pytest.fixture
def lock(tmp_path):
    """Write a lock file with one package, served from a folder; pip asks nobody else."""

    def write(requires_python=">=3.11", sha256="", name="one"):
        wheel = tmp_path / "one-1.0-py3-none-any.whl"
        about = (
            f"Metadata-Version: 2.1\nName: one\nVersion: 1.0\nRequires-Python: {requires_python}\n"
        )
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("one-1.0.dist-info/METADATA", about)
            archive.writestr(
                "one-1.0.dist-info/WHEEL",
                "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            )
            archive.writestr("one-1.0.dist-info/RECORD", "")
        sha256 = sha256 or hashlib.sha256(wheel.read_bytes()).hexdigest()
        path = tmp_path / f"requirements-{name}.txt"
        path.write_text(f"--no-index\n--find-links {tmp_path}\none==1.0 --hash=sha256:{sha256}\n")
        return path

    return write


def test_a_lock_file_that_can_be_installed_is_accepted(lock):
    message, _ = check_locks.check(lock(), sys.executable)

    assert "" == message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"requires_python": ">=3.99"}, "3.99"),
        ({"sha256": "0" * 64}, "DO NOT MATCH THE HASHES"),
    ],
    ids=["another Python", "another file"],
)
def test_one_that_cannot_is_refused_in_pips_words(lock, wrong, said):
    message, _ = check_locks.check(lock(**wrong), sys.executable)

    assert said in message


def test_what_is_refused_is_named_and_fails_the_command(lock, tmp_path, monkeypatch, capsys):
    lock(requires_python=">=3.99", name="refused")
    monkeypatch.setattr(check_locks, "ROOT", tmp_path)
    monkeypatch.setattr(check_locks, "find_interpreters", lambda: {"3.12": sys.executable})

    status = check_locks.main()

    output = capsys.readouterr().out
    assert 1 == status
    assert "requirements-refused.txt   Python 3.12  refused" in output
    assert f"{sys.executable}: ERROR: " in output
    assert "Python 3.11, 3.13, 3.14" in output.splitlines()[-1]


def test_a_lock_file_for_one_python_is_checked_on_that_alone(lock, tmp_path, monkeypatch, capsys):
    lock(name="worker")
    monkeypatch.setattr(check_locks, "ROOT", tmp_path)
    found = {"3.12": "/no/such/python", "3.13": sys.executable}
    monkeypatch.setattr(check_locks, "find_interpreters", lambda: found)

    assert 0 == check_locks.main()
    assert "requirements-worker.txt    Python 3.13  ok" in capsys.readouterr().out


def test_the_interpreter_that_runs_is_found_and_one_that_cannot_start_is_not(tmp_path, monkeypatch):
    shim = tmp_path / "python3.14"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    own_version = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert {own_version: sys.executable} == interpreters.find_interpreters()


def test_locks_name_the_extras_that_packages_ask_for():
    """Older versions of pip refuse a lock without them as soon as a newer version is out."""
    locks = "".join(lock.read_text() for lock in ROOT.glob("requirements*.txt"))
    pins = [Requirement(pin) for pin in re.findall(r"^[\w.\[\],-]+==\S+", locks, re.MULTILINE)]
    asked = {
        (canonicalize_name(needed.name), extra)
        for pin in pins
        for needed in map(Requirement, installed_requirements(pin.name))
        for extra in needed.extras
        if needed.marker is None or needed.marker.evaluate({"extra": ""})
    }

    assert asked
    assert asked <= {(canonicalize_name(pin.name), extra) for pin in pins for extra in pin.extras}


def installed_requirements(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # it is for another platform
        return []
