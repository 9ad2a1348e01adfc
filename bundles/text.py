"""One way from bytes to text for everything that is read, and text that can be written as UTF-8."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

SAMPLE_BYTES = 32 * 1024  # what detection looks at
# What is left of UTF-16's mark when a tool has taken the file for UTF-8.
LOST_MARK = b"\xef\xbf\xbd" * 2
BYTE_ORDER_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a]")
# Of UTF-16: blanks and Latin, punctuation, kana, Chinese, Hangul, full-width forms.
EAST_ASIAN_UPPER = (0, 0x20, 0x30, *range(0x4E, 0xA0), *range(0xAC, 0xD8), 0xFF)
HIGH_BYTES = bytes(range(0x80, 0x100))
ISO_2022_JP = re.compile(rb"\x1b\$[@B]")  # the switch to Japanese, in bytes that are all ASCII
# https://peps.python.org/pep-0263/, https://www.w3.org/TR/xml/#NT-EncodingDecl,
# https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-charset
DECLARATIONS = (
    re.compile(rb"\A(?:[^\n]*\n)?[^\n]*?coding[:=][ \t]*([-\w.]+)"),
    re.compile(rb"\A\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([-\w.]+)"),
    re.compile(rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?([-\w.]+)", re.IGNORECASE),
)
DECLARATION_BYTES = 1024
# Those who declare the one mean the other: https://encoding.spec.whatwg.org/#names-and-labels
SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Python's text codecs that no file is written in.
NO_FILE_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
OTHER_SCRIPTS = (
    *("cp932", "euc_jp", "gb18030", "big5hkscs", "cp949"),
    *("koi8_u", "cp1251", "cp866", "cp1253", "cp1255", "cp1256"),
)
# Short texts of east Asia, which statistics mistake: the pairs of bytes that common signs have, and
# one that tells. Leads of Korean alone (B0 to C8) tell nothing; letters of Cyrillic are C0 to FF.
SHORT_BYTES = 64
EAST_ASIAN = (
    (
        "cp932",
        re.compile(rb"(?:[\0-\x7f]|[\x81-\x84\x88-\x97][\x40-\x7e\x80-\xfc])+"),
        re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]"),
    ),
    (
        "euc_jp",
        re.compile(rb"(?:[\0-\x7f]|[\xa1-\xa8\xb0-\xcf][\xa1-\xfe])+"),
        re.compile(rb"(?:[^\x80-\xff]|\A)(?:[\x80-\xff]{2})*[\xa4\xa5][\xa1-\xf6]"),
    ),
    (
        "gb18030",
        re.compile(rb"(?:[\0-\x7f]|[\xa1-\xa3\xb0-\xd7][\xa1-\xfe])+"),
        re.compile(rb"(?:[^\x80-\xff]|\A)(?:[\x80-\xff]{2})*[\xc9-\xd7](?s:.*)(?<=[\xa1-\xbf])"),
    ),
    (
        "big5hkscs",
        re.compile(rb"(?:[\0-\x7f]|[\xa1\xa4-\xc6][\x40-\x7e\xa1-\xfe])+"),
        re.compile(
            rb"[\xa4-\xc6][\x40-\x7e][\xa4-\xc6][\x40-\x7e\xa1-\xfe]"
            rb"|(?:[\xa4-\xc6][\x40-\x7e\xa1-\xfe]){2}[\xa4-\xc6][\x40-\x7e]"
        ),
    ),
)
MIN_HIGH_BYTES = 4  # fewer do not tell an encoding
# Encodings of Latin letters, the likeliest first, with the characters that tell them. Those of
# central Europe count twice: in windows-1252, `ì` and `ù` of Italian stand where `ě` and `ů` are.
WESTERN = "äöüßðþéèêëàâçîïôûœæåøñáíóúãõòÿ°§«»¿¡’‘“”„–—…€©®™·•×´\xa0"
CENTRAL = "ąćęłńóśźżčďěňřšťůúýžáéíőűăâîşţäöüßôľĺ°§×\xa0"
LATIN = (
    ("cp1252", 2 * WESTERN + "ìù"),
    ("cp1250", 2 * (CENTRAL + "’‘“”„–—…€©®™·•")),
    ("iso8859_2", 2 * CENTRAL),
    ("cp1254", 2 * "ğışçöüâîû’‘“”„–—…€©®™·•×°\xa0"),
)

ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]")  # ECMA-48: a terminal's colours
LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+"
)
SURROGATES = re.compile("[\ud800-\udfff]")
# Longer runs would take quadratic time to normalise: https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
MAX_COMBINING = 30
MAX_STRANGE = 4  # characters that text may hold in any case, unless they are half of it
USUAL_CONTROLS = "\t\n\v\f\r\b\x1b\x85"
STRANGE = {"Cc", "Cn", "Co", "Cs"}  # controls, unassigned, private, surrogates
STRANGE_SHARE = 0.04  # of compressed bytes, a tenth are control characters

# https://github.com/github/gemoji/blob/master/db/emoji.json: names without a character
CUSTOM_EMOJI = (
    "accessibility atom basecamp basecampy bowtie copilot dependabot electron feelsgood finnadie"
    " fishsticks goberserk godmode hurtrealbad neckbeard octocat pride rage1 rage2 rage3"
    " rage4 shipit suspect trollface".split()
)
# One code or several in a row; within `10:30:45` or `std::vector::size` there is none.
EMOJI_CODES = re.compile(r"(?<![A-Za-z0-9:])((?::[a-z0-9_+-]{1,60}:)+)(?![:0-9])")
CUSTOM_EMOJI_CODE = re.compile(r"[ \t]?:(?:CUSTOM):".replace("CUSTOM", "|".join(CUSTOM_EMOJI)))


@dataclass(frozen=True, slots=True)
class Text:
    """What bytes say as text, and whether they say anything."""

    content: str  # in NFC, lines end in \n, no other control character than \t
    is_readable: bool  # False: binary or undecodable, and the content is empty


def encodable(text: str) -> str:
    """Replace lone surrogates, which cannot be written as UTF-8."""
    return text.encode(errors="replace").decode()


def read_text(content: bytes) -> Text:
    """Decode a file of unknown encoding, and clean its text.

    The encoding is, in this order: that of the byte-order mark, UTF-16 where NULs tell it, UTF-8,
    the one that the file declares, UTF-8 with a few invalid bytes, which become U+FFFD, the one
    that its bytes look like. Mostly-ASCII bytes that look like nothing else are windows-1252.
    """
    decoded = _decoded(content)
    if decoded is None or _is_binary(decoded):
        return Text("", is_readable=False)
    return Text(clean(decoded), is_readable=True)


def clean(text: str) -> str:
    r"""Return text in NFC with \n at the end of lines, without control and bidi characters."""
    if "\x1b" in text:
        text = ESCAPE_SEQUENCE.sub("", text)
    text = UNWANTED.sub("", LINE_ENDS.sub("\n", text))
    if text.isascii():
        return text
    text = SURROGATES.sub("\ufffd", text)
    marks = "".join(character for character in set(text) if unicodedata.combining(character))
    if marks:
        text = re.sub(f"([{marks}]{{{MAX_COMBINING}}})[{marks}]+", r"\1", text)
    return unicodedata.normalize("NFC", text)


def with_emoji(text: str) -> str:
    """Replace GitHub's short codes, such as `:rocket:`, by their emoji.

    Codes of pictures that only GitHub has, such as `:octocat:`, vanish. Times and names such as
    `10:30:45` and `std::vector` stay: https://docs.github.com/get-started/writing-on-github
    """
    if not EMOJI_CODES.search(text):
        return text
    from emoji import emojize

    text = CUSTOM_EMOJI_CODE.sub("", text)
    return EMOJI_CODES.sub(lambda codes: emojize(codes[0], language="alias"), text)


def _decoded(content: bytes) -> str | None:
    """Decode a file; None if no encoding fits its bytes."""
    padded = content.rstrip(b"\0")
    if (
        padded and padded.isascii() and not CONTROLS.search(padded)
    ):  # of UTF-16, other NULs are left
        content = padded
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    content = content.removeprefix(LOST_MARK)
    sample = content[:SAMPLE_BYTES]
    if utf_16 := _unmarked_utf_16(sample):
        return content.decode(utf_16, errors="replace")
    if ISO_2022_JP.search(sample):
        return content.decode("iso2022_jp_2", errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        replaced = content.decode(errors="replace")
    declared = _declared(content[:DECLARATION_BYTES])
    if declared and "\ufffd" not in (text := content.decode(declared, errors="replace")):
        return text
    characters = len(replaced) - len(content.translate(None, HIGH_BYTES))
    invalid = replaced.count("\ufffd")
    valid = len(replaced.encode()) - len(replaced) - 2 * invalid  # bytes that continue a character
    likely = _likely_encoding(content) if valid < 2 * invalid else None
    is_east_asian = likely in OTHER_SCRIPTS[:5] and "\ufffd" not in content.decode(
        likely, "replace"
    )
    if characters - invalid >= invalid and not is_east_asian:
        return replaced
    return content.decode(likely, errors="replace") if likely else None


def _unmarked_utf_16(sample: bytes) -> str | None:
    """Tell UTF-16 by its upper bytes, which are the same in every second place.

    NULs of Latin letters; 3 and 4, controls elsewhere, of Greek and Cyrillic; those of east Asia
    with NULs of blanks or line ends among them.
    """
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    for nuls, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if nuls > len(sample) * 0.3 and others * 20 <= nuls:
            return encoding
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        upper = Counter(sample[start::2])
        count = upper.total()
        is_alphabet = (
            upper[3] + upper[4] > count / 2 and upper[0] + upper[3] + upper[4] > count * 0.9
        )
        signs = sum(upper[byte] for byte in EAST_ASIAN_UPPER)
        is_parted = upper[0] and not sample[1 - start :: 2].count(0) and not sample.isascii()
        if is_alphabet or (is_parted and signs > count * 0.97):
            return encoding
    return None


def _declared(start: bytes) -> str | None:
    """Return the encoding that the start of a file names; None without one that Python has."""
    for declaration in DECLARATIONS:
        if not (named := declaration.search(start)):
            continue
        label = re.sub(r"-(?:unix|dos|mac)\Z", "", named[1].decode().lower())  # Emacs' line ends
        try:
            codec = codecs.lookup(label)
        except (LookupError, ValueError):
            continue
        # codecs.CodecInfo marks codecs from bytes to bytes; bytes.decode() refuses them the same way.
        if getattr(codec, "_is_text_encoding", True) and codec.name not in NO_FILE_ENCODINGS:
            return SUPERSETS.get(codec.name, codec.name)
    return None


def _likely_encoding(content: bytes) -> str | None:
    """Guess an encoding by the lines that are not ASCII; None if it is no text at all."""
    lines = b"\n".join(line for line in content.splitlines() if not line.isascii())
    if len(lines) > SAMPLE_BYTES:  # not within a character
        lines = lines[: lines.rfind(b"\n", 0, SAMPLE_BYTES) + 1] or lines[:SAMPLE_BYTES]
    high = len(lines) - len(lines.translate(None, HIGH_BYTES))
    if MIN_HIGH_BYTES <= high <= SHORT_BYTES:
        for encoding, signs, telling in EAST_ASIAN:
            if signs.fullmatch(lines) and telling.search(lines):
                return encoding
    if high >= MIN_HIGH_BYTES:
        from charset_normalizer import from_bytes

        guess = from_bytes(lines, cp_isolation=[*OTHER_SCRIPTS, "cp1252", "cp1250"]).best()
        if guess is not None and guess.encoding in OTHER_SCRIPTS:
            return str(guess.encoding)
    if high * 2 > len(content):
        return None
    return max(LATIN, key=lambda latin: _usual_letters(lines, *latin))[0]


def _usual_letters(lines: bytes, encoding: str, letters: str) -> int:
    text = lines.decode(encoding, errors="replace").lower()
    return sum(text.count(letter) for letter in letters)


def _is_binary(text: str) -> bool:
    """Tell whether much of what was decoded is no character that people write."""
    sample = text[:SAMPLE_BYTES]
    strange = sum(
        count
        for character, count in Counter(sample).items()
        if character == "\ufffd"
        or (character not in USUAL_CONTROLS and unicodedata.category(character) in STRANGE)
    )
    return strange * 2 > len(sample) or strange > max(MAX_STRANGE, STRANGE_SHARE * len(sample))
