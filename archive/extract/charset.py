"""Turn the bytes of a document into text: believe a charset only if the bytes agree.

A declared charset is a claim. Servers name one charset for all their files, and templates outlive
the charset that they name. So the bytes are asked first, and legacy charsets are compared by the
text that they give. Bytes that are UTF-8 cost no more than one attempt to decode them.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import chardet

from archive.model import clean

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_IN_DOCUMENT = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_DECLARED_WITHIN = 4_096
_NUMBERED = re.compile(r"(?:x-)?(?:windows|win|cp|ibm)[-_]?(\d{3,4})")
_ISO_8859 = re.compile(r"iso[-_]?8859[-_]?(\d{1,2})(?:[-_:].*)?")
_LABELS = {
    "ansi": "cp1252",
    "big-5": "big5hkscs",
    "big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "dos-874": "cp874",
    "euc-kr": "cp949",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "ks_c_5601-1989": "cp949",
    "ksc_5601": "cp949",
    "logical": "iso8859-8",
    "mac": "mac-roman",
    "mac-ukrainian": "mac-cyrillic",
    "tis-620": "cp874",
    "unicode-1-1-utf-8": "utf-8",
    "user-defined": "cp1252",
    "visual": "iso8859-8",
    "windows-31j": "cp932",
}
"""Labels that Python does not know, or reads more narrowly than browsers do (WHATWG Encoding)."""
_WIDER = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "utf-8-sig": "utf-8",
}
"""The charset as which browsers read another, which it contains (WHATWG Encoding, 4.2)."""
_WIDE_CHARSETS = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"})
"""Python encodings that no browser knows; idna takes hours for a page."""
_WEB_CHARSETS = (
    *("cp1252", "cp1251", "gb18030", "cp932", "euc_jp", "cp949", "big5hkscs", "cp1250"),
    *("iso8859-2", "koi8-r", "koi8-u", "cp1253", "iso8859-7", "cp1254", "cp1255", "cp1256"),
    *("cp1257", "cp1258", "cp874", "iso8859-15", "iso8859-5", "cp866", "mac-cyrillic"),
)
"""Charsets that are looked for where the declared one does not fit."""
_RARE_CHARSETS = frozenset(
    {"mac-roman", *(f"iso8859-{part}" for part in (3, 4, 6, 8, 10, 13, 14, 16))}
)
"""Charsets that are looked for only where a document declares them."""
_OF_DETECTOR = {"euc_jp": "euc_jis_2004"}
_OF_PYTHON = {name: own for own, name in _OF_DETECTOR.items()}

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_ASCII = bytes(range(0x80))
_LOST = "\ufffd"
_SKIPPED = re.compile(
    rb"<(?:script|style)\b.*?(?:</(?:script|style)\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_SEARCHED_BYTES = 400_000
_SAMPLE_BYTES = 8_192
_JAPANESE_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_WIDE_WITHIN = 4_096
_WIDE_FORMS = (
    ("utf-32-le", 4, 3),
    ("utf-32-be", 4, 0),
    ("utf-16-le", 2, 1),
    ("utf-16-be", 2, 0),
)
"""Charset, bytes of a letter, and which of these bytes is 0 in all markup."""
_SIGNS_OF_TEXT = ("</", "http", "<?xml", ": ")
# Of two letters that stand beside each other, one of ASCII and one of another script.
_MIXED = re.compile(r"(?<=[A-Za-z])[\u0370-\u1fff\u3040-\ud7ff]|[\u0370-\u1fff](?=[A-Za-z])")
_ODD = re.compile(r"[\x80-\x84\x86-\x9f\ufffd\ue000-\uf8ff\u2500-\u257f]")
"""Control characters, private use and frames of boxes: no text has them (U+0085 is a line end)."""
_IN_WORD = re.compile(r"[¤¦¨¬¯±´¶¸](?=[^\W\d_])|(?<=[^\W\d_])[¤¦¨¬±¶¸]")
"""Signs that stand where a word has a letter in the right charset."""
_FAULTS_ALLOWED = 0.02
_FEW_BYTES = 4
_LIKELY = 0.1
_ALIKE = 0.98
_EQUAL = 0.995


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A document as *text*, the *charset* that it was read in (a codec of Python), and remarks.

    *remarks* are flags: ``charset: not NAME`` for each declared charset that is not believed, and
    ``charset: broken bytes`` if the text contains U+FFFD in their place.
    """

    text: str
    charset: str
    remarks: tuple[str, ...] = ()


