"""``template``: what a publisher's pages have taught about their places, and what that changed.

Modules that need SQLAlchemy or trafilatura are imported when the command runs, so that ``--help``
is quick.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from archive.cli.output import Console, print_json, stdout
from archive.cli.reading import reading
from archive.cli.stories import reader_time
from archive.errors import NotFoundError, RecordError

if TYPE_CHECKING:
    from archive.library import Archive
    from archive.queries import ChangedPage, TemplatePlace

_LINES_OF_A_PLACE = 2
"""Lines shown of a place."""
_LONGEST = 90

Places = Mapping[tuple[str, int], Mapping[str, Sequence[tuple[str, str]]]]
"""The paths and texts of the lines of a record, by its WARC file and offset, and by place."""


@click.command()
@click.argument("name")
@click.option("--changes", is_flag=True, help="The pages whose text it changed, and how.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each place or page.")
@click.pass_obj
def template_command(home: Path, name: str, *, changes: bool, as_json: bool) -> None:
    """Show what the places of publisher NAME's pages hold: the text of articles, or the frame.

    A place is listed with its evidence, and with lines of the first capture that has it. The keys
    `template_text`, `template_frame` and `template_none` of the profile overrule a place.
    """
    from archive.queries import json_object, pages_changed_by_template, template_places
    from archive.queries.publishers import require_publisher

    with reading(home) as archive, archive.database.reading() as connection:
        require_publisher(connection, name)
        if changes:
            _print_changes(pages_changed_by_template(connection, name), name, as_json=as_json)
            return
        places = template_places(connection, name)
        lines = _lines(archive, places)
    for place in places:
        seen = _seen(place, lines)
        if as_json:
            print_json(
                {
                    **json_object(place),
                    "path": seen[0][0] if seen else None,
                    "examples": [text for _, text in seen[:_LINES_OF_A_PLACE]],
                }
            )
        else:
            _print_place(stdout(), place, seen)
    if not places:
        click.echo(f"{name}: its pages have taught nothing about their places yet", err=True)


def _print_changes(found: Iterable[ChangedPage], name: str, *, as_json: bool) -> None:
    from archive.queries import json_object

    number = 0
    for number, page in enumerate(found, 1):  # noqa: B007 - how many there were
        if as_json:
            print_json(json_object(page))
        else:
            _print_page(stdout(), page)
    if number == 0:
        click.echo(f"{name}: its template has changed no text", err=True)


def _lines(archive: Archive, places: Sequence[TemplatePlace]) -> Places:
    """Return the lines of the records that the first captures of *places* have."""
    from archive.extract.template.inspection import inspected_lines
    from archive.model.template import place_name

    found: dict[tuple[str, int], dict[str, list[tuple[str, str]]]] = {}
    for place in places:
        file, offset = place.warc_file, place.warc_offset
        if file is None or offset is None or (file, offset) in found:
            continue
        by_place = found[file, offset] = defaultdict(list)
        try:
            payload = archive.store.payload(file, offset)
        except (NotFoundError, RecordError) as error:
            click.echo(f"pressmark: {error}", err=True)
            continue
        for line in inspected_lines(payload):
            by_place[place_name(line.place)].append((line.path, line.text))
    return found


def _seen(place: TemplatePlace, lines: Places) -> Sequence[tuple[str, str]]:
    if place.warc_file is None or place.warc_offset is None:
        return ()
    return lines[place.warc_file, place.warc_offset].get(place.place, ())


def _print_place(console: Console, place: TemplatePlace, seen: Sequence[tuple[str, str]]) -> None:
    colors = {"text": "green", "frame": "red"}
    times = [f"since {reader_time(place.since)}"] if place.since else []
    times += [f"until {reader_time(place.until)}"] if place.until else []
    where = [f"in {place.language}"] if place.language else []
    by = ["by the profile"] if place.by_profile else []
    console.print(
        Text.assemble(
            (place.place, "bold"),
            "  ",
            (place.role, colors.get(place.role, "yellow")),
            "".join(f", {each}" for each in (*where, *times, *by)),
            f"; on {place.pages} pages{_first_seen(place)}: {place.kept:.0%} in their texts,"
            f" {place.repeated:.0%} repeated, {place.linked:.0%} links,"
            f" {place.after_link:.0%} behind a link",
        )
    )
    if seen:
        console.print(Text(f"  {seen[0][0]}", "cyan"))
    for _, text in seen[:_LINES_OF_A_PLACE]:
        console.print(Text(f"    {text[:_LONGEST]}", "dim"))


def _first_seen(place: TemplatePlace) -> str:
    return f" from {reader_time(place.first_seen)} on" if place.first_seen else ""


def _print_page(console: Console, page: ChangedPage) -> None:
    note = "  an article by its place" if page.is_in_place else ""
    console.print(
        Text.assemble((page.url, "cyan"), f"  {reader_time(page.fetched_at)}", (note, "yellow"))
    )
    if page.by_site is None:
        return
    for text in page.by_site.restored:
        console.print(Text(f"  + {text[:_LONGEST]}", "green"))
    for text in page.by_site.cut:
        console.print(Text(f"  - {text[:_LONGEST]}", "red"))
