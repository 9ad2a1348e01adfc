from __future__ import annotations

from bundles.packages.dependency import Format

FORMATS: tuple[Format, ...] = ()
