"""Load what is known of technologies: names, kinds and packages.

| file in `data/` | holds | made |
|---|---|---|
| `entities.txt`, `packages.txt` | names of technologies; packages and the technology of each | by hand |
| `entities.generated.txt`, `packages.generated.txt` | the same, from public lists | `make taxonomy` |
| `taxonomy.toml` | words for kinds, and how kinds nest | by hand |

What is written by hand goes before what is generated. `docs/data.md` tells sources and licences.

Names are compared by their normal form: one lower-case word without symbols, accents and version.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
MAX_NAME_CHARS = 120  # longer text is nobody's name; bounds the work for text of strangers

WORD = re.compile(r"[^\W_]+")
APOSTROPHES = re.compile("['’`]")
# The symbols that tell names apart: C, C++ and C#; .NET and Net.
SYMBOLS = (
    (".net", re.compile(r"(?<!\w)\.net\b"), "dotnet"),
    ("+", re.compile(r"(?<!\w)c\+\+"), "cplusplus"),
    ("#", re.compile(r"(?<=[a-z])#"), "sharp"),
    ("+", re.compile(r"\+"), "plus"),
    ("&", re.compile("&"), " and "),
)
VERSION = re.compile(r"(?P<name>.*?[^\W\d_]{2}) ?v?\d{1,4}(?: \d{1,4})*")
# People write the end of these names apart: "mongo db", "vue js".
LAST_PARTS = frozenset(["js", "db", "sql", "ui", "css"])

AMBIGUOUS = "?"

# The package file's name, or the end of its path, and who names its packages.
ECOSYSTEMS = tuple(
    (re.compile(rf"(?:.*/)?(?:{pattern})", re.DOTALL | re.IGNORECASE), ecosystem)
    for pattern, ecosystem in (
        (r"package\.json|deno\.jsonc?|jsr\.jsonc?|import[-_]?map\.json|bower\.json", "npm"),
        (r"pnpm-workspace\.ya?ml", "npm"),
        (r"pyproject\.toml|pipfile|setup\.py|setup\.cfg|[^/]*\.ipynb", "pypi"),
        (r"[^/]*(?:requirements?|reqs)[^/]*\.(?:txt|in|pip)", "pypi"),
        (r"(?:requirements?|reqs)/.*\.(?:txt|in|pip)", "pypi"),
        (r"(?:[^/]*[-_.])?(?:environment|conda)(?:[-_.][^/]*)?\.ya?ml", "pypi"),
        (r"go\.mod", "go"),
        (r"cargo\.toml", "cargo"),
        (r"composer\.json", "composer"),
        (r"[^/]+\.(?:cs|fs|vb)proj|directory\.(?:packages|build)\.(?:props|targets)", "nuget"),
        (r"packages\.config|paket\.dependencies", "nuget"),
        (r"packages/manifest\.json", "unity"),
        (r"gemfile|gems\.rb|[^/]+\.gemspec", "gem"),
        (r"pom\.xml|[^/]+\.versions\.toml|[^/]+\.gradle(?:\.kts)?", "maven"),
        (r"[^/]+\.sbt|project/[^/]+\.scala|project\.clj|deps\.edn", "maven"),
        (r"podfile", "cocoapods"),
        (r"package(?:@swift-[\d.]+)?\.swift|cartfile(?:\.private)?", "swift"),
        (r"pubspec\.ya?ml", "pub"),
        (r"mix\.exs|rebar\.config", "hex"),
        (r"description", "cran"),
        (r"(?:julia)?project\.toml", "julia"),
        (r"\.github/workflows/[^/]+\.ya?ml|action\.ya?ml", "github-actions"),
        (r"chart\.ya?ml|helmfile\.ya?ml(?:\.gotmpl)?", "helm"),
        (r"(?:dockerfile|containerfile)(?:[._-][^/]*)?|[^/]+\.dockerfile", "docker"),
        (r"(?:[^/]+[.-])?compose(?:[._-][^/]*)?\.ya?ml|\.?devcontainer\.json", "docker"),
        (r"[^/]+\.(?:tf|tofu)", "terraform"),
        (r"requirements\.ya?ml", "ansible"),
        (r"puppetfile|metadata\.json", "puppet"),
    )
)
MODULE_VERSION = re.compile(r"(?:/v\d+|\.v\d+)$")  # of Go: a part of the module's path
SCALA_VERSION = re.compile(r"_(?:2\.\d+|3)$")
PYPI_SEPARATORS = re.compile(
    r"[-_.]+"
)  # https://packaging.python.org/specifications/name-normalization/


@dataclass(frozen=True, slots=True)
class Entity:
    """A technology, product or standard that people name."""

    id: str  # the normal form of its name
    name: str  # as it is shown
    kinds: tuple[str, ...]  # the first says most
    forms: tuple[str, ...]  # normal forms of all its spellings, the id's first
    related: tuple[str, ...]  # ids


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a list of words that may name a technology."""

    entity: Entity
    start: int
    end: int  # after the last word
    is_ambiguous: bool  # the spelling is an ordinary word, too: "go", "express"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A place in a list of words that names a kind."""

    id: str
    start: int
    end: int  # after the last word


