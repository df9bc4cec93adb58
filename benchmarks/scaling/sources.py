"""The sources of five years: a front page and a feed that were captured again and again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from benchmarks.scaling.copies import Copies, Row
from benchmarks.scaling.site import BEGINNING, HOME, YEARS

SAME = 4
"""Of so many captures in a row, one has a body, and the others say that nothing has changed."""
EVERY = {HOME: timedelta(minutes=30), f"{HOME}feed": timedelta(hours=2)}
"""How often each source is captured: the front page 87,600 times in five years."""


def source_rows(base: str, copies: Copies, share: float) -> Iterator[tuple[str, Row]]:
    """Yield rows of ``capture`` and ``extraction``, each with the name of its table.

    They repeat rows of the database *base*. *share* of the captures of five years are made.
    """
    keys = {table: copies.next_id(table) for table in ("capture", "extraction", "warc_file")}
    with sqlite3.connect(base) as connection:
        connection.row_factory = sqlite3.Row
        file = dict(connection.execute("SELECT * FROM warc_file LIMIT 1").fetchone())
        file.update(id=keys["warc_file"], name="scale-sources.warc.gz")
        yield "warc_file", tuple(file.values())
        offset = 0
        for url, every in EVERY.items():
            first = connection.execute(
                "SELECT * FROM capture WHERE url = ? ORDER BY id LIMIT 1", (url,)
            ).fetchone()
            read = connection.execute(
                "SELECT * FROM extraction WHERE capture_id = ?", (first["id"],)
            ).fetchone()
            same = connection.execute(
                "SELECT * FROM extraction WHERE outcome = 'revisit' LIMIT 1"
            ).fetchone()
            original = ""
            for number in range(int(YEARS / every * share)):
                offset += 20_000
                digest = sha256(f"{url} {number}".encode()).hexdigest()
                record = f"<urn:uuid:{UUID(hex=digest[:32])}>"
                at = BEGINNING + number * every
                is_same = number % SAME != 0
                moment = f"{at:%Y-%m-%d %H:%M:%S.%f}"
                if not is_same:
                    original = record
                capture = dict(first)
                capture.update(
                    id=keys["capture"] + offset // 20_000,
                    fetched_at=moment,
                    record_type="revisit" if is_same else "response",
                    http_status=304 if is_same else 200,
                    refers_to=original if is_same else None,
                    payload_digest=None if is_same else f"sha1:{digest[:32].upper()}",
                    etag=f'"{digest[:16]}"',
                    warc_file_id=keys["warc_file"],
                    warc_offset=offset,
                    warc_record_id=record,
                )
                yield "capture", tuple(capture.values())
                extraction = dict(same if is_same else read)
                extraction.update(
                    id=keys["extraction"] + offset // 20_000, capture_id=capture["id"]
                )
                if extraction["text_sha256"] is not None:
                    extraction.update(text_sha256=digest)
                yield "extraction", tuple(extraction.values())
