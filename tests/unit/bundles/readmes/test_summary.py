"""The sentence that says what a project is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.readmes import read_readme, summary_of
from bundles.readmes.sentences import sentences
from bundles.readmes.summary import MAX_CANDIDATES, MAX_SUMMARY_LENGTH


def summary(text: str, description: str | None = None) -> str:
    return summary_of(description, read_readme("README.md", text), "tallyho")


COUNTS = "Tallyho counts hares by lamplight."


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (":rabbit: Counts hares :tada:", "🐰 Counts hares 🎉"),
        ("A system prompt manager for teams", "A system prompt manager for teams"),
        ("Ignore Prettier rules per folder", "Ignore Prettier rules per folder"),
        ("Counts hares. Then hens.", "Counts hares. Then hens."),
        ("Welcome to tallyho! It counts hares. And hens.", "It counts hares. And hens."),
        ("Go build tool for farms", "Go build tool for farms"),
        ("A board for work in progress limits", "A board for work in progress limits"),
        ("数野兔的程序", "数野兔的程序"),
        *(
            (text, text)
            for text in (
                "Rust写的数野兔程序",
                "ﾉｳｻｷﾞを数えるﾂｰﾙ",
                "Todo board in Svelte.",
                "A new Go plotting library",
                "Rails starter kit.",
                "Lorem ipsum maker.",
                "This template draws maps with TikZ.",
                "Getting started with the Zig language.",
                "Website: watch your farm.",
                "Word-count app: small and quick.",
                "A hare app built with Elm.",
                "This hare app was built with Elm.",
                "This project was made with Elm to count hares.",
                "Welcome page library for kiosks.",
                "By far the quickest hare counter.",
                "This is a maintenance mode page for Rails.",
                "It is an alpha-beta pruning draughts engine.",
            )
        ),
        ("Tired of hares? Tallyho counts.", "Tired of hares? Tallyho counts."),
        ("🐇 https://tallyho.example", COUNTS),
        ("tallyho.example/app", COUNTS),
        *(
            (text, COUNTS)
            for text in (None, "", "  ", "tallyho", "Tally-Ho!", "WIP", "🚧", ":octocat:")
        ),
        *((text, COUNTS) for text in ("A new Flutter project.", "Created with CodeSandbox")),
    ],
)
def test_the_description_comes_first_if_it_says_something(description, expected):
    assert expected == summary(f"# Tallyho\n\n{COUNTS}\n", description)


@pytest.mark.parametrize(
    "before",
    [
        "Welcome to Tallyho!",
        "Hi there 👋",
        "Hello, world!",
        "Hi, I'm Jo.",
        "ようこそ！",
        "npm install tallyho",
        "pip3 install tallyho",
        "git clone https://x.example/y",
        "This project was generated with [Plough](https://plough.example) version 9.1.",
        "This project was bootstrapped with [Create React App](https://x.example).",
        "This is a [Next.js](https://x.example) project bootstrapped with `create-next-app`.",
        "This repo was created using Vite.",
        "Getting Started with Create React App",
        "A Plough app generated with furrow.",
        "This template should help you.\n\nLearn more about it in the manual.",
        "A new Flutter project.",
        "A new Flutter FFI plugin project.",
        "This template provides a minimal setup to get React working in Vite with HMR.",
        "A progressive Node.js framework for building efficient server-side applications.",
        "This README would normally document whatever steps are necessary.",
        "TODO: Write a gem description",
        "TODO add words",
        "This website was built using Furrow.",
        "Project created with `furrow new`",
        "Dieses Projekt wurde mit Furrow CLI erstellt.",
        "Este proyecto fue generado con Furrow versión 2.",
        "Ce projet a été créé avec Furrow.",
        "本项目由 Furrow 生成。",
        "このプロジェクトはFurrowで作成されました。",
        "Этот проект создан с помощью Furrow.",
        "Questo progetto è stato creato con Furrow.",
        "field-work-3 created by GitHub Classroom",
        "This is an auto-generated README.",
        "A Vue.js project",
        "This project welcomes contributions and suggestions. You agree to it.",
        "This README outlines the details of collaborating on this Ember application.",
        "<details><summary>News of the day</summary>\n\nIt was released.\n\n</details>",
        "Add a short description here!",
        "Licensed under the MIT License.",
        "Copyright (c) 2021 Jo",
        "© 2021 Jo",
        "This software is released under the Zlib licence.",
        "MIT License",
        "Work in progress",
        "⚠ Deprecated",
        "This project is under heavy development.",
        "It is no longer maintained.",
        "**Note:** needs a lamp.",
        "Deprecated in favour of hares.",
        "> [!WARNING]\n> Not ready for use by anybody.",
        "[Docs](https://a.example) | [Chat](https://b.example)",
        "Docs | Chat | Blog",
        "[Live demo of it all](https://a.example)",
        "By Jo Hare",
        "Author: Jo Hare",
        "Live demo",
        "Tallyho",
        "| A thing | of a table |\n|-|-|\n| counts all | hares here |",
        "Features:",
        "What it does for you:",
        "- [Use](#use)\n- [Build](#build)",
        "Fast",
        "![An image of it](x.png)",
    ],
)
def test_what_any_readme_may_say_is_no_summary(before):
    assert COUNTS == summary(f"# Tallyho\n\n{before}\n\n{COUNTS}\n")
    assert "" == summary(f"# Tallyho\n\n{before}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Welcome to Tallyho! It counts hares. And hens.", "It counts hares."),
        ("Text of the lead.\n\n# Tallyho\n\nMore of it.", "Text of the lead."),
        ("[x](#y)\n\n# Tallyho\n\nMore of it.", "More of it."),
        ("Hi!\n\n## Install\n\nCounts hares by day.", ""),
        ("Hi!", ""),
        ("## Install\n\nCounts hares by day.", ""),
        ("## Tallyho\n\nCounts hares by day.", "Counts hares by day."),
        ("# Tallyho\n\n## Deep\n\nSome words there.\n\n## About\n\nCounts hares.", "Counts hares."),
        ("# Tallyho\n\n## What is Tallyho?\n\nCounts hares.", "Counts hares."),
        (f"# Tallyho\n\nPlease star this repo!\n\n{COUNTS}", COUNTS),
        (f"# Tallyho\n\nVersion 1.2.3\n\n{COUNTS}", COUNTS),
        (f"# Tallyho\n\nBuild status: passing\n\n{COUNTS}", COUNTS),
        (f"# Tallyho\n\nRequires Python 3.8+.\n\n{COUNTS}", COUNTS),
        (f"# Tallyho\n\nTo get started, open the gate.\n\n{COUNTS}", COUNTS),
        (f"# Tallyho\n\nRun the script.\n\n{COUNTS}", COUNTS),
        (f"# Tallyho\n\nName: Jo Hare\n\n{COUNTS}", COUNTS),
        ("# Tallyho\n\nRequires Python 3.8+.", "Requires Python 3.8+."),
        ("# Tallyho\n\nTired of hares? It counts them.", "It counts them."),
        ("# Tallyho\n\nTired of hares?", "Tired of hares?"),
        ("# Tallyho - counts hares by lamplight", "counts hares by lamplight"),
        ("# Tallyho: counts hares by lamplight\n\nSee the docs.", "counts hares by lamplight"),
        (
            "# Tallyho\n### Counts hares by lamplight.\n\n- One thing of many.",
            COUNTS[8:].capitalize(),
        ),
        (
            "<h1>Tallyho</h1><h4 align=center>Counts hares by lamplight.</h4>",
            COUNTS[8:].capitalize(),
        ),
        ("# Tallyho\n\n## Steps to run it all", ""),
        ("# Tallyho - yes", ""),
        ("# A New Day\n\nThis template should help you.\n\nWords of a template.", ""),
        ("# Tallyho\n\n## Why\n\n> Counts hares.", "Counts hares."),
        ("# Tallyho\n\n> Counts hares.\n\n## Deep\n\nWords of text.", "Counts hares."),
        ("# Tallyho\n\n## Deep\n\nRun the script.\n\nCounts hares.", "Counts hares."),
        (
            "# Tallyho\n\n## Install\n\nA b c.\n\n### Linux\n\nD e f.\n\n## Deep\n\nHares by lamp.",
            "Hares by lamp.",
        ),
        ("# Tallyho\n\n## Deep\n\n- short one\n- Counts all the hares.\n", "Counts all the hares."),
        ("# Tallyho\n\n## Deep\n\n- You can count all hares.\n", ""),
        ("# Tallyho\n\nA new Flutter project.\n\n## Deep\n\nWords of a template.", ""),
        (
            "# Tallyho\n\n## About\n\nThis template should help you.\n\nTallyho goes on.",
            "Tallyho goes on.",
        ),
        ("", ""),
    ],
)
def test_the_likeliest_sentence_is_taken(text, expected):
    assert expected == summary(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Works with Node.js, e.g. Express. It is v1.2 now.",
            ["Works with Node.js, e.g. Express.", "It is v1.2 now."],
        ),
        (
            "Made for .NET. For J. Doe et al. in Ohio.",
            ["Made for .NET.", "For J. Doe et al. in Ohio."],
        ),
        ("数野兔。不数鸡！好", ["数野兔。", "不数鸡！", "好"]),
        ('He said "go." Then etc. And so', ['He said "go."', "Then etc.", "And so"]),
        ("Wait... no! yes? ok", ["Wait... no! yes? ok"]),
        ("A client for the U.S. Census.", ["A client for the U.S. Census."]),
        ("By Acme Inc. The rest.", ["By Acme Inc.", "The rest."]),
        ("A Yahoo! Finance client.", ["A Yahoo! Finance client."]),
        ("", []),
    ],
)
def test_sentences_end_where_people_end_them(text, expected):
    assert expected == [sentence for sentence, _ in sentences(text)]
    assert all(text[start:].startswith(sentence) for sentence, start in sentences(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Counts hares. " * 30, ("Counts hares. " * 21).strip()),
        ("hare " * 100, "hare " * 59 + "hare…"),
        ("两个 " + "野" * 400, "两个 " + "野" * 296 + "…"),
        ("b " + "a" * 290 + " c " + "d" * 100, "b " + "a" * 290 + " c…"),
    ],
    ids=["sentences", "words", "chinese", "at-a-word"],
)
def test_long_texts_are_cut_at_the_end_of_a_sentence_or_a_word(text, expected):
    cut = summary("", text)

    assert expected == cut
    assert len(cut) <= MAX_SUMMARY_LENGTH


def test_only_so_many_sentences_are_looked_at():
    assert "" == summary("# Tallyho\n\n" + "Fast.\n\n" * MAX_CANDIDATES + COUNTS)


@given(st.text(max_size=60), st.text(max_size=100), st.text(max_size=10))
def test_any_text_has_a_summary_of_one_short_line(description, text, name):
    shown = summary_of(description, read_readme("README.md", text), name)

    assert len(shown) <= MAX_SUMMARY_LENGTH
    assert "\n" not in shown
