"""The words that questions for facts consist of, as pieces of regular expressions.

A question is matched in a plain form: lower-case words with one blank between, where every person is
`he` and `his`, and what was recognised stands as a mark: `§e0` a technology, `§r0` a repository, `§p0` a
period, `§l0` a licence. A filter that has been read is left as `_`.
"""

from __future__ import annotations

import re
from typing import Final

from understanding.model import Flag, Kind, Sort

TECHNOLOGY: Final = r"§[eb]\d+"
REPOSITORY: Final = r"§[rwb]\d+"
SAFE_REPOSITORY: Final = r"§[rb]\d+"  # its name is no ordinary word
THING: Final = r"§[ekb]\d+"  # a technology or a kind of them
NOUN: Final = r"(?:projects?|repos?|repository|repositories|projekts?|codebases?)"
AND: Final = r"(?: , (?:and|or|nor)| ,| and| or| nor| &)"
ARTICLE: Final = r"(?:(?:the|a|an|any|some|all|both|much|of|his) )*"

# --- Persons
PEOPLE: Final = (
    r"(?:developer|person|candidate|dev|guy|author|engineer|programmer|owner|coder|user|applicant)"
)
PERSON: Final = re.compile(rf"\b(?:she|they|you|(?:this|the|that) {PEOPLE})\b(?! s\b)")
PERSONS: Final = re.compile(rf"\b(?:her|their|your|my|(?:this|the|that) {PEOPLE} s)\b")
HIMSELF: Final = re.compile(r"\b(?:yourself|herself|themselves|themself)\b")
_NO_NAMES: Final = (
    r"he|it|this|that|there|any\w*|every\w*|some\w*|one|we|i|these|"
    r"those|the|a|an|which|what|who|his|"
    r"projects?|repos?|repository|repositories|not|people|all|"
    r"updated|pushed|changed|created|touched|modified|made|built|used|started|committed|written|worth"
)
_VERB: Final = (
    r"know|use|used|work|worked|working|make|made|build|built|done|do|write|written|create|created|"
    r"push|pushed|start|started|have|like|prefer|code|program|understand|"
    r"learn|learned|ever|been|last|got|able"
)
_STATE: Final = r"a|an|familiar|more|better|good|experienced|proficient|comfortable|fit|skilled"
NAME: Final = re.compile(
    rf"\b(?P<verb>has|have|did|does|do|is|was|can|could|would) (?!(?:{_NO_NAMES})\b)"
    rf"(?P<name>[^\W\d_]+)(?: (?!(?:{_NO_NAMES}|{_VERB}|ever|also|"
    r"already)\b)[^\W\d_]+)?"
    rf"(?= (?P<next>{_VERB}|{_STATE})\b)"
)

# Where the repositories are says nothing.
PLACE: Final = re.compile(
    r" (?:in|on|from|of) (?:(?:this|her|his|their|your|the|my) )?"
    r"(?:github|portfolio|github (?:profile|account|portfolio))$"
)
WORK: Final = re.compile(
    r"\b(?P<order>latest|newest|recent|oldest|earliest|first|biggest|"
    r"best|most \w+) (?:(?:work|stuff)$|things?(?= (?:that )?he ))"
)
POSSESSIVE: Final = re.compile(r"\b(is|of|are|in|does|what|show me|was) [^\W\d_]+ s (?=[^\W\d_])")

# Things do not know or prefer anything.
VERBS_OF_PERSONS: Final = frozenset(
    """
    know use used worked made built written write created started prefer understand learn learned code program make
    build create start ever got able familiar experienced proficient comfortable skilled good better a an more
    """.split()
)

# --- Times
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
NUMBERS: Final = {
    name: number
    for number, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"couple of": 2, "few": 3}
NUMBER: Final = rf"(?:\d{{1,3}}|{'|'.join(NUMBERS)})"
_DATE: Final = rf"(?:(?:{'|'.join(MONTHS)}) )?(?:199\d|20\d\d)(?:-\d\d(?:-\d\d)?)?"
_MONTH: Final = rf"(?:{'|'.join(name for name in MONTHS if name != 'may')})"
_CREATED: Final = (
    r"created|create|started|start|made|make|built|build|begun|began|"
    r"launched|written|wrote|new|opened"
)
_PUSHED: Final = (
    r"pushed to|pushed|push to|push|updated|update|changed|change|"
    r"touched|modified|worked on|work on|"
    r"working on|done|active|happened|up to|do|maintained|worked|doing"
)
STALE: Final = re.compile(
    r"\b(?:(?:that |which )?(?:(?:have|has|are|were) )?not (?:been )?"
    r"(?:updated|pushed(?: to)?|changed|touched|active)|untouched|"
    r"unchanged) (?=§p)"
)
PERIOD: Final = re.compile(
    rf"\b(?:(?P<created>{_CREATED})|(?P<pushed>{_PUSHED}))?\b ?"
    r"(?:(?:(?:from )?(?P<relation>since|before|after|until|in|during|"
    r"from|of|by|prior to) )?(?P<vague>between |from )?"
    rf"(?P<date>{_DATE}|(?<=(?:since|efore|after|until) ){_MONTH})"
    rf"(?: (?:and|to|until|-|till) (?P<end>{_DATE}))?(?P<on>(?: on| onwards)?)"
    r"|(?:(?:in|during|over|within|from|for|of) )?(?P<since>since )?"
    r"(?P<which>this|last|the last|past|the past|current|the current) "
    rf"(?:(?P<number>{NUMBER}) )?(?P<unit>year|month|week|day)s?)"
    rf"(?= |$)"
)
BARE_YEAR: Final = re.compile(
    r"(?:(?<=projects )|(?<=repos )|(?<=repositories ))(?P<after>20\d\d)"
    rf"(?= |$)|(?<!\S)(?P<before>20\d\d)(?= {NOUN})"
)

