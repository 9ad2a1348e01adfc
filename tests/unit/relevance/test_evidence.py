"""Every term that a repository's files show has a place."""

from __future__ import annotations

from typing import Any

import pytest

from models import Bundle, no_locations
from relevance.evidence import Place, places_of
from tests.unit.portfolios import make_bundle

README = """# Orchard

Counts apples in a tree.

## Watering

A rubber hose between two rows.
"""


def orchard(**content: Any) -> Bundle:
    locations = {
        **no_locations(),
        "readme": "docs/README.md",
        "files": ["go.mod", "press/.repo-context.json"],
        "dependencies": {"github.com/ada/picker": [0, 4], "zstd": [0, 0]},
        "contexts": {"Juice extraction": [1, 7]},
        "paths": {"ladder": "tools/ladder.go", ".tf": "infra/main.tf", ".xyz": "a.xyz"},
    }
    return make_bundle("orchard", **{"readme": README, "locations": locations, **content})


@pytest.mark.parametrize(
    ("term", "places"),
    [
        ("picker", [Place("dependencies", "go.mod", 4, "github.com/ada/picker")]),
        ("zstd", [Place("dependencies", "go.mod", None, "zstd")]),
        ("juic", [Place("context", "press/.repo-context.json", 7, "Juice extraction")]),
        ("appl", [Place("readme", "docs/README.md", 3, "Counts apples in a tree.")]),
        ("water", [Place("readme", "docs/README.md", 5, "Watering")]),
        (
            "rubber hose",
            [Place("readme", "docs/README.md", 7, "A rubber hose between two rows.")],
        ),
        ("hose rubber", []),
        ("ladder", [Place("paths", "tools/ladder.go", None, "tools/ladder.go")]),
        ("terraform", [Place("file_types", "infra/main.tf", None, "infra/main.tf")]),
        ("ada", []),
        ("zebra", []),
    ],
)
def test_a_term_has_the_places_that_show_it(term, places):
    assert places == list(places_of(orchard(), term))


def test_what_says_it_most_plainly_comes_first():
    bundle = orchard(readme="# Picker\n\nA ladder, and a picker.")

    assert ["dependencies", "readme", "readme"] == [
        place.signal for place in places_of(bundle, "picker")
    ]


def test_a_repository_without_content_has_no_places():
    assert [] == list(places_of(make_bundle("orchard", "Counts apples"), "appl"))
