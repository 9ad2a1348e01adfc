"""Build bundles from GitHub's responses. Pure; no content of a repository makes it raise.

Codes in a bundle's `warnings`:

| code | meaning |
|---|---|
| `empty` | the repository has no commit |
| `blocked` | GitHub shows nothing of it (451, or a 403 that says so) |
| `tree_truncated` | it has more files than GitHub lists; counts cover the listed ones |
| `context_malformed` | `.repo-context.json` is not strict JSON in UTF-8 |
| `context_not_object` | it is JSON, but not an object |
| `context_too_large` | it is larger than 1 MB |
| `context_not_a_file` | it is a folder, a symbolic link or a submodule |
| `readme_missing` | there is no README |
| `readme_cut` | the README is longer than 64 KB |
| `readme_undecodable` | the README, or a part of it, is no text |
| `package_file_unreadable` | a package file cannot be parsed |
| `bundle_cut` | the bundle was too large for the cache |
| `content_pending` | its content has not been read yet; everything but the metadata is empty |

Where a code may be about one of several files, it stands once alone and once more with each of them:
`package_file_unreadable:web/package.json`, `context_malformed:web/.repo-context.json`.
"""

from bundles.build import bare_bundle, build_bundle, fingerprint, no_content
from bundles.languages import languages_of
from bundles.selection import LIKELY_PATHS, WORKFLOWS, ReadLimits, Selection, WantedBlobs
from bundles.tree import Tree, revision

__all__ = [
    "LIKELY_PATHS",
    "WORKFLOWS",
    "ReadLimits",
    "Selection",
    "Tree",
    "WantedBlobs",
    "bare_bundle",
    "build_bundle",
    "fingerprint",
    "languages_of",
    "no_content",
    "revision",
]
