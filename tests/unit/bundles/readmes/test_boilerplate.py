"""READMEs that a generator wrote, whole or in part."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.readmes import read_readme, summary_of, without_boilerplate
from bundles.readmes.boilerplate import INDEXED_WORDS, TABLE, WORD
from tests.unit.bundles.readmes.outlines import outline

COUNTS = "Tallyho counts hares by lamplight with Redis."
ROLES = {"uses", "says", "titles", "also", "headings", "whole"}


def own(text: str) -> list[str]:
    return outline(without_boilerplate(read_readme("README.md", text)))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "## Learn More\n\nTo learn more about Next.js, take a look at the following resources:\n\n"
            "- [Learn Next.js](https://x) - an interactive Next.js tutorial.\n\n## Deploy on Vercel\n\n"
            "The easiest way to deploy your Next.js app is to use the Vercel Platform.",
            id="next",
        ),
        pytest.param(
            "## Available Scripts\n\nIn the project directory, you can run:\n\n### `npm test`\n\n"
            "Launches the test runner in the interactive watch mode.\\\nSee the section about "
            "[running tests](https://x) for more information.\n\n### Code Splitting\n\n"
            "This section has moved here: [https://x](https://x)",
            id="create-react-app",
        ),
        pytest.param(
            "## About Laravel\n\nLaravel takes the pain out of development by easing tasks, such as:\n\n"
            "- [Simple, fast routing engine](https://x).\n\n## Laravel Sponsors\n\nThank them.\n\n"
            "### Premium Partners\n\n- **[Lantern Ltd](https://x)**",
            id="laravel",
        ),
        pytest.param(
            "## Add your files\n\n- [ ] [Create](https://x) or [upload](https://x) files\n\n"
            "## Getting started\n\nAlready a pro? Just edit this README.md and make it your own.",
            id="gitlab",
        ),
        pytest.param(
            "## Development server\n\nRun `ng serve` for a dev server. Navigate to "
            "`http://localhost:4200/`. The app will automatically reload if you change any of the "
            "source files.",
            id="angular",
        ),
        pytest.param("## License\n\n[MIT](LICENSE) © Ada", id="licence"),
        pytest.param(
            "## Contributing\n\nPull requests are welcome. Please make sure to update tests as "
            "appropriate.",
            id="contributing",
        ),
        pytest.param("## Support\n\nIf you like it, give it a star!", id="stars"),
    ],
)
def test_what_a_template_wrote_is_left_out(text):
    own_text = f"# Tallyho\n\n{COUNTS}\n\n"

    assert own(own_text) == own(own_text + text)
    assert own(own_text)[1:] == [line.replace(" 1 ", " 3 ") for line in own(f"{COUNTS}\n\n{text}")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "# Getting Started with Create React App\n\nThis project was bootstrapped with Create "
            f"React App.\n\n{COUNTS}",
            [
                "# 1 ",
                "paragraph 3 This project was bootstrapped with Create React App.",
                f"paragraph 5 {COUNTS}",
            ],
            id="one-sentence-says-what-it-uses",
        ),
        pytest.param(
            "# tallyho\n\nA new Flutter project.\n\n## Getting Started\n\n"
            "This project is a starting point for a Flutter application.",
            ["# 1 tallyho", "paragraph 3 A new Flutter project."],
            id="the-title-stays",
        ),
        pytest.param(
            "# React + Vite\n\nReact, TypeScript, Vite, Redis",
            ["# 1 ", "paragraph 3 React, TypeScript, Vite, Redis"],
            id="a-title-is-of-the-template-but-no-passage",
        ),
        pytest.param(
            f"## Code scaffolding\n\n{COUNTS}\n\n## Build\n\nThe build artifacts will be stored in "
            "the `dist/` directory.",
            ["## 1 Code scaffolding", f"paragraph 3 {COUNTS}"],
            id="the-author's-words-below-a-heading-of-the-template",
        ),
        pytest.param(
            "This README would normally document whatever steps are necessary.\n\n"
            "* Ruby version\n* Configuration\n\n## Configuration\n\nSet REDIS_URL.",
            ["## 6 Configuration", "paragraph 8 Set REDIS_URL."],
            id="short-items-go-where-the-template-is-known",
        ),
        pytest.param(
            "## Versions\n\n* Ruby version\n* Configuration",
            ["## 1 Versions", "item 3 Ruby version", "item 4 Configuration"],
            id="short-items-stay-elsewhere",
        ),
        pytest.param(
            f"Open a page. The page auto-updates as you edit the file. {COUNTS}",
            [f"paragraph 1 Open a page. {COUNTS}"],
            id="sentences-around-a-template's",
        ),
        pytest.param(
            "# Tallyho\n\n## Learn more\n\nMore.\n\n- [Learn Next.js](x) - an interactive Next.js tutorial."
            "\n\n## More\n\nMore.\n\n- [Learn Next.js](x) - an interactive Next.js tutorial.",
            ["# 1 Tallyho", "## 9 More", "paragraph 11 More."],
            id="a-remnant-below-a-heading-of-the-template",
        ),
        pytest.param(
            "## License\n\nThe board is open hardware under CERN OHL.\n\nThe code is MIT licensed.",
            ["## 1 License", "paragraph 3 The board is open hardware under CERN OHL."],
            id="open-hardware-is-what-it-is",
        ),
        pytest.param(
            "Pull requests are welcome for more file types.",
            ["paragraph 1 Pull requests are welcome for more file types."],
            id="not-quite-stock",
        ),
    ],
)
def test_what_the_author_wrote_stays(text, expected):
    assert expected == own(text)


@pytest.mark.parametrize(
    "text",
    [
        "# tallyho\n\nEverything you need to build a Svelte project.\n\nNice.",
        "# tallyho\n\nCurrently, two official plugins are available:\n\n- one",
        "# tallyho\n\nStrapi gives you many possible deployment options for your project.",
    ],
)
def test_a_template_is_no_summary(text):
    assert summary_of(None, read_readme("README.md", text), "tallyho") == ""


def test_the_table_can_be_compared():
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    families = [roles for kind in table.values() for roles in kind.values()]

    assert table.keys() == {"template", "stock"}
    assert [] == [roles for roles in families if not roles.keys() <= ROLES]
    texts = [text for roles in families for role in roles.values() for text in role]
    assert [] == [text for text in texts if text != " ".join(WORD.findall(text)) and text.isascii()]
    assert [] == [
        text
        for roles in families
        for text in (*roles.get("uses", []), *roles.get("says", []))
        if len(WORD.findall(text)) < INDEXED_WORDS
    ]


@pytest.mark.timeout(30)  # a quadratic one takes minutes
@pytest.mark.parametrize(
    "unit",
    [
        "this project was bootstrapped with ",
        "a. b! ",
        "- for ios\n",
        "# Learn More\n\n",
        "以下是 gitee",
    ],
)
def test_hostile_text_takes_no_quadratic_time(unit):
    without_boilerplate(read_readme("README.md", unit * (64 * 1024 // len(unit))))


LINES = [
    "# Hares", "## License", "MIT", COUNTS, "- for ios", "Enjoy!", "A new Flutter project.",
    "This project is a starting point for a Flutter application.", "First, run the development server:",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES)))
def test_nothing_is_added_and_what_the_author_wrote_stays(lines):
    sections = read_readme("README.md", "\n\n".join(lines))
    once = without_boilerplate(sections)

    assert set(outline(once)) <= {*outline(sections), *(f"# {n} " for n in range(1, 400))}
    assert (COUNTS in lines) == any(COUNTS in line for line in outline(once))
