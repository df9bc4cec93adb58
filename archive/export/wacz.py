"""Write an archive, or the part of one publisher, into one WACZ file.

WACZ (specs.webrecorder.net/wacz, 1.1.1) is a ZIP file of the WARC files, their index, a list of
pages and a manifest of digests; a browser can replay it from any web server. Pressmark makes the
index, cdxj-indexer divides it into blocks, and py-wacz makes the manifest. ``create`` of py-wacz is
not used: it decodes every body to make the same index, and with Google's brotli it fails on the
first Brotli body.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import warnings
import zipfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Select, select

from archive.errors import MissingPackageError, NotFoundError, UnknownPublisherError
from archive.export.whole import whole_file
from archive.sql import views
from archive.sql.database import Database
from archive.sql.schema import view_tables
from archive.warc.record import format_date
from archive.warc.store import Store
from archive.warc.upkeep.index import CdxIndex

LINES_A_BLOCK = 1024
"""Index lines that are compressed together; the number that py-wacz uses."""
COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Exported:
    """What a WACZ file contains; *size_bytes* is the size of the file.

    *problems* are sentences about what could not be read or is left out.
    """

    file: str
    warc_files: int
    captures: int
    pages: int
    size_bytes: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be exported: WARC files by name, a title, and the page to open first."""

    publisher: str | None
    title: str
    home: str | None
    files: tuple[str, ...]