def decode_text(data: bytes, content_type: str | None) -> Decoded:
    """Return *data* as text, without NULs.

    The first of these that fits the bytes is used: the charset of a byte order mark; UTF-16 or
    UTF-32, if every second or fourth byte of the markup is 0; ISO-2022-JP by its escapes; UTF-8,
    even with a few broken bytes, since text in other charsets is hardly ever valid UTF-8
    (RFC 3629 1). Otherwise the charset of *content_type* and the one that the document declares
    (HTML 13.2.3.2) are compared with what the bytes look like. Text of Vietnamese windows-1258 is
    composed (NFC), since that charset has no composed letters.
    """
    charset, skipped = _marked(data) or (_wide(data), 0)
    declared = tuple(_declared(data, content_type))
    if charset is None:
        charset = _by_bytes(data, declared)
    text = data[skipped:].decode(charset, "replace")
    if charset == "cp1258":
        text = unicodedata.normalize("NFC", text)
    remarks = _remarks(data, charset, declared, text)
    return Decoded(text=clean(text), charset=charset, remarks=remarks)


def escaped_query(reference: str, charset: str) -> str:
    """Return *reference*, a link in a page in *charset*, with its query escaped in that charset.

    Browsers do so, and the server knows no other spelling (WHATWG URL, 'query state'). Letters that
    the charset does not have become references of HTML. UTF-16 and UTF-32 count as UTF-8.
    """
    address, hash_, fragment = reference.partition("#")
    path, question, query = address.partition("?")
    if query.isascii() or charset.startswith("utf-"):
        return reference

    def escaped(match: re.Match[str]) -> str:
        try:
            return quote(match[0].encode(charset), safe="")
        except UnicodeEncodeError:
            return quote(f"&#{ord(match[0])};", safe="")

    return f"{path}{question}{_NOT_ASCII.sub(escaped, query)}{hash_}{fragment}"


def _remarks(
    data: bytes, charset: str, declared: tuple[tuple[str, str], ...], text: str
) -> tuple[str, ...]:
    if data.isascii() and b"\0" not in data:
        return ()
    remarks = [f"charset: not {label}" for label, name in declared if not _is_same(name, charset)]
    if _LOST in text:
        own = data.count(_LOST.encode()) if charset == "utf-8" else 0
        remarks += ["charset: broken bytes"] if text.count(_LOST) > own else []
    return tuple(dict.fromkeys(remarks))


def _is_same(name: str, charset: str) -> bool:
    return name == charset or (name in {"utf-16", "utf-32"} and charset.startswith(name))


def _marked(data: bytes) -> tuple[str, int] | None:
    """Return the charset of the byte order mark of *data* and its length, if it has one.

    All markup has NULs in UTF-16 and UTF-32; without any, two odd bytes are no mark.
    """
    found = next(((name, len(mark)) for mark, name in _BOMS if data.startswith(mark)), None)
    return found if found and (found[0] == "utf-8" or b"\0" in data) else None


