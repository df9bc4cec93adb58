"""Print how exact the archive is, compared with what the demo publisher really said."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from archive.cli.output import Console
from crawler.demo.exact.exactness import Exactness


def print_exactness(console: Console, found: Exactness) -> None:
    """Print how many facts are right, and name every miss."""
    days = ", ".join(map(str, found.days))
    console.rule(Text("How exact the archive is", "bold"))
    console.print(
        f"Compared with what the site really said on days {days}; nothing is forgiven,"
        " not even a space.",
        soft_wrap=False,
    )
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for fact, measure in found.measures.items():
        colour = "green" if measure.right == measure.of else "yellow"
        table.add_row(Text(f"{measure.right} of {measure.of}", colour), str(fact))
    colour = "yellow" if found.unedited else "green"
    table.add_row(Text(str(found.unedited), colour), "versions that no edit made")
    console.print(table)
    if found.is_exact:
        console.print(Text("nothing is missing, wrong or too much", "green"))
    for fact, misses in groupby(found.misses, key=lambda miss: miss.fact):
        console.print(Text.assemble(("not right", "yellow"), f" of the {fact}"))
        for miss in misses:
            line = Text.assemble(f"{miss.story}: ", (miss.problem, "dim"))
            console.print(Padding(line, (0, 0, 0, 2)), soft_wrap=False)
    console.print()


def as_dict(found: Exactness) -> dict[str, Any]:
    """Return the comparison for JSON; the names of facts are in lower case."""
    return {
        "days": found.days,
        "facts": {
            fact.name.lower(): {"right": measure.right, "of": measure.of}
            for fact, measure in found.measures.items()
        },
        "unedited_versions": found.unedited,
        "misses": [
            {"fact": miss.fact.name.lower(), "story": miss.story, "problem": miss.problem}
            for miss in found.misses
        ],
    }
