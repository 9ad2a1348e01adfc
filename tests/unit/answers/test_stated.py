"""An answer states the fact, as people write it, and no number or date beside it."""

from __future__ import annotations

from datetime import date

import pytest

from answers.stated import states
from understanding.model import Fact, Told

COUNT = Told(
    Fact(
        8, "repositories", 31, "a language counts where GitHub counts bytes of it", {"main_in": 6}
    ),
    [("tidepool", "100 % Python"), ("tally", "90 % Python")],
    "8 of the 31 public repositories contain Python: tidepool (100 % Python) and 7 more.",
)
MANY = Told(Fact(1234, "stars", 47, "", {}), [("esp32-cam", "1,234 stars")], "1,234 stars in all.")
ONE = Told(
    Fact(1, "repositories", 31, "", {}), [("tally", "pytest")], "1 of 31 has tests: tally (pytest)."
)
ZERO = Told(Fact(0, "repositories", 31, "", {}), [("tally", "")], "None of the 31 shows Haskell.")
SHARE = Told(
    Fact(34.7, "%", 31, "bytes of code", {"bytes": 5750, "of_bytes": 16571}),
    [("tidepool", "1.4 KB, 100 % of it")],
    "34.7 % of the code is Python: 5.8 KB of 16.6 KB.",
)
LATEST = Told(
    Fact("beehive-sensor", "name", 31, "by the last push", {"amount": "2026-11-12", "next": "go2"}),
    [("beehive-sensor", "last pushed 12 November 2026"), ("go2", "last pushed 1 June 2025")],
    "The most recently pushed repository is beehive-sensor, last pushed 12 November 2026.",
)
DAY = Told(
    Fact("2026-11-12", "date", 31, "", {"first": "tally"}),
    [("tally", "last pushed 12 November 2026")],
    "The last push was on 12 November 2026: tally.",
)
SPAN = Told(
    Fact(["2019-10-22", "2026-06-16"], "dates", 31, "", {"years": 6.7}),
    [("tally", "created 22 October 2019")],
    "Between 22 October 2019 and 16 June 2026, 8 repositories contain Python: 6 years and 7 months.",
)
NAMES = Told(
    Fact(["beehive-sensor", "ferrous-grep", "2048"], "names", 31, "", {}),
    [("beehive-sensor", "most starred: 52 stars"), ("ferrous-grep", ""), ("2048", "")],
    "Start with beehive-sensor (most starred: 52 stars), ferrous-grep and 2048.",
)
ROWS = Told(
    Fact(
        [
            {"language": "Python", "main_in": 8, "last_pushed": "2025-06-16"},
            {"language": "C++", "main_in": 2, "last_pushed": None},
            {"language": "Shell", "main_in": 1, "last_pushed": None},
        ],
        "languages", 31, "", {"strongest": "Python"},
    ),
    [("tidepool", "most Python, 1.4 KB")],
    "Python is the strongest language: the main one in 8 of 31. Then C++ (main in 2).",
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (COUNT, "8 repositories contain Python, tidepool among them."),
        (COUNT, "Eight of the 31 repositories contain Python; it is the main language in six."),
        (COUNT, "There are 8: tidepool is 100% Python."),
        (COUNT, "Python occurs in 8 repositories, one of which is tidepool, on an ESP32 in utf-8."),
        (COUNT, "8 repositories contain Python, the 2 named here among them."),
        (MANY, "They have 1,234 stars."),
        (MANY, "They have 1234 stars."),
        (MANY, "They have 1 234 stars."),
        (MANY, "They have 1\u202f234 stars, most of them esp32-cam."),
        (MANY, "They have 1.234 stars."),
        (ONE, "One repository has tests: tally."),
        (ONE, "Only tally has tests."),
        (ONE, "A single repository of 31 has tests, with pytest."),
        (ZERO, "None of the repositories shows Haskell."),
        (ZERO, "There are no Haskell repositories."),
        (ZERO, "0 of 31 repositories show Haskell."),
        (ZERO, "Nothing here is in Haskell."),
        (SHARE, "34.7 % of the code is Python."),
        (SHARE, "Python makes up 34.7% of it, 5,750 bytes."),
        (SHARE, "Python makes up 34.7 percent: 5.8 KB of 16.6 KB."),
        (LATEST, "Beehive-Sensor was pushed last, on November 12, 2026."),
        (LATEST, "It is beehive-sensor (2026-11-12), ahead of go2 in June 2025."),
        (LATEST, "beehive-sensor was pushed on the 12th of November 2026, go2 in 2025."),
        (LATEST, "beehive-sensor, pushed on 12 Nov 2026."),
        (DAY, "The last push was on 12 November 2026."),
        (DAY, "The last push was on November 12th, 2026, to tally."),
        (DAY, "tally was pushed to on 2026-11-12."),
        (SPAN, "From 22 October 2019 to 16 June 2026, 8 repositories contain Python."),
        (SPAN, "2019-10-22 to 2026-06-16: 6 years and 7 months."),
        (NAMES, "Start with beehive-sensor, with 52 stars, then ferrous-grep and 2048."),
        (NAMES, "The three are 2048, ferrous-grep and BEEHIVE-SENSOR."),
        (ROWS, "Python is the strongest, main in 8; C++ follows."),
        (ROWS, "C++ and Python, which was last pushed on 16 June 2025."),
    ],
)
def test_the_value_is_stated_as_people_write_it(told, text):
    assert states(told, text)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (COUNT, "Several repositories contain Python."),
        (COUNT, "9 repositories contain Python."),
        (COUNT, "8 repositories contain Python, with 500 stars."),
        (COUNT, "8 repositories contain Python, a dozen more its kin."),
        (COUNT, "8 repositories contain Python, about half of all."),
        (COUNT, "8 repositories contain Python, twenty in all."),
        (COUNT, "8 repositories contain Python since 2019."),
        (COUNT, "8 repositories contain Python since March 2019."),
        (COUNT, "8 repositories contain Python, last on 03/04/2024."),
        (COUNT, "18 repositories contain Python."),
        (COUNT, "80 % of the repositories contain Python, and 8 more."),
        (COUNT, "Python 3.8 is what tidepool contains."),
        (MANY, "They have 1,235 stars."),
        (MANY, "They have about 1,200 stars."),
        (MANY, "They have 12,34 stars."),
        (MANY, "They have 1.2k stars."),
        (ONE, "tally has tests."),
        (ONE, "Two repositories have tests."),
        (ZERO, "1 of the 31 repositories shows Haskell."),
        (ZERO, "There are no Haskell repositories, but 12 in Elm."),
        (SHARE, "35 % of the code is Python."),
        (SHARE, "Python has 34.7 KB."),
        (SHARE, "About a third is Python."),
        (LATEST, "go2 was pushed last."),
        (LATEST, "The sensor was pushed last, on 12 November 2026."),
        (LATEST, "beehive-sensor was pushed on 13 November 2026."),
        (LATEST, "beehive-sensor was pushed in November 2025."),
        (LATEST, "beehive-sensor was pushed on 31 February 2026."),
        (LATEST, "beehive-sensor was pushed on 2026-13-45."),
        (LATEST, "beehive-sensors were pushed last."),
        (DAY, "The last push was in November 2026."),
        (DAY, "The last push was on 12 November."),
        (DAY, "The last push was on 12/11/2026."),
        (SPAN, "It began on 22 October 2019."),
        (SPAN, "From 22 October 2019 to 16 June 2026: 9 years."),
        (NAMES, "Start with beehive-sensor and ferrous-grep."),
        (ROWS, "Python is the strongest language."),
        (ROWS, "Python and C++, main in 9."),
    ],
)
def test_anything_else_is_not_taken_for_it(told, text):
    assert not states(told, text)


def test_a_fact_without_a_value_adds_no_number():
    told = Told(Fact(None, "", 31, "", {}), [], "Repositories say nothing of rates.")

    assert states(told, "Repositories say nothing of rates.")
    assert not states(told, "About 80 an hour.")


def test_a_value_of_another_kind_is_never_stated():
    assert not states(Told(Fact({"a": 1}, "", 31, "", {}), [], ""), "1")


def test_the_text_of_the_facts_states_them():
    for told in (COUNT, MANY, ONE, ZERO, SHARE, LATEST, DAY, SPAN, NAMES, ROWS):
        assert states(told, told.text), told.text


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_read(month):
    day = date(2026, month, 3)
    told = Told(Fact(day.isoformat(), "date", 1, "", {}), [], "")

    for form in ("%-d %B %Y", "%B %-d, %Y", "%b %-d, %Y", "%-d-%b-%Y"):
        assert states(told, f"It was on {day:{form}}.")
