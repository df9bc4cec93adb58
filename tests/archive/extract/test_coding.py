import gzip
import zlib

import brotli
import pytest

from archive.extract.coding import (
    CUT,
    MAX_BODY_BYTES,
    TooLargeError,
    decode_body,
    gunzip_file,
    one_line,
)

TEXT = "Les élèves de Hà Nội ont gagné. ".encode() * 40


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT[:90]) + gzip.compress(TEXT[90:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("gzip, br", brotli.compress(gzip.compress(TEXT))),
        ("identity", TEXT),
        ("", TEXT),
    ],
    # A gzip header bears the time: as a test's name it would differ between two processes.
    ids=["gzip", "x-gzip", "members", "zlib", "deflate", "br", "stacked", "identity", "none"],
)
def test_a_body_is_unpacked_from_the_codings_that_its_header_names(name, packed):
    assert decode_body(packed, name) == (TEXT, ())


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("plain", [b"<html><p>No coding at all</p></html>", b"hello"])
def test_a_body_that_is_not_in_the_named_coding_is_taken_as_it_is(name, plain):
    assert decode_body(plain, name) == (plain, (f"content-encoding: not {name}",))


@pytest.mark.parametrize("name", ["br", "deflate"])
@pytest.mark.parametrize(
    "begins", ["!q?}A2h", "\u00e9I\u00f6", "QIij", "[\n ", ";\tHGNb;", "3mH9%\th#", "\u65e5\u672c"]
)
def test_a_text_whose_beginning_could_be_a_compressed_stream_is_taken_as_it_is(name, begins):
    body = (begins + "<p>The tide table hangs in the hall of the harbour office.</p>" * 5).encode()

    assert decode_body(body, name) == (body, (f"content-encoding: not {name}",))


@pytest.mark.parametrize("size", [1, 5, 20, 64, 300, 5_000])
def test_short_and_long_bodies_in_these_codings_are_unpacked(size):
    body = (b"The tide table. " * 400)[:size]

    assert decode_body(brotli.compress(body), "br") == (body, ())
    assert decode_body(zlib.compress(body), "deflate") == (body, ())


def test_an_unknown_coding_leaves_the_body_alone():
    assert decode_body(TEXT, "zstd") == (TEXT, ("content-encoding: unknown zstd",))


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_what_came_before_a_cut_is_kept(name, pack):
    letters = bytes(range(32, 127)) * 200
    noise = b"".join(letters[step : step + 61] for step in range(0, 9000, 7))

    data, flags = decode_body(pack(noise)[:-200], name)

    assert noise.startswith(data)
    assert len(data) > len(noise) // 2
    assert flags == ("content-encoding: cut",)


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_bomb_is_not_unpacked_to_its_end(name, pack):
    bomb = pack(bytes(MAX_BODY_BYTES + 1))

    with pytest.raises(TooLargeError):
        decode_body(bomb, name)


def test_a_gzip_file_is_unpacked_without_any_header():
    assert gunzip_file(gzip.compress(TEXT)) == (TEXT, ())
    assert gunzip_file(TEXT) == (TEXT, ())


def test_a_gzip_file_that_breaks_off_is_flagged():
    found, flags = gunzip_file(gzip.compress(TEXT)[:-9])

    assert TEXT.startswith(found)
    assert flags == (CUT,)


def test_white_space_becomes_one_space_but_a_lone_no_break_space_stays():
    assert one_line(" Paris\u00a0: \n\t 12\u202f% \u00a0 ") == "Paris\u00a0: 12\u202f%"


@pytest.mark.parametrize("wbits", [16 + zlib.MAX_WBITS, zlib.MAX_WBITS])
def test_a_wrong_sum_at_the_end_costs_no_text(wbits):
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(TEXT) + packer.flush()
    spoilt = packed[:-4] + bytes(255 - byte for byte in packed[-4:])

    name = "gzip" if wbits > zlib.MAX_WBITS else "deflate"

    assert decode_body(spoilt, name) == (TEXT, ("content-encoding: cut",))
