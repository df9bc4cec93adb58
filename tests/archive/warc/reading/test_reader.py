"""Reading goes on behind damage, loses nothing that is sound, and is never silent."""

from __future__ import annotations

import gzip
import random
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from archive.errors import RecordError
from archive.model import Capture
from archive.warc.exchange import Draft, draft
from archive.warc.reading import flaws
from archive.warc.reading.reader import Damage, RecordFile
from archive.warc.record import WARC_FIELDS, encode_fields
from archive.warc.segment import GZIP_HEADER, Segment
from archive.warc.store import Store
from tests.support.stores import exchange, filled, reply, store_at


class Sound(NamedTuple):
    """A record as it is read: where, which, what."""

    offset: int
    length: int
    record_id: str | None
    block: bytes


def read_all(path: Path) -> tuple[list[Sound], list[Damage]]:
    sound, damages = [], []
    with RecordFile(path) as file:
        for item in file.records():
            if isinstance(item, Damage):
                damages.append(item)
                continue
            try:
                block = item.read()
            except RecordError:
                continue
            sound.append(Sound(item.offset, item.length, item.header.record_id, block))
    return sound, damages


def mixed_file(folder: Path, seed: int = 0) -> tuple[Store, str]:
    """A file of small, compressible, incompressible and chunked replies."""
    rng = random.Random(seed)
    words = [b"xin", b"ch\xc3\xa0o", b"<p>", b"</p>", b"news ", b"\r\n"]
    exchanges = []
    for number in range(12):
        body = b"".join(rng.choices(words, k=rng.choice([3, 400, 9000])))
        if number % 3 == 0:
            body = rng.randbytes(len(body))
        exchanges.append(exchange(number, reply(body)))
    store = store_at(folder)
    name, _ = filled(store, exchanges)
    return store, name


KINDS = ("bit", "byte", "zeroed", "cut tail", "cut middle", "garbage", "overwritten", "magic")


def edit(data: bytes, kind: str, rng: random.Random, starts: list[int]) -> tuple[int, int, bytes]:
    """Return an edit: where it begins and ends in *data*, and what stands there instead."""
    begin = rng.randrange(len(data))
    end = min(begin + rng.choice([1, 100, 5000]), len(data))
    match kind:
        case "bit":
            return begin, begin + 1, bytes([data[begin] ^ (1 << rng.randrange(8))])
        case "byte":
            return begin, begin + 1, bytes([data[begin] ^ rng.randrange(1, 256)])
        case "zeroed":
            return begin, end, bytes(end - begin)
        case "cut tail":
            return begin, len(data), b""
        case "cut middle":
            return begin, end, b""
        case "garbage":
            return begin, begin, rng.randbytes(rng.choice([1, 50, 3000]))
        case "overwritten":
            return begin, end, rng.randbytes(end - begin)
    begin = rng.choice(starts) + rng.randrange(4)
    return begin, begin + 1, bytes([data[begin] ^ 0xFF])


@pytest.mark.parametrize("kind", KINDS)
def test_around_damage_of_any_kind_all_that_is_sound_is_found_and_nothing_else(
    kind: str, tmp_path: Path
) -> None:
    store, name = mixed_file(tmp_path)
    path = store.path(name)
    data = path.read_bytes()
    before, _ = read_all(path)
    rng = random.Random(kind)

    for _ in range(12):
        begin, end, instead = edit(data, kind, rng, [record.offset for record in before])
        path.write_bytes(data[:begin] + instead + data[end:])
        shift = len(instead) - (end - begin)

        sound, damages = read_all(path)

        untouched = [r for r in before if r.offset + r.length <= begin]
        untouched += [r._replace(offset=r.offset + shift) for r in before if r.offset >= end]
        assert set(untouched) <= set(sound)
        contents = {(r.record_id, r.block) for r in before}
        assert {(r.record_id, r.block) for r in sound} <= contents
        assert tiles(sound, damages) == [(0, path.stat().st_size)]


def tiles(sound: list[Sound], damages: list[Damage]) -> list[tuple[int, int]]:
    """Join what was read and what was reported as damage, in order, where they touch."""
    stretches = [(r.offset, r.offset + r.length) for r in sound]
    stretches += [(d.offset, d.end) for d in damages]
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if joined and joined[-1][1] == begin:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return joined


def test_a_damaged_record_is_named_by_offset_and_id(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(i) for i in range(3)])
    path, hit = store.path(name), captures[1]
    data = bytearray(path.read_bytes())
    data[hit.warc_offset + hit.warc_length - 6] ^= 1  # in the checksum
    path.write_bytes(data)

    found = list(store.scan(name))

    end = hit.warc_offset + hit.warc_length
    problem = "the gzip member is damaged (Error -3 while decompressing data: incorrect data check)"
    assert found == [
        captures[0],
        Damage(
            file=name,
            offset=hit.warc_offset,
            end=end,
            problem=problem,
            record_id=hit.warc_record_id,
        ),
        captures[2],
    ]
    with pytest.raises(RecordError, match=f"{name}: record at offset {hit.warc_offset}: the gzip"):
        store.read(name, hit.warc_offset)


