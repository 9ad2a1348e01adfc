"""READMEs: which one GitHub shows, what it says, and the sentence that says what a project is."""

from bundles.readmes.boilerplate import without_boilerplate
from bundles.readmes.names import cut_readme, readme_paths
from bundles.readmes.reading import names_a_format, read_readme
from bundles.readmes.sections import Passage, Section
from bundles.readmes.summary import summary_of

__all__ = [
    "Passage",
    "Section",
    "cut_readme",
    "names_a_format",
    "read_readme",
    "readme_paths",
    "summary_of",
    "without_boilerplate",
]
