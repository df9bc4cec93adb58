"""Write a new file with the intact records of a damaged one.

The records are copied without change. In files of our own writer a damaged gzip header is written
again, because it is always the same, so no record is lost for it. The new file begins with a
warcinfo record that says what it is. The old file stays and is no longer part of the archive. In an
uncompressed file only a digest shows that a block was changed, and it may have been wrong from the
beginning: such a record is kept and called doubtful.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import RecordError
from archive.model import Capture
from archive.warc.collection import Collection, Listed, Loss, Superseded, hash_file
from archive.warc.exchange import Draft, draft
from archive.warc.reading import flaws
from archive.warc.reading.digests import fits_digest
from archive.warc.reading.reader import OTHER_WARCINFO_IDS, Damage, RecordFile
from archive.warc.reading.scan import block_of
from archive.warc.reading.stream import Record
from archive.warc.record import (
    END,
    SLICE_BYTES,
    SOFTWARE,
    WARC_FIELDS,
    encode_fields,
    format_date,
    new_id,
    parse_fields,
    pieces,
)
from archive.warc.segment import GZIP_HEADER, member
from archive.warc.store import Store
from archive.warc.upkeep.rewrite import new_file

_NAME = re.compile(r"(?P<stem>.*?)(?:-repaired-(?P<number>\d+))?(?P<ending>\.warc(?:\.gz)?)")
_COPIED_FIELDS = ("isPartOf", "hostname", "operator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A file that was damaged, and the *new* file with its intact records.

    *new* is None if there were none. *records* is how many were kept; of these, *mended* had a
    damaged gzip header. *lost* is what could not be saved; offsets are in bytes of the old file.
    *doubtful* has a sentence for each record that is kept although something in it does not match.
    """

    file: str
    new: str | None
    records: int
    mended: int
    lost: tuple[Loss, ...]
    doubtful: tuple[str, ...] = ()


@dataclass(slots=True)
class _Plan:
    """The parts of a file to copy: offset, end, and whether the gzip header is written again."""

    kept: list[tuple[int, int, bool]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    warcinfo_ids: set[str] = field(default_factory=set)
    info: dict[str, str] = field(default_factory=dict)
    lost: list[Loss] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)

    @property
    def mended(self) -> int:
        return sum(is_mended for _, _, is_mended in self.kept)

    def keep(self, record: Record, offset: int, *, is_mended: bool) -> None:
        header = record.header
        self.kept.append((offset, offset + record.length, is_mended))
        self.ids.add(header.record_id or "")
        named = header.record_id if header.type == "warcinfo" else header.get("WARC-Warcinfo-ID")
        self.warcinfo_ids |= {named} if named else set()


def repair_file(store: Store, name: str, rows: Iterable[Capture]) -> Repaired | None:
    """Replace the finished file *name* by one with its intact records; None if it is intact.

    *rows* are the captures that the database has of this file, so that everything that is lost can
    be named. Raises ``StorageError`` if the new file cannot be written; the archive is not changed
    then.
    """
    assert store.collection is not None, "an archive's store has one"
    path, listed = store.path(name), store.collection.contents().listed.get(name)
    with store.open(name) as file:
        plan = _plan(file)
        size = path.stat().st_size
        if listed is not None and size < listed.size_bytes:
            plan.lost.append(
                Loss(offset=size, end=listed.size_bytes, problem="the file ends before it")
            )
        has_changed = listed is not None and hash_file(path) != listed.digest
        if not (plan.lost or plan.mended or has_changed):
            return None
        plan.lost = _with_rows(plan, rows, _captures(store, name))
        new = _new_name(name) if plan.kept else None
        if new is not None:
            _write(file, plan, store.folder / new, new)
    _relist(store.collection, listed, name, new, store.folder, tuple(plan.lost))
    return Repaired(
        file=name,
        new=new,
        records=len(plan.kept),
        mended=plan.mended,
        lost=tuple(plan.lost),
        doubtful=tuple(plan.doubtful),
    )


def _plan(file: RecordFile) -> _Plan:
    plan = _Plan()
    mends = file.compressed and file.is_ours
    for item in file.records():
        if isinstance(item, Damage):
            begin = item.end if item.is_debris else item.offset
            while mends and (record := _mended(file, begin, item.end)) is not None:
                plan.keep(record, begin, is_mended=True)
                begin += record.length
            if begin < item.end:
                plan.lost.append(_loss(item, begin))
            continue
        header = item.header
        try:
            with block_of(item) as block:
                info = parse_fields(block[:SLICE_BYTES]) if item.header.type == "warcinfo" else {}
                promised = header.get("WARC-Block-Digest")
                is_right = fits_digest(promised, pieces(block, [(0, len(block))]))
        except RecordError:
            continue  # its Damage comes next, or the same record with another length
        if not is_right:
            place = f"bytes {item.offset} to {item.offset + item.length} ({header.record_id})"
            plan.doubtful.append(f"{place}: {flaws.BLOCK_DIGEST}")
        plan.info = plan.info or info
        has_changed = mends and file.raw(item.offset, len(GZIP_HEADER)) != GZIP_HEADER
        plan.keep(item, item.offset, is_mended=has_changed)
    if mends:
        plan.info.setdefault("software", f"{SOFTWARE}/?")
    return plan


