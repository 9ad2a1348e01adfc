"""Names of packages, read from the files in which people choose them.

Reads text alone: nothing is run, and no version or dependency of a dependency is resolved. Lock
files are left out, because nobody chose most of what they name.
"""

from bundles.packages.dependency import Dependency, Kind
from bundles.packages.files import package_file_rank, package_kind, read_package_file

__all__ = ["Dependency", "Kind", "package_file_rank", "package_kind", "read_package_file"]
