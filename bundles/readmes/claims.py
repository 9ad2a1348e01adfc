"""Which sentences say something about the project, and which are found in any README."""

from __future__ import annotations

import re

CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"

GREETING = re.compile(
    r"\A\W*(?:(?:hi|hello|hey|howdy|greetings|hola|bonjour|hallo|ciao|olá|привет)"
    r"(?:,? (?:there|all|everyone|everybody|folks|friends?|guys|world|dev\w*|and welcome.*))*\W*\Z"
    r"|(?:hi|hello|hey)\b.{0,20}\bthank(?:s| you)\b"
    r"|(?:welcome|bienvenue|willkommen|bienvenid[oa]s?|benvenut[oi]|bem-vind[oa]s?|добро пожаловать)"
    r"(?:\s*!|\W*\Z|\s+(?:to|all|every\w+|here|aboard|back|friends?|and|à|au|aux|sur|dans|bei|auf|im|zu[mr]?"
    r"|al?|in|su|nel\w*|ao|à|no|на|в)\b)[^,:;–—]{0,80}\Z"
    r"|(?:欢迎|歡迎|你好|您好|ようこそ|こんにちは|안녕하세요|환영)"
    r"|(?:thanks|thank you) (?:for|to (?:all|every\w+|the|our|my|you))\b"
    r"|(?:hi|hello|hey)\W{1,4}(?:i'm|i am|my name|this is)\b)",
    re.IGNORECASE,
)
# Case matters: `Go build tool`, `Docker run helper` are no commands.
COMMAND = re.compile(
    r"\W{0,3}(?:sudo\s+)?(?:(?:npm|pnpm|yarn|bun|deno)\s+(?:i|install|add|run|start|ci|init|create|global|dev"
    r"|build|test)\b"
    r"|npx\s\S|(?:pip3?|pipx|uv|poetry|conda|mamba|brew|gem|cargo|apt|apt-get|yum|dnf|pacman|apk|choco|scoop"
    r"|winget|port"
    r"|snap|helm|dotnet|nuget|flutter|dart|mix|cabal|stack|opam|luarocks|cpan|cpanm|code)\s+(?:install|add|pip"
    r"|tool|pub|run|build|-S)\b"
    r"|python3?\s+(?:-m|\S+\.py)|go\s+(?:get|install|run)\s|git\s+clone\b|docker(?:-compose)?\s+(?:run|pull"
    r"|build|compose|up)\s"
    r"|composer\s+(?:require|install|create-project)|bundle\s+(?:install|exec|add)|(?:curl|wget)\s+(?:-|http)"
    r"|cd\s+\S+\Z"
    r"|make\s+(?:install|all|build|test)?\Z|\./\S|Install-Module|Install-Package)"
)
LICENCE = re.compile(
    r"\A\W*(?:licen[cs]ed? under|(?:released|distributed|available|published) under"
    r"|copyright\s*(?:©|\(c\)|\d{4}|by\s+(?-i:[A-Z])|:)"
    r"|©|\(c\)\s|licen[cs]e\s*[:\-–]|see (?:the )?(?:file )?licen[cs]e|all rights reserved"
    r"|(?:the )?(?:mit|bsd|apache|gpl|gnu|isc|mozilla)\b[^.]{0,40}licen[cs]e\W*(?:\Z|\()"
    r"|(?:this|the) [^.]{1,60}? (?:is|are) (?:\w+ ){0,6}?"
    r"(?:licen[cs]ed|(?:released|distributed|available|provided) under)\b)",
    re.IGNORECASE,
)
STATE = (
    r"(?:work[- ]in[- ]progress|wip|(?:still |currently |now )*(?:under|in) (?:\w+ )?(?:development|construction)"
    r"|(?:no longer|not) (?:yet |being |actively |under )*(?:maintained|supported|developed|ready|stable"
    r"|production|complete|finished|working|active)"
    r"|deprecated|archived|unmaintained|abandoned|discontinued|obsolete|coming soon|experimental|unstable"
    r"|unfinished|incomplete"
    r"|(?:pre-?)?alpha|beta|early stages?|moved|has moved|superseded|read-only|maintenance mode|use at your own risk)"
)
# What may follow a state; a noun makes it a name: `a maintenance mode page`.
AFTER_STATE = (
    r"(?:\W*\Z|\s*[:!.,;()–—]|\s+-\s|\s+(?:and|but|so|or|as|at|by|due|for|right|until|in|on|to|since|because"
    r"|please|use|with|yet|now|anymore|any|stages?|state|phase|status|while|here|there|from"
    r"|(?:software|versions?|release|quality|project|repo\w*|code|features?)\b(?! that | which | to | for ))\b)"
)
STATUS = re.compile(
    rf"\A\W*(?:{STATE}(?:\W*\Z|\s*[:!.,;–—]|\s+-\s|\s+(?:in favou?r|use|and|since|please|by|to|because|version"
    rf"|release|software)\b)"
    r"|(?:warning|note|caution|important|attention|notice|disclaimer|heads[- ]up|nota|hinweis|achtung"
    r"|project status|deprecat\w+|注意|警告)\s*(?:[:!：！–—]|\s-\s|\Z)"
    r"|(?:status|announcement|update|news)\s*(?:[:!：！–—]|\s-\s|\Z)(?!\s+an?\s+\S)"
    r"|(?:(?:please )?note,? (?:that )?)?(?:this|the|it|project|repo\w*|still|currently|please)\b(?:(?! that "
    r"| which |, a | for ).){0,60}?"
    rf"\b(?:is|it's|are|has been|be|was|still|currently|in|under"
    rf"|has)\b\s*(?:\w+ ){{0,4}}?{STATE}{AFTER_STATE})",
    re.IGNORECASE,
)
CREDIT = re.compile(
    r"\A\W*(?:by\s+(?-i:[A-Z@])|(?:written|made|built|created|developed|maintained|crafted|designed) (?:with (?:❤|♥"
    r"|love)|by\b)|(?:tags|keywords)\s*[:：]"
    r"|(?:authors?|maintainers?|version|date|last updated?|contacts?|e-?mail|website|homepage|url|(?:live "
    r"|online )?demo|docs|documentation|download|language|author's)\s*[:：]"
    # A tagline goes on in small letters: `Docs: fast search`.
    r"(?!\s+(?!(?:see|click|here|visit|view|coming|available|at|in|on)\b)(?-i:[a-z])\S*\s+\S)"
    r"|(?:view|see|try) (?:the )?(?:live |online )?demo\b"
    r"|(?:live|online) demo\W*\Z|(?:full |the )?documentation (?:is|can be|for)\b|(?:the )?docs? (?:is|are|can be)\b"
    r"|click here|table of contents|star (?:us|(?:this|the|our|my) (?:repo\w*|project))\b|if you (?:like|find|enjoy)"
    r"|follow (?:me|us)|join (?:us|our|the)\b)",
    re.IGNORECASE,
)
# Calls and facts that stand before what is said.
MATTERS = (
    r"(?:docs?|documentation|wiki|web ?site|site|demo|video|release notes?|changelog|guide|manual|tutorial|readme"
    r"|blog|examples?|issues?|discord|slack|chat|home ?page|page|article|post|paper|link|here)"
)
SECOND_CHOICE = re.compile(
    r"\A\W*(?:please\b|(?:star|give|leave) (?:us|it|this|a star)\b"
    rf"|(?:see|check(?: out)?|read|visit|view|open|browse|refer to|(?:have a )?look at|watch|try|go to)"
    rf" (?:(?:the|our|my|its|this)\s)?(?:\w+\s){{0,2}}{MATTERS}\b"
    r"|(?:requires?|requirements?|prerequisites?)\b|(?:needs|supports|tested (?:with|on)|compatible with|runs on)"
    r" (?:python|node|php|java|ruby|go|rust|ios|android|macos|windows|linux|xcode|swift)\b"
    r"|(?:current |latest )?(?:version|release)\s+v?\d|v?\d+\.\d\S*\s+(?:is|has been)\b"
    r"|(?:fig(?:ure)?\.?|table|doi|issn|isbn)\s*:?\s*\d"
    r"|(?:(?:your |full |student )?name|(?:student |matric\w* )?(?:id|no|number)|student|course|semester|team|group"
    r"|(?:build |ci |project )?status|demo link|platforms?|framework|type|size|doi|title|姓名|学号)\s*[:：]"
    r"|to (?:get started|run|install|build|use|start|set up)\b[^,]{0,60},|(?:first|next|then|finally),\s"
    r"|(?:run|install|clone|download|execute|launch|start|open) (?:the|this|it|with|via|using|from|npm|pip3?)\b"
    r"|(?:make sure|ensure|feel free|note that|before you)\b|we are hiring\b"
    r"|(?:leer|lire|leia|lesen|leggi|read) (?:this |isto |ceci )?(?:en|em|in|auf)\b)",
    re.IGNORECASE,
)
INSTRUCTION = re.compile(
    r"\A\W*(?:(?:to|learn|for|in order to|if|when|once|after|before|first|then|next|now|finally|make sure|ensure"
    r"|please|note|see|check|run"
    r"|runs|install|clone|download|open|click|visit|go to|navigate|copy|edit|set|follow|execute|type|try|use"
    r"|using|add|create|start"
    r"|build|builds|launches|you|we|i|i'm|i'd|feel free|contributions?|pull requests?|prs|issues?|bugs?|here"
    r"|these|there|the following"
    r"|this section|this file|this command|this will|it|see also|thanks|special thanks|requires?|requirements?"
    r"|prerequisites?|example)\b)",
    re.IGNORECASE,
)
SEPARATORS = re.compile(r"\s[|•·▪]\s|\s[-–—]\s(?=\S+\s[-–—]\s)|[|•]")
MAX_SEGMENT_WORDS = 3
MAX_LOOKED_AT = 400  # characters
WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+(?:['’.+#-][^\W_{CJK}]+)*")


def says_something(sentence: str, name: str) -> bool:
    """Tell whether a sentence may be about the project called `name`."""
    sentence = sentence[:MAX_LOOKED_AT]
    words = WORD.findall(sentence)
    own = _letters(name)
    if len(words) < 2 or _letters(sentence) in (own, f"the{own}", f"{own}project"):
        return False
    segments = SEPARATORS.split(sentence)
    if len(segments) > 2 and all(len(segment.split()) <= MAX_SEGMENT_WORDS for segment in segments):
        return False
    if sentence.endswith((":", "：")) and len(words) < 7:
        return False
    return not (
        GREETING.match(sentence)
        or COMMAND.match(sentence)
        or any(pattern.match(sentence) for pattern in (LICENCE, STATUS, CREDIT))
    )


def is_second_choice(sentence: str) -> bool:
    """Tell whether a sentence calls for something or states a fact aside: others say more."""
    return SECOND_CHOICE.match(sentence) is not None


def count_words(text: str) -> int:
    """Count words; each sign of Chinese, Japanese and Korean is one."""
    return sum(1 for _ in WORD.finditer(text[:MAX_LOOKED_AT]))


def instructs(sentence: str) -> bool:
    """Tell whether a sentence speaks to somebody who uses or builds the project."""
    return INSTRUCTION.match(sentence) is not None


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
