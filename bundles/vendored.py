"""Tell by a file's path whether its author wrote it: libraries, generated files, build output.

`data/vendored.tsv` holds GitHub linguist's rules, of which case matters: `Pods/` holds libraries of
CocoaPods, `pods/` anything. Linguist also looks into files, and follows `.gitattributes`. We do
neither, not even for the `.gitattributes` of the root.
https://github.com/github-linguist/linguist/blob/main/docs/overrides.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

RULES = Path(__file__).parent / "data" / "vendored.tsv"

# A wildcard spans at most this many characters, so that the time for a path grows in proportion to
# its length.
MAX_WILDCARD_CHARS = 100

# Names that generators choose. Linguist finds these files by their first lines.
GENERATED_NAMES = (
    r"_pb2(_grpc)?\.pyi?$",
    r"\.pb(\.gw)?\.(go|cc|h|swift|dart)$",
    r"\.pb(json|enum|server)\.dart$",
    r"_pb\.(js|ts|rb)$",
    r"\.(g|freezed|mocks|gr)\.dart$",
    r"\.g(\.i)?\.cs$",
    r"\.(bundle|chunk)\.(js|css)$",
    r"(^|/)zz_generated\.[^/]*\.go$",
)

# What tools write beside a program, and people commit by mistake. GitHub counts it as their code.
BUILD_OUTPUT = (
    # Installed packages, and what package managers and version control keep.
    r"(^|/)(\.?venv|site-packages|__pypackages__|\.eggs|\.tox|\.nox|jspm_packages|\.bundle|\.pub-cache)/",
    r"(^|/)[\w.-]*env\d*/(pyvenv\.cfg$|(bin|Scripts)/(activate|python|pip)|([Ll]ib(64)?|include)/(python|site))",
    r"(^|/)(\.git|\.svn|\.hg|\.terraform|\.vagrant|\.serverless|\.stack-work|__MACOSX)/",
    r"\.(egg-info|xcframework|framework)/",
    # Caches of tools, and settings of editors.
    r"(^|/)(__pycache__|\.[a-z]+_cache|\.cache|\.parcel-cache|\.turbo|\.angular|\.ipynb_checkpoints)/",
    r"(^|/)(\.idea|\.vs|\.metadata|\.settings|\.history|xcuserdata)/",
    # Output of builds. `obj`, `bin`, `build` and `target` alone are also names that people give.
    r"(^|/)(\.next|\.nuxt|\.output|\.svelte-kit|\.docusaurus|\.vercel|\.netlify|\.expo)/",
    r"(^|/)(\.gradle|\.kotlin|\.dart_tool|\.build|_build|DerivedData|CMakeFiles|cmake-build-[^/]+)/",
    r"(^|/)dist-newstyle/",
    r"(^|/)[Bb]in/(x64/|x86/)?(Debug|Release)/",
    r"(^|/)obj/(x64|x86|Debug|Release|net[\w.-]+)/",
    r"(^|/)obj/(project\.(assets|packagespec)\.json|project\.nuget\.cache|[^/]+\.(cs|fs|vb)proj\.[^/]+)$",
    r"(^|/)target/(debug|release|(test-)?classes|generated-(test-)?sources|maven-[^/]+|surefire-reports"
    r"|scala-[^/]+|streams)/",
    r"(^|/)build/(intermediates|generated|outputs|tmp|classes|kotlin|reports|test-results|bdist\.[^/]+)/",
    r"(^|/)coverage/lcov-report/",
    r"^Library/(PackageCache|ScriptAssemblies|Artifacts|ShaderCache|Bee)/",  # Unity
    r"(^|/)(CMakeCache\.txt|cmake_install\.cmake)$",
    r"\.(py[co]|class|o|lo)$",
    # Unity and Godot write one beside each file of a project.
    r"\.meta$",
    r"\.\w+\.(import|uid)$",
)

# What people copy into a tree without a package manager, and what a tool adds to every project. The
# header that a program includes stays: it says what the program uses.
COPIED = (
    r"(^|/)wwwroot/lib/",  # ASP.NET
    r"(^|/)Assets/(Standard Assets|TextMesh ?Pro)/",  # Unity
    r"(^|/)wp-(admin|includes)/",  # WordPress
    r"(^|/)WEB-INF/lib/",
    r"(^|/)(static|staticfiles)/(admin/(css|fonts|img|js)|rest_framework|django_extensions)/",
    r"(^|/)glm/(detail|ext|gtc|gtx|simd)/",
    r"(^|/)glm/(?!glm\.)\w{1,40}\.hpp$",
    r"(^|/)imgui_(demo|draw|internal|tables|widgets|impl_\w{1,40})\.(cpp|h|mm)$",
    r"(^|/)(imconfig|imstb_\w{1,40}|khrplatform)\.h$",
    r"(^|/)nbproject/",  # NetBeans
    r"\.xcworkspace/",
    r"\.(app|brand|color|complication|icon|sticker|symbol|texture)\w{0,20}sets?/",  # Xcode's pictures
    r":Zone\.Identifier$",  # Windows
    # Flutter
    r"(^|/)(generated_plugin(s|_registrant)|GeneratedPluginRegistrant|flutter_export_environment)\.\w{1,10}$",
    r"(^|/)windows/runner/",
    r"(^|/)linux/(runner/)?(my_application\.(cc|h)|main\.cc)$",
    r"(^|/)macos/Runner/(AppDelegate|MainFlutterWindow)\.swift$",
    r"(^|/)(ios|macos)/RunnerTests/RunnerTests\.swift$",
    r"(^|/)ios/Runner/Runner-Bridging-Header\.h$",
)

SEGMENT_START = re.compile(r"\((?:\?:)?\^\|/\)")  # `(^|/)`
SET = re.compile(r"\[[^\]]*\]")
WILDCARD = re.compile(r"(\[\^[^\]]*\]|(?<!\\)\.)([*+])")  # `[^.]*`, `.*`, but not `\.*`
# Wildcards that also stand for slashes.
SPANNING = re.compile(r"(?:\[\^(?!/)[^\]]*\]|(?<!\\)\.)[*+]")
STEM = re.compile(r"[\w-]*\\\.(?![?*+{])")  # fixed text up to the first dot


@dataclass(frozen=True, slots=True)
class Rules:
    """Patterns of which any may be found. They expect a slash before each name."""

    in_folder: tuple[re.Pattern[str], ...]  # of `/a/b/`
    in_name: tuple[re.Pattern[str], ...]  # of `/c.js`
    in_path: tuple[re.Pattern[str], ...]  # of `/a/b/c.js`


def is_vendored(path: str) -> bool:
    """Tell whether a file was copied, generated or built, and so says nothing about its author.

    Unlike GitHub, keeps what people write in `cache/`, `env/` and `.github/`, Jenkinsfiles and the
    like. A rule for a file's name holds for the name alone: GitHub takes all scripts below
    `react-app/` for a copy of React, because their paths begin and end as `react-15.js` does.
    """
    return _is_any(path, _vendored_rules(), _is_vendored_folder)


def is_documentation(path: str) -> bool:
    """Tell whether GitHub takes a file for documentation or an example."""
    return _is_any(path, _documentation_rules(), _is_documentation_folder)


def is_counted(path: str) -> bool:
    """Tell whether GitHub counts a file in its statistic of languages, if it has a language."""
    return not _is_any(path, _uncounted_rules(), _is_uncounted_folder)


def _is_any(path: str, rules: Rules, is_in_folder: Callable[[str], bool]) -> bool:
    folder, _, name = path.rpartition("/")
    if folder and is_in_folder(folder):
        return True
    return _finds(rules.in_name, f"/{name}") or _finds(rules.in_path, f"/{path}")


# The files of a folder follow each other in a tree.
@lru_cache(maxsize=4_096)
def _is_vendored_folder(folder: str) -> bool:
    return _finds(_vendored_rules().in_folder, f"/{folder}/")


@lru_cache(maxsize=4_096)
def _is_documentation_folder(folder: str) -> bool:
    return _finds(_documentation_rules().in_folder, f"/{folder}/")


@lru_cache(maxsize=4_096)
def _is_uncounted_folder(folder: str) -> bool:
    return _finds(_uncounted_rules().in_folder, f"/{folder}/")


def _finds(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    for pattern in patterns:  # noqa: SIM110 - a generator for `any` doubles the time
        if pattern.search(text):
            return True
    return False


@cache
def _vendored_rules() -> Rules:
    listed = linguist_rules("vendored", "generated")
    return _arranged([*listed, *GENERATED_NAMES, *BUILD_OUTPUT, *COPIED], is_spanning=False)


@cache
def _documentation_rules() -> Rules:
    return _arranged(linguist_rules("documentation"), is_spanning=True)


@cache
def _uncounted_rules() -> Rules:
    listed = linguist_rules("vendored", "generated", "authored", "documentation")
    return _arranged([*listed, *GENERATED_NAMES], is_spanning=True)


def linguist_rules(*kinds: str) -> list[str]:
    """Return linguist's regular expressions of these kinds, as `data/vendored.tsv` lists them."""
    lines = RULES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [pattern for kind, pattern in rows if kind in kinds]


