"""Which sentences say something about the project, and which are found in any README."""

from __future__ import annotations

import re

CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"

# What generators and templates write into every README. They are about a tool, not this project.
TEMPLATE = re.compile(
    r"\b(?:bootstrapped|scaffolded)\s+(?:with|by|using|from|via)\b"
    r"|\A\W*(?:this|the)(?:\s\S+){1,5}?\s(?:was|is|has been|were)\s(?:\w+ly\s)?generated\b"
    r"|\A\W*(?:auto-?)?generated (?:with|by|using|from)\b"
    r"|\A\W*(?:this|the) (?:\S+ ){1,5}?(?:was|is|has been) (?:created|made|initiali[sz]ed|set up|started)"
    r" (?:with|using|from|by|via|on)\b(?!.{0,200}\b(?:to|that|which|for|where) \w)"
    r"|\A\W*(?:created|initiali[sz]ed|made) (?:with|using|from) "
    r"(?:create-|codesandbox|stackblitz|replit|lovable|v0|bolt)"
    r"|\b(?:project|app|application|site|package|repository|skeleton) (?:\w+ly )?generated (?:with|by|from|using)\b"
    r"|\bgetting started with (?:create|the)\b|\A\W*getting started with \S+(?: \S+){0,3}\W*\Z"
    r"|\bthis template\b|\bstarter (?:template|kit|project|repository|app)\W*\Z"
    r"|\ba new (?:\S+ ){0,2}(?:project|plugin|package|application|app|module|library|site)\W*\Z"
    r"|\bthis project is a starting point for\b|\ba few resources to get you started\b"
    r"|\ba progressive node\.js framework\b|\bis a web application framework with expressive\b"
    r"|\bthis readme would normally document\b|\bthings you may want to cover\b"
    r"|\beverything you need to build an? svelte\b|\bminimal setup to get \w+ working\b"
    r"|\bto start your phoenix server\b|\bnow you can visit\b|\bready to run in production\b"
    r"|\bbehold my awesome project\b|\bwelcome to your new\b|\bput your ruby code in the file\b"
    r"|\bdelete this and the text above\b|\bblank project for (?:\S+ )?cdk\b|\bofficial starter\b"
    r"|\bcontains source code and supporting files for a serverless application\b"
    r"|\bwell, that part is up to you\b|\bsample command-line application with an entrypoint\b"
    r"|\ba starting point for dart\b|\ba library for dart developers\b|\babsolute bare-bones web app\b"
    r"|\bproject uses quarkus, the supersonic\b|\bkotlin multiplatform project targeting\b"
    r"|\bin the project directory, you can run\b|\brepository was created by github classroom\b"
    r"|\bawesome readme template to jumpstart\b|\blorem ipsum\b"
    r"|\b(?:add|write|give|put|insert|enter|provide) an? (?:\w+ ){0,2}(?:description|introduction|summary)\b"
    r"|\bproject description goes here\b"
    r"|\A\W*(?:a |the )?(?:short |brief )?description (?:of|for) (?:the|this|your|my) "
    r"(?:project|repo\w*|gem|package)\W*\Z"
    r"|\A\W*(?:todo|fixme|tbd)\b(?:\W|\Z)",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"\A\W*(?:(?:hi|hello|hey|howdy|greetings|hola|bonjour|hallo|ciao|olá|привет)"
    r"(?:,? (?:there|all|everyone|everybody|folks|friends?|guys|world|dev\w*|and welcome.*))*\W*\Z"
    r"|(?:welcome|bienvenue|willkommen|bienvenid[oa]s?|benvenut[oi]|bem-vind[oa]s?"
    r"|добро пожаловать)\b[^,:;–—]{0,80}\Z"
    r"|(?:欢迎|歡迎|你好|您好|ようこそ|こんにちは|안녕하세요|환영)"
    r"|(?:thanks|thank you) (?:for|to)\b|(?:hi|hello|hey)\W{1,4}(?:i'm|i am|my name|this is)\b)",
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
    r"|copyright\s*(?:©|\(c\)|\d{4}|by\b|:)"
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
STATUS = re.compile(
    rf"\A\W*(?:{STATE}(?:\W*\Z|\s*[:!.,;–—-]|\s+(?:in favou?r|use|and|since|please|by|to|because|version"
    rf"|release|software)\b)"
    r"|(?:warning|note|caution|important|attention|notice|disclaimer|status|announcement|update|news"
    r"|heads[- ]up|nota|hinweis|achtung"
    r"|project status|deprecat\w+|注意|警告)\s*(?:[:!：！–—-]|\Z)"
    r"|(?:(?:please )?note,? (?:that )?)?(?:this|the|it|project|repo\w*|still|currently|please)\b(?:(?! that "
    r"| which |, a | for ).){0,60}?"
    rf"\b(?:is|it's|are|has been|be|was|still|currently|in|under"
    rf"|has)\b\s*(?:\w+ ){{0,4}}?{STATE}(?!\s+(?:\w+\s+)?(?:tracker|manager|board|tool|app))\b)",
    re.IGNORECASE,
)
CREDIT = re.compile(
    r"\A\W*(?:by\s+[A-Z@]|(?:written|made|built|created|developed|maintained|crafted|designed) (?:with (?:❤|♥"
    r"|love)|by\b)"
    r"|(?:authors?|maintainers?|version|date|last updated?|contacts?|e-?mail|website|homepage|url|(?:live "
    r"|online )?demo|docs"
    r"|documentation|download|tags|keywords|language|author's)\s*[:：]|(?:view|see|try) (?:the )?(?:live "
    r"|online )?demo\b"
    r"|(?:live|online) demo\W*\Z|(?:full |the )?documentation (?:is|can be|for)\b|(?:the )?docs? (?:is|are|can be)\b"
    r"|click here|table of contents|star (?:this|the|us)|if you (?:like|find|enjoy)|follow (?:me|us)|join (?:us"
    r"|our|the)\b)",
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
WORD = re.compile(rf"[{CJK}]|[^\W_]+(?:['’.+#-][^\W_]+)*")


def is_template(text: str) -> bool:
    """Tell whether a generator wrote a text: nothing in it is about this project."""
    return TEMPLATE.search(text[:MAX_LOOKED_AT]) is not None


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
        is_template(sentence)
        or GREETING.match(sentence)
        or COMMAND.match(sentence)
        or any(pattern.match(sentence) for pattern in (LICENCE, STATUS, CREDIT))
    )


def instructs(sentence: str) -> bool:
    """Tell whether a sentence speaks to somebody who uses or builds the project."""
    return INSTRUCTION.match(sentence) is not None


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