# --- Licences
_LICENCE_NAMES: Final = (
    ("MIT", r"mit"),
    ("Apache-2.0", r"apache(?:[ -]?2(?:\.0)?)?"),
    ("AGPL-3.0", r"(?:gnu )?agpl(?:[ -]?v?3(?:\.0)?)?"),
    ("LGPL-3.0", r"(?:gnu )?lgpl(?:[ -]?v?3(?:\.0)?)?"),
    ("GPL-2.0", r"(?:gnu )?gpl[ -]?v?2(?:\.0)?"),
    ("GPL-3.0", r"(?:gnu )?gpl(?:[ -]?v?3(?:\.0)?)?"),
    ("BSD-2-Clause", r"bsd[ -]2(?:[ -]clause)?"),
    ("BSD-3-Clause", r"bsd(?:[ -]3(?:[ -]clause)?)?"),
    ("MPL-2.0", r"(?:mpl|mozilla public)(?:[ -]?2(?:\.0)?)?"),
    ("ISC", r"isc"),
    ("Unlicense", r"(?:the )?unlicense"),
    ("CC0-1.0", r"cc0(?:-1\.0)?"),
)
_WITH: Final = (
    r"(?:(?:that|which) )?(?:(?:use|uses|using|with|under|have|has|"
    r"are|is|in|of|licensed under|released under) )?(?:(?:the|a|"
    r"an) )?"
)
_NONE: Final = r"(?:without|with no|have no|has no|no|not have|lack|lacking|missing)"
LICENCES: Final = tuple(
    (
        id,
        re.compile(
            rf"\b{_WITH}{name} (?:licen[sc]ed?|software licen[sc]e)\b"
            rf"|\b(?:licensed|released|licenced) under (?:the )?{name}(?: licen[sc]e)?(?= |$)"
            rf"|(?<=projects )under (?:the )?{name}(?= |$)|(?<=repos )under (?:the )?{name}(?= |$)"
        ),
    )
    for id, name in _LICENCE_NAMES
)
NO_LICENCE: Final = re.compile(
    rf"\b(?:that |which )?(?:(?:do|does) )?{_NONE} (?:a |any )?licen[sc]es?\b|"
    rf"\bunlicensed(?= {NOUN})"
)

# --- Filters
FLAGS: Final[tuple[tuple[Flag, str], ...]] = (
    (
        "tests",
        r"(?:(?:unit|automated|integration|automatic) )?(?:tests|testing|"
        r"test suites?|test coverage)",
    ),
    ("ci", r"(?:a )?(?:ci|cicd|continuous integration)(?: pipelines?)?"),
    ("homepage", r"(?:a )?(?:live demos?|demos?|websites?|home ?pages?|demo sites?|live sites?)"),
    ("archived", r"(?:archived|archives)(?: ones| projects| repos| repositories)?"),
    ("fork", r"(?:forks?|forked)(?: ones| projects| repos| repositories)?"),
)
_FLAG: Final = "|".join(words for _, words in FLAGS)
_FLAG_ITEM: Final = rf"(?:both )?(?:{_FLAG})"
NO_FLAGS: Final = re.compile(
    r"(?:\b(?:but|and|that|which|,) )*\b(?:do not have|does not have|"
    r"are not|is not|without|with no|have no|has no|no|lack|lacks|"
    r"lacking|"
    rf"missing|not|non|excluding|except(?: for)?|minus|ignoring|leaving out) (?:(?:any|the|a) )?"
    rf"(?P<items>{_FLAG_ITEM}(?:{AND} (?:any |a )?{_FLAG_ITEM})*)(?= |$)"
)
WITH_FLAGS: Final = re.compile(
    r"(?:\b(?:and|but|that|which|,) )*\b(?:with|have|has|having|"
    r"include|includes|including|contain|contains) (?:(?:any|the|"
    r"a|some|good|both) )?"
    rf"(?P<items>(?:{'|'.join(words for _, words in FLAGS[:3])})"
    rf"(?:{AND} (?:have |has |with |a |also )*(?:{'|'.join(words for _, words in FLAGS[:3])}"
    r"))*)(?= |$)"
)
ARE_FLAGS: Final = re.compile(
    r"\b(?:(?:that|which) )?(?:(?:are|is|been|were) )?(?P<items>archived|"
    r"forks|forked)(?: only)?(?= |$)"
)

FORKS: Final = re.compile(r"\bfork(s?)$")
IN_REPOSITORIES: Final = re.compile(
    rf" (?:in|of|for|among|from|across) (?:(?:his|the|all) )*{NOUN}$"
)
WRITTEN: Final = (
    r"(?:using|use|uses|used|with|in|contain|contains|containing|"
    r"include|includes|need|needs|needing|"
    r"(?:written|made|built|done|coded|implemented|developed|programmed|"
    r"based|run|running|runs|rely|relies) (?:with|in|on|using|of|"
    r"from)|"
    r"(?:is|are|was|were)(?: written| made| built| coded)?(?: in|"
    r" with)?|have|has|having|involve|involving|showing|require|"
    r"requires)"
)
NOT: Final = re.compile(
    r"(?:\b(?:but|and|that|which|,|are|is|were) )*\b(?:without|except"
    r"(?: for)?|excluding|minus|other than|aside from|apart from|"
    r"free of|non|"
    r"with no|have no|has no|no|nothing with|(?:(?:do|does|did|are|"
    rf"is|was|were) )?not(?: {WRITTEN})?|avoid|avoids|avoiding|lacking|"
    r"instead of) "
    rf"{ARTICLE}(?P<things>{THING}(?:{AND} {ARTICLE}(?:without |not )?{THING})*)"
    r"(?: ones| code|(?= |$))"
)
ONLY: Final = re.compile(
    r"(?:\b(?:that|which) )?(?:\b(?:are|is|use|uses|written|made|"
    r"built|using) )?\b(?:only|purely|pure|exclusively|solely|entirely|"
    r"nothing but|100 ?%|just) "
    rf"(?:(?:{WRITTEN}) )?(?:the )?(?P<thing>{TECHNOLOGY})(?: code)?(?= |$)"
    rf"|(?:\b(?:that|which) )?(?:\b{WRITTEN} )?(?P<thing2>{TECHNOLOGY})[ -]only(?= |$)"
)
WITH: Final = re.compile(
    rf"(?:\b(?:that|which|who|and|also|,|but) )*\b{WRITTEN} {ARTICLE}"
    rf"(?P<things>{THING}(?:{AND} (?:also )?(?:{WRITTEN} )?{ARTICLE}{THING})*)"
    r"(?: code| together)*(?= |$)"
)
BESIDE: Final = re.compile(
    rf"(?P<things>{TECHNOLOGY}(?:{AND} {TECHNOLOGY})*)(?: based| code)?(?= |$)"
)