def _arranged(rules: Iterable[str], *, is_spanning: bool) -> Rules:
    """Sort rules by the part of a path that decides; most need not see the whole path.

    If `is_spanning`, wildcards in the rule for a name extend over folders.
    """
    in_folder: list[str] = []
    in_name: list[str] = []
    in_path: list[str] = []
    for rule in (rule.replace(r"\/", "/") for rule in rules):
        rest = SET.sub("", SEGMENT_START.sub("", rule))
        if rest.endswith("/"):
            in_folder.append(rule)
        elif "/" in rest or rest.startswith("^"):
            in_path.append(rule)
        else:
            in_name.append(rule)
            if not rule.endswith("$"):
                in_folder.append(rule)
            if is_spanning and SPANNING.search(rule):
                in_path.append(rule)
    return Rules(_joined(in_folder), _joined(in_name), _joined(in_path))


def _joined(rules: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Join rules by their first character, which `re` finds fast if it is always the same."""
    after_slash: list[str] = []
    after_dot: list[str] = []
    anywhere: list[str] = []
    for rule in map(_translated, rules):
        if start := SEGMENT_START.match(rule):
            after_slash.append(rule[start.end() :])
        elif rule.startswith("^"):
            after_slash.append(f"(?<=^/){rule[1:]}")
        elif stem := STEM.match(rule):
            after_dot.append(f"(?<={stem[0]}){rule[stem.end() :]}")
        else:
            anywhere.append(rule)
    joined = [
        f"{start}(?:{'|'.join(group)})"
        for start, group in (("/", after_slash), (r"\.", after_dot), ("", anywhere))
        if group
    ]
    return tuple(re.compile(pattern, re.ASCII) for pattern in joined)


def _translated(rule: str) -> str:
    """Bound the wildcards of a rule, and drop one at its start, where it decides nothing."""
    rule = re.sub(r"^\((?:\[\^\\s\]\*|\.\*\?)\)", "", rule)
    rule = rule.replace(r"([^.]*)\d+", r"([^.]*)\d")  # the first wildcard may take the other digits
    return WILDCARD.sub(
        lambda found: f"{found[1]}{{{int(found[2] == '+')},{MAX_WILDCARD_CHARS}}}", rule
    )
