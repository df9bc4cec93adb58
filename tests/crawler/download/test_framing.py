"""The crawler ends a chunked body where the archive, reading its bytes again, ends it too."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from twisted.web.http import _DataLoss

from archive.warc.http import Framing, parse_message
from crawler.download.framing import BrokenFraming, ChunkDecoder

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

line_ends = st.sampled_from([b"\r\n", b"\n"])
blanks = st.sampled_from([b"", b" ", b"\t "])
extensions = st.sampled_from([b"", b";a", b"; a=b", b';a="x;y"'])
trailers = st.lists(st.sampled_from([b"X-T: 1", b"no colon", b" folded"]), max_size=2)


@st.composite
def sizes(draw: st.DrawFn, size: int) -> bytes:
    """The line of a chunk of *size* bytes, in one of its spellings."""
    digits = b"%x" % size if draw(st.booleans()) else b"00%X" % size
    return draw(blanks) + digits + draw(blanks) + draw(extensions) + draw(line_ends)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A chunked body, perhaps with something behind it, perhaps with a byte that does not fit."""
    chunks = draw(st.lists(st.binary(min_size=1, max_size=20), max_size=4))
    pieces = [draw(sizes(len(chunk))) + chunk + draw(line_ends) for chunk in chunks]
    last = draw(sizes(0)) + b"".join(line + draw(line_ends) for line in draw(trailers))
    body = b"".join(pieces) + last + draw(line_ends) + draw(st.binary(max_size=5))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(body) - 1))
        body = body[:place] + draw(st.binary(max_size=2)) + body[place + 1 :]
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


def pieces_of(body: bytes, cuts: Iterable[int]) -> list[bytes]:
    places = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    return [body[begin:end] for begin, end in pairwise(places)]


@given(bodies(), st.lists(st.integers(0, 200), max_size=6))
def test_however_a_body_comes_it_is_read_as_the_archive_reads_it(
    body: bytes, cuts: list[int]
) -> None:
    message = parse_message(HEAD + body)
    assert message is not None
    assume(message.framing is Framing.CHUNKED)  # what begins like no chunk may be left undecoded
    data: list[bytes] = []
    rest: list[bytes] = []
    decoder = ChunkDecoder(data.append, rest.append)

    for piece in pieces_of(body, cuts):
        if not rest:
            decoder.dataReceived(piece)
        else:
            rest.append(piece)

    assert b"".join(data) == message.payload(HEAD + body)
    assert bool(rest) == message.complete
    assert b"".join(rest) == (body[message.end - len(HEAD) :] if rest else b"")


@pytest.mark.parametrize(
    "body", [b"", b"4", b"4\r\nfo", b"4\r\nfour", b"4\r\nfour\r", b"0\r\nX: 1\r\n"]
)
def test_a_body_whose_end_has_not_come_is_lost_data_and_not_broken(body: bytes) -> None:
    decoder = ChunkDecoder(lambda _: None, lambda _: None)

    decoder.dataReceived(body)

    with pytest.raises(_DataLoss) as caught:
        decoder.noMoreData()
    assert not isinstance(caught.value, BrokenFraming)


@pytest.mark.parametrize(
    "body", [b"four\r\n", b"\r\n", b"-4\r\nfour\r\n", b"4\r\nfour!", b"0x4\r\n"]
)
def test_chunks_that_do_not_fit_together_are_said_to_be_broken(body: bytes) -> None:
    decoder = ChunkDecoder(lambda _: None, lambda _: None)

    decoder.dataReceived(body)

    with pytest.raises(BrokenFraming):
        decoder.noMoreData()


def test_a_whole_body_is_no_loss() -> None:
    rest: list[bytes] = []
    decoder = ChunkDecoder(lambda _: None, rest.append)

    decoder.dataReceived(b"4\r\nfour\r\n0\r\n\r\n")

    decoder.noMoreData()
    assert rest == [b""]
