"""Write articles as JSON lines or CSV, one row at a time, with the columns of the views.

Times are ISO 8601 in UTC, with microseconds in every row, so a program that infers the format of a
column from its first row can read all rows. CSV follows RFC 4180, in UTF-8.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from archive.export.whole import whole_file
from archive.printable import printable_json
from archive.queries.articles import ArchivedArticle
from archive.queries.export_rows import ExportFilter, export_rows
from archive.queries.publishers import require_publisher
from archive.sql.database import Database

BYTE_ORDER_MARK = "\ufeff".encode()
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet executes a cell that begins with one of these as a formula. Strangers write
headlines (owasp.org, "CSV Injection")."""


class Form(StrEnum):
    """The format of a table."""

    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """What was written, and to which file."""

    file: str
    rows: int
    size_bytes: int


def export_table(
    output: Path | IO[bytes],
    form: Form,
    *,
    database: Database,
    wanted: ExportFilter,
    for_spreadsheets: bool = False,
    report: Callable[[int], None] = lambda _: None,
) -> ExportedTable:
    """Write the rows of *wanted* to *output*; a file is written completely or not at all.

    *for_spreadsheets* changes CSV in two ways: it adds a byte order mark, without which Excel reads
    the file as Windows-1252, and an apostrophe before each text that a spreadsheet would execute as
    a formula. *report* is called with the number of rows written so far. Raises
    ``UnknownPublisherError`` for a publisher without archived pages, and ``StorageError`` if
    *output* cannot be written.
    """
    with database.reading() as connection:
        if wanted.publisher is not None:
            require_publisher(connection, wanted.publisher)
        with _opened(output) as file:
            count = size = 0
            found = export_rows(connection, wanted)
            for number, line in enumerate(
                _lines(form, wanted.columns, found, for_spreadsheets=for_spreadsheets)
            ):
                file.write(line)
                size += len(line)
                count = number + (form is Form.JSONL)  # CSV has a header
                report(count)
    return ExportedTable(str(output) if isinstance(output, Path) else "-", count, size)


@contextmanager
def _opened(output: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(output, Path):
        with whole_file(output) as file:
            yield file
    else:
        yield output
        output.flush()


def _lines(
    form: Form,
    columns: Sequence[str],
    rows: Iterator[ArchivedArticle],
    *,
    for_spreadsheets: bool,
) -> Iterator[bytes]:
    if form is Form.JSONL:
        for row in rows:
            values = {name: getattr(row, name) for name in columns}
            line = json.dumps(values, ensure_ascii=False, default=_time)
            yield printable_json(line).encode() + b"\n"
        return
    cell = _spreadsheet_cell if for_spreadsheets else _cell
    mark = BYTE_ORDER_MARK if for_spreadsheets else b""
    yield mark + _csv_line(columns)
    for row in rows:
        yield _csv_line([cell(getattr(row, name)) for name in columns])


def _csv_line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, dialect="excel").writerow(cells)  # CRLF, and quotes where they are needed
    return line.getvalue().encode()


def _cell(value: Any) -> str:
    """Return *value* as a cell: an empty text for null, JSON for a list."""
    match value:
        case None:
            return ""
        case str():
            return value
        case datetime():
            return _time(value)
        case list() | tuple():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _spreadsheet_cell(value: Any) -> str:
    cell = _cell(value)
    is_text = isinstance(value, str)
    return f"'{cell}" if is_text and cell.startswith(RUN_BY_SPREADSHEETS) else cell


def _time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