def _loss(damage: Damage, begin: int) -> Loss:
    named = damage.record_id if begin == damage.offset else None
    return Loss(offset=begin, end=damage.end, problem=damage.problem, record_id=named)


def _mended(file: RecordFile, begin: int, end: int) -> Record | None:
    """Return the record at *begin* as it reads with our writer's gzip header, or None."""
    with tempfile.NamedTemporaryFile(suffix=".warc.gz") as copy:
        copy.write(GZIP_HEADER)
        for data in _raw(file, begin + len(GZIP_HEADER), end):
            copy.write(data)
        copy.flush()
        with RecordFile(Path(copy.name), file.name) as mended:
            try:
                record = mended.record_at(0)
                record.drain()
            except RecordError:
                return None
            return record


def _captures(store: Store, name: str) -> set[str]:
    """Return the ids that rows have of the captures in a file; a record may have another one.

    Offsets would not do: behind a missing part another record may begin where a lost one did.
    """
    return {item.warc_record_id for item in store.scan(name) if isinstance(item, Capture)}


def _with_rows(plan: _Plan, rows: Iterable[Capture], captures: set[str]) -> list[Loss]:
    """Return what is lost, including the lost captures of *rows*; each record is named once."""
    kept = plan.ids | captures
    gone = {row.warc_record_id: row for row in rows if row.warc_record_id not in kept}
    by_offset = {row.warc_offset: row for row in gone.values()}
    lost = []
    for loss in plan.lost:
        row = gone.pop(loss.record_id or "", None)
        if row is None and loss.record_id is None and loss.offset in by_offset:
            row = gone.pop(by_offset[loss.offset].warc_record_id, None)
        lost.append(loss if row is None else _named(loss, row))
    for row in gone.values():
        begin, end = row.warc_offset, row.warc_offset + row.warc_length
        lost.append(_named(Loss(offset=begin, end=end, problem="it is not there any more"), row))
    return lost


def _named(loss: Loss, row: Capture) -> Loss:
    return replace(
        loss, record_id=row.warc_record_id, url=row.url, date=format_date(row.fetched_at)
    )


def _new_name(name: str) -> str:
    found = _NAME.fullmatch(name)
    assert found is not None, "a name in the archive ends like a WARC file's"
    return f"{found['stem']}-repaired-{int(found['number'] or 0) + 1}{found['ending']}"


def _write(file: RecordFile, plan: _Plan, target: Path, name: str) -> None:
    info = _warcinfo(file, plan, name)
    head, block = info.header.encode(), bytes(info.buffer[info.start : info.end])
    with new_file(target) as new:
        for data in member(head, [block]) if file.compressed else (head, block, END):
            new.write(data)
        for begin, end, is_mended in plan.kept:
            start = begin
            if is_mended:
                new.write(GZIP_HEADER)
                start += len(GZIP_HEADER)
            for data in _raw(file, start, end):
                new.write(data)


def _warcinfo(file: RecordFile, plan: _Plan, name: str) -> Draft:
    copied = {key: plan.info[key] for key in _COPIED_FIELDS if key in plan.info}
    facts = {
        "software": f"{SOFTWARE}/repair",
        "records-by": plan.info.get("records-by") or plan.info.get("software", "unknown"),
        "format": "WARC File Format 1.1",
        **copied,
        "description": f"The sound records of {file.name}; {len(plan.lost)} were lost",
        OTHER_WARCINFO_IDS: " ".join(sorted(plan.warcinfo_ids)),
    }
    fields = (
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", new_id()),
        ("WARC-Date", format_date(datetime.now(UTC))),
        ("WARC-Filename", name),
    )
    return draft(fields, WARC_FIELDS, encode_fields(facts))


def _relist(
    collection: Collection,
    listed: Listed | None,
    name: str,
    new: str | None,
    folder: Path,
    lost: tuple[Loss, ...],
) -> None:
    """Record in the collection that *new* replaces *name*, in two lines."""
    entries: list[Listed | Superseded] = []
    if new is not None:
        path = folder / new
        entries.append(
            Listed(
                name=new,
                size_bytes=path.stat().st_size,
                digest=hash_file(path),
                location=collection.location(path),
                imported_from=listed.imported_from if listed else None,
                member=listed.member if listed else None,
                publishers=listed.publishers if listed else None,
                ambiguous_ids=listed.ambiguous_ids if listed else (),
            )
        )
    collection.add(*entries, Superseded(name=name, superseded_by=new, lost=lost))


def _raw(file: RecordFile, begin: int, end: int) -> Iterator[bytes]:
    for position in range(begin, end, SLICE_BYTES):
        yield file.raw(position, min(SLICE_BYTES, end - position))