# --- Orders
_UPDATED: Final = (
    r"(?:updated|pushed(?: to)?|changed|modified|touched|active|"
    r"edited|worked on|maintained|committed(?: to)?)"
)
ORDERS: Final[tuple[tuple[Sort | None, str], ...]] = (
    (
        Sort("created", True),
        r"most recently (?:created|started|made)|(?:created|started|"
        r"made) (?:last|most recently)|newest|last (?:created|started)|"
        r"youngest",
    ),
    (Sort("pushed", False), rf"least recent(?:ly {_UPDATED})?|longest untouched|most outdated"),
    (
        Sort("pushed", True),
        rf"most recent(?:ly {_UPDATED})?|latest|last {_UPDATED}|{_UPDATED} "
        rf"(?:last|most recently)|last(?= {NOUN})|last(?= {NUMBER} {NOUN})|"
        rf"(?:sorted |ordered )?by (?:recency|last push|last update)",
    ),
    (
        Sort("created", False),
        rf"(?:very )?first(?= {NOUN}| {TECHNOLOGY}| {NUMBER} {NOUN})|"
        r"oldest|earliest|(?:created|started|made) first",
    ),
    (
        Sort("stars", True),
        r"(?:most|highest|top)[ -]starred|(?:that )?(?:has |have |with |"
        r"got )?(?:the )?(?:most|highest number of)(?: github)? stars|"
        r"most popular|most liked|highest rated|"
        r"(?:sorted |ordered |ranked )?by (?:github )?(?:stars|popularity|star count)",
    ),
    (Sort("stars", False), r"least starred|(?:with |has )?(?:the )?fewest stars|least popular"),
    (
        Sort("code", True),
        r"biggest|largest|(?:with |has )?(?:the )?most (?:lines of )?code|"
        r"(?:sorted |ordered )?by (?:size|lines of code|code size)",
    ),
    (Sort("code", False), r"smallest|tiniest|shortest|(?:with |has )?(?:the )?least code"),
    (
        Sort("commits", True),
        r"most active|busiest|(?:that )?(?:with |has |have )?(?:the )?most commits|"
        r"(?:sorted |ordered )?by commits",
    ),
    (
        None,
        r"best|top|most impressive|coolest|greatest|most interesting|"
        r"most important|flagship|favou?rite|strongest|most notable",
    ),
)
ORDER: Final = tuple(
    (sort, re.compile(rf"\b(?:the |his )*(?:(?:{NUMBER}) )?(?:{words})(?= |$)"))
    for sort, words in ORDERS
)
RECENT: Final = re.compile(rf"\b(?:recent|recently {_UPDATED})(?= |$)")
LATELY: Final = (
    r"(?:lately|recently|right now|now|currently|these days|at the moment|"
    r"nowadays|at present|last|most recently)"
)

# One repository is asked for, not several.
ONE: Final = re.compile(
    r"\b(?:project|repo|repository|codebase)\b"
    r"|^(?:which|what)\b.* (?:is|has|was) (?:the |his )?(?:most|"
    r"least|biggest|largest|smallest|oldest|newest|latest)\b"
)
# "the Flutter apps" are projects; "docker image" is something else.
APPS: Final = re.compile(
    rf"({TECHNOLOGY}) (?:apps?|applications?|programs?|scripts?|librar(?:y|ies))(?= |$)"
)

TOP: Final = re.compile(rf"\b(?:the )?top(?: (?P<limit>{NUMBER}))?(?= |$)")
A_NUMBER: Final = re.compile(rf"\b{NUMBER}(?= |$)")
NUMBER_BEHIND: Final = re.compile(rf" (?P<limit>{NUMBER})(?= (?:{NOUN}|{THING})|$| by)")
FIRST_NUMBER: Final = re.compile(rf"^((?:{ARTICLE}|the |his )*){NUMBER}(?= |$)")
CREATING: Final = frozenset(
    "building making build built make made create created start started".split()
)

# --- Operators
TOTAL: Final = re.compile(rf"^(?:the )?total(?= {NOUN}$)")
SHOWN_COUNT: Final = re.compile(
    r"^(?:tell|show|give) me (?:please )?(?:the )?(?:how many|number of)\b"
)
COUNT: Final = re.compile(
    r"^(?:what (?:is )?)?(?:the )?(?:total )?(?:how many|number of|amount of|"
    r"count of|count(?= (?:all |the |his |of )*(?:projects|repos|"
    r"repositories|§)))\b"
)
COUNT_LAST: Final = re.compile(r"(?:(?<=repo)|(?<=project)|(?<=repository)) count$")
ALL: Final = re.compile(
    r"^(?:list|show|give|see|display)? ?(?:me )?(?:all|every)(?= |"
    rf"$)|^list(?= (?:the |his )*{NOUN})"
)
ASKS: Final = re.compile(rf"^(?:which|what|any|anything|list|show|are there|is there)\b|\b{NOUN}\b")
ACTIVITY: Final = re.compile(
    r"what (?:has|have|did|is|are|was|does|do) he (?:been )?(?:(?P<verb>working|"
    r"work|worked|doing|do|done|up|coding|building|making|build|"
    r"built|make|made|create|created|start|started|write|written|"
    r"pushed|push))? ?"
    rf"(?:on|at|to|with)? ?(?P<now>{LATELY})?(?: _)?"
    r"|(?:anything|what is|what|is there anything|something|what has) ?"
    rf"(?:has )?(?:new|changed|happened|been new)? ?(?P<now2>{LATELY})?"
    r"(?: _)?"
)

