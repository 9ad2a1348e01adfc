"""Lines that lead to a README in other languages."""

from __future__ import annotations

import re
from functools import cache

from bundles.readmes.names import LANGUAGE, README_NAME

MAX_SWITCH_LENGTH = 500
SENTENCE_ENDS = (".", "!", "?", "。")
NAMES = (
    "english|en|chinese|simplified chinese|traditional chinese|japanese|korean|spanish|french|german"
    "|portuguese|brazilian portuguese|russian|italian|turkish|vietnamese|polish|ukrainian|dutch|arabic"
    "|hindi|indonesian|persian|hebrew|czech|thai|bengali|greek|swedish|danish|finnish|hungarian|romanian"
    "|简体中文|繁體中文|繁体中文|正體中文|中文版?|中文简体|中文繁體|中文文档|中文說明|中文说明|简体|繁體|繁体|zh|cn|英文|英语|英語"
    "|日本語版?|日本语|日语|日文|韩语|한국어|한국말|español|espanol|castellano|français|francais|deutsch|português|portugues"
    "|português do brasil|português brasileiro|русский|русский язык|italiano|türkçe|turkce|tiếng việt|polski"
    "|українська"
    "|nederlands|العربية|हिन्दी|हिंदी|bahasa indonesia|bahasa melayu|indonesia|فارسی|עברית|čeština|cesky|ไทย|বাংলা"
    "|ελληνικά|svenska|dansk|suomi|magyar|română|norsk|català|slovenčina|slovenščina|hrvatski|srpski|српски"
    "|български|беларуская|қазақша|lietuvių|latviešu|eesti|euskara|galego|esperanto|தமிழ்|తెలుగు|ಕನ್ನಡ|മലയാളം|मराठी"
    "|ગુજરાતી|ਪੰਜਾਬੀ|اردو|filipino|tagalog|монгол|o'zbekcha|azərbaycanca|ქართული|հայերեն"
)
REGIONS = (
    "brasil|brazil|portugal|simplified|traditional|简体|繁體|繁体|latin america|latinoamérica|españa|us|uk|br|pt"
    "|taiwan|china|hong kong|mainland|台灣|臺灣|香港"
)
# What people write around the names.
AROUND = (
    "read(?: this)?(?: in| document| doc)?|readme|other|more|languages?|translations?|translated|available|also"
    "|view|switch|select|choose|choose your|this|document|documentation|documents|docs|versions?|the|in|to|or|and|und"
    "|et|y|ou|oder|i18n|lang|idiomas?|langues?|sprachen?|语言|語言|文档|文件|版|版本|阅读|其他|言語|언어|язык|языки"
)
TRANSLATED_FOLDER = re.compile(
    rf"(?:.*/)?{LANGUAGE}(?:/[\w-]*readme[\w.-]*|/index\.md|\.md|/)?/?", re.IGNORECASE
)


@cache
def _names() -> re.Pattern[str]:
    names = "|".join(sorted(NAMES.split("|"), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)")


@cache
def _around() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{AROUND}|{REGIONS})(?!\w)")


def is_language_switch(text: str, *, at_least: int = 2) -> bool:
    """Tell whether a line holds that many names of languages, and nothing else to say."""
    if len(text) > MAX_SWITCH_LENGTH or text[-1:] in SENTENCE_ENDS:
        return False
    rest, count = _names().subn(" ", text.casefold())
    return count >= at_least and not any(
        character.isalnum() for character in _around().sub(" ", rest)
    )


def leads_to_a_readme(target: str) -> bool:
    """Tell whether a link's target is a README."""
    return README_NAME.fullmatch(_path(target).rpartition("/")[2]) is not None


def leads_to_a_translation(target: str) -> bool:
    """Tell whether a link's target is a README in another language."""
    path = _path(target)
    name = path.rpartition("/")[2]
    if named := README_NAME.fullmatch(name):
        return named["language"] is not None or TRANSLATED_FOLDER.fullmatch(path) is not None
    return "://" not in path and "/" in path and TRANSLATED_FOLDER.fullmatch(path) is not None


def _path(target: str) -> str:
    return re.split(r"[?#]", target, maxsplit=1)[0]
