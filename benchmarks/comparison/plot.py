"""Draw what ``comparison`` measured: ``python -m benchmarks.comparison.plot FOLDER < report.json``.

The report is the line of ``python -m benchmarks comparison --json``. FOLDER gets ``cpu.svg`` and
``speed.svg``: a bar for each tool's median, small pages above large ones, with a line from the
least to the most of the rounds.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

FIGURES = {
    "cpu": ("cpu_ms", "CPU of all processes, ms a page"),
    "speed": ("per_second", "pages a second"),
}
WIDTH, NAMES, ROW, TOP, RIGHT = 760, 190, 34, 44, 70
COLOURS = {"small": "#4c78a8", "large": "#9ecae9"}
_FONT = 'font-family="sans-serif"'
_TEXT = f'{_FONT} font-size="12"'


def picture(report: Mapping[str, Any], figure: str, title: str) -> str:
    """Return an SVG of *figure* of each tool in *report*."""
    sizes = report["sizes"]
    names = list(next(iter(sizes.values()))["tools"])
    height = TOP + ROW * len(names) + 8
    values = [sizes[size]["tools"][name][figure] for size in sizes for name in names]
    scale = (WIDTH - NAMES - RIGHT) / max(map(max, values))
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
            f' viewBox="0 0 {WIDTH} {height}" role="img">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="20" {_TEXT} font-weight="bold">{escape(title)}</text>',
        *_legend(sizes),
    ]
    for number, name in enumerate(names):
        y = TOP + ROW * number
        parts.append(
            f'<text x="{NAMES - 8}" y="{y + 18}" {_TEXT} text-anchor="end">{escape(name)}</text>'
        )
        for at, size in enumerate(sizes):
            found = sizes[size]["tools"][name][figure]
            parts += _bar(found, y + 3 + 13 * at, scale, COLOURS[size])
    return "\n".join([*parts, "</svg>", ""])


def _bar(values: Sequence[float], y: float, scale: float, colour: str) -> Iterator[str]:
    median, least, most = statistics.median(values), min(values), max(values)
    end = NAMES + median * scale
    yield f'<rect x="{NAMES}" y="{y}" width="{end - NAMES:.1f}" height="11" fill="{colour}"/>'
    yield (
        f'<line x1="{NAMES + least * scale:.1f}" x2="{NAMES + most * scale:.1f}"'
        f' y1="{y + 5.5}" y2="{y + 5.5}" stroke="#222222"/>'
    )
    beside = NAMES + most * scale + 6
    where = f'x="{beside:.1f}" y="{y + 10}"'
    yield f'<text {where} {_FONT} font-size="10">{median:.3g}</text>'


def _legend(sizes: Mapping[str, Any]) -> Iterator[str]:
    x = 400
    for size, found in sizes.items():
        said = f"{size} pages, {found['mean_page_bytes'] / 1000:.0f} kB"
        yield f'<rect x="{x}" y="11" width="11" height="11" fill="{COLOURS[size]}"/>'
        yield f'<text x="{x + 16}" y="20" {_TEXT}>{escape(said)}</text>'
        x += 160


def main() -> None:
    """Read the report and write the pictures."""
    folder, report = Path(sys.argv[1]), json.load(sys.stdin)
    for name, (figure, title) in FIGURES.items():
        (folder / f"{name}.svg").write_text(picture(report, figure, title), "utf-8")


if __name__ == "__main__":
    main()
