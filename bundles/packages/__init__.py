"""Names of packages, read from the files in which people choose them.

Reads text alone: nothing is run, and no version or dependency of a dependency is resolved. Lock
files are left out, because nobody chose most of what they name.
"""

from bundles.packages.dependency import Dependency, Kind
from bundles.packages.files import (
    comparable_name,
    own_names,
    package_ecosystem,
    package_file_rank,
    package_kind,
    read_package_file,
)

__all__ = [
    "Dependency",
    "Kind",
    "comparable_name",
    "own_names",
    "package_ecosystem",
    "package_file_rank",
    "package_kind",
    "read_package_file",
]
