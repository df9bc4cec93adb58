"""Draw docs/images/demo.svg: what `pressmark demo` prints, shortened to three of its sections.

The demo really runs, in a temporary archive; its text and its colours are what a terminal shows.
`make picture` runs this after the output of the demo has changed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console  # noqa: TID251 - what it prints is the output of a command
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

COLUMNS = 100
RULE = "───"
SHOWN = {"Day 16": "changed", "One change": "", "How exact": ""}
"""How a title starts, and the list that is shown of its section; the whole section where empty."""

FONT_FACES = re.compile(r"@font-face {{.*?}}\n", re.DOTALL)
"""The fonts that rich would load from the network; the reader's own monospace font will do."""


def printed() -> list[Text]:
    """Return the lines that the demo prints on a terminal of 100 columns."""
    program = Path(sys.executable).with_name("pressmark")
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
    with tempfile.TemporaryDirectory() as home:
        command = [str(program), "--home", home, "demo"]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return [Text.from_ansi(line) for line in done.stdout.decode().splitlines()]


def shortened(lines: list[Text]) -> Iterator[Text]:
    """Yield the lines of the sections in ``SHOWN``, each under its title."""
    title, section = None, list[Text]()
    for line in [*lines, Text(RULE)]:
        if not line.plain.startswith(RULE):
            section.append(line)
            continue
        if title is not None:
            yield from part(title, section)
        title, section = line, []


def part(title: Text, section: list[Text]) -> Iterator[Text]:
    """Yield what the picture shows of *section*: nothing, all, or one list of it."""
    name = title.plain.strip("─ ")
    first = next((SHOWN[start] for start in SHOWN if name.startswith(start)), None)
    if first is None:
        return
    yield title
    if first:
        at = next(at for at, line in enumerate(section) if line.plain.startswith(first))
        end = next(at for at, line in enumerate(section[at:], at) if not line.plain.strip())
        yield Text("…", style="dim")
        section = section[at : end + 1]
    yield from section


def main() -> None:
    """Run the demo and write the picture."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text("$ make demo", style="bold"))
    for line in shortened(printed()):
        console.print(line)
    picture = console.export_svg(
        title="make demo",
        theme=DIMMED_MONOKAI,
        code_format=FONT_FACES.sub("", CONSOLE_SVG_FORMAT),
        unique_id="demo",
    )
    Path(__file__).with_name("demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
