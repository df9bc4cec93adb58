"""Test cases of extraction: a folder with a page and the result that is expected.

A folder holds ``page.html``, the bytes as they were served; ``case.toml``, the URL, the time of
capture and the expected fields; and ``blocks.txt``, the expected text with one block a line. Only
what these files contain is checked: a field that is deleted from ``case.toml`` may have any value,
and so may the text when ``blocks.txt`` is missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from difflib import ndiff, unified_diff
from pathlib import Path
from typing import Any

import tomli_w

from archive.errors import NotFoundError, SettingsError, UsageError
from archive.extract.coding import decode_body
from archive.extract.payload import extract
from archive.model import Article, Block, BlockKind, Extraction, Outcome, Payload
from archive.urls import normalize

PAGE, FACTS, BLOCKS = "page.html", "case.toml", "blocks.txt"
CASES_FOLDER = Path("tests/extract/cases")
"""The folder of the cases in a checkout."""

_ABOUT = frozenset({"url", "content_type", "captured_at", "status", "not_yet", "expected"})
_HAS, _LACKS = "text_has", "text_lacks"
_ALWAYS = ("outcome", "headline", "author", "date_published")
"""Fields that a new case lists even when they are empty, so that nobody overlooks them."""
_SAVED_TEXT = """
    outcome flags headline author author_organization date_published date_published_raw
    date_source date_precision date_modified description article_section keywords in_language
    image image_caption image_credit publisher license is_accessible_for_free edges alternates
"""
_SAVED = tuple(_SAVED_TEXT.split())
_HEAD = """\
# A test case of extraction: page.html is the page as it was served, blocks.txt what must come out
# as its text, [expected] what else must. Correct by hand what is wrong there; delete what you do
# not care for, and it is not checked. "" and [] mean that the page has none; text_has and
# text_lacks are lists of passages that must, and must not, stand in the text.