@dataclass(frozen=True, slots=True)
class Names:
    """Phrases, each with what it stands for."""

    ids: Mapping[str, str]  # normal forms joined by a blank, and without one -> id
    longest: Mapping[str, int]  # the first word of a phrase -> words of the longest one

    def get(self, words: Sequence[str]) -> str | None:
        """Return what normal forms stand for as a whole; a plural stands for the singular."""
        phrase = " ".join(words)
        for spelling in (phrase, *_singulars(phrase)):
            if known := self.ids.get(spelling):
                return known
        return None

    def find(self, words: Sequence[str]) -> Iterator[Phrase]:
        """Yield the phrases among normal forms from left to right, the longest first, none twice."""
        start = 0
        while start < len(words):
            end = next(self._ends(words, start), start)
            if end > start:
                yield Phrase(str(self.get(words[start:end])), start, end)
            start = max(end, start + 1)

    def _ends(self, words: Sequence[str], start: int) -> Iterator[int]:
        longest = min(self.longest.get(words[start], 1), len(words) - start)
        for end in range(start + longest, start, -1):
            if self.get(words[start:end]):
                yield end


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of an ecosystem."""

    exact: Mapping[str, str]  # name -> entity's id
    prefixes: Mapping[str, str]
    prefix_lengths: tuple[int, ...]  # the longest first

    def get(self, names: Sequence[str]) -> str | None:
        """Return the entity of a package: by the first listed name, or else by the longest prefix."""
        known = next((self.exact[name] for name in names if name in self.exact), None)
        return known or next(filter(None, map(self._by_prefix, names)), None)

    def _by_prefix(self, name: str) -> str | None:
        for length in self.prefix_lengths:
            if length <= len(name) and (known := self.prefixes.get(name[:length])):
                return known
        return None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """What is known of technologies. Words may have any case; names may have symbols and versions."""

    entities: Mapping[str, Entity]  # by id
    kinds: Mapping[str, tuple[str, ...]]  # kind -> the kinds that it is of, nearest first
    _spellings: Mapping[str, str]  # spelling -> entity's id, AMBIGUOUS in front where it is
    _longest: Mapping[str, int]  # the first word of a spelling -> words of the longest one
    _members: Mapping[str, tuple[str, ...]]
    _parts: Mapping[str, tuple[str, ...]]
    _packages: Mapping[str, Packages]
    _kind_names: Names

    def entity(self, term: str) -> Entity | None:
        """Return the technology that a name stands for as a whole."""
        known = self._spellings.get(normal_form(term))
        return self.entities[known.removeprefix(AMBIGUOUS)] if known else None

    def entities_in(self, words: Sequence[str]) -> list[Mention]:
        """Find the technologies that words name, from left to right, the longest name first.

        Words are tokens as they stand in the text, in any case. A name with a symbol may be one
        token or several: "Node.js", "node js" and "nodejs" are the same. Whether an ambiguous
        mention is meant is the caller's to decide.
        """
        forms = [_joined(word) for word in words]
        mentions: list[Mention] = []
        start = 0
        while start < len(forms):
            mention = self._mention_at(forms, start)
            if mention:
                mentions.append(mention)
            start = mention.end if mention else start + 1
        return mentions

    def package(self, ecosystem: str, name: str) -> str | None:
        """Return the id of the entity that a package belongs to; the name is in lower case.

        Ecosystems are those that `ecosystem_of` returns.
        """
        packages = self._packages.get(ecosystem)
        return packages.get(_package_names(ecosystem, name)) if packages else None

    def kind(self, words: Sequence[str]) -> str | None:
        """Return the kind that words name as a whole: `["message", "brokers"]` is `messaging`."""
        return self._kind_names.get([_joined(word) for word in words])

    def kinds_in(self, words: Sequence[str]) -> list[Phrase]:
        """Find the kinds that words name."""
        return list(self._kind_names.find([_joined(word) for word in words]))

    def members(self, kind: str) -> tuple[str, ...]:
        """Return the ids of all entities of a kind and of the kinds that are of it, sorted."""
        return self._members.get(kind, ())

    def parts_of(self, entity: Entity) -> tuple[str, ...]:
        """Return the ids of what belongs to an entity: the services of a cloud."""
        return self._parts.get(entity.id, ())

    def _mention_at(self, forms: Sequence[str], start: int) -> Mention | None:
        longest = min(max(self._longest.get(forms[start], 1), 2), len(forms) - start)
        for count in range(longest, 0, -1):
            written = forms[start : start + count]
            known = self._spellings.get(" ".join(written))
            if known is None and count == 2 and written[1] in LAST_PARTS:
                known = self._spellings.get("".join(written))
            if known is None and (version := VERSION.fullmatch(written[-1])):
                known = self._spellings.get(" ".join([*written[:-1], version["name"]]))
            if known:
                entity = self.entities[known.removeprefix(AMBIGUOUS)]
                return Mention(entity, start, start + count, known.startswith(AMBIGUOUS))
        return None


@cache
def taxonomy() -> Taxonomy:
    """Load the data files, once per process."""
    return load(DATA)


def normal_form(name: str) -> str:
    """Return a name as one lower-case word without symbols, accents and version.

    `Node.js` is `nodejs`, `C#` is `csharp`, `.NET 8` is `dotnet`, `HTML5` is `html`. The version is
    left out only if the rest is a known name, and stays where it belongs to one: `ESP32`.
    """
    words = _words(name)
    joined = "".join(words)[:MAX_NAME_CHARS]  # a few letters stand for a whole sentence
    spellings = taxonomy()._spellings
    if joined in spellings or not joined[-1:].isdecimal():
        return joined
    for written in (" ".join(words), joined):
        if version := VERSION.fullmatch(written):
            shortened = version["name"].replace(" ", "")
            if shortened in spellings:
                return shortened
    return joined


def ecosystem_of(path: str) -> str | None:
    """Return who names the packages that a file lists: `npm`, `pypi`, `nuget` …; None if nobody does."""
    return next((name for pattern, name in ECOSYSTEMS if pattern.fullmatch(path)), None)


def load(folder: Path) -> Taxonomy:
    """Load the data files of a folder. Raises ValueError for a line that names nothing known."""
    content = tomllib.loads((folder / "taxonomy.toml").read_text(encoding="utf-8"))
    kinds = {kind: _broader(kind, content) for kind in content["kinds"]}
    builder = _Entities(kinds)
    for name in ("entities.txt", "entities.generated.txt"):
        builder.read((folder / name).read_text(encoding="utf-8"))
    entities = builder.entities()
    return Taxonomy(
        entities=entities,
        kinds=kinds,
        _spellings=builder.spellings,
        _longest=builder.longest,
        _members=_members(entities, kinds),
        _parts=_parts(entities),
        _packages=_all_packages(folder, entities),
        _kind_names=_names(content["kinds"]),
    )


def _words(name: str) -> list[str]:
    """Split a name at its symbols, in lower case and without accents."""
    text = name[:MAX_NAME_CHARS]
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    text = text.casefold()
    if text.isascii() and text.isalnum():
        return [text]
    text = APOSTROPHES.sub("", text)
    for sign, symbol, spelling in SYMBOLS:
        if sign in text:
            text = symbol.sub(spelling, text)
    return WORD.findall(text)


def _joined(name: str) -> str:
    return "".join(_words(name))


def _singulars(phrase: str) -> Iterator[str]:
    if phrase.endswith("ies"):
        yield f"{phrase[:-3]}y"
    elif phrase.endswith("s"):
        yield phrase[:-1]
        yield phrase.removesuffix("es")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(","))


def _names(phrases_by_id: Mapping[str, str]) -> Names:
    ids: dict[str, str] = {}
    longest: dict[str, int] = {}
    for name, phrases in phrases_by_id.items():
        for phrase in _listed(phrases):
            words = _words(phrase)
            ids.setdefault(" ".join(words), name)
            ids.setdefault("".join(words), name)
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return Names(ids, longest)


def _broader(kind: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the kinds that a kind is of: by its dots, and by what the file says."""
    found: dict[str, None] = {}
    waiting = [kind]
    while waiting:
        current = waiting.pop(0)
        parent = current.rpartition(".")[0]
        for broader in ([parent] if parent else []) + content["is_a"].get(current, []):
            if broader not in content["kinds"]:
                raise ValueError(f"taxonomy.toml: {current} is of an unknown kind, {broader}")
            if broader not in found and broader != kind:
                found[broader] = None
                waiting.append(broader)
    return tuple(found)


