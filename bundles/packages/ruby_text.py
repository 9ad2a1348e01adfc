"""Programs in Ruby that name packages: Gemfiles, gemspecs, Podfiles, Puppetfiles.

They are not run but cut into tokens, so that comments, strings, blocks and here-documents are told
apart. A call is known by the place of its name in the tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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

LOOPS = frozenset({"for", "until", "while"})
# Words that an `end` closes. After a value, `if` and its kin only qualify the statement before.
OPENING = LOOPS | {"begin", "case", "class", "def", "if", "module", "unless"}
BEFORE_A_STATEMENT = frozenset({"", "\n", ";", "{", "|", "=", "do", "then", "else", "ensure"})
MAX_LENGTH = 200_000  # characters; gemspecs that list all files of a gem stay below
MAX_ARGUMENT_TOKENS = 40  # of a call; more than people write


@dataclass(frozen=True, slots=True)
class RubyToken:
    """A piece of a program: its kind is the name of a group of TOKEN."""

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
class Block:
    """What the calls in a block have in common."""

    closed_by: str
    is_development: bool = False
    is_local: bool = False  # its packages lie in folders of the repository


# Returns the block that a call opens, from the block around it and the values of its arguments.
Opening = Callable[[Block, Sequence[str]], Block]


def ruby_tokens(text: str) -> list[RubyToken]:
    """Cut a program into tokens, without blanks, comments and here-documents.

    Raises ValueError for a longer text than MAX_LENGTH.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("too long")
    end = END_OF_PROGRAM.search(text)
    limit = end.start() if end else len(text)
    tokens: list[RubyToken] = []
    offset, line, tag = 0, 1, ""
    while offset < limit and (match := TOKEN.match(text, offset, limit)):
        if match.lastgroup != "blank":
            tokens.append(RubyToken(str(match.lastgroup), match[0], line))
        offset = match.end()
        line += match[0].count("\n")
        tag = match["tag"] or tag
        if tag and match[0] == "\n":
            closing = re.compile(rf"^[ \t]*{tag}$", re.MULTILINE).search(text, offset, limit)
            body_end = closing.end() if closing else limit
            line += text.count("\n", offset, body_end)
            offset, tag = body_end, ""
    return tokens


def calls_in_blocks(
    tokens: Sequence[RubyToken], opened_by: Mapping[str, Opening]
) -> Iterator[tuple[int, Block]]:
    """Yield the place of each word that no `do`, `end` or the like is, with the block around it.

    `opened_by` names the calls whose blocks differ from the blocks around them.
    """
    blocks = [Block("")]
    announced: Block | None = None  # by a call, until its `do`
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
        elif word in opened_by:
            announced = opened_by[word](around, values_of(arguments_of(tokens, index)))
        elif token.kind == "newline" or word == "do":
            announced = announced if tokens[index - 1].text == "," else None
            is_loop = False
        elif word:
            yield index, around
        before = token.text if token.kind in ("word", "mark", "newline") else "a value"


def arguments_of(tokens: Sequence[RubyToken], index: int) -> list[RubyToken]:
    """Return what follows a method's name, up to the end of the statement or of the parenthesis."""
    arguments: list[RubyToken] = []
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


def first_string(arguments: Sequence[RubyToken]) -> RubyToken | None:
    """Return the first argument if it is a string."""
    for token in arguments[:2]:
        if token.kind == "string":
            return token
        if token.text != "(":
            break
    return None


def option(arguments: Sequence[RubyToken], name: str) -> list[str] | None:
    """Return the values of `name: …` or `:name => …`; None if the option is missing."""
    for index, token in enumerate(arguments):
        if token.kind == "label" and token.text == f"{name}:":
            return values_of(arguments[index + 1 :])
        if token.values == [name] and _is_key(arguments, index):
            return values_of(arguments[index + 2 :])
    return None


def values_of(arguments: Sequence[RubyToken]) -> list[str]:
    """Return what the strings and symbols up to the next option hold."""
    values: list[str] = []
    for index, token in enumerate(arguments):
        if token.kind == "label" or _is_key(arguments, index):
            break
        values += token.values
    return values


def _is_key(arguments: Sequence[RubyToken], index: int) -> bool:
    return index + 1 < len(arguments) and arguments[index + 1].text == "=>"
