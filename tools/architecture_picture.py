"""`make architecture`: draw `docs/images/architecture.svg` from the layers and the actual imports."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from html import escape

from tools.layers import LAYERS, OUTSIDE_THE_APP, ROOT, VENDORS, imports_of

PICTURE = ROOT / "docs" / "images" / "architecture.svg"
VENDOR_NAMES = {"openai": "openai", "azure.data.tables": "azure-data-tables", "github": "PyGithub"}

MARGIN = 28
PADDING, NAME_HEIGHT, LINE_HEIGHT = 12, 24, 16
CAPTION_WIDTH = 104
BOX_WIDTH, BOX_GAP = 180, 16
APP_LEFT = MARGIN + CAPTION_WIDTH
APP_WIDTH = 4 * BOX_WIDTH + 3 * BOX_GAP
SIDE_LEFT = APP_LEFT + APP_WIDTH + 40
SIDE_WIDTH = BOX_WIDTH + 2 * PADDING
WIDTH = SIDE_LEFT + SIDE_WIDTH + MARGIN
TOP, ROW_GAP, SHARED_GAP = 92, 58, 12
LINE_CHARS = 24
PILL_HEIGHT, PILL_CHAR_WIDTH = 20, 7

SANS = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif'
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
STYLE = f"""
    text {{ font: 12.5px {SANS}; fill: #57606a; }}
    .title {{ font-size: 20px; font-weight: 650; letter-spacing: -.2px; fill: #1f2328; }}
    .caption {{ font-size: 11.5px; font-weight: 600; fill: #6e7781; }}
    .name {{ font: 600 13px {MONO}; fill: #1f2328; }}
    .vendor {{ font: 11px {MONO}; fill: #0a6c74; }}
    .pill {{ fill: #e2f2f2; }}
    .paper {{ fill: #fbfbf9; stroke: #e4e4de; }}
    .box {{ fill: #ffffff; stroke: #cfd4d9; }}
    .side {{ fill: none; stroke: #cfd4d9; stroke-dasharray: 3 4; }}
    .edge {{ fill: none; stroke: #2a8f98; stroke-width: 1.5; }}
    .head {{ fill: #2a8f98; }}
    .root .box {{ fill: #0d2b30; stroke: #0d2b30; }}
    .root text {{ fill: #c5d6d8; }}
    .root .name {{ fill: #ffffff; }}
    .shared .box {{ fill: #eef3f2; stroke: #d3dfdd; }}
    @media (prefers-color-scheme: dark) {{
      text {{ fill: #9aa4ae; }}
      .title, .name {{ fill: #eef1f4; }}
      .caption {{ fill: #87919b; }}
      .vendor {{ fill: #8ad7dd; }}
      .pill {{ fill: #163a3f; }}
      .paper {{ fill: #12161b; stroke: #262d35; }}
      .box {{ fill: #1b2128; stroke: #39424c; }}
      .side {{ stroke: #39424c; }}
      .edge {{ stroke: #4fb3bc; }}
      .head {{ fill: #4fb3bc; }}
      .root .box {{ fill: #d9eef0; stroke: #d9eef0; }}
      .root text {{ fill: #37575b; }}
      .root .name {{ fill: #0b2226; }}
      .shared .box {{ fill: #18262a; stroke: #2b3f44; }}
    }}
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A module in the picture."""

    name: str
    x: float
    y: float
    width: float
    height: float
    lines: list[str]
    vendor: str | None

    def draw(self, kind: str = "") -> str:
        """Draw the box, its name, what the module does, and the vendor that stays inside."""
        x, y = self.x + PADDING, self.y + NAME_HEIGHT
        texts = [f'<text class="name" x="{x:g}" y="{y:g}">{self.name}</text>']
        for number, line in enumerate(self.lines, start=1):
            below = y + 2 + number * LINE_HEIGHT
            texts.append(f'<text x="{x:g}" y="{below:g}">{escape(line)}</text>')
        if self.vendor:
            pill_y = self.y + self.height - PADDING - PILL_HEIGHT
            pill_width = PILL_CHAR_WIDTH * len(self.vendor) + 16
            texts.append(
                f'<rect class="pill" x="{x:g}" y="{pill_y:g}" width="{pill_width}"'
                f' height="{PILL_HEIGHT}" rx="10"/>'
                f'<text class="vendor" x="{x + 8:g}" y="{pill_y + 14:g}">{self.vendor}</text>'
            )
        rectangle = (
            f'<rect class="box" x="{self.x:g}" y="{self.y:g}" width="{self.width:g}"'
            f' height="{self.height:g}" rx="8"/>'
        )
        return f'<g class="{kind}">{rectangle}{"".join(texts)}</g>'


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture())


def picture() -> str:
    """Draw the layers top to bottom, the imports between them, and what stays outside the app."""
    boxes, captions, bottom = place_layers()
    shared = {name for layer in LAYERS if layer.is_shared for name in layer.modules}
    edges = without_shortcuts(
        {name: (imports_of(name) & boxes.keys()) - shared - {name} for name in boxes}
    )
    height = bottom + 62
    note = (
        "An arrow is an import. Not drawn: imports that follow from other arrows, and imports of the"
        " shared modules at the bottom. A pill names a library that no other module imports."
    )
    kinds = dict.fromkeys(shared, "shared") | dict.fromkeys(LAYERS[0].modules, "root")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}"'
        f' height="{height:g}" role="img" aria-labelledby="title note">',
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8"'
        ' markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="head" d="M0 0.5 L8 4 L0 7.5 Z"/></marker></defs>',
        f'<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1:g}" rx="14"/>',
        f'<text class="title" id="title" x="{MARGIN}" y="50">The app: imports point down</text>',
        f'<text class="title" x="{SIDE_LEFT}" y="50">Not deployed</text>',
        f'<text id="note" x="{MARGIN}" y="{height - 26:g}">{note}</text>',
        *captions,
        *draw_edges(boxes, edges),
        *(box.draw(kinds.get(name, "")) for name, box in boxes.items()),
        *draw_outside(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def place_layers() -> tuple[dict[str, Box], list[str], float]:
    """Give every module its place; return the boxes, the captions, and the lowest point."""
    boxes: dict[str, Box] = {}
    captions: list[str] = []
    y: float = TOP
    for number, layer in enumerate(LAYERS):
        follows_shared = number > 0 and LAYERS[number - 1].is_shared
        if number:
            y += SHARED_GAP if follows_shared else ROW_GAP
        count = len(layer.modules)
        width = (APP_WIDTH - (count - 1) * BOX_GAP) / count if layer.is_shared else BOX_WIDTH
        row_width = count * width + (count - 1) * BOX_GAP
        row = place_row(layer.modules, APP_LEFT + (APP_WIDTH - row_width) / 2, y, width)
        boxes |= row
        height = next(iter(row.values())).height
        if not follows_shared:
            for line, words in enumerate(textwrap.wrap(layer.title, 12)):
                below = y + NAME_HEIGHT + line * LINE_HEIGHT
                captions.append(f'<text class="caption" x="{MARGIN}" y="{below:g}">{words}</text>')
        y += height
    return boxes, captions, y


def place_row(modules: Mapping[str, str], left: float, y: float, width: float) -> dict[str, Box]:
    """Place modules side by side; all are as high as the one with the most text."""
    homes = {home: VENDOR_NAMES[vendor] for vendor, home in VENDORS.items()}
    lines = {
        name: textwrap.wrap(purpose, int(LINE_CHARS * width / BOX_WIDTH))
        for name, purpose in modules.items()
    }
    has_vendor = any(name in homes for name in modules)
    height = NAME_HEIGHT + LINE_HEIGHT * max(map(len, lines.values())) + PADDING + 2
    height += PILL_HEIGHT + 8 if has_vendor else 0
    return {
        name: Box(
            name=name,
            x=left + column * (width + BOX_GAP),
            y=y,
            width=width,
            height=height,
            lines=lines[name],
            vendor=homes.get(name),
        )
        for column, name in enumerate(modules)
    }


def without_shortcuts(graph: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Reduce a graph to the edges that do not follow from longer paths (transitive reduction).

    Raises graphlib.CycleError.
    """
    reachable: dict[str, set[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        reachable[name] = set(graph[name]).union(*(reachable[target] for target in graph[name]))
    return {
        name: sorted(set(targets).difference(*(reachable[target] for target in targets)))
        for name, targets in graph.items()
    }


def draw_edges(boxes: Mapping[str, Box], edges: Mapping[str, list[str]]) -> list[str]:
    """Draw one curve per import, from the bottom of a box to the top of another."""
    pairs = [(source, target) for source, targets in edges.items() for target in targets]
    starts = ports(boxes, pairs)
    ends = ports(boxes, [(target, source) for source, target in pairs])
    curves = []
    for source, target in pairs:
        x1, y1 = starts[source, target], boxes[source].y + boxes[source].height
        x2, y2 = ends[target, source], boxes[target].y - 2
        middle = (y1 + y2) / 2
        curves.append(
            f'<path class="edge" data-from="{source}" data-to="{target}" marker-end="url(#head)"'
            f' d="M{x1:g} {y1:g} C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {y2:g}"/>'
        )
    return curves


def ports(
    boxes: Mapping[str, Box], pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], float]:
    """Spread the ends of edges over the side of a box, in the order of the boxes they lead to."""
    others: dict[str, list[str]] = {}
    for name, other in pairs:
        others.setdefault(name, []).append(other)
    return {
        (name, other): round(boxes[name].x + boxes[name].width * place / (len(connected) + 1), 1)
        for name, connected in others.items()
        for place, other in enumerate(sorted(connected, key=lambda other: boxes[other].x), start=1)
    }


def draw_outside() -> list[str]:
    """Draw what the app is developed with, apart: what uses the app, and what does not know it."""
    app = {name for layer in LAYERS for name in layer.modules}
    uses = {name: bool(imports_of(name) & app) for name in OUTSIDE_THE_APP}
    parts = []
    y: float = TOP
    for title, uses_the_app in (("Uses the app", True), ("Knows nothing of the app", False)):
        top = y
        y += 28
        boxes = []
        for name, purpose in OUTSIDE_THE_APP.items():
            if uses[name] == uses_the_app:
                box = place_row({name: purpose}, SIDE_LEFT + PADDING, y, BOX_WIDTH)[name]
                boxes.append(box.draw())
                y += box.height + 10
        y += 2
        parts += [
            f'<rect class="side" x="{SIDE_LEFT}" y="{top}" width="{SIDE_WIDTH}"'
            f' height="{y - top:g}" rx="10"/>',
            f'<text class="caption" x="{SIDE_LEFT + PADDING}" y="{top + 19:g}">{title}</text>',
            *boxes,
        ]
        y += 22
    return parts


if __name__ == "__main__":
    main()
