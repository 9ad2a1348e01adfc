"""Packages in composer.json."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.php import FORMATS, read_composer
from tests.unit.bundles.packages.reading import named, names, reader

COMPOSER = """{
    "name": "harbour/tides",
    "require": {
        "php": ">=8.2",
        "ext-intl": "*",
        "lib-curl": "*",
        "composer-plugin-api": "^2",
        "composer-runtime-api": "^2",
        "Twig/Twig": "^3"
    },
    "require-dev": {"pestphp/pest": "^3"},
    "suggest": {"predis/predis": "for the cache"},
    "replace": {"harbour/old": "*"},
    "conflict": {"doctrine/orm": "<2"},
    "config": {"allow-plugins": {"pestphp/pest-plugin": true}},
    "scripts": {"test": "pest"}
}
"""


def test_packages_are_what_has_a_vendor():
    expected = [("Twig/Twig", 9, False), ("pestphp/pest", 11, True)]

    assert expected == named("api/composer.json", COMPOSER, FORMATS)


@pytest.mark.parametrize("text", ["{}", '{"require": []}', '{"require": null, "require-dev": 1}'])
def test_sections_may_be_empty(text):
    assert [] == names("composer.json", text, FORMATS)


@pytest.mark.parametrize("text", ["", "[]", '{"require": {"a/b": "1",}}', "{} // a"])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(ValueError):
        names("composer.json", text, FORMATS)


@pytest.mark.parametrize("path", ["composer.lock", "my-composer.json", "composer.json.dist"])
def test_other_files_are_not_read(path):
    assert reader(path, FORMATS) is None


@given(st.text() | st.text(alphabet='{}":,/ab\n'))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(ValueError):
        list(read_composer(text))
