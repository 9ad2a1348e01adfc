"""A repository's file tree: its file types, the telling words of its paths, its commit and tree."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bundles.text import encodable
from models import Revision

MAX_PATH_TERMS = 200
MAX_SUFFIX_EXAMPLES = 40

MAX_NAME_CHARS = 255  # the longest name of a file that Linux and Windows allow

# What a suffix has, but `.0`, `.2021-01-03`, `.v2`, `.0-beta1` and `.5rc1` number a version.
SUFFIX = re.compile(
    r"""
    (?! v? \d+ (?: [-_+] .* | (?: [abc] | rc | alpha | beta | dev | pre | post | final | snapshot ) \d* )? $ )
    (?= .* [^\W\d_] )
    [\w+-]{1,16}
    """,
    re.VERBOSE,
)
# Pictures, fonts, sounds and videos: `react.svg` is a logo, however the program was written.
MEDIA_SUFFIXES = frozenset(
    """
    ai apng avif bmp cdr cur dds emf eps exr gif heic heif icns ico jfif jp2 jpeg jpg jxl ktx pbm pcx
    pgm png ppm psd sketch svg svgz tga tif tiff webp wmf xbm xcf xpm
    dfont eot fon otf pfb pfm ttc ttf woff woff2
    aac aif aiff amr au caf flac m4a mid midi mp3 oga ogg opus wav wma
    3gp avi flv m4v mkv mov mp4 mpeg mpg ogv vob webm wmv
    """.split()
)
# Android's pictures also are XML: `res/drawable-v24/docker.xml`.
PICTURE_FOLDER = re.compile(r"(?:drawable|mipmap)(?:-[\w-]+)?\Z")
# By case: `HTTP` before `Server`, `Kafka`, `日本語`.
WORD_SHAPE = re.compile(r"A+(?!a)|A?a+|x+")
ASCII_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Words that occur in nearly every tree say nothing about this one.
PATH_NOISE = frozenset(
    """
    src lib test tests spec main index init app apps core common util utils helper helpers file
    files data doc docs readme license changelog contributing gitignore gitattributes editorconfig
    github workflows config configs package json yaml yml toml lock txt md py js ts tsx jsx css
    html scss png jpg jpeg svg gif ico the and for with of to in on new old tmp temp assets asset
    static public images image img fonts font icons icon include scripts script build dist vendor
    example examples sample samples requirements setup cfg ini env mod sum go rs java cs cpp hpp sh
    xml ipynb gradle sln csproj props copy default base misc other
    """.split()
)


@dataclass(frozen=True, slots=True)
class Tree:
    """A repository's files, as `GET …/git/trees/…?recursive=1` lists them."""

    sha: str
    entries: Sequence[Mapping[str, Any]]  # path, type, mode, sha, and size of files
    truncated: bool

    def file_paths(self) -> list[str]:
        """Return the paths of all files, in GitHub's order."""
        return [str(entry["path"]) for entry in self.entries if entry.get("type") == "blob"]

    def root_names(self) -> list[str]:
        """Return the names of the files and folders in the root, sorted."""
        return sorted({encodable(str(entry["path"]).split("/")[0]) for entry in self.entries})


@dataclass(frozen=True, slots=True)
class FileTypes:
    """The suffixes of files in lower case, most frequent first."""

    counts: dict[str, int]  # suffix -> number of files
    examples: dict[str, str]  # suffix, of the most frequent -> the path nearest the root


def file_types(paths: Iterable[str]) -> FileTypes:
    """Count files by their last suffix. `paths`: those that are not vendored.

    Leaves out files whose suffix is none or names no type, as in `.gitignore`, `notes-1.0` and
    `backup.2021-01-03`.
    """
    counts: Counter[str] = Counter()
    nearest: dict[str, tuple[int, int, str]] = {}
    for path in paths:
        suffix = _suffix(path)
        if suffix is None:
            continue
        counts[suffix] += 1
        if suffix not in nearest or nearest[suffix] > _nearest_first(path):
            nearest[suffix] = _nearest_first(path)
    ordered = dict(sorted(counts.items(), key=_most_frequent_first))
    examples = islice(ordered, MAX_SUFFIX_EXAMPLES)
    return FileTypes(ordered, {suffix: encodable(nearest[suffix][-1]) for suffix in examples})


