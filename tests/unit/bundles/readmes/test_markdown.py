"""Markdown, and HTML within it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.readmes.markdown import read_markdown
from bundles.readmes.sections import MAX_PASSAGES, MAX_SECTIONS
from tests.unit.bundles.readmes.outlines import outline


def lines(text: str) -> list[str]:
    return outline(read_markdown(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# *Tally* `ho` #\n", ["# 1 Tally ho"]),
        (
            "Tallyho\n=======\nCounts hares.\n\nUse\n---\n",
            ["# 1 Tallyho", "paragraph 3 Counts hares.", "## 5 Use"],
        ),
        ("Counts\nhares.", ["paragraph 1 Counts hares."]),
        (
            "- a b\n  - c d\n\n    more\n1. [x] done",
            ["item 1 a b", "item 2 c d", "item 4 more", "item 5 done"],
        ),
        (
            "> Said so.\n> - an item\n\n> # No heading",
            ["quote 1 Said so.", "quote 2 an item", "quote 4 No heading"],
        ),
        (
            "|A|B|\n|-|-|\n|x `y`|[words](t) z|",
            ["cell 1 A", "cell 1 B", "cell 3 x y", "cell 3 words z"],
        ),
        ("```sh\nnpm i\n```\n\n    code\n\nText.", ["paragraph 7 Text."]),
        ("$ tallyho --all\n\n`npm i tallyho`", []),
        ("Run `tallyho` once, not `$ rm -r`.", ["paragraph 1 Run tallyho once, not ."]),
        ("> [!WARNING]\n> Bites.\n\n> Calm.", ["quote! 2 Bites.", "quote 4 Calm."]),
        ("> [!NOTE]\n>\n> One.\n>\n> Two.", ["quote! 3 One.", "quote! 5 Two."]),
        (
            "A note[^1] here.\n\n[^1]: Said below.",
            ["paragraph 1 A note here.", "paragraph 3 Said below."],
        ),
        (
            "See <https://x.example/a>, https://y.example/b_c. Mail <a@b.example>!",
            ["paragraph 1 See ,. Mail !"],
        ),
        (":sheep: Counts :octocat: sheep", ["paragraph 1 🐑 Counts sheep"]),
        ("[TOC]\n\n[[_TOC_]]\n\n---\n\n***", []),
        (
            "2 * 3 * 4, a_b_c, _em_, **bo**ld, ***both***, ~~old~~, *open",
            ["paragraph 1 2 * 3 * 4, a_b_c, em, bold, both, old, *open"],
        ),
        ("**a*b", ["paragraph 1 *ab"]),
        (
            r"\*no\* a\\b c\d" + "  \nnext\\\nlast\\",
            [r"paragraph 1 *no* a\b c\d next last\ ".strip()],
        ),
        (
            "AT&amp;T &lt;b&gt; &nbsp;x & y &unknownname; &#8238;z",
            ["paragraph 1 AT&T <b> x & y &unknownname; z"],
        ),
        ("Use`code`now `a`s ``b ` c`` `open", ["paragraph 1 Use code now as b ` c `open"]),
    ],
)
def test_blocks_and_lines_are_read_as_they_are_shown(text, expected):
    assert expected == lines(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b) and [c](<d e> 'f') and [g](h(i)j \"k\")", "a and c and g"),
        (
            "[a][ref], [Ref][], [ref], [no], [no][no], ]\n\n[ref]: http://x",
            "a, Ref, ref, [no], [no][no], ]",
        ),
        ("[a [b](c) d](e) f", "[a b d](e) f"),
        ("x ![alt](src) y ![alt][ref] z ![*a](b)*\n\n[ref]: y", "x y z *"),
        ("[![alt](src) words](target) rest", "words rest"),
        ("![a *b](c) d* e", "d* e"),
        ("[one](a)[two](b) three", "one two three"),
        ("text [^ not a mark]", "text [^ not a mark]"),
        (
            "x <b>bold</b><br>y <a href='z'>w</a> <!-- no --> v <kbd>k</kbd><img src=x>u",
            "x bold y w v k u",
        ),
        ("x <!-- open, a < b <3 </a> y <a>z <a>q</a>", "x <!-- open, a < b <3 y z q"),
        ("x <code>y</code>z", "x y z"),
    ],
)
def test_links_keep_their_words_and_pictures_nothing(text, expected):
    assert [f"paragraph 1 {expected}"] == lines(text)


@pytest.mark.parametrize(
    "text",
    [
        "[![Build][b]][c] ![x](y)\n\n[b]: z\n[c]: w",
        "[Use](#use) • [Build](#build)",
        "- [Use](#use)\n- [Build](docs/b.md#build)\n  1. [Deep](./#deep)",
        "[Site](https://a.example) | [Chat](https://b.example)",
        "English | [简体中文](README.zh-CN.md) | [Español](README.es.md)",
        "[English](README.md)",
        "Read this in other languages: [Deutsch](docs/de/README.md), Français",
        "Für Deutsch [hier](README.de.md) klicken",
        "🌐 English · Português (Brasil) · 日本語",
        "[文档](i18n/zh/)",
        "**Table of Contents**",
    ],
)
def test_lines_that_only_lead_elsewhere_are_no_prose(text):
    assert [] == lines(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[The manual](https://a.example)", ["paragraph! 1 The manual"]),
        (
            "- [Oak](https://a.example)\n- [Elm](x) gives shade",
            ["item! 1 Oak", "item 2 Elm gives shade"],
        ),
        (
            "Speaks English and French fluently.",
            ["paragraph 1 Speaks English and French fluently."],
        ),
        ("English", ["paragraph 1 English"]),
        (
            "See [the guide](https://a.example/de/guide) for more.",
            ["paragraph 1 See the guide for more."],
        ),
        ("See [core](packages/core/README.md) for more.", ["paragraph 1 See core for more."]),
        (
            "x English German French " * 40,
            ["paragraph 1 " + ("x English German French " * 40).strip()],
        ),
    ],
)
def test_other_lines_with_links_and_languages_are_kept(text, expected):
    assert expected == lines(text)


def test_a_list_of_the_headings_is_no_prose():
    text = "# Tallyho\n\nContents:\n- Use\n- Build\n- fast\n\n## Use\nText.\n\n## Build\n"

    assert ["# 1 Tallyho", "item 6 fast", "## 8 Use", "paragraph 9 Text.", "## 11 Build"] == lines(
        text
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x\n---\nText", ["paragraph 4 Text"]),
        ("---\n# comment\ntitle: x\n...\nText", ["paragraph 5 Text"]),
        ("+++\n[a]\nb = 1\n+++\nText", ["paragraph 5 Text"]),
        ("---\n---\nText", ["paragraph 3 Text"]),
        ("---\nSome prose\n\n---\n", ["paragraph 2 Some prose"]),
        ("---\ntitle: x", ["paragraph 2 title: x"]),
    ],
)
def test_front_matter_is_no_prose(text, expected):
    assert expected == lines(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '<h1 align="center">Tally&nbsp;ho</h1>\n<p align="center">\n <img src=x alt=y>\n\n</p>\n'
            "<p>Counts <b>hares</b><br>by day.<br><br>And hens.</p>",
            ["# 1 Tally ho", "paragraph 6 Counts hares by day.", "paragraph 6 And hens."],
        ),
        (
            "<ul><li>one<li>two</li></ul><blockquote>q r</blockquote></blockquote>",
            ["item 1 one", "item 1 two", "quote 1 q r"],
        ),
        ("<ul><li><blockquote>a b</li>c d</ul>", ["quote 1 a b", "paragraph 1 c d"]),
        ("<div><script>x</script", []),
        ("<table><tr><th>A<td>b <code>c</code></table>", ["cell 1 A", "cell 1 b c"]),
        (
            "<table><tr><td>\n\nIn *a* cell\n\n</td></tr></table>\n\nOut",
            ["cell 3 In a cell", "paragraph 7 Out"],
        ),
        ("<table><tr><td>\n\n# Next\n\nText", ["# 3 Next", "paragraph 5 Text"]),
        (
            "<details><summary>More</summary>\n\nText *it*\n</details>",
            ["paragraph! 1 More", "paragraph! 3 Text it"],
        ),
        ("<div>a<pre>no\nno</pre>b<svg/>c</div>\nd", ["paragraph 1 abc", "paragraph 3 d"]),
        ("<div>\n<pre>open\n\nText", ["paragraph 4 Text"]),
        (
            "<div>\n<!-- open\n\nhidden\n\nstill --> shown</div>\n\nText",
            ["paragraph 6 shown", "paragraph 8 Text"],
        ),
        ("<!-- a\n\nb -->\nText", ["paragraph 4 Text"]),
        ("<div>\n<style>\n\na { }\n\n</style></div>\n\nText", ["paragraph 8 Text"]),
        ("<div><!DOCTYPE x>a < b <? y>c</div>", ["paragraph 1 a < b c"]),
        ("<p><a href=\"#u\">Use</a> <a href='#b'>Build</a></p>", []),
        ("<p><a name=x>Here</a> is text</p>", ["paragraph 1 Here is text"]),
        ("<p></a>x y</p>", ["paragraph 1 x y"]),
        ("<h2></h2>\n\n<h2>B</h2>", ["## 3 B"]),
        ("<p>a\n\n<p>b", ["paragraph 1 a", "paragraph 3 b"]),
        ("<script>x", []),
    ],
)
def test_html_is_read_as_people_see_it(text, expected):
    assert expected == lines(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":::warning\nNot yet.\n:::\n\nText", ["quote! 2 Not yet.", "paragraph 5 Text"]),
        ("::: {.center}\nText\n:::", ["paragraph 2 Text"]),
        ("!!! note\n    Not yet.\n\nText", ["quote! 2 Not yet.", "paragraph 4 Text"]),
        (">>> [!note]\nNot yet.\n>>>\n\nText", ["quote! 2 Not yet.", "paragraph 5 Text"]),
        (">>>\nSaid so.\n>>>\n\nText", ["quote 2 Said so.", "paragraph 5 Text"]),
        (">>>\n\nText", ["paragraph 3 Text"]),
        ("> [!tip]- Folded\n> Not yet.", ["quote! 1 Folded Not yet."]),
        ("$$\na + b\n$$\n\nText", ["paragraph 5 Text"]),
        ("$$ a + b $$\n\nText", ["paragraph 3 Text"]),
        ("$$\n\nText", ["paragraph 3 Text"]),
        ("{:toc}\n{: .lead }\n{% include a.html %}\n\nText", ["paragraph 5 Text"]),
        (
            "import A from './a'\nimport './b.css';\nexport const c = 1;\n\nText",
            ["paragraph 5 Text"],
        ),
        ("Import photos from 'cards'.", ["paragraph 1 Import photos from 'cards'."]),
        ("```\n:::note\n```\n\nText", ["paragraph 5 Text"]),
    ],
)
def test_what_other_tools_add_is_a_note_or_no_prose(text, expected):
    assert expected == lines(text)


def test_what_is_too_much_is_left_out():
    many = lines("x y\n\n" * (MAX_PASSAGES + 5))
    deep = lines("- " * 500 + "x")
    headings = read_markdown("# a\n" * (MAX_SECTIONS + 5))
    nested = lines("<div>" + "<li>" * 1_000 + "x" + "</li>" * 1_000 + "</div>")

    assert MAX_PASSAGES == len(many)
    assert 1 >= len(deep)
    assert MAX_SECTIONS > len(headings)
    assert ["item 1 x"] == nested


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit",
    [
        *("[", "![", "[a](b", "[[a]](", "`", "``a`", "*a ", "**a_", "<!--", "<a ", '<a ""', "<a '"),
        *("&#x", "<", "<!", "</", "[a]", "~~", "\\", "[^a]", "http://", "> ", "<pre>", "<td>"),
    ],
)
def test_hostile_markdown_takes_no_quadratic_time(unit):
    read_markdown((unit * 65_536)[:65_536])
    read_markdown("<div>" + (unit * 65_536)[:65_536])


@given(st.text("ab [](){}<>!#*_`~\\&|-+=:;'\"/\n\t1.^x", max_size=80))
def test_no_text_stops_the_reader(text):
    assert all(passage.text for section in read_markdown(text) for passage in section.passages)
