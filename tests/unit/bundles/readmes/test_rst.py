"""reStructuredText, and what Sphinx adds to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.readmes.rst import read_rst
from tests.unit.bundles.readmes.outlines import outline

README = """\
=======
Tallyho
=======

.. image:: https://img.example/a.svg
   :target: https://b.example
   :alt: Build status
.. |logo| image:: c.png
.. |version| replace:: 1.2
.. role:: raw-html(raw)
   :format: html

:Author: Somebody
:Licence: Zlib

|logo| `Docs <https://d.example>`_ | `Chat`_

.. _Chat: https://e.example

Counts *hares* with ``tally`` and :ref:`a lamp <lamp>`, :py:func:`~tally.count`, `plain` and
`code`:literal: of |version| |unknown|, see Chat_, [1]_ and `this <https://f.example>`__ a_b \\*x\\ y :math:`z`.

.. contents:: Contents

.. warning::
   Bites.

.. versionadded:: 1.2
   Hens, too.

Use
---

.. code-block:: console

    $ tallyho

.. toctree::
   :maxdepth: 2

   usage

* one
  goes on
* two::

    literal

term
  What it is.

  Said he.

-o FILE  Writes a file.

:field: of text

+------+------+
| A    | B    |
+======+======+
| a    | b    |
+------+------+

.. [1] Below.

.. topic:: Aside title

   In a topic.

.. unknown-thing:: here

   gone

    A quote.

Deeper
~~~~~~
| a line
"""


def test_what_people_read_is_kept_and_directives_are_not():
    assert [
        "# 2 Tallyho",
        "paragraph 20 Counts hares with tally and a lamp, tally.count, plain and code of 1.2 , see Chat, "
        "and this a_b *xy .",
        "paragraph! 26 Bites.",
        "paragraph! 28 1.2 Hens, too.",
        "## 31 Use",
        "item 43 one goes on",
        "item 45 two:",
        "item 49 term",
        "item 50 What it is.",
        "item 52 Said he.",
        "item 54 Writes a file.",
        "item 56 of text",
        "cell 59 A",
        "cell 59 B",
        "cell 61 a",
        "cell 61 b",
        "paragraph! 64 Below.",
        "paragraph! 66 Aside title",
        "paragraph 68 In a topic.",
        "### 76 Deeper",
        "paragraph 78 a line",
    ] == outline(read_rst(README))


def test_a_file_cannot_define_roles_for_others():
    read_rst(".. default-role:: literal\n\n.. role:: own(strong)\n\n`x y`")

    assert ["paragraph 1 :own:`x y` z"] != outline(read_rst(":own:`x y` z"))
    assert ["paragraph 1 x y z"] == outline(read_rst("`x y` z"))


@pytest.mark.parametrize(
    "text",
    [
        ".. include:: /etc/hostname",
        ".. csv-table::\n   :file: /etc/hostname",
        ".. raw:: html\n\n   <b>x</b>",
        ".. |x| image:: y\n\n|x|",
        ".. comment\n   more",
    ],
)
def test_what_is_no_text_of_the_file_is_left_out(text):
    assert [] == outline(read_rst(text))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["*a ", "`a", "``a", "|a", "a_ ", ":a:`b", "* ", "1. ", "- a\n  ", ".. a:: "]
)
def test_hostile_text_takes_no_quadratic_time(unit):
    read_rst((unit * 16_384)[:16_384])


@given(st.text("ab *`_|:.-=+<>[]\n\\", max_size=60))
def test_no_text_stops_the_reader(text):
    assert all(passage.text for section in read_rst(text) for passage in section.passages)
