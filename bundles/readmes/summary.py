"""The sentence that says what a project is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, filterfalse, islice

from bundles.readmes.boilerplate import is_of_template
from bundles.readmes.claims import count_words, instructs, is_second_choice, says_something
from bundles.readmes.sections import ADDRESS, Kind, Section
from bundles.readmes.sentences import sentences
from bundles.readmes.templates import is_placeholder
from bundles.text import clean, with_emoji

MAX_SUMMARY_LENGTH = 300
MAX_DESCRIPTION_LENGTH = 2_000  # GitHub's limit is 350
MIN_ITEM_WORDS = 4
MAX_CANDIDATES = 200  # sentences that are looked at
MAX_BEGINNING = 30  # passages, by which a template is recognised
MAX_WORD_LENGTH = 60
MAX_LEVEL = 100
KINDS_OF_LEAD: tuple[Kind, ...] = ("paragraph", "quote")
SENTENCE_ENDS = (".", "!", "。", "！")
QUESTION_ENDS = ("?", "？")
MIN_TAGLINE_WORDS = 4
# What divides a title from its tagline: `# Name - what it does`.
TITLE_DIVIDER = re.compile(r"\s+[-–—|]\s+|[:：]\s+|：")
MAX_NAME_WORDS = 3
NO_TAGLINE = re.compile(
    r"\W*(?:\d|(?:steps?|key|main|features?|project|what|why|who|when|where|how|list|part|chapter|week|lesson|module"
    r"|section|day|tasks?|problem|exercise|question|assignment)\b)",
    re.IGNORECASE,
)
BARE_ADDRESS = re.compile(r"(?<!\S)(?:[\w-]{1,60}\.){1,6}[a-z]{2,20}/\S*")

ABOUT = re.compile(
    r"\W*(?:about|introduction|intro|overview|what(?:'s| is| does|’s)\b.*|description|summary|abstract|synopsis"
    r"|purpose|motivation"
    r"|why\b.*|background|the project|project|name|über|einleitung|beschreibung|présentation|à propos|introducción"
    r"|descripción|acerca de.*|sobre.*|descrição|introdução|descrizione|описание|о проекте|введение|简介|簡介|介绍|介紹"
    r"|项目介绍|项目简介|概述|关于|說明"
    r"|概要|はじめに|紹介|について|소개|개요|about\b.{0,60}|.{0,40}\boverview)\W*",
    re.IGNORECASE,
)
OTHER_MATTERS = re.compile(
    r"\W*(?:licen[cs]|copying|contribut|credit|acknowledg|thank|author|maintainer|contributor|install|set ?up"
    r"|setting up|getting started|get started"
    r"|quick ?start|usage|using|how to|build|compil|deploy|run\b|running|start\b|develop|test|require"
    r"|prerequisite|depend|config|environment|changelog"
    r"|change ?log|release|version|history|roadmap|to-?do|faq|support|contact|help\b|further|learn more"
    r"|more info|link|resource|reference|see also"
    r"|documentation|docs\b|available scripts|scripts|command|example|demo|screenshot|table of|contents|status"
    r"|sponsor|donat|backer|security"
    r"|code of conduct|community|badge|known issue|troubleshoot|upgrad|migrat|api\b|code scaffolding"
    r"|stay in touch|settings|notes?\b|download"
    r"|npm|yarn|pip\b|docker|git\b|lizenz|licencia|licence|许可|安装|使用|ライセンス|インストール|使い方|라이선스|설치|лицензия|установка)",
    re.IGNORECASE,
)


def summary_of(description: str | None, sections: Sequence[Section], name: str) -> str:
    """Return what a project is, in at most MAX_SUMMARY_LENGTH characters of plain text.

    The description as its owner wrote it, or else the first sentence of the README that is about
    the project. Empty where neither says anything.
    """
    described = " ".join(with_emoji(clean(description or "")[:MAX_DESCRIPTION_LENGTH]).split())
    for sentence, start in sentences(described):
        said = BARE_ADDRESS.sub(" ", ADDRESS.sub(" ", sentence)).strip()
        if is_placeholder(said):
            break
        if says_something(said, name):
            return _cut(described[start:])
    question = ""
    for sentence in islice(_candidates(sections, name), MAX_CANDIDATES):
        if not says_something(sentence, name):
            continue
        if not sentence.endswith(QUESTION_ENDS):
            return _cut(sentence)
        question = question or sentence
    return _cut(question)


def _candidates(sections: Sequence[Section], name: str) -> Iterator[str]:
    """Yield sentences that may be about the project, the likeliest first."""
    lead = _lead(sections)
    about = [section for section in sections[len(lead) :] if ABOUT.fullmatch(section.title)]
    beginning = islice(chain.from_iterable(section.passages for section in sections), MAX_BEGINNING)
    written = [sentence for passage in beginning for sentence, _ in sentences(passage.text)]
    has_template = any(map(is_of_template, written))
    is_made = has_template or any(map(is_placeholder, written))
    # What a generator wrote into the lead goes on in all that follows.
    others = [] if is_made else _others(sections[len(lead) :])
    first: list[str] = []
    for kind in KINDS_OF_LEAD:
        for section in lead:
            said = _sentences(section, kind, name)
            first += filterfalse(instructs, said) if is_made else said
        for section in about:
            first += _sentences(section, kind, name)
    yield from filterfalse(is_second_choice, first)
    yield from _taglines(sections, len(lead), has_template=has_template)
    yield from (sentence for sentence in first if is_second_choice(sentence))
    for section in others:
        yield from filterfalse(instructs, _sentences(section, "paragraph", name))
    if not has_template:
        for section in (*lead, *about, *others):
            yield from filterfalse(instructs, _items(section, name))


def _taglines(sections: Sequence[Section], lead: int, *, has_template: bool) -> Iterator[str]:
    """Yield what the title says after the name, and a second heading right below it."""
    titles = [section for section in sections[:lead] if section.title]
    if not titles or titles[-1].level > 2:
        return
    title = titles[-1]
    if divider := TITLE_DIVIDER.search(title.title):
        tagline = title.title[divider.end() :]
        is_named = count_words(title.title[: divider.start()]) <= MAX_NAME_WORDS
        if is_named and count_words(tagline) >= MIN_TAGLINE_WORDS and not is_of_template(tagline):
            yield tagline
    for second in sections[lead : lead + 1]:
        heading = second.title
        is_other = OTHER_MATTERS.match(heading) or NO_TAGLINE.match(heading)
        if not (has_template or title.passages or is_other or ABOUT.fullmatch(heading)):
            yield from [heading] if count_words(heading) >= MIN_TAGLINE_WORDS else []


def _lead(sections: Sequence[Section]) -> Sequence[Section]:
    """Return what stands before the second heading, without a first one of other matters."""
    if not sections:
        return ()
    first = sections[0]
    if first.level == 0 and (len(sections) == 1 or OTHER_MATTERS.match(sections[1].title)):
        return sections[:1]
    if first.level == 0:
        return sections[:2]
    return sections[:1] if first.level == 1 or not OTHER_MATTERS.match(first.title) else ()


def _others(sections: Sequence[Section]) -> list[Section]:
    """Leave out sections of other matters, with those below them."""
    others = []
    left_out = MAX_LEVEL
    for section in sections:
        if section.level > left_out:
            continue
        left_out = section.level if OTHER_MATTERS.match(section.title) else MAX_LEVEL
        if left_out == MAX_LEVEL:
            others.append(section)
    return others


def _sentences(section: Section, kind: Kind, name: str) -> Iterator[str]:
    """Yield the sentences of a section's passages.

    Those of a template say nothing, nor does what follows them, unless it names the project.
    """
    is_after_template = False
    for passage in section.passages:
        is_template_passage = False
        for sentence, _ in sentences(passage.text):
            if is_of_template(sentence) or is_placeholder(sentence):
                is_template_passage = True
                is_after_template = is_after_template or is_of_template(sentence)
            is_named = bool(name) and name.casefold() in sentence.casefold()
            if passage.kind != kind or passage.is_aside or is_template_passage:
                continue
            if is_named or not is_after_template:
                yield sentence


def _items(section: Section, name: str) -> Iterator[str]:
    """Yield the first sentence of each item that is one."""
    for sentence in _sentences(section, "item", name):
        if sentence.endswith(SENTENCE_ENDS) and len(sentence.split()) >= MIN_ITEM_WORDS:
            yield sentence


def _cut(text: str) -> str:
    """Cut a text that is too long at the end of a sentence, or else of a word."""
    if len(text) <= MAX_SUMMARY_LENGTH:
        return text
    ends = [start + len(sentence) for sentence, start in sentences(text[:MAX_SUMMARY_LENGTH])]
    if len(ends) > 1:
        return text[: ends[-2]].rstrip()
    words = text[: MAX_SUMMARY_LENGTH - 1]
    blank = text.rfind(" ", 0, MAX_SUMMARY_LENGTH)
    if blank > MAX_SUMMARY_LENGTH - MAX_WORD_LENGTH:  # Chinese and Japanese have none
        words = words[:blank]
    return words.rstrip(" ,;:–—-(") + "…"
