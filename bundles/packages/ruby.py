"""Gems in a Gemfile or a gemspec.

- Gemfile: https://bundler.io/man/gemfile.5.html
- gemspec: https://guides.rubygems.org/specification-reference/

Both are programs in Ruby. They are not run but cut into tokens, so that comments, strings, blocks
and here-documents are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bundles.packages.dependency import Dependency, Format, file_format

# A literal that is not closed goes on to the end of the text, so no part is scanned twice.
TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\f\v]+|\\\n|\#[^\n]*|^=begin\b(?:.*?^=end\b[^\n]*|.*))
    | (?P<newline>\n|;)
    | (?P<heredoc><<[-~]?(?P<quote>["'`]?)(?P<tag>[A-Za-z_]\w*)(?P=quote))
    | (?P<string>
        "(?:[^"\\]|\\.)*+(?:"|\\?\Z)|'(?:[^'\\]|\\.)*+(?:'|\\?\Z)
      | %[qQ]?(?:<[^>]*+(?:>|\Z)|\([^)]*+(?:\)|\Z)|\[[^\]]*+(?:\]|\Z)|\{[^}]*+(?:\}|\Z))
      )
    | (?P<literal>
        `(?:[^`\\]|\\.)*+(?:`|\\?\Z)
      | %[rx](?:<[^>]*+(?:>|\Z)|\([^)]*+(?:\)|\Z)|\[[^\]]*+(?:\]|\Z)|\{[^}]*+(?:\}|\Z))
      | (?:(?<=[(,])|(?<=[=~(,][ ]))/(?:[^/\\\n]|\\.){1,200}/
      )
    | (?P<list>
        %[wWiI](?:<[^>]*+(?:>|\Z)|\([^)]*+(?:\)|\Z)|\[[^\]]*+(?:\]|\Z)|\{[^}]*+(?:\}|\Z))
      )
    | (?P<scope>::)
    | (?P<symbol>:(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'|[A-Za-z_]\w*[?!]?))
    | (?P<label>[A-Za-z_]\w*:(?!:))
    | (?P<word>[A-Za-z_]\w*[?!]?)
    | (?P<mark>=>|&\.|.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
END_OF_PROGRAM = re.compile(r"^__END__$", re.MULTILINE)
GEM = re.compile(r"[A-Za-z0-9][\w.-]*")

DEVELOPMENT = frozenset(
    "development dev test tests testing ci lint linting rubocop doc docs documentation "
    "debug debugging release build benchmark".split()
)
LOOPS = frozenset({"for", "until", "while"})
# Words that an `end` closes. After a value, `if` and its kin only qualify the statement before.
OPENING = LOOPS | {"begin", "case", "class", "def", "if", "module", "unless"}
BEFORE_A_STATEMENT = frozenset({"", "\n", ";", "{", "|", "=", "do", "then", "else", "ensure"})
GEMSPEC_CALLS = frozenset(
    {"add_dependency", "add_runtime_dependency", "add_development_dependency"}
)
MAX_LENGTH = 200_000  # characters; gemspecs that list all files of a gem stay below
MAX_ARGUMENT_TOKENS = 40  # of a call; more than people write


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int

    @property
    def values(self) -> list[str]:
        """What a string, a symbol or a list of words holds; nothing for other tokens."""
        match self.kind:
            case "string":
                return [self.text.lstrip("%qQ")[1:-1]]
            case "symbol":
                return [self.text[1:].strip("\"'")]
            case "list":
                return self.text[3:-1].split()
            case _:
                return []


@dataclass(frozen=True, slots=True)
class _Block:
    closed_by: str
    is_development: bool = False
    is_local: bool = False  # its gems lie in folders of the repository


def read_gemfile(text: str) -> Iterator[Dependency]:
    """Read the gems of a Gemfile, without those from folders of the repository."""
    tokens = _tokens(text)
    for index, around in _calls_in_blocks(tokens):
        if tokens[index].text == "gem":
            arguments = _arguments(tokens, index)
            name = _name(arguments)
            groups = (_option(arguments, "group") or []) + (_option(arguments, "groups") or [])
            is_local = around.is_local or _option(arguments, "path") is not None
            if name is not None and not is_local:
                is_development = around.is_development or _is_development(groups)
                yield Dependency(name.values[0], name.line, is_development)


def read_gemspec(text: str) -> Iterator[Dependency]:
    """Read the gems that a gemspec adds."""
    tokens = _tokens(text)
    for index, token in enumerate(tokens):
        is_call = token.kind == "word" and index > 0 and tokens[index - 1].text in (".", "&.")
        if is_call and token.text in GEMSPEC_CALLS:
            name = _name(_arguments(tokens, index))
            if name is not None:
                is_development = token.text == "add_development_dependency"
                yield Dependency(name.values[0], name.line, is_development)


def _tokens(text: str) -> list[_Token]:
    """Cut a program into tokens, without blanks, comments and here-documents."""
    if len(text) > MAX_LENGTH:
        raise ValueError("too long")
    end = END_OF_PROGRAM.search(text)
    limit = end.start() if end else len(text)
    tokens: list[_Token] = []
    offset, line, tag = 0, 1, ""
    while offset < limit and (match := TOKEN.match(text, offset, limit)):
        if match.lastgroup != "blank":
            tokens.append(_Token(str(match.lastgroup), match[0], line))
        offset = match.end()
        line += match[0].count("\n")
        tag = match["tag"] or tag
        if tag and match[0] == "\n":
            closing = re.compile(rf"^[ \t]*{tag}$", re.MULTILINE).search(text, offset, limit)
            body_end = closing.end() if closing else limit
            line += text.count("\n", offset, body_end)
            offset, tag = body_end, ""
    return tokens


def _calls_in_blocks(tokens: Sequence[_Token]) -> Iterator[tuple[int, _Block]]:
    """Yield the place of each word that no `do`, `end` or the like is, with the block around it."""
    blocks = [_Block("")]
    announced: _Block | None = None  # by `group` or `path`, until its `do`
    is_loop = False  # between `while` and its `do`
    before = ""
    for index, token in enumerate(tokens):
        around = blocks[-1]
        word = token.text if token.kind in ("word", "mark", "newline") else ""
        if token.kind == "word" and before in (".", "&."):
            word = ""  # a method of an object
        if word in ("do", "{") and not (word == "do" and is_loop):
            closed_by = "end" if word == "do" else "}"
            blocks.append(replace(announced or around, closed_by=closed_by))
            announced = None
        elif word in OPENING and before in BEFORE_A_STATEMENT:
            blocks.append(replace(around, closed_by="end"))
            is_loop = word in LOOPS
        elif word in ("end", "}"):
            if around.closed_by == word:
                blocks.pop()
        elif word in ("group", "path"):
            announced = _announced(word, _arguments(tokens, index), around)
        elif token.kind == "newline" or word == "do":
            announced = announced if tokens[index - 1].text == "," else None
            is_loop = False
        elif word:
            yield index, around
        before = token.text if token.kind in ("word", "mark", "newline") else "a value"


def _announced(word: str, arguments: Sequence[_Token], around: _Block) -> _Block:
    """Return the block that `group :test` or `path "engines"` opens with its `do`."""
    if word == "path":
        return replace(around, is_local=True)
    is_development = around.is_development or _is_development(_values(arguments))
    return replace(around, is_development=is_development)


def _arguments(tokens: Sequence[_Token], index: int) -> list[_Token]:
    """Return what follows a method's name, up to the end of the statement or of the parenthesis."""
    arguments: list[_Token] = []
    depth = 0
    for token in tokens[index + 1 : index + 1 + MAX_ARGUMENT_TOKENS]:
        opens_or_closes = token.text if token.kind == "mark" else ""
        depth += (opens_or_closes in ("(", "[", "{")) - (opens_or_closes in (")", "]", "}"))
        goes_on = depth > 0 or (bool(arguments) and arguments[-1].text == ",")
        is_end = token.kind == "newline" and not goes_on
        if depth < 0 or is_end or (token.kind == "word" and token.text in ("do", "if", "unless")):
            break
        if token.kind != "newline":
            arguments.append(token)
    return arguments