@dataclass(frozen=True, slots=True)
class PathWords:
    """The telling words of folder and file names, most frequent first."""

    counts: dict[str, int]  # word -> number of distinct names that contain it
    examples: dict[str, str]  # word -> the path of a file that shows it: the one nearest the root


def path_words(paths: Iterable[str]) -> PathWords:
    """Count the telling words of paths, and choose the path of a file for each.

    `paths`: those that are not vendored. A word counts once for each distinct folder or file name
    that contains it; names of pictures, fonts, sounds and videos are left out. Of several paths the
    least deep is chosen, then the shortest, then the first by alphabet.
    """
    names: dict[str, str] = {}  # of folders and files, each with the first path
    for path in sorted(paths, key=_nearest_first):
        *folders, name = path.split("/")
        for folder in folders:
            names.setdefault(folder, path)
        if not (_is_media(name) or (folders and PICTURE_FOLDER.match(folders[-1]))):
            names.setdefault(name, path)
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for name, path in names.items():
        for word in _words(name.rpartition(".")[0] or name):
            counts[word] += 1
            examples.setdefault(word, path)
    best = sorted(counts.items(), key=_most_frequent_first)[:MAX_PATH_TERMS]
    return PathWords(
        {encodable(word): count for word, count in best},
        {encodable(word): encodable(examples[word]) for word, _ in best},
    )


def revision(tree: Tree) -> Revision:
    """Return the commit and the tree that a bundle belongs to.

    Asked for a branch, GitHub answers with the commit's sha. The tree's own sha follows from its
    entries, as git computes it: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    if tree.truncated:
        return {"commit": tree.sha, "tree": None}
    root_entries = [entry for entry in tree.entries if "/" not in entry["path"]]
    # git compares folders as if their names ended in a slash.
    root_entries.sort(
        key=lambda entry: str(entry["path"]).encode() + (b"/" if entry["type"] == "tree" else b"")
    )
    body = b"".join(
        f"{str(entry['mode']).lstrip('0')} ".encode()
        + str(entry["path"]).encode(errors="surrogatepass")
        + b"\0"
        + bytes.fromhex(str(entry["sha"]))
        for entry in root_entries
    )
    tree_sha = hashlib.sha1(b"tree %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
    return {"commit": tree.sha if tree.sha != tree_sha else None, "tree": tree_sha}


def _most_frequent_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _nearest_first(path: str) -> tuple[int, int, str]:
    return path.count("/"), len(path), path


def _suffix(path: str) -> str | None:
    """Return the last suffix of a file's name in lower case, if it names a type."""
    stem, _, suffix = path.rpartition("/")[2].rpartition(".")
    is_type = stem.strip(".") != "" and SUFFIX.fullmatch(suffix.lower())
    return f".{suffix.lower()}" if is_type else None


def _is_media(name: str) -> bool:
    """Tell pictures and the like by their last two suffixes: `logo.svg`, `Logo.svg.tsx`."""
    return not MEDIA_SUFFIXES.isdisjoint(name.lower().split(".")[1:][-2:])


def _words(name: str) -> set[str]:
    """Return the telling words of a name, in lower case, split where case or script changes."""
    name = name[:MAX_NAME_CHARS]
    if name.isascii():
        words = {word.lower() for word in ASCII_WORD.findall(name)}
    else:
        name = unicodedata.normalize("NFC", name)
        shapes = WORD_SHAPE.finditer(_shape(name))
        words = {name[found.start() : found.end()].lower() for found in shapes}
    return {word for word in words if 2 <= len(word) <= 40 and word not in PATH_NOISE}


def _shape(name: str) -> str:
    """Write `A` for upper case, `a` for lower case, `x` for other letters, a blank for the rest.

    An accent or vowel sign of its own belongs to the letter before it.
    """
    shape = ""
    for character in name:
        if character.isupper() or character.istitle():
            shape += "A"
        elif character.islower():
            shape += "a"
        elif character.isalpha():
            shape += "x"
        elif unicodedata.category(character).startswith("M"):
            shape += shape[-1:].lower()
        else:
            shape += " "
    return shape
