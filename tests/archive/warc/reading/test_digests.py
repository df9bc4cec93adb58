"""A digest is right if it matches in any spelling."""

from __future__ import annotations

import base64
import gzip
import hashlib

import pytest

from archive.warc.http import parse_message
from archive.warc.reading import flaws
from archive.warc.reading.digests import (
    NamedPayloads,
    digest_flaws,
    fits_digest,
    in_sha1,
    is_readable,
)
from archive.warc.record import Header
from tests.archive.warc.test_bodies import chunks

BODY = b"<p>The tide table hangs in the hall.</p>"
SPELLED = {
    "base32": lambda value: base64.b32encode(value).decode(),
    "base32 in lower case": lambda value: base64.b32encode(value).decode().lower(),
    "base32 without padding": lambda value: base64.b32encode(value).decode().rstrip("="),
    "hex": bytes.hex,
    "hex in upper case": lambda value: value.hex().upper(),
    "base64": lambda value: base64.b64encode(value).decode(),
    "base64 without padding": lambda value: base64.b64encode(value).decode().rstrip("="),
    "base64url": lambda value: base64.urlsafe_b64encode(value).decode(),
}


@pytest.mark.parametrize("spell", SPELLED.values(), ids=SPELLED)
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha384", "sha512"])
def test_a_digest_in_any_spelling_is_right_of_its_bytes_only(algorithm, spell):
    value = spell(hashlib.new(algorithm, BODY, usedforsecurity=False).digest())
    dashed = algorithm.replace("sha", "SHA-")
    for label in (f"{algorithm}:", f"{algorithm.upper()}: ", f"{dashed}:", ""):
        assert fits_digest(label + value, [BODY])
        assert fits_digest(label + value, [BODY[:5], BODY[5:]])
        assert not fits_digest(label + value, [BODY + b"\n"])
        assert is_readable(label + value)


def test_a_label_may_name_another_algorithm_than_that_of_the_value():
    assert fits_digest("sha1:" + hashlib.sha256(BODY).hexdigest(), [BODY])


@pytest.mark.parametrize(
    "unknown", ["blake9:whatever", "xxh3-128:00112233445566778899aabbccddeeff"]
)
def test_an_algorithm_that_is_not_known_says_nothing(unknown):
    assert fits_digest(unknown, [BODY])
    assert is_readable(unknown)


@pytest.mark.parametrize("garbage", ["sha1:", "sha1:tooshort", "-", "null", "sha1:\x7f\x01\x02"])
def test_what_is_no_digest_is_no_sign_of_damage_but_is_remarked_on(garbage):
    assert fits_digest(garbage, [BODY])
    assert not is_readable(garbage)
    header = Header((("WARC-Block-Digest", garbage),))
    assert digest_flaws(header, BODY, None) == [flaws.UNREADABLE_DIGEST]


def test_sha1_has_one_canonical_form():
    value = hashlib.sha1(BODY, usedforsecurity=False).digest()
    wanted = "sha1:" + base64.b32encode(value).decode()

    assert {in_sha1(f"SHA-1:{spell(value)}") for spell in SPELLED.values()} == {wanted}
    other = "sha256:" + hashlib.sha256(BODY).hexdigest()
    assert in_sha1(other) == other
    assert in_sha1(None) is None


def test_the_payload_of_other_writers_may_be_chunked_decoded_or_the_block():
    coded = gzip.compress(BODY)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    block = head + chunks(coded)
    message = parse_message(block, is_foreign=True)

    def found(payload: bytes) -> list[str]:
        promised = "sha256:" + hashlib.sha256(payload).hexdigest()
        return digest_flaws(Header((("WARC-Payload-Digest", promised),)), block, message)

    assert [found(each) for each in (coded, chunks(coded), BODY, block)] == [[]] * 4
    assert found(b"something else") == [flaws.PAYLOAD_DIGEST]


def test_a_payload_is_known_by_the_digest_that_its_writer_names():
    named = NamedPayloads()
    for number in range(3):
        payload = b"%d" % number
        promised = "sha256:" + hashlib.sha256(payload).hexdigest()
        named.learn(promised, f"sha1 of {number}", lambda payload=payload: [payload])

    value = hashlib.sha256(b"1").digest()
    for spell in SPELLED.values():
        assert named.sha1_of("SHA-256:" + spell(value)) == "sha1 of 1"
    assert named.sha1_of("sha256:" + hashlib.sha256(b"9").hexdigest()) is None
    assert named.sha1_of(None) is None


def test_a_wrong_digest_names_nothing_and_the_oldest_are_forgotten(monkeypatch):
    monkeypatch.setattr("archive.warc.reading.digests.MOST_NAMED", 2)
    named = NamedPayloads()
    digests = ["md5:" + hashlib.md5(b"%d" % n, usedforsecurity=False).hexdigest() for n in range(4)]

    named.learn(digests[0], "sha1", lambda: [b"another"])
    for number in (1, 2, 3):
        named.learn(digests[number], str(number), lambda number=number: [b"%d" % number])

    assert [named.sha1_of(each) for each in digests] == [None, None, "2", "3"]
