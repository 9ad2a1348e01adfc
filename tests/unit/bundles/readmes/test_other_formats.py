"""The other formats that GitHub renders, and plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.readmes import read_readme
from bundles.readmes.plain import read_plain
from bundles.readmes.reading import MAX_README_CHARACTERS, READERS
from tests.unit.bundles.readmes.outlines import outline

ASCIIDOC = """\
= Tallyho
Jane Doe <jane@x.example>
v1.0, 2020-01-01
:toc:
:thing: hares
ifdef::env-github[:status:]
image:https://img.example/a.png[Build,link=https://b.example]

// comment
Counts *{thing}* {unset}in {cpp} with link:a[words^] and https://c.example[more,window=_blank] +
and `code` see <<use,there>> kbd:[F1] footnote:[x] (((index))).

[source,sh]
----
make
----

[source]
make all
too

NOTE: Bites.

[WARNING]
====
Inside.
====

[quote]
Said he.

Use
---

[[anchor]]
.A title
* one
goes on
** [x] two
. three

term:: what it is
other::

  literal

|===
|A |B

|c 2+|d
|===

____
Quoted.
____

include::x.adoc[]

== Deep ==
////
hidden
////
```sh
hidden
```
'''
++++
<b>
++++
<<Deep>>

* <<use>>
"""

ORG = """\
#+TITLE: Tallyho
#+AUTHOR: Somebody
[[https://a.example/b.svg]]

Counts *hares* with =tally= and [[https://c.example][a lamp]] a/b/c.
- [[#use][Use]]
- [[*Build][Build]]

* TODO [#A] Use :tag:
:PROPERTIES:
:ID: x
:END:
SCHEDULED: <2020-01-01>
#+begin_src sh
make
#+end_src
- [ ] one
  goes on
- term :: what it is
| A | B |
|---+---|
| c | d |
: fixed
-----
# comment
#+BEGIN_QUOTE
Said he.
#+END_QUOTE
#+begin_warning
Bites.
#+end_warning
#+begin_example
never closed
** Deep
#+title: again
Text[fn:1] {{{macro}}} <2020-01-01 Wed> here.\\\\
"""

MEDIAWIKI = """\
== Tallyho ==
{{Infobox|
{{nested}} a=b}}
Counts '''hares''' in [[Field|a field]] with [https://a.example a lamp] and <b>more</b>.<ref>x</ref>
[[File:x.png|thumb|Alt]]
* one ''it''
** two

 code
----
{| class="wikitable"
|+ caption
! A !! B
|-
| style="x" | c || d
|}
<pre>
hidden
</pre>
__TOC__
<!-- hidden -->After &amp; it.
"""

CREOLE = """\
= Tallyho =
//Counts// **hares** {{x.png|alt}} with [[https://a.example|a lamp]] {{{code}}}.

|=A|=B|
|c|d|
{{{
hidden
}}}
"""

TEXTILE = """\
h1. Tallyho

!https://img.example!:https://b.example

{{toc}}

p(lead). Counts *hares* with "a lamp":https://c.example and @code@ %{x}y%, z[1].
goes on

bc.. hidden

hidden

bq. Said he.

bc. hidden
hidden

* one
# two

|_. A |_. B |
| c | d |

fn1. Below.

[alias]https://d.example

<pre>
hidden
</pre>
"""

RDOC = """\
= Tallyho

{<img src="https://a.example/b.svg">}[https://c.example]

Counts *hares* with +tally+ and {a lamp}[https://d.example] or lamp[https://e.example].

  hidden

== Use
:include: x

* one
  goes on

  more of it

    hidden
[label] text
name:: what it is
last::
"""

POD = """\
=head1 NAME

Tallyho - counts B<hares> with C<< tally >> and L<a lamp|https://a.example>, L<https://b.example>,
L<Other::Module>, E<lt>X<index>

=head1 USE

  hidden

  hidden

=over

=item *

one

=item two

=back

=begin html

hidden

=end html

=cut

hidden

=pod

Shown.
"""

PLAIN = """\
Tallyho
=======

Counts hares.
By day.

USE
---
* one
  goes on

INSTALL

    make install
    This is prose.

## Marked ##

Not a heading.
~~~~~~~~~~~~~~

A sentence before a rule, and long,
-----------------------------------
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "README.adoc",
            ASCIIDOC,
            [
                "# 1 Tallyho",
                "paragraph 10 Counts hares in C++ with words and more and code see there F1 .",
                "paragraph! 22 Bites.",
                "paragraph! 26 Inside.",
                "quote 30 Said he.",
                "## 32 Use",
                "item 37 one goes on",
                "item 39 two",
                "item 40 three",
                "item 42 term",
                "item 42 what it is",
                "item 43 other",
                "cell 48 A",
                "cell 48 B",
                "cell 50 c",
                "cell 50 d",
                "quote 54 Quoted.",
                "## 59 Deep",
            ],
        ),
        (
            "README.org",
            ORG,
            [
                "# 1 Tallyho",
                "paragraph 5 Counts hares with tally and a lamp a/b/c.",
                "## 9 Use",
                "item 17 one goes on",
                "item 19 term: what it is",
                "cell 20 A",
                "cell 20 B",
                "cell 22 c",
                "cell 22 d",
                "quote 27 Said he.",
                "quote! 30 Bites.",
                "### 34 Deep",
                "paragraph 36 Text here.",
            ],
        ),
        (
            "README.mediawiki",
            MEDIAWIKI,
            [
                "## 1 Tallyho",
                "paragraph 4 Counts hares in a field with a lamp and more.",
                "item 6 one it",
                "item 7 two",
                "cell 13 A",
                "cell 13 B",
                "cell 15 c",
                "cell 15 d",
                "paragraph 20 After & it.",
            ],
        ),
        (
            "README.creole",
            CREOLE,
            [
                "# 1 Tallyho",
                "paragraph 2 Counts hares with a lamp code.",
                "cell 4 A",
                "cell 4 B",
                "cell 5 c",
                "cell 5 d",
            ],
        ),
        (
            "README.textile",
            TEXTILE,
            [
                "# 1 Tallyho",
                "paragraph 7 Counts hares with a lamp and code y, z. goes on",
                "quote 14 Said he.",
                "item 19 one",
                "item 20 two",
                "cell 22 A",
                "cell 22 B",
                "cell 23 c",
                "cell 23 d",
                "paragraph 25 Below.",
            ],
        ),
        (
            "README.rdoc",
            RDOC,
            [
                "# 1 Tallyho",
                "paragraph 5 Counts hares with tally and a lamp or lamp.",
                "## 9 Use",
                "item 12 one goes on",
                "paragraph 15 more of it",
                "item 18 label",
                "item 18 text",
                "item 19 name",
                "item 19 what it is",
                "item 20 last",
            ],
        ),
        (
            "README.pod",
            POD,
            [
                "# 1 NAME",
                "paragraph 3 Tallyho - counts hares with tally and a lamp, , Other::Module, <",
                "# 6 USE",
                "paragraph 16 one",
                "item 18 two",
                "paragraph 34 Shown.",
            ],
        ),
        (
            "README",
            PLAIN,
            [
                "# 1 Tallyho",
                "paragraph 4 Counts hares. By day.",
                "## 7 USE",
                "item 9 one goes on",
                "## 12 INSTALL",
                "paragraph 15 This is prose.",
                "## 17 Marked",
                "paragraph 19 Not a heading.",
                "paragraph 22 A sentence before a rule, and long,",
            ],
        ),
        ("docs/README.rst.txt", "Tallyho\n=======\n", ["# 1 Tallyho"]),
        ("README.MD", "\ufeff# A\r\nb c\x00\r\n", ["# 1 A", "paragraph 2 b c"]),
        (
            "a.adoc",
            ":base: https://x.example\n:uri: {base}/hare\n\nCounts {uri}[hares].",
            ["paragraph 4 Counts hares."],
        ),
        (
            "a.wiki",
            "<h1>Tally</h1>\n<div>\nOne\n</div>\nTwo\n<p>Three</p>\nFour",
            [
                "# 1 Tally",
                "paragraph 3 One",
                "paragraph 5 Two",
                "paragraph 6 Three",
                "paragraph 7 Four",
            ],
        ),
        ("a.textile", "<h2>Tally</h2>\nOne", ["## 1 Tally", "paragraph 2 One"]),
        ("a.creole", "**Counts** hares", ["paragraph 1 Counts hares"]),
        ("a.rst", "Tally\n=====\n\nCounts *hare*\\ s", ["# 1 Tally", "paragraph 4 Counts hares"]),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_each_format_is_read_by_its_rules(path, text, expected):
    assert expected == outline(read_readme(path, text))


def test_text_that_a_parser_fails_on_is_read_as_plain_text(monkeypatch):
    def fail(text: str) -> None:
        raise RecursionError

    monkeypatch.setitem(READERS, "md", fail)

    assert ["# 1 A"] == outline(read_readme("README.md", "# A"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.pod", "B<" * 20 + "a b" + ">" * 20),
        ("README.wiki", "{{" * 20 + "}}" * 20 + "a b"),
        ("README.adoc", "====\n--\n" * 100 + "a b"),
    ],
)
def test_deep_nesting_is_read_in_part(path, text):
    assert "a b" in outline(read_readme(path, text))[-1]


def test_at_most_64_kb_are_read():
    text = "a " * (MAX_README_CHARACTERS // 2) + "never"

    assert "never" not in read_plain(text[:MAX_README_CHARACTERS])[0].passages[0].text
    assert "never" not in read_readme("README", text)[0].passages[0].text


@pytest.mark.timeout(60)
@pytest.mark.parametrize("suffix", ["adoc", "org", "wiki", "textile", "rdoc", "pod", "txt"])
@pytest.mark.parametrize(
    "unit",
    ["{{", "[[a", "*a_ ", "<<a", "B<", "<pre>", "''", '"a":', "!a(", "|a", "link:a[", "@@a:"],
)
def test_hostile_text_takes_no_quadratic_time(suffix, unit):
    read_readme(f"README.{suffix}", (unit * 65_536)[:65_536])


@given(
    st.sampled_from([*READERS, "txt"]),
    st.text("ab [](){}<>!#*_`~\\&|-+=:;'\"/\n\t1.^h@%,", max_size=80),
)
def test_no_text_stops_a_reader(suffix, text):
    sections = READERS.get(suffix, read_plain)(text)

    assert all(
        passage.text and passage.line for section in sections for passage in section.passages
    )