GLUE: Final = frozenset(
    """
    the a an of his is are was were do does did has have had there here in on at and , & i me show tell give list
    find all any which what please thanks he that those these them public github own so far ever made built done
    written created build make wrote write coded worked work on to see display been currently with one ones exist
    _ total you get got finish finished both anything everything
    whole it together each started just around me every
    """.split()
)
POLITE: Final = re.compile(
    r"^(?:(?:please|hey|hi|ok|okay|so|well|and|i want to know|i would like to "
    r"know|i want to see|i would like to see|"
    r"i wonder|i am interested in|do you know|(?:can|could|would|"
    r"will) (?:you|he)(?= (?:please )?(?:tell|show|list|give|describe|"
    r"compare|explain|"
    r"summari[sz]e|find|count|name|introduce))) (?:, )?)+"
)
THANKS: Final = re.compile(
    r"(?: ,)?(?: (?:please|thanks|thank you|to me|for me|exactly|"
    r"overall|in total|altogether|so far|again|actually))+$"
)
SHOW: Final = re.compile(
    r"^(?:tell me|show me|give me|list|name|let me see|let me know|find)(?: (?:about|please))? "
)

# Words that a question may have misspelled; beside these, technologies.
OPERATORS: Final = frozenset(
    """
    many most recent recently latest newest oldest biggest largest smallest project projects repository repositories
    starred stars popular language languages compare without except percentage archived license years
    experience similar technologies developer engineer favorite favourite strongest python javascript
    """.split()
)

VERBS_OF_PERIODS: Final = rf"(?:{_CREATED}|{_PUSHED})"
# The verb belongs to the period: "repositories that were created in 2023".
VERB_OF_PERIOD: Final = re.compile(
    rf"(?:{NOUN}|§\w+|_) (?:(?:that|which) )?(?:(?:were|was|are|is|he|has|have|did|do|does|been) )*"
    rf"(?:{VERBS_OF_PERIODS}) §p0"
)
OWN: Final = frozenset(
    """
    how many number count most recent recently latest newest oldest first last biggest largest smallest popular top best
    starred stars star active archived fork forks tests test ci license licence compare without not only except share
    since before after until about like similar summary skills experience languages language stack project projects
    repo repos repository repositories use used uses using know knows more less years year month months week start
    portfolio code help hello hi what which who when where why it no s favorite favourite strongest
    """.split()
)
NEVER_SUBJECT: Final = frozenset(
    """
    how many much when why who where without not no except only since before after until than more less most least
    , or should would could can it
    """.split()
)
ROLE_NOUNS: Final = frozenset(
    "developer engineer scientist administrator programmer designer architect analyst researcher tester".split()
)
ROLE_ADJECTIVES: Final = frozenset(
    """
    a an the good great strong senior junior real mostly mainly experienced skilled professional decent proper capable
    lead principal staff of more at in as into mid-level competent suitable
    """.split()
)

# --- Questions whose operator is a whole sentence; filters have been taken out of them.
_E: Final = TECHNOLOGY
_ES: Final = rf"(?P<things>{_E}(?:{AND} {ARTICLE}{_E})*)"
_R: Final = rf"(?P<repositories>{SAFE_REPOSITORY}|{REPOSITORY}(?= {NOUN}))(?: {NOUN}| app)?"
_EVER: Final = r"(?:(?:ever|already|also|even|actually|really|still|by any chance) )*"
_USE: Final = (
    r"(?:know how to use|known|know|knows|use|used|using|write|wrote|"
    r"written|code|coded|program|programmed|understand|speak|like|"
    r"(?:work|worked|working)|try|tried|touch|touched|learned|learnt|do|done|"
    r"(?:have|has|had|got)(?: had)? (?:a |any |some |much |good )*(?:experience|"
    r"skills?|knowledge|background|expertise)|"
    r"(?:an? )?(?:familiar|experienced|proficient|good|skilled|comfortable|"
    r"fluent|strong|versed|competent|expert)|"
    r"been (?:using|working|coding|writing|programming))"
)
_IN: Final = r"(?:(?:with|in|of|using|on|at|to|for) )*"
_SKILL: Final = (
    rf"(?: (?:experience|skills?|knowledge|code|{NOUN}|programs?|"
    r"well|at all|too|programming|expertise|development))*"
)
_TITLE: Final = r"(?:developer|engineer|programmer|dev|expert|coder|person|guy|specialist|wizard)"
_LANGUAGES: Final = r"(?:(?:programming|coding|computer|scripting) )?languages?"
_TOOLS: Final = (
    r"(?:(?:main|favou?rite|different|programming|web|kind of|sort of) )*"
    r"(?:technolog(?:y|ies)|frameworks?|librar(?:y|ies)|tools?|tech|"
    r"tech stack|stack|"
    r"techs|technology stack|databases?|packages|languages?|software|dependencies)"
)
_CODE: Final = (
    r"(?:code|codebase|work|portfolio|repos|repositories|projects|commits|stuff|it|this|that)"
)
_STARTED: Final = r"(?:start|begin|begun|started|first|last|stop|first start|pick up|learn)"

