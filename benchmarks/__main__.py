"""`make bench`: measure in one run, print a table, and write it as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import awake, bundles, engine, page, query, refresh, sight
from benchmarks.rows import Row

SUITES = {
    "bundles": bundles.measure,
    "engine": engine.measure,
    "refresh": refresh.measure,
    "sight": sight.measure,
    "awake": awake.measure,
    "query": query.measure,
    "page": page.measure,
}


def main() -> None:
    """Run the named suites, or all of them."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    names = ", ".join(SUITES)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"{names}; default: all")
    parser.add_argument("--output", type=Path, default=Path("bench.json"), metavar="FILE")
    options = parser.parse_args()
    for name in options.suites:
        if name not in SUITES:
            parser.error(f"unknown suite {name!r}; expected {names}")
    console = Console(soft_wrap=True)
    rows: list[Row] = []
    for name in options.suites or SUITES:
        console.print(f"[dim]{name} …[/dim]")
        rows += SUITES[name]()
    table = Table("work", "measured", "target", "")
    for row in rows:
        comparison = "≥" if row.at_least else "≤"
        table.add_row(
            row.work,
            f"{row.measured:.3g} {row.unit}",
            f"{comparison} {row.target:g} {row.unit}",
            "[green]holds[/green]" if row.holds else "[red]missed[/red]",
        )
    console.print(table)
    machine = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    console.print(
        f"One run on this machine ({machine}). Ratios carry over to others, seconds do not."
    )
    result = {"machine": machine, "rows": [{**asdict(row), "holds": row.holds} for row in rows]}
    options.output.write_text(json.dumps(result, indent=2) + "\n")
    console.print(f"Written to {options.output}")


if __name__ == "__main__":
    main()
