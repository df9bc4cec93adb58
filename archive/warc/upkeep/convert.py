"""Write the records of an ARC file as a WARC file (the ISO 28500 annex on ARC; IIPC).

The blocks are the same bytes. The same ARC file always gives the same WARC file, because ids are
computed from the records.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from pathlib import Path

from archive.warc.reading.arc import (
    FILE_DESCRIPTION,
    ArcDamage,
    ArcFile,
    ArcRecord,
    open_arc,
)
from archive.warc.record import (
    HTTP_RESPONSE,
    SOFTWARE,
    WARC_FIELDS,
    Header,
    encode_fields,
    format_date,
    label,
    safe_uri,
)
from archive.warc.segment import member
from archive.warc.upkeep.rewrite import NewFile, new_file

MISCOUNTED = "a record of the ARC file is longer or shorter than its line counts"

_DESCRIPTION_BYTES = 1 << 16
_PROBLEMS_NAMED = 100


def convert_arc(path: Path, target: Path, digest: str) -> tuple[list[str], list[str]]:
    """Write the ARC file at *path*, whose digest is *digest*, to *target*.

    Returns problems, a sentence for each part that is no record, and remarks. Raises
    ``StorageError`` if *target* cannot be written.
    """
    problems: list[str] = []
    remarks: set[str] = set()
    with open_arc(path) as arc, new_file(target) as new:
        warcinfo_id = None
        for item in arc.records():
            if isinstance(item, ArcDamage):
                if len(problems) < _PROBLEMS_NAMED:
                    problems.append(
                        f"{path.name}: bytes {item.start} to {item.end}: no ARC record begins here"
                    )
                continue
            if not item.is_exact:
                remarks.add(MISCOUNTED)
            is_description = item.url.startswith(FILE_DESCRIPTION.decode())
            if warcinfo_id is None:
                warcinfo_id = _write_info(
                    new, path.name, digest, item, arc if is_description else None
                )
            if not is_description:
                _write_record(new, arc, item, warcinfo_id)
        if arc.problem is not None:
            problems.append(f"{path.name}: {arc.problem}")
    return problems, sorted(remarks)


def _write_info(new: NewFile, name: str, digest: str, first: ArcRecord, arc: ArcFile | None) -> str:
    """Write the warcinfo record; *arc* is given if *first* describes the file. Return its id."""
    description = b""
    for piece in arc.block(first) if arc is not None else ():
        description += piece[: _DESCRIPTION_BYTES - len(description)]
    facts = {
        "software": f"{SOFTWARE}/arc-to-warc",
        "records-by": "the writer of an ARC file",
        "format": "WARC File Format 1.1",
        "description": f"The records of the ARC file {name} ({digest})",
        "arc-description": description.decode("utf-8", "replace").replace("\0", ""),
    }
    block = encode_fields(facts)
    record_id = _id(digest, label("sha1", hashlib.sha1(block, usedforsecurity=False).digest()))
    fields = (
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", format_date(first.date)),
        ("Content-Type", WARC_FIELDS),
        ("Content-Length", str(len(block))),
    )
    _write(new, Header(fields), [block])
    return record_id


def _write_record(new: NewFile, arc: ArcFile, record: ArcRecord, warcinfo_id: str) -> None:
    sha1, begins = hashlib.sha1(usedforsecurity=False), b""
    for piece in arc.block(record):
        begins = begins or piece[:16]
        sha1.update(piece)
    block_digest, date = label("sha1", sha1.digest()), format_date(record.date)
    kind, content_type = _kind(record, begins)
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", _id(record.url, date, kind, block_digest)),
        ("WARC-Date", date),
        ("WARC-Target-URI", safe_uri(record.url)),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Block-Digest", block_digest),
        ("Content-Type", content_type),
        ("Content-Length", str(record.size)),
    ]
    if record.ip is not None:
        fields.insert(5, ("WARC-IP-Address", record.ip))
    _write(new, Header(tuple(fields)), arc.block(record))


def _kind(record: ArcRecord, begins: bytes) -> tuple[str, str]:
    scheme = record.url.partition(":")[0].lower()
    if scheme in {"http", "https"} and begins[:5].upper() == b"HTTP/":
        return "response", HTTP_RESPONSE
    kind = "response" if scheme == "dns" else "resource"
    return kind, safe_uri(record.content_type) or "application/octet-stream"


def _id(*parts: str) -> str:
    return f"<{uuid.uuid5(uuid.NAMESPACE_OID, ' '.join(parts)).urn}>"


def _write(new: NewFile, header: Header, block: Iterable[bytes | memoryview]) -> None:
    for data in member(header.encode(), block):
        new.write(data)