_SENTENCES: Final[tuple[tuple[Kind, str], ...]] = (
    # --- what this page is
    (
        "meta",
        r"(?:help|hello|hi|hey|hello there|hi there|what can (?:i|he|"
        r"one|this) (?:ask|do)(?: here| he)?|what (?:questions )?can i ask"
        r"(?: here| he)?|"
        r"what (?:questions|kind of questions) can i ask|how does (?:this|"
        r"this search|the search|it all|this page|this site)(?: search)? work|"
        r"how do (?:i|he) (?:use|search) this|"
        r"what is this(?: page| site| search)?|(?:how|what) (?:can|do) i "
        r"(?:ask|search)(?: he| here| this)?|"
        r"(?:when was|how old is) (?:this|this page|this data|the data)"
        r"(?: last)?(?: updated| refreshed)?|how up to date is (?:this|"
        r"the data))",
    ),
    (
        "meta",
        r"(?P<contact>(?:how|where) (?:can|could|do|would|should) (?:i|"
        r"we|one) (?:contact|reach|email|e-mail|message|get in touch with|"
        r"write to) (?:he|him|his|the author)|(?:what is |what are )?his "
        r"(?:e-?mail(?: address)?|contact details|contact|linkedin|phone number|"
        r"twitter)|(?:contact|contact details|contact (?:he|him))|(?:does|"
        r"do) he have (?:a )?(?:linkedin|e-?mail(?: address)?))",
    ),
    (
        "meta",
        r"(?P<availability>(?:is|are) he (?:currently |still )?(?:available"
        r"(?: for (?:hire|work|freelance work|freelancing|a job|new projects))?|"
        r"open to (?:work|offers|new opportunities|freelance work|relocation|"
        r"remote work|relocating)|looking for (?:a |an? new )?(?:job|"
        r"work|position|internship)|hirable|for hire)|(?:can|could) (?:i|"
        r"we) hire (?:he|him|his)|(?:does|would|will) he (?:freelance|"
        r"do freelance work|relocate|work remotely))",
    ),
    (
        "meta",
        r"(?P<salary>(?:what is |what are )?his (?:salary|rate|hourly rate|"
        r"day rate|salary expectations?|rates)|(?:how much|what) (?:does|"
        r"do|would) he (?:cost|charge|earn|want to earn)(?: per hour|"
        r" an hour)?)",
    ),
    (
        "meta",
        r"(?P<teamwork>(?:is|are) he (?:a )?(?:good )?(?:team player|"
        r"team lead|leader|mentor|communicator)|(?:can|could|has|does|"
        r"did|do) he (?:ever )?(?:led|lead|manage|managed|work|worked|"
        r"collaborate|play well) (?:well )?(?:in|with|on)? ?(?:a |other |"
        r"others |his )?(?:teams?|people|others|colleagues)|(?:is|are) he good "
        r"(?:in|with) (?:a team|teams|people))",
    ),
    (
        "meta",
        r"(?P<seniority>how (?:senior|experienced) (?:is|are) he|(?:what is )?his "
        r"(?:seniority|seniority level|level|level of seniority)|(?:is|"
        r"are) he (?:a )?(?:senior|junior|mid-level|junior or senior|"
        r"senior or junior)(?: (?:developer|engineer|programmer|software engineer))?|"
        r"(?:what|which) (?:university|college|school) did he (?:go to|"
        r"attend)|(?:does|do|has) he (?:have )?(?:a )?(?:degree|diploma|"
        r"computer science degree|cs degree)|where (?:does|do|did|has) he "
        r"(?:work|worked|study|studied)(?: before| now| at)?|who (?:does|"
        r"do|did) he work for|what did he study|(?:what is )?his (?:education|"
        r"employer|current job|job))",
    ),
    # --- one repository
    (
        "describe",
        r"(?:(?:tell me(?: more| something)? about|describe|explain|"
        r"what is|what exactly is|what does|what can|what is the (?:purpose|point|idea|"
        r"goal) of|what was|what about|summari[sz]e|introduce|more about|"
        r"(?:more )?(?:info|information|details) (?:on|about)|give me (?:a summary|"
        r"an overview|details) of|summary of|overview of) "
        rf"(?:the |his |{NOUN} )*(?P<repositories>{SAFE_REPOSITORY}|{REPOSITORY}"
        rf"(?= {NOUN}))(?: {NOUN}| app)?(?: (?:do|does|about|all about|"
        r"for|do exactly))*)",
    ),
    (
        "describe",
        r"how (?:many (?:stars|commits|forks)|much code|popular|big|"
        rf"large)(?: does| is| has)? {_R}(?: have| got)?",
    ),
    (
        "built_with",
        rf"(?:what|how) (?:is|was|are) (?:the )?{_R} (?:built|made|written|"
        r"coded|implemented|created|developed|programmed)(?: with| in|"
        r" from| of| on| using)*",
    ),
    (
        "built_with",
        rf"(?:what|which) {_TOOLS}(?:(?: ,| and| or)+ {_TOOLS})* (?:does|"
        rf"is|was|do|are) (?:the )?{_R}(?: use| uses| using| written|"
        r" built| made| coded| based| in| with| on| used)*",
    ),
    (
        "built_with",
        rf"(?:what|which|what is the) {_TOOLS}(?: (?:is|are))?(?: used)? (?:in|by|for|behind) (?:the )?{_R}",
    ),
    (
        "built_with",
        r"(?:what is )?(?:the )?(?:tech|technology|technical)? ?stack (?:of|"
        rf"for|behind|in) (?:the )?{_R}|(?:what is )?(?P<repositories2>{SAFE_REPOSITORY}) "
        r"s? ?(?:tech|technology)? ?stack",
    ),
    (
        "built_with",
        rf"what does (?:the )?{_R} (?:use|run on|depend on|need)|(?:is|"
        rf"does|was) (?P<repositories2>{SAFE_REPOSITORY}) (?:written|"
        rf"built|made|coded|use|using|based|done) ?(?:in|with|using|on)? {THING}",
    ),
    (
        "similar",
        r"(?:(?:what|which)(?: else)?|anything(?: else)?|something|other|"
        rf"more|is there|show|{NOUN}|is|are|there|me|a|find)(?: (?:else|"
        rf"is|are|other|anything|something|{NOUN}|more|there|a|me|which))* "
        rf"(?:like|similar to|related to|resembling|comparable to) (?:the )?{_R}|"
        rf"(?:similar to|like|related to) (?:the )?(?P<repositories2>{SAFE_REPOSITORY})"
        rf"(?: {NOUN})?",
    ),
    (
        "similar",
        rf"(?:what|which)? ?(?:are )?(?:similar|related) {NOUN} (?:to|like|as) (?:the )?{_R}",
    ),
    (
        "timeline",
        rf"(?:when (?:was|is|did)|how old is|how long ago was)(?: he)? (?:the )?{_R}"
        r"(?: (?:last|first|started|start|updated|pushed|created|changed|"
        r"made|released|published|touched|built|to|worked|on))*",
    ),
    (
        "timeline",
        r"when did he (?:start|create|make|build|begin|write|last update|"
        rf"last change|last touch|update|publish)(?: working on)? (?:the )?{_R}",
    ),
    # --- two things
    (
        "compare",
        r"(?:compare|comparing|comparison (?:of|between)|differences? between|"
        rf"what is the difference between|how do|how does)(?: his)? {ARTICLE}"
        rf"(?P<things>{_E}(?:(?:{AND}| with| to| against| versus| vs) {ARTICLE}{_E})+){_SKILL}"
        rf"(?: compare| {NOUN})?",
    ),
    (
        "compare",
        r"(?:compare|comparing|comparison (?:of|between)|differences? between|"
        rf"what is the difference between|how do|how does) (?:the |{NOUN} )*"
        rf"(?P<repositories>{REPOSITORY}(?:(?:{AND}| with| to| against|"
        rf" versus| vs) (?:the )?{REPOSITORY})+)(?: {NOUN})?(?: compare|"
        r" differ)?",
    ),
    (
        "compare",
        rf"(?P<things>{_E}(?: (?:vs|versus|or|compared to|compared with) {_E})+)"
        r"(?: ,)?(?: which(?: one)?)?(?: does| is| has)?(?: he)?(?: use|"
        r" used| know| write| like)?(?: is)?(?: the)? (?:more|more often|"
        r"better|most|his favou?rite|stronger)",
    ),
    ("compare", rf"(?P<things>{_E}(?: (?:vs|versus) {_E})+){_SKILL}"),
    (
        "compare",
        rf"(?P<repositories>{SAFE_REPOSITORY}(?: (?:vs|versus) {SAFE_REPOSITORY})+)|"
        rf"(?:which|what)(?: one| {NOUN})? (?:is|has|was|got) (?:the )?(?:bigger|"
        r"older|newer|larger|smaller|more popular|more stars|more active|"
        rf"better|updated last|more recent)(?: one)?(?: ,)? (?P<repositories2>{SAFE_REPOSITORY}"
        rf"(?:(?: ,)? or {SAFE_REPOSITORY})+)",
    ),
    (
        "compare",
        r"(?:which|what)(?: one)?(?: (?:does|is|has|did))* he (?:use|"
        r"used|know|knows|prefer|write|like|better|stronger|good|better at|"
        rf"more)(?: (?:more|better|often|in|at|with|of))* ?,? (?P<things>{_E}"
        rf"(?:{AND} {_E})+)",
    ),
    (
        "compare",
        r"(?:(?:does|do|is|has|did|are) he )?(?:use|used|write|know|"
        r"like|written|worked with|better|stronger|more|prefer|prefers)"
        r"(?: (?:of|at|in|a|an|with|experienced|mainly|mostly|more|better|"
        r"rather))*(?:(?<=prefer)|(?<=prefers)|(?<=more)|(?<=better)|"
        r"(?<=stronger)|(?<=rather)|(?<= of)|(?<= at)|(?<= in)|(?<=mainly)|"
        rf"(?<=mostly)|(?<= an)|(?<= a)|(?<=experienced)) (?P<things>{_E} or "
        rf"(?:a |an |in |at |with |more )*{_E})(?: {_TITLE}| more| better)*",
    ),
    (
        "compare",
        r"(?:(?:is|are|does|do|has) he )?(?:do )?(?:more|better|rather|"
        r"stronger)(?: (?:of|a|an|at|in|into|as))* (?P<role>[a-z-]+(?: [a-z-]+){0,2}?) "
        r"or (?P<other_role>[a-z-]+(?: [a-z-]+){0,4})",
    ),
    (
        "compare",
        r"(?P<role>[a-z-]+(?: [a-z-]+){0,2}?) or (?P<other_role>[a-z-]+"
        r"(?: [a-z-]+){0,2}?)(?: ,)? (?:which|what)(?: is| does he do)? "
        r"(?:more|stronger|better)",
    ),
    (
        "compare",
        r"(?P<role>[a-z-]+(?: [a-z-]+){0,2}?) (?:vs|versus) (?P<other_role>[a-z-]+(?: [a-z-]+){0,2})",
    ),
    (
        "compare",
        rf"(?:does|is|has|did|do|can) he {_USE} {_IN}(?P<things>{_E}) (?:more|more often|better|rather) "
        rf"than {_IN}(?P<things2>{_E})|"
        rf"(?:is|was) he (?:better|stronger|more experienced) {_IN}(?P<things3>{_E}) than {_IN}(?P<things4>{_E})",
    ),
    (
        "compare",
        rf"what (?:do|does) (?P<repositories>{REPOSITORY} and {REPOSITORY}) have in common",
    ),
    # --- times
    (
        "timeline",
        rf"how (?:recent|old|long|up to date) is his {_ES} (?:experience|code|knowledge|work|projects)",
    ),
    (
        "timeline",
        r"(?:for )?(?:how long|since when|how many years|how many years of experience)"
        rf"(?: (?:has|have|does|do|did|is|was))* he (?:have |has )?(?:been )?{_EVER}"
        rf"(?:experience )?(?:{_USE} )?{_IN}{_ES}{_SKILL}(?: for)?",
    ),
    (
        "timeline",
        r"(?:for )?(?:how long|since when)(?: (?:has|have|does|do|did|"
        r"is|was))* he (?:been )?(?:coding|programming|developing|writing code|"
        r"writing software|on github|active|active on github|code|program|"
        r"a developer|a programmer|building software)",
    ),
    (
        "timeline",
        r"when (?:did|was|has) (?:he )?(?:the last time (?:that )?he )?"
        rf"(?:(?:last|first|{_STARTED}) )*(?:{_USE} )?{_IN}(?:(?:using|"
        rf"writing|learning|coding|working|programming) )?{_IN}{_ES}{_SKILL}"
        r"(?: last| first| for the first time)?",
    ),
    (
        "timeline",
        rf"when was the (?:last|first|most recent) time (?:that )?(?:he )?{_USE} {_IN}{ARTICLE}"
        rf"{_ES}{_SKILL}|(?:last|first) time (?:he )?{_USE} {_IN}(?P<things2>{_E})",
    ),
    (
        "timeline",
        r"when did he (?:start|begin)(?: coding| programming| to code|"
        r" to program| developing| writing code| out| on github)",
    ),
    (
        "timeline",
        r"(?:(?:does|do|has|is|are there|at least|more than|have|how many|"
        rf"he|there|what|the|number of|over) )*(?:(?:{NUMBER}\+?|many) )?years?"
        r"(?: of)?(?: experience)?(?: does he have| he have| has he|"
        rf" experience)* ?{_IN}{_ES}{_SKILL}(?: (?:does|has|have|he|got))*",
    ),
    (
        "timeline",
        r"(?:how many|number of) years of (?:coding |programming |work )?experience"
        r"(?: (?:does|has|have|he|got))+",
    ),
    # --- how much
    (
        "share",
        r"(?:how much|what (?:percentage|percent|share|part|fraction|"
        r"proportion)|percentage|percent|share|proportion|fraction)(?: of)?"
        rf"(?: (?:the|all|his|of|overall))*(?: {_CODE})*(?: (?:is|are|"
        rf"in|written|made|was))*(?: in| of| with)? {_ES}(?: code)?",
    ),
    (
        "share",
        rf"(?:how much|what (?:percentage|share|percent|proportion))(?: of)? {_ES}"
        r"(?: code)? (?:does|do|did|has|have|is|are)(?: (?:he|there|"
        rf"in|his|the|{_CODE}|write|written|use|used|code|have|all|know|"
        r"overall))*",
    ),
    (
        "share",
        rf"(?:what share (?:does|has) {_ES}(?: have)?)|(?:what is the |"
        rf"the )?(?:percentage|share|proportion|percent|fraction) of (?P<things2>{_E})"
        rf"(?: code)?(?: (?:in|of|his|the|{_CODE}|overall|all))*",
    ),
    # --- languages
    (
        "languages",
        r"(?:(?:what|which) (?:is|are|was) )?(?:(?:his|the|he) )*(?:(?:number one|"
        r"no\. 1|strongest|main|primary|favou?rite|preferred|best|most used|"
        r"most common|most frequent|dominant|top|go-to|most popular|"
        rf"first|two|(?P<limit>{NUMBER})) )+{_LANGUAGES}(?: (?:of his|"
        rf"he uses?|he knows?|used|overall|in his|{_CODE}))*",
    ),
    (
        "languages",
        r"(?:what|which|how many|in (?:what|which)|what are the|list(?: the|"
        r" all| all the)?|the|all)(?: (?:different|are the|is the|main|"
        rf"are))* {_LANGUAGES}(?: (?:does|do|is|are|has|have|did|can) (?:there|"
        r"he))?(?: (?:use|used|uses|know|knows|write|written|code|coded|"
        r"program|prefer|work|worked|speak|good|best|strong|in|with|"
        r"at|he|strongest|mainly|mostly))*(?: (?:the )?(?:most|best|"
        r"often|mainly|mostly|mostly|most often|in))*",
    ),
    (
        "languages",
        rf"(?:what|which) {_LANGUAGES} are used(?: the)? most|list of (?:all )?(?:his |the )?{_LANGUAGES}|"
        r"what does he (?:code|program|write code) in|"
        rf"(?:his )?{_LANGUAGES} (?:by|ranked by|sorted by) (?:share|"
        rf"size|bytes|use|usage|code)|his {_LANGUAGES}|ranking of (?:his )?{_LANGUAGES}|"
        r"language (?:breakdown|statistics|stats|distribution|ranking)",
    ),
    # --- the whole person
    (
        "built_with",
        r"(?:what is |what about )?(?:in )?(?:(?:his|the|main) )*(?:tech|"
        r"technology|technical)? ?stack(?: (?:like|look like|does he use|"
        r"he uses?))?|what does his (?:tech |technology )?stack look like",
    ),
    (
        "built_with",
        rf"(?:what|which)(?: kinds? of)? {_TOOLS}(?:(?: ,| and| or)+ {_TOOLS})* "
        r"(?:does|do|has|have|is|are|can|did) he (?:use|using|used|know|"
        r"work with|worked with|working with|good with|familiar with|"
        r"prefer|been using|like)(?: (?:most|the most|usually|mainly|"
        r"often|for his projects))*",
    ),
    (
        "profile",
        r"(?:what|which things)(?: kind of things)? (?:is|are) he (?:best |"
        r"really |particularly )?(?:good|strong|best|great|skilled) ?(?:at|"
        r"in|with)?",
    ),
    (
        "profile",
        r"(?:give me |show me |write |i want |i need )?(?:a |an )?(?:short |"
        r"brief |quick )?(?:bio|profile)|(?:give me |show me |write )?(?:a |"
        r"an )?(?:short |brief |quick )?(?:summary|overview|profile|"
        r"introduction|bio|description) (?:of|about|to|for) (?:he|him|"
        r"himself|his (?:portfolio|profile|work|skills|experience|projects)|"
        r"the portfolio)",
    ),
    ("profile", r"who (?:is|are) (?:he|him)|(?:who is behind|whose is) this(?: portfolio)?"),
    (
        "profile",
        r"what can (?:he|i) (?:tell|say)(?: me)? about (?:he|him|himself|his)|"
        r"what (?:kind|sort|type) of (?:a )?(?:developer|engineer|programmer|"
        r"person|coder) (?:is|are) he|what (?:kind|sort|type) of he (?:is|"
        r"are) he",
    ),
    (
        "profile",
        r"(?:tell me|say)(?: more| something| a bit| a little)? about (?:he|"
        r"him|himself|his|his (?:skills|experience|background|work|portfolio|"
        r"expertise))|introduce (?:himself|he|him)|describe (?:himself|"
        r"he|him|his (?:skills|experience|work|portfolio))",
    ),
    (
        "profile",
        r"(?:what (?:are|is) )?his (?:main |key |core |technical |strongest )?"
        r"(?:areas? of expertise|profile like|skills?|strengths|expertise|"
        r"specialt(?:y|ies)|background|skill set|skillset|experience)|"
        r"what skills (?:does|do|has|have) he (?:have|got|bring)",
    ),
    (
        "profile",
        r"summari[sz]e (?:he|him|himself|his (?:portfolio|work|profile|"
        r"skills|experience|github|projects)|the portfolio)|what (?:does|"
        r"do) he do(?: for a living| mainly| mostly)?|what (?:does|do) he "
        r"(?:work on|specialize in|specialise in)(?: mainly| mostly|"
        r" usually)?",
    ),
    # --- whether
    (
        "has",
        rf"(?:is there |are there |any |some )+(?P<things2>{_E}) code(?: here)?|"
        rf"(?:he )?knows (?P<things3>{_E})|(?:has he )?ever (?:used|worked with|"
        rf"tried|written|coded in|programmed in|touched) {_ES}",
    ),
    (
        "has",
        r"(?:is|are|was|does|do) (?:he )(?:(?:a|an|really|actually|good|"
        r"great|strong|senior|junior|real|mainly|mostly|experienced|"
        rf"skilled|work as) )*{_ES} {_TITLE}",
    ),
    (
        "has",
        rf"(?:do|does|did|has|have|can|could|is|are|was) he (?:able to )?{_EVER}{_USE} {ARTICLE}{_IN}{ARTICLE}"
        rf"{_ES}{_SKILL}(?: ever| already| before| yet| much| often| a lot)?",
    ),
    (
        "has",
        r"(?:does|do|has|have|did|is) (?:he|there)(?: have| got)? (?:any |"
        rf"some |much |good )*{_ES} (?:experience|skills?|knowledge|expertise|"
        r"background)",
    ),
    (
        "has",
        r"(?:(?:is there|are there|has he|does he have|got|have) )?(?:any|"
        r"some) (?:experience|skills?|knowledge|expertise) (?:with|in|"
        rf"of|using) {ARTICLE}{_ES}",
    ),
    ("has", rf"any {_ES} (?:experience|skills?|knowledge|expertise)"),
    (
        "role",
        r"(?:is|are|was|would|could|can|does|do|will|might) he (?:(?:be|"
        r"work|fit|make|qualify|good|a good fit|a fit|suitable|like|"
        r"well|the right|mostly|mainly|rather|considered|apply|call himself|"
        r"as|for|into|in|suited) )*(?:a |an |the )*(?P<role>[a-z][a-z/ -]*?)"
        r"(?: (?:position|role|job|work))?",
    ),
    # --- where to look
    (
        "highlights",
        r"(?:what|which) (?:is|are) worth (?:a look|seeing|looking at)|"
        r"(?:so )?(?:i (?:only )?have [a-z0-9]+ minutes (?:, )?)?where "
        r"(?:do|should|can|would|could) (?:i|we|one|he) (?:start|begin)"
        r"(?: (?:with|if i (?:only )?have|in|for|given))*(?: (?:only|"
        r"just))?(?: [a-z0-9]+ minutes?)?|where to (?:start|begin|look first)",
    ),
    (
        "highlights",
        rf"(?:what|which (?:{NUMBER} )?{NOUN}|which) (?:should|do|could|must) (?:i|"
        r"we|one) (?:look at|see|read|start with|check out|visit|check)"
        r"(?: first)?(?: [a-z]* ?(?:[a-z0-9]+ minutes))?",
    ),
    (
        "highlights",
        r"(?:show me |what is |what are |give me |see )?(?:the |his )*(?:highlights|"
        r"best work|best stuff|showcase|flagship|masterpieces?|proudest work|"
        r"best of)(?: of (?:his|the) (?:work|portfolio|projects))?",
    ),
    (
        "highlights",
        rf"(?:what|which)(?: {NOUN})? (?:is|are) he (?:the )?(?:most )?proud"
        rf"(?:est)? of(?: most)?|(?:what|which) {NOUN} (?:stands? out|"
        r"is worth a look|is worth looking at|are worth a look|should i know)",
    ),
)
TEMPLATES: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _SENTENCES)
# What repositories cannot show, by the names of groups, in plain words.
META: Final = {
    "contact": "how to contact the developer",
    "availability": "whether the developer is available for hire",
    "salary": "the salary or rate of the developer",
    "teamwork": "how the developer works in a team",
    "seniority": "the seniority, education or employment of the developer",
}
# What a question for facts has: only with one of these words a misspelled technology is corrected.
HINT: Final = re.compile(
    r"\b(?:how many|how long|how much|know|knows|experience|familiar|"
    r"without|not|compare|most|latest|newest|oldest|biggest|largest|"
    r"number of|percentage|vs|versus|only|when did|used|stack|only)\b"
)
