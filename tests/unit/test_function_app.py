"""The app that the platform loads contains the functions of every module."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

import activities
import function_app
import http_api
import orchestrators
import schedule

BLUEPRINTS = {
    module.__name__: module.bp
    for module in (
        schedule,
        *(
            importlib.import_module(f"{package.__name__}.{found.name}")
            for package in (activities, http_api, orchestrators)
            for found in pkgutil.iter_modules(package.__path__)
        ),
    )
    if hasattr(module, "bp")
}


def names(app: Any) -> list[str]:
    """The names of an app's functions. `get_functions` would work only once per process."""
    return [builder._function.get_function_name() for builder in app._function_builders]


REGISTERED = Counter(names(function_app.app))


@pytest.mark.parametrize("module", sorted(BLUEPRINTS))
def test_every_function_of_a_module_is_registered_once(module):
    expected = names(BLUEPRINTS[module])

    assert expected
    assert dict.fromkeys(expected, 1) == {name: REGISTERED[name] for name in expected}


def test_no_function_comes_from_elsewhere():
    assert sum(len(names(blueprint)) for blueprint in BLUEPRINTS.values()) == REGISTERED.total()


def test_a_route_without_a_level_of_its_own_needs_a_key():
    assert func.AuthLevel.FUNCTION == function_app.app.auth_level


def test_loading_it_silences_the_libraries_requests():
    program = (
        "import logging, function_app\n"
        "print(logging.getLogger('azure.core.pipeline').getEffectiveLevel() == logging.WARNING)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", "import logging; logging.basicConfig(level='INFO')\n" + program],
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "True" == done.stdout.strip()
