import gzip
import zlib

import brotli
import pytest

from archive.extract.coding import (
    MAX_BODY_BYTES,
    TooLargeError,
    decode_body,
    decode_text,
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
    assert gunzip_file(gzip.compress(TEXT)) == TEXT
    assert gunzip_file(TEXT) == TEXT


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ("Thủ đô Hà Nội".encode(), "text/html; charset=utf-8"),
        ("Thủ đô Hà Nội".encode(), "text/html; charset=iso-8859-1"),
        ("Thủ đô Hà Nội".encode(), "text/html; charset=no-such-charset"),
        ("Thủ đô Hà Nội".encode(), "text/html; charset=hex"),
        ("Thủ đô Hà Nội".encode("utf-8-sig"), "text/html; charset=cp1252"),
        ("Thủ đô Hà Nội".encode("utf-16"), None),
        ("Thủ đô Hà Nội".encode("cp1258", "xmlcharrefreplace"), "text/html; charset=ascii"),
    ],
)
def test_text_survives_charsets_that_are_told_or_lied_about(data, content_type):
    text, _ = decode_text(data, content_type)

    assert text.startswith("Th")
    assert "Ã" not in text
    assert "\ufffd" not in text


def test_the_charset_that_the_document_declares_counts_where_the_header_names_none():
    data = '<meta charset="windows-1251"><p>Москва'.encode("cp1251")

    assert decode_text(data, "text/html")[0].endswith("Москва")


def test_bytes_that_contradict_utf_8_are_read_as_windows_1252():
    data = "Où êtes-vous né ? À l’hôtel, très tôt.".encode("cp1252")

    assert (
        decode_text(data, "text/html; charset=utf-8")[0] == "Où êtes-vous né ? À l’hôtel, très tôt."
    )


def test_one_broken_byte_does_not_spoil_a_page_of_utf_8():
    data = "Où êtes-vous né, très tôt ? ".encode() * 50 + b"\xc3"

    text, charset = decode_text(data, "text/html")

    assert charset == "utf-8"
    assert text.startswith("Où êtes-vous né, très tôt ?")


def test_white_space_becomes_one_space_but_a_lone_no_break_space_stays():
    assert one_line(" Paris\u00a0: \n\t 12\u202f% \u00a0 ") == "Paris\u00a0: 12\u202f%"


@pytest.mark.parametrize("wbits", [16 + zlib.MAX_WBITS, zlib.MAX_WBITS])
def test_a_wrong_sum_at_the_end_costs_no_text(wbits):
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(TEXT) + packer.flush()
    spoilt = packed[:-4] + bytes(255 - byte for byte in packed[-4:])

    name = "gzip" if wbits > zlib.MAX_WBITS else "deflate"

    assert decode_body(spoilt, name) == (TEXT, ("content-encoding: cut",))


@pytest.mark.parametrize("charset", ["utf-7", "idna", "punycode", "unicode_escape", "utf-16", "x"])
@pytest.mark.parametrize("text", ["A +ADw-b+AD4- \\u0041 c", "La forêt brûlée +AGE-"])
def test_a_charset_that_no_browser_believes_is_passed_over(text, charset):
    read, name = decode_text(text.encode(), f"text/html; charset={charset}")

    assert (read, name) == (text, "utf-8")


@pytest.mark.parametrize("charset", ["shift_jis", "koi8-r", "gbk", "windows-1251"])
def test_what_is_utf_8_without_a_fault_is_read_as_that_whatever_it_says(charset):
    data = f'<meta charset="{charset}">La forêt brûlée a été replantée'.encode()

    assert "forêt brûlée" in decode_text(data, None)[0]


def test_a_few_broken_bytes_leave_the_accents_of_a_short_page_as_they_are():
    data = "La forêt brûlée a été replantée".encode() + b"\xff and \xed\xa0\x80"

    assert decode_text(data, None)[0].startswith("La forêt brûlée a été replantée")