def _wide(data: bytes) -> str | None:
    """Return the charset of letters of two or four bytes that *data* has; None if it has none."""
    beginning = data[:_WIDE_WITHIN]
    if not beginning.count(0):
        return None
    for name, width, place in _WIDE_FORMS:
        # Half of the bytes, or three quarters, are 0 in ASCII, and few in Chinese with markup.
        in_place = beginning[place::width].count(0)
        share = 0.5 if width == 4 else 0.05
        mostly = in_place >= share * (len(beginning) // width)
        others = sum(beginning[other::width].count(0) for other in _letters_of(width, place))
        text = beginning.decode(name, "ignore")
        if mostly and in_place > 8 * others and any(sign in text for sign in _SIGNS_OF_TEXT):
            return name
    return None


def _letters_of(width: int, place: int) -> tuple[int, ...]:
    """Return which bytes of a letter are hardly ever 0."""
    return (1 - place,) if width == 2 else (3 - place,)


def _declared(data: bytes, content_type: str | None) -> Iterator[tuple[str, str]]:
    """Yield label and codec of what the header and the document declare, if a browser knows it."""
    header = _IN_HEADER.search(content_type or "")
    document = _IN_DOCUMENT.search(data[:_DECLARED_WITHIN])
    labels = [
        header[1] if header else "",
        document[1].decode("ascii", "replace") if document else "",
    ]
    for label in labels:
        if name := _codec(label):
            yield label.lower(), name


def _codec(label: str) -> str | None:
    """Return the codec of Python with which browsers read the charset *label*."""
    label = label.lower().strip(".:-_")
    wanted = label.removeprefix("x-")
    numbered, iso = _NUMBERED.fullmatch(wanted), _ISO_8859.fullmatch(wanted)
    if iso:
        wanted = f"iso8859-{iso[1]}"
    elif numbered and wanted not in _LABELS:
        wanted = f"cp{numbered[1]}"
    try:
        name = codecs.lookup(_LABELS.get(wanted, wanted)).name
        name = _WIDER.get(name, name)
        # A codec of bytes to bytes raises LookupError; EBCDIC reads other letters.
        holds_markup = name in _WIDE_CHARSETS or b"<a>".decode(name) == "<a>"
    except (LookupError, ValueError):
        return None
    return name if holds_markup and name.replace("_", "-") not in _NO_CHARSETS else None


def _by_bytes(data: bytes, declared: tuple[tuple[str, str], ...]) -> str:
    names = [name for _, name in declared]
    if data.isascii():
        return _of_escapes(data, names)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    # A stray byte in a long UTF-8 page (a cut in the middle of a letter, an inserted ad) must
    # not turn every accent of the page into two letters.
    text = data.decode("utf-8", "replace")
    faults = text.count(_LOST)
    letters = len(text) - faults - len(data.translate(None, _BEYOND_ASCII))
    if letters > faults or (letters == faults and "utf-8" in names):
        return "utf-8"
    return _legacy(data, [name for name in names if not name.startswith("utf-")])


def _of_escapes(data: bytes, names: list[str]) -> str:
    """Return the charset of *data*, which is ASCII: some charsets write other letters in it."""
    if any(escape in data for escape in _JAPANESE_ESCAPES):
        return "iso2022_jp_2"
    if "hz" in names and b"~{" in data:
        return "hz"
    return "utf-8"


def _legacy(data: bytes, declared: list[str]) -> str:
    """Return the charset of *data* that is not UTF-8: what is declared, unless another fits better.

    The detector compares the frequencies of pairs of letters. A few bytes beyond ASCII prove
    little: the declared charset is kept then, or windows-1252, the charset of documents that
    declare none (HTML 13.2.3.2).
    """
    sample = _sample(data)
    beyond = len(sample.translate(None, _ASCII))
    prior = [name for name in declared if _fits(sample, name)]
    if not prior and (not declared or _fits(sample, "cp1252")):
        prior = ["cp1252"]
    found = _detected(sample, declared)
    if not found:
        return prior[0] if prior else "cp1252"
    likelihood = found[0][1]
    if beyond < _FEW_BYTES and likelihood < _LIKELY and prior:
        return prior[0]
    least = 0.8 if beyond < 20 else 0.95 if beyond < 100 else _EQUAL
    texts = {name: sample.decode(name, "replace") for name in prior}
    for name in prior:
        for other, value in found:
            if value < likelihood * least:
                break
            if other == name or sample.decode(other, "replace") == texts[name]:
                return name
    alike = [name for name, value in found if value >= likelihood * _EQUAL]
    return min(alike, key=lambda name: len(_IN_WORD.findall(sample.decode(name, "replace"))))


def _sample(data: bytes) -> bytes:
    """Return lines of *data* with bytes beyond ASCII, if possible such as people read."""
    visible = _SKIPPED.sub(b"\n", data[:_SEARCHED_BYTES])
    source = data if visible.isascii() else visible
    lines = (line.strip() for line in source.splitlines() if not line.isascii())
    return b"\n".join(lines)[:_SAMPLE_BYTES]


def _fits(sample: bytes, name: str) -> bool:
    """Return whether *sample* is text in the charset *name*, but for a few broken bytes."""
    text = sample.decode(name, "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    odd = len(_ODD.findall(text))
    mixed = len(_MIXED.findall(text))
    return beyond > 0 and odd <= max(beyond * _FAULTS_ALLOWED, 2) and mixed * 3 <= beyond


def _detected(sample: bytes, declared: list[str]) -> list[tuple[str, float]]:
    """Return charsets and their likelihood, the best first.

    The detector leaves out a charset for a single broken byte. Where only a few bytes are broken,
    it is asked again without them.
    """
    rare = [name for name in declared if name in _RARE_CHARSETS]
    known = [*dict.fromkeys([*rare, *_WEB_CHARSETS])]
    found = dict(_asked(sample, known))
    for name in known:
        whole = sample.decode(name, "ignore").encode(name, "ignore")
        if 0 < len(sample) - len(whole) <= len(whole) * _FAULTS_ALLOWED:
            answers = dict(_asked(whole, known))
            if answers.get(name, 0.0) > max(answers.values(), default=0.0) * _ALIKE:
                found[name] = max(found.get(name, 0.0), answers[name])
    least = max(found.values(), default=0.0) / 2
    likely = [name for name, value in found.items() if value and value >= least]
    ranked = [(name, found[name]) for name in likely if _fits(sample, name)]
    return sorted(ranked, key=lambda pair: (-round(pair[1], 4), known.index(pair[0])))


def _asked(sample: bytes, names: list[str]) -> list[tuple[str, float]]:
    answers = chardet.detect_all(
        sample,
        ignore_threshold=True,
        compat_names=False,
        include_encodings=[_OF_DETECTOR.get(name, name) for name in names],
    )
    named = [
        (_OF_PYTHON.get(answer["encoding"] or "", answer["encoding"] or ""), answer["confidence"])
        for answer in answers
    ]
    return [(name, likelihood) for name, likelihood in named if name in names]