"""
_BLOCK = re.compile(r"([a-z_]+)(?: ([1-9]))?: ?(.*)", re.DOTALL)
_FURTHER = "    | "
"""Marks the second and later lines of a block, as in code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A page and the expected result; *blocks* is None when the text is not checked.

    *not_yet* says why the result is not reached yet; None for a case that passes.
    """

    folder: Path
    payload: Payload
    expected: Mapping[str, Any]
    blocks: tuple[Block, ...] | None
    not_yet: str | None = None


def read_case(folder: Path) -> Case:
    """Return the case in *folder*. Raises ``NotFoundError``, ``SettingsError``."""
    file = folder / FACTS
    try:
        body, facts = (folder / PAGE).read_bytes(), tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            f"{folder}: is no test case: {Path(error.filename).name} is missing;"
            " `pressmark extract --save-case` makes one"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(file, "its TOML", str(error), expected="valid TOML in UTF-8") from error
    _check_names(file, "", facts, _ABOUT)
    expected = _checked(file, "expected", facts.get("expected", {}), dict, "a table, [expected]")
    _check_names(file, "expected.", expected, {*_FIELDS, _HAS, _LACKS})
    captured_at = _checked(file, "captured_at", facts.get("captured_at"), datetime, _MOMENT)
    for key in {_HAS, _LACKS} & set(expected):
        _checked(file, f"expected.{key}", expected[key], list, "a list of passages")
    for key, value in (("captured_at", captured_at), *expected.items()):
        if isinstance(value, datetime) and value.tzinfo is None:
            raise SettingsError(file, key, "has no time zone", expected=_MOMENT)
    url = _checked(file, "url", facts.get("url"), str, "the page's address")
    media = _checked(file, "content_type", facts.get("content_type", "text/html"), str, "text/html")
    try:
        address = normalize(url)
    except ValueError as error:
        raise SettingsError(file, "url", str(error), expected="the page's address") from error
    payload = Payload(
        url=address,
        captured_at=captured_at.astimezone(UTC),
        status=_checked(file, "status", facts.get("status", 200), int, "a status such as 200"),
        headers=(("Content-Type", media),),
        body=body,
    )
    text = folder / BLOCKS
    blocks = _blocks(text) if text.exists() else None
    return Case(
        folder=folder,
        payload=payload,
        expected=expected,
        blocks=blocks,
        not_yet=_checked(file, "not_yet", facts.get("not_yet", ""), str, "a reason") or None,
    )


def write_case(folder: Path, payload: Payload) -> Extraction:
    """Write a case for *payload* that expects today's result into *folder*; return that result.

    The body is written without its content coding. Raises ``UsageError`` when *folder* exists or
    cannot be made.
    """
    if folder.exists():
        raise UsageError(f"{folder}: exists already; choose another name for the case")
    body, _ = decode_body(payload.body, payload.header("content-encoding"))
    media = payload.header("content-type") or "text/html"
    payload = replace(payload, headers=(("Content-Type", media),), body=body, truncated=None)
    found = extract(payload)
    values = _values(found)
    facts: dict[str, Any] = {
        "url": payload.url,
        "content_type": media,
        "captured_at": payload.captured_at,
    }
    if payload.status not in {None, 200}:
        facts["status"] = payload.status
    always = _ALWAYS if found.article else ("outcome",)
    facts["expected"] = {
        name: values[name] for name in _SAVED if name in always or values[name] not in ("", [])
    }
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made ({error.strerror})") from error
    (folder / PAGE).write_bytes(body)
    _write(folder / FACTS, _HEAD + tomli_w.dumps(facts))
    if found.article:
        _write(folder / BLOCKS, "".join(f"{line}\n" for line in _lines(found.article.blocks)))
    return found


def update_case(folder: Path) -> bool:
    """Make the case in *folder* expect today's result; return whether that changes the case.

    Only fields that the case contains are rewritten. The comments at the top of its file stay.
    """
    case = read_case(folder)
    found = extract(case.payload)
    if not differences(case, found):
        return False
    file = folder / FACTS
    text = file.read_text("utf-8")
    facts = tomllib.loads(text)
    values = _values(found)
    facts["expected"] = {name: values.get(name, value) for name, value in case.expected.items()}
    notes = "".join(f"{line}\n" for line in text.splitlines() if line.startswith("#"))
    _write(file, f"{notes}\n{tomli_w.dumps(facts)}")
    if case.blocks is not None:
        blocks = found.article.blocks if found.article else ()
        _write(folder / BLOCKS, "".join(f"{line}\n" for line in _lines(blocks)))
    return True


def differences(case: Case, found: Extraction | None = None) -> list[str]:
    """Return, line by line, how *found* differs from what *case* expects; empty if it does not.

    When *found* is None, the page is extracted. "-" marks what was expected, "+" the result.
    """
    found = extract(case.payload) if found is None else found
    values = _values(found)
    text = found.article.text if found.article else ""
    lines: list[str] = []
    for name, wanted in case.expected.items():
        if name in {_HAS, _LACKS}:
            wrong = [passage for passage in wanted if (passage in text) is (name == _LACKS)]
            lines.extend(f"{FACTS}: {name}: {passage}" for passage in wrong)
        elif not _is_same(wanted, values[name]):
            lines.append(f"{FACTS}: {name}")
            lines.extend(_compared(wanted, values[name]))
    if case.blocks is not None:
        blocks = found.article.blocks if found.article else ()
        changes = list(unified_diff(_lines(case.blocks), _lines(blocks), lineterm="", n=1))[2:]
        lines.extend([f"{BLOCKS}:", *changes] if changes else [])
    is_article = found.outcome is Outcome.ARTICLE
    if lines and not is_article and case.expected.get("outcome") == Outcome.ARTICLE:
        lines.append(f"what came out is no article: {found.outcome} ({found.reason})")
    return lines


def case_advice(folder: Path) -> str:
    """Return a sentence that says what to do about a case that differs."""
    return (
        '"-" is what was expected, "+" what came out; where that is right, correct the files by'
        f" hand, or run `pressmark extract --update-case {folder}` and read the diff"
    )


_FIELDS = frozenset(
    {field.name for kind in (Extraction, Article) for field in fields(kind)}
    - {"article", "blocks", "candidates", "extractor"}
)
_MOMENT = "an instant with its zone, such as 2026-03-01T12:00:00Z"


def _values(found: Extraction) -> dict[str, Any]:
    """Return the fields of *found* and of its article as values of TOML."""
    values = {field.name: _plain(getattr(found, field.name)) for field in fields(Extraction)}
    values["edges"] = [f"{edge.kind} {edge.target}" for edge in found.edges]
    values["alternates"] = [f"{other.language} {other.url}" for other in found.alternates]
    for field in fields(Article):
        values[field.name] = _plain(getattr(found.article, field.name, None))
    return {name: values[name] for name in _FIELDS}


def _plain(value: Any) -> Any:
    match value:
        case None:
            return ""
        case tuple():
            return [str(entry) for entry in value]
        case str():
            return str(value)  # a plain value, not an enumeration's member
        case _:
            return value


def _is_same(wanted: Any, came: Any) -> bool:
    if isinstance(wanted, date) and not isinstance(wanted, datetime) and isinstance(came, datetime):
        return came.date() == wanted
    if wanted in ("", []) and came in ("", []):
        return True
    return type(wanted) is type(came) and bool(wanted == came)


def _compared(wanted: Any, came: Any) -> list[str]:
    if isinstance(wanted, list) and isinstance(came, list):
        return [f"  {line}" for line in ndiff(wanted, came) if not line.startswith("?")]
    return [f"  - {_shown(wanted)}", f"  + {_shown(came)}"]


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value not in ("", []) else "(none)"


def _check_names(file: Path, at: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            names = ", ".join(sorted(known))
            raise SettingsError(file, f"{at}{name}", "is no such key", expected=f"one of {names}")


def _checked(file: Path, key: str, value: Any, kind: type, expected: str) -> Any:
    if value is None:
        raise SettingsError(file, key, "is missing", expected=expected)
    if not isinstance(value, kind):
        raise SettingsError(file, key, f"is {value!r}", expected=expected)
    return value


def _lines(blocks: Sequence[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        level = f" {block.level}" if block.level else ""
        first, *further = block.text.split("\n")
        lines.append(f"{block.kind}{level}: {first}".rstrip())
        lines.extend((_FURTHER + line).rstrip() for line in further)
    return lines


def _blocks(file: Path) -> tuple[Block, ...]:
    found: list[Block] = []
    for number, line in enumerate(file.read_bytes().decode("utf-8", "replace").split("\n"), 1):
        line = line.removesuffix("\r")  # noqa: PLW2901 - an editor's line end is no text
        if not line.strip():
            continue
        if line.startswith(_FURTHER.rstrip()) and found:
            last = found[-1]
            text = f"{last.text}\n{line.removeprefix(_FURTHER.rstrip()).removeprefix(' ')}"
            found[-1] = Block(last.kind, text, last.level)
            continue
        parts = _BLOCK.fullmatch(line)
        if parts is None or parts[1] not in set(BlockKind):
            kinds = ", ".join(BlockKind)
            raise SettingsError(
                file,
                f"line {number}",
                f"is {line[:60]!r}",
                expected=f'"KIND: text" or "KIND LEVEL: text", the kind one of {kinds}',
            )
        found.append(Block(BlockKind(parts[1]), parts[3].rstrip(), int(parts[2] or 0)))
    return tuple(found)


def _write(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8"))