def test_a_damaged_request_does_not_keep_its_reply_from_being_read(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(i) for i in range(2)])
    path, first = store.path(name), captures[0]
    data = bytearray(path.read_bytes())
    data[first.warc_offset + first.warc_length + 200] ^= 0xFF  # in the request record behind it
    path.write_bytes(data)

    back = store.read(name, first.warc_offset)

    assert (back.response, back.request) == (exchange(0).response, b"")
    assert [isinstance(item, Damage) for item in store.scan(name)] == [False, True, False]


def test_records_of_an_archived_warc_file_are_never_taken_for_records_of_the_file(
    tmp_path: Path,
) -> None:
    inner = store_at(tmp_path / "inner")
    inner_name, _ = filled(inner, [exchange(i) for i in range(50, 53)])
    body = inner.path(inner_name).read_bytes()
    store = store_at(tmp_path / "outer")
    name, captures = filled(store, [exchange(0), exchange(1, reply(body)), exchange(2)])
    path, hit = store.path(name), captures[1]
    data = path.read_bytes()
    begin, end = hit.warc_offset, hit.warc_offset + hit.warc_length
    # Not compressed, as a deflate encoder may choose to leave it: the members inside stand there
    # as they are.
    stored = gzip.compress(gzip.decompress(data[begin:end]), 0)
    path.write_bytes(data[:begin] + stored[:12] + b"\xff" + stored[13:] + data[end:])
    assert stored.count(GZIP_HEADER) == 1 + 3 * 2

    items = list(store.scan(name))

    assert items[0] == captures[0]
    assert isinstance(items[1], Damage)
    assert (items[1].offset, items[1].end) == (begin, begin + len(stored))
    assert [item.url for item in items[2:] if isinstance(item, Capture)] == [captures[2].url]


def test_two_damaged_records_in_a_row_are_both_named(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(i, request=b"") for i in range(4)])
    path = store.path(name)
    data = bytearray(path.read_bytes())
    for hit in captures[1:3]:
        data[hit.warc_offset + hit.warc_length - 1] ^= 1
    path.write_bytes(data)

    _, damages = read_all(path)

    assert [damage.record_id for damage in damages] == [
        capture.warc_record_id for capture in captures[1:3]
    ]


def test_a_torn_tail_is_reported(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, captures = filled(store, [exchange(i, request=b"") for i in range(2)])
    path, last = store.path(name), captures[1]
    path.write_bytes(path.read_bytes()[:-1])

    _, [damage] = read_all(path)

    assert (damage.offset, damage.record_id) == (last.warc_offset, last.warc_record_id)
    assert damage.problem == "the file ends within the record"


def miscounted(folder: Path, *first: Draft) -> Path:
    """Write *first*, then a record of four bytes with three wrong lengths and the right one."""
    good = draft((("WARC-Type", "resource"), ("WARC-Record-ID", "<urn:x>")), "text/plain", b"four")
    segment = Segment(folder, "demo", 1)
    segment.append(first)
    for claimed in ("3", "5000", "x"):
        wrong = good.header.replaced({"Content-Length": claimed})
        segment.append([Draft(wrong, b"four", 0, 4)])
    segment.append([good])
    segment.finish()
    return folder / segment.name


def test_a_block_of_ours_longer_or_shorter_than_its_header_says_is_damage(tmp_path: Path) -> None:
    ours = draft(
        (("WARC-Type", "warcinfo"), ("WARC-Record-ID", "<urn:i>")),
        WARC_FIELDS,
        encode_fields({"software": "Pressmark/1"}),
    )

    sound, damages = read_all(miscounted(tmp_path, ours))

    assert [record.block for record in sound][1:] == [b"four"]
    assert [damage.problem for damage in damages] == [
        "more follows the block than the header counts",
        "the block ends 4992 bytes too early",
        "has Content-Length 'x', which is no number of bytes",
    ]


def test_a_block_of_others_longer_or_shorter_than_its_header_says_is_measured(
    tmp_path: Path,
) -> None:
    path = miscounted(tmp_path)

    sound, damages = read_all(path)

    assert [record.block for record in sound] == [b"four"] * 4
    assert damages == []
    flawed = []
    with RecordFile(path) as file:
        for record in file.records():
            with suppress(RecordError):
                record.drain()
                flawed.append(record.flaws)
    assert flawed == [[flaws.LONGER], [flaws.SHORTER], [flaws.UNCOUNTED], []]


def test_a_block_can_be_read_by_pieces_or_not_at_all(tmp_path: Path) -> None:
    store, name = mixed_file(tmp_path)
    whole, _ = read_all(store.path(name))

    with RecordFile(store.path(name)) as file:
        pieces, skipped = [], []
        for number, record in enumerate(file.records()):
            assert not isinstance(record, Damage)
            if number % 2:
                skipped.append(record)
                continue
            data = b""
            while piece := record.read(7):
                assert len(piece) <= 7
                data += piece
            pieces.append(data)

    assert pieces == [record.block for record in whole[::2]]
    assert [record.length for record in skipped] == [record.length for record in whole[1::2]]


def test_one_record_is_read_with_its_length(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    name, [capture] = filled(store, [exchange()])

    with RecordFile(store.path(name)) as file:
        record = file.record_at(capture.warc_offset)
        block = record.read()

    assert block == exchange().response
    assert record.length == capture.warc_length
    assert record.header.record_id == capture.warc_record_id