def _name(arguments: Sequence[_Token]) -> _Token | None:
    """Return the first argument if it is a string with the name of a gem."""
    for token in arguments[:2]:
        if token.kind == "string":
            return token if GEM.fullmatch(token.values[0]) else None
        if token.text != "(":
            break
    return None


def _option(arguments: Sequence[_Token], name: str) -> list[str] | None:
    """Return the values of `name: …` or `:name => …`; None if the option is missing."""
    for index, token in enumerate(arguments):
        if token.kind == "label" and token.text == f"{name}:":
            return _values(arguments[index + 1 :])
        if token.values == [name] and _is_key(arguments, index):
            return _values(arguments[index + 2 :])
    return None


def _values(arguments: Sequence[_Token]) -> list[str]:
    """Return what the strings and symbols up to the next option hold."""
    values: list[str] = []
    for index, token in enumerate(arguments):
        if token.kind == "label" or _is_key(arguments, index):
            break
        values += token.values
    return values


def _is_key(arguments: Sequence[_Token], index: int) -> bool:
    return index + 1 < len(arguments) and arguments[index + 1].text == "=>"


def _is_development(groups: Sequence[str]) -> bool:
    return bool(groups) and DEVELOPMENT.issuperset(groups)


FORMATS: tuple[Format, ...] = (
    file_format(r"(?i:gemfile|gems\.rb)", read_gemfile),
    file_format(r"(?i:[^/]+\.gemspec)", read_gemspec),
)