def export_wacz(
    output: Path,
    *,
    database: Database,
    store: Store,
    index: CdxIndex,
    publisher: str | None = None,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Exported:
    """Write the finished WARC files of *publisher*, or of all publishers, to *output*.

    The file is written completely or not at all. *report* is called with the number of bytes copied
    so far and in total. Raises ``NotFoundError`` if there is nothing to export,
    ``MissingPackageError`` without the extra ``wacz``, and ``StorageError`` if *output* cannot be
    written.
    """
    packager = _packager()
    refreshed = index.refresh()
    with database.reading() as connection:
        selection = _select(connection, refreshed.files, publisher)
        with whole_file(output) as file, zipfile.ZipFile(file, "w") as wacz:
            captures = _write_index(wacz, index.lines(selection.files))
            _write_warcs(wacz, store, selection.files, report)
            pages = _write_pages(wacz, connection, selection)
            _write_manifest(wacz, packager, selection)
    return Exported(
        file=str(output),
        warc_files=len(selection.files),
        captures=captures,
        pages=pages,
        size_bytes=output.stat().st_size,
        problems=refreshed.problems,
    )


def _packager() -> Any:
    """Import py-wacz without the warnings that its packages print when they are first compiled."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from wacz.waczindexer import WACZIndexer
    except ModuleNotFoundError as error:
        raise MissingPackageError("a WACZ file", "wacz", extra="wacz") from error
    return WACZIndexer


def _select(connection: Connection, files: tuple[str, ...], publisher: str | None) -> Selection:
    title, home = "News archive", None
    if publisher is not None:
        row = connection.execute(
            select(view_tables.publisher).where(view_tables.publisher.c.name == publisher)
        ).one_or_none()
        if row is None:
            raise UnknownPublisherError(
                f"{publisher}: nothing is archived of a publisher of this name;"
                " `pressmark publishers` lists them"
            )
        title, home = row.title or publisher, row.home
        owned = set(
            connection.execute(
                select(view_tables.warc_file.c.name)
                .distinct()
                .join(
                    view_tables.capture
                )  # an imported file may contain pages of several publishers
                .where(view_tables.capture.c.publisher_id == row.id)
            ).scalars()
        )
        files = tuple(name for name in files if name in owned)
    if not files:
        raise NotFoundError(
            f"{publisher or 'the archive'}: there is no finished WARC file to export yet"
        )
    return Selection(publisher, title, home, files)


def _write_index(wacz: zipfile.ZipFile, lines: Iterator[bytes]) -> int:
    """Write *lines* in compressed blocks, and a list of the blocks; return the number of lines."""
    from cdxj_indexer.main import CompressedWriter

    count, places = 0, io.StringIO()
    # Stored and not deflated, so a reader can request one block by its place in the ZIP file.
    with wacz.open(_entry("indexes/index.cdx.gz"), "w", force_zip64=True) as data:
        writer = CompressedWriter(
            places,
            data,
            num_lines=LINES_A_BLOCK,
            data_out_name="index.cdx.gz",
            digest_records=True,
        )
        for line in lines:
            writer.write(line.decode())
            count += 1
        if writer.block:
            writer.flush()
    wacz.writestr(_entry("indexes/index.idx", zipfile.ZIP_DEFLATED), places.getvalue())
    return count


def _write_warcs(
    wacz: zipfile.ZipFile,
    store: Store,
    files: tuple[str, ...],
    report: Callable[[int, int], None],
) -> None:
    sizes = {name: store.path(name).stat().st_size for name in files}
    total, done = sum(sizes.values()), 0
    for name in files:
        entry = _entry(f"archive/{name}")
        entry.file_size = sizes[name]  # zipfile decides from the size whether the entry needs ZIP64
        with store.path(name).open("rb") as source, wacz.open(entry, "w") as target:
            shutil.copyfileobj(source, target, COPY_BYTES)
        done += sizes[name]
        report(done, total)


def _write_pages(wacz: zipfile.ZipFile, connection: Connection, selection: Selection) -> int:
    """Write the latest version of each article, with the URL and date of its capture."""
    count, wanted = 0, set(selection.files)
    with wacz.open(_entry("pages/pages.jsonl", zipfile.ZIP_DEFLATED), "w") as pages:
        _write_line(pages, {"format": "json-pages-1.0", "id": "pages", "title": selection.title})
        for row in connection.execute(_pages(selection.publisher)):
            if row.warc_file in wanted:
                page = {
                    "id": row.warc_record_id.strip("<>"),
                    "url": row.url,
                    "ts": format_date(row.fetched_at),
                    "title": row.headline,
                }
                _write_line(pages, page)
                count += 1
    return count


def _pages(publisher: str | None) -> Select[Any]:
    articles, capture = views.articles, view_tables.capture
    statement = (
        select(
            capture.c.url,
            capture.c.fetched_at,
            capture.c.warc_record_id,
            articles.c.headline,
            articles.c.warc_file,
        )
        .join(capture, capture.c.warc_record_id == articles.c.warc_record_id)
        .order_by(articles.c.date_published.desc(), capture.c.url)
    )
    if publisher is not None:
        statement = statement.where(articles.c.publisher == publisher)
    return statement


def _write_manifest(wacz: zipfile.ZipFile, packager: Any, selection: Selection) -> None:
    """Write the digests of all files in *wacz*, and the digest of that list."""
    indexer = packager(None, [], hash_type="sha256", main_url=selection.home)
    package = json.loads(
        indexer.generate_datapackage(Namespace(title=selection.title, desc=None, date=None), wacz)
    )
    package["software"] = f"Pressmark {_version()}, {package['software']}"
    for resource in package["resources"]:
        # Data Package allows only these characters in a name; an imported file may have others.
        resource["name"] = re.sub(r"[^a-z0-9._-]", "-", resource["name"])
    manifest = json.dumps(package, indent=2).encode()
    digest = indexer.generate_datapackage_digest(manifest)
    wacz.writestr(_entry("datapackage.json", zipfile.ZIP_DEFLATED), manifest)
    wacz.writestr(_entry("datapackage-digest.json", zipfile.ZIP_DEFLATED), digest)


def _entry(path: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, datetime.now(UTC).timetuple()[:6])
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry


def _write_line(file: IO[bytes], value: dict[str, Any]) -> None:
    file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")


def _version() -> str:
    try:
        return installed_version("pressmark")
    except PackageNotFoundError:  # run from a checkout
        return "0"