class _Entities:
    """Collects entities from lines; what is read first goes before what follows."""

    def __init__(self, kinds: Mapping[str, tuple[str, ...]]) -> None:
        self.kinds = kinds
        self.spellings: dict[str, str] = {}
        self.longest: dict[str, int] = {}
        self._drafts: dict[str, _Draft] = {}

    def read(self, text: str) -> None:
        section: list[str] = []
        for line in text.splitlines():
            if line.startswith("["):
                section = self._known_kinds(line.strip("[]"))
            elif line and not line.startswith("#"):
                rest, _, related = line.partition(" > ")
                names, _, kinds = rest.partition(" + ")
                all_kinds = [*section, *self._known_kinds(kinds)] if kinds else section
                related_names = related.split(", ") if related else []
                for entry in names.split(" ; "):
                    self._add(entry, all_kinds, related_names)

    def entities(self) -> dict[str, Entity]:
        """Return what was read. Raises ValueError for a relation to something unknown."""
        return {
            name: Entity(
                id=name,
                name=draft.shown,
                kinds=_unique(draft.kinds),
                forms=_unique(draft.forms),
                related=_unique([self._id(name) for name in draft.related]),
            )
            for name, draft in self._drafts.items()
        }

    def _known_kinds(self, text: str) -> list[str]:
        kinds = text.split()
        if unknown := [kind for kind in kinds if kind not in self.kinds]:
            raise ValueError(f"unknown kind {unknown[0]}")
        return kinds

    def _id(self, name: str) -> str:
        known = self.spellings.get(_joined(name))
        if known is None:
            raise ValueError(f"related to an unknown entity, {name}")
        return known.removeprefix(AMBIGUOUS)

    def _add(self, entry: str, kinds: list[str], related: list[str]) -> None:
        shown, _, aliases = entry.partition(" = ")
        words = _words(shown)
        name = "".join(words)
        draft = self._drafts.get(name)
        if draft is None:
            draft = self._drafts[name] = _Draft(shown.removeprefix(AMBIGUOUS))
        draft.kinds += kinds
        draft.related += related
        self._add_spelling(draft, name, words, shown.startswith(AMBIGUOUS))
        for alias in aliases.split(", ") if aliases else ():
            self._add_spelling(draft, name, _words(alias), alias.startswith(AMBIGUOUS))

    def _add_spelling(self, draft: _Draft, name: str, words: list[str], is_ambiguous: bool) -> None:
        joined = "".join(words)
        known = AMBIGUOUS + name if is_ambiguous else name
        if self.spellings.setdefault(joined, known).removeprefix(AMBIGUOUS) != name:
            return  # another entity's, which goes before
        draft.forms.append(joined)
        if len(words) > 1:
            self.spellings.setdefault(" ".join(words), known)
            self.longest[words[0]] = max(self.longest.get(words[0], 0), len(words))


