"""Read the digests of WARC headers in every spelling, and compare them with bytes.

The standard gives ``sha1:`` and base32 as an example only. Other writers use other algorithms, hex,
base64, padded base32, lower case, ``SHA-1``, or no label. A digest that matches in any reading is
right, because no wrong one matches by chance.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator

from archive.model import Buffer
from archive.warc.bodies import decoded
from archive.warc.http import Message
from archive.warc.reading import flaws
from archive.warc.record import Header, label, pieces

_SIZES = {
    "md5": 16,
    "sha1": 20,
    "sha224": 28,
    "sha256": 32,
    "sha384": 48,
    "sha512": 64,
    "blake2s": 32,
    "blake2b": 64,
}
"""Algorithms and the sizes of their digests in bytes."""
_ALIASES = {"sha": "sha1"}
_LABELLED = re.compile(r"\s*([A-Za-z][A-Za-z0-9_/-]{1,15})\s*[:=]\s*(\S+)\s*")
_HEX = re.compile(r"[0-9A-Fa-f]+")

MOST_NAMED = 200_000
Pieces = Iterable[bytes | memoryview]


def digest_flaws(header: Header, block: Buffer, message: Message | None) -> list[str]:
    """Return what is wrong with the digests in the *header* of a record of other software.

    *message* is the HTTP message in *block*. The payload of a revisit is in another record.
    """
    found = []
    of_block, of_payload = header.get("WARC-Block-Digest"), header.get("WARC-Payload-Digest")
    if not fits_digest(of_block, pieces(block, [(0, len(block))])):
        found.append(flaws.BLOCK_DIGEST)
    if of_payload and header.type != "revisit":
        readings = _payloads(block, message)
        if not any(fits_digest(of_payload, reading) for reading in readings):
            found.append(flaws.PAYLOAD_DIGEST)
    if any(promised and not is_readable(promised) for promised in (of_block, of_payload)):
        found.append(flaws.UNREADABLE_DIGEST)
    return found


def _payloads(block: Buffer, message: Message | None) -> Iterator[Pieces]:
    """Yield what other writers take for the payload, the standard's meaning first."""
    if message is not None:
        body = (message.body_start, len(block))
        yield pieces(block, message.payload_spans(block))
        yield pieces(block, [body])  # wget: with the chunk sizes
        codings = message.head.tokens("Content-Encoding")
        if len(codings) == 1:  # browsers: without the content coding
            yield decoded(pieces(block, message.payload_spans(block)), codings[0])
    yield pieces(block, [(0, len(block))])


class NamedPayloads:
    """SHA-1 digests of the payloads in a file, by the digests by which its writer names them.

    A revisit may name the payload of a record before it by a digest of another algorithm. Only the
    last ``MOST_NAMED`` payloads are known.
    """

    def __init__(self) -> None:
        self._sha1: dict[tuple[str, bytes], str] = {}

    def learn(self, promised: str | None, sha1: str | None, payload: Callable[[], Pieces]) -> None:
        """Note that *promised* is the digest of a payload with the digest *sha1*, if it is."""
        keys = _keys(promised)
        if sha1 is None or not keys or not fits_digest(promised, payload()):
            return
        for key in keys:
            self._sha1[key] = sha1
        while len(self._sha1) > MOST_NAMED:
            del self._sha1[next(iter(self._sha1))]

    def sha1_of(self, promised: str | None) -> str | None:
        """Return the digest of the payload that *promised* names; None if it is not known."""
        found = (self._sha1.get(key) for key in _keys(promised))
        return next((sha1 for sha1 in found if sha1 is not None), None)


def _keys(promised: str | None) -> list[tuple[str, bytes]]:
    readings = dict(_readings(promised or ""))
    if "sha1" in readings:
        return []  # it needs no other name
    return [(name, value[:16]) for name, values in readings.items() for value in values]


def fits_digest(promised: str | None, content: Pieces) -> bool:
    """Return whether the bytes of *content* may have the digest *promised*.

    Returns True if there is no digest, if its algorithm is not known here, or if no digest can be
    read in it: this is no sign of damage.
    """
    readings = dict(_readings(promised or ""))
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in readings}
    if not readings:
        return True
    for piece in content:
        for each in hashes.values():
            each.update(piece)
    return any(each.digest() in readings[name] for name, each in hashes.items())


def in_sha1(promised: str | None) -> str | None:
    """Return a digest as ``sha1:`` and base32 if it can be read as SHA-1, else unchanged."""
    for name, values in _readings(promised or ""):
        if name == "sha1":
            return label("sha1", values[0])
    return promised


def is_readable(promised: str) -> bool:
    """Return whether *promised* is a digest, if only of an algorithm that is not known here."""
    found = _LABELLED.fullmatch(promised)
    is_known = found is None or _algorithm(found[1]) in _SIZES
    return not is_known or any(True for _ in _readings(promised))


def _algorithm(name: str) -> str:
    plain = re.sub(r"[-_/]", "", name.lower())
    return _ALIASES.get(plain, plain)


def _readings(promised: str) -> Iterator[tuple[str, list[bytes]]]:
    """Yield each algorithm that *promised* may be of, and the values that it may mean."""
    found = _LABELLED.fullmatch(promised)
    name = _algorithm(found[1]) if found else ""
    if found and name not in _SIZES and not promised.endswith("="):
        return  # an algorithm that is not known here
    text = found[2] if found and name in _SIZES else promised.strip()
    values = list(dict.fromkeys(_values(text)))
    # A label may be wrong about the algorithm; the size of the value is not.
    names = [name, *(other for other in _SIZES if other != name)] if name in _SIZES else _SIZES
    for candidate in names:
        fitting = [value for value in values if len(value) == _SIZES[candidate]]
        if fitting:
            yield candidate, fitting


def _values(text: str) -> Iterator[bytes]:
    if _HEX.fullmatch(text) and len(text) % 2 == 0:
        yield bytes.fromhex(text)
    bare = text.rstrip("=")
    for decode, unit in ((_base32, 8), (_base64, 4)):
        try:
            yield decode(bare + "=" * (-len(bare) % unit))
        except (binascii.Error, ValueError):
            continue


def _base32(text: str) -> bytes:
    return base64.b32decode(text.upper())


def _base64(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