@dataclass(slots=True)
class _Draft:
    """An entity while its lines are read."""

    shown: str
    kinds: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)


def _unique(items: list[str]) -> tuple[str, ...]:
    return tuple(items) if len(items) < 2 else tuple(dict.fromkeys(items))


def _members(
    entities: Mapping[str, Entity], kinds: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    own: dict[str, list[str]] = {}
    for entity in entities.values():
        for kind in entity.kinds:
            own.setdefault(kind, []).append(entity.id)
    members: dict[str, set[str]] = {}
    for kind, ids in own.items():
        for wider in (kind, *kinds[kind]):
            members.setdefault(wider, set()).update(ids)
    return {kind: tuple(sorted(ids)) for kind, ids in members.items()}


def _parts(entities: Mapping[str, Entity]) -> dict[str, tuple[str, ...]]:
    """Find the parts of each entity: services, by what they are related to, and all of a cloud."""
    parts: dict[str, list[str]] = {}
    for entity in entities.values():
        for whole in entity.related:
            if "cloud" in entities[whole].kinds or "cloud.service" in entity.kinds:
                parts.setdefault(whole, []).append(entity.id)
    return {whole: tuple(sorted(ids)) for whole, ids in parts.items()}


def _all_packages(folder: Path, entities: Mapping[str, Entity]) -> dict[str, Packages]:
    exact: dict[str, dict[str, str]] = {}
    prefixes: dict[str, dict[str, str]] = {}
    for file in ("packages.txt", "packages.generated.txt"):
        ecosystem = ""
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                ecosystem = line.strip("[]")
                continue
            entity, _, names = line.partition(": ")
            if entity not in entities:
                raise ValueError(f"{file}: unknown entity {entity}")
            for name in names.split():
                table = prefixes if name.endswith("*") else exact
                table.setdefault(ecosystem, {}).setdefault(name.removesuffix("*"), entity)
    return {
        ecosystem: Packages(
            exact.get(ecosystem, {}),
            prefixes.get(ecosystem, {}),
            tuple(sorted({len(prefix) for prefix in prefixes.get(ecosystem, {})}, reverse=True)),
        )
        for ecosystem in {*exact, *prefixes}
    }


def _package_names(ecosystem: str, name: str) -> list[str]:
    """Return the names by which a package may be listed, the most telling first."""
    match ecosystem:
        case "pypi":
            return [PYPI_SEPARATORS.sub("-", name)]
        case "go":  # a module, and those that it is in
            parts = MODULE_VERSION.sub("", name).split("/")
            return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]
        case "maven":  # group:artifact, and the artifact alone
            whole = SCALA_VERSION.sub("", name)
            return [whole, whole.rpartition(":")[2]]
        case "docker":  # owner/image, and the image alone
            return [name, name.rpartition("/")[2]]
    return [name]
