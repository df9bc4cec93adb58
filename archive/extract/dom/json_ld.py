"""Read the nodes of JSON-LD scripts, and repair scripts that are no valid JSON.

Templates that print titles unescaped, plugins that join two scripts, and pages that break off are
common: browsers do not read JSON-LD, so nobody notices. A repair never changes the meaning of the
valid parts. A script that stays unreadable is skipped.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from archive.extract.placeholders import without_placeholders

Node = dict[str, Any]
"""One JSON-LD node."""

_MAX_CHARS = 2_000_000
_MAX_REPAIRED_CHARS = 200_000
_MAX_NODES = 2_000
_MOST_DIGITS = 4_300  # sys.int_info.default_max_str_digits
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING = re.compile(
    # A quotation mark ends a string only if a comma, colon or bracket follows, else it is text.
    r'"((?:[^"\\]|\\.|"(?!\s*(?:[:}\]]|\Z|,\s*(?:["{\[}\]]|-?\d|true\b|false\b|null\b|/[/*]))))*)"',
    re.DOTALL,
)
_OTHER = re.compile(r"(\s+|//[^\n]*|/\*.*?\*/)|([{}\[\],:])|([^\s\"{}\[\],:/]+)", re.DOTALL)
_ESCAPE = re.compile(r'\\(.)|"', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def json_ld_nodes(scripts: Iterable[str]) -> Iterator[Node]:
    """Yield every node that has a type from the texts of JSON-LD scripts, in document order.

    Values that a template left unfilled are left out. Arrays, ``@graph`` and the page's main entity
    are flattened. At most 2,000 nodes of 2 MB of scripts are read, since the node of an article is
    among the first.
    """
    yielded = 0
    budget = _MAX_CHARS
    for script in scripts:
        budget -= len(script)
        if budget < 0:
            return
        waiting = [without_placeholders(loads(script))]
        while waiting and yielded < _MAX_NODES:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(reversed(value))
            elif isinstance(value, dict):
                if "@type" in value:
                    yielded += 1
                    yield value
                inner = [value.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage")]
                waiting.extend(entry for entry in reversed(inner) if isinstance(entry, dict | list))


def loads(script: str) -> Any:
    """Return the value of *script*, repaired if it is no valid JSON; None when it has none.

    Repairs cover comments, missing and surplus commas, escaped markup, quotation marks and line
    breaks inside strings, several values in a row (they become a list), and a missing end: open
    brackets are closed, and a key without value is dropped.
    """
    for mend in (str, _bare, _without_surplus_commas, _unescaped, _repaired):
        try:
            text = mend(script if mend is str else _bare(script))
            return json.loads(text, strict=False, parse_int=_number)
        except (ValueError, RecursionError):
            continue
    return None


def _number(digits: str) -> int | float:
    """Return the number that *digits* write; infinity for more digits than Python reads."""
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


def _bare(script: str) -> str:
    """Return *script* without the comments and CDATA marks that hide it from old browsers."""
    text = script.strip().removeprefix("<!--").removesuffix("-->")
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    return text.strip().strip("/*").strip().rstrip(";")


def _without_surplus_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", text)


def _unescaped(text: str) -> str:
    return _without_surplus_commas(html.unescape(text))


def _repaired(text: str) -> str:
    """Return *text* as valid JSON. Raises ``ValueError`` when it cannot be repaired safely."""
    if len(text) > _MAX_REPAIRED_CHARS or not text.startswith(("{", "[")):
        raise ValueError("not worth a repair")
    out: list[str] = []
    brackets: list[str] = []
    several = False
    for token in _tokens(text):
        is_value = token not in {"}", "]", ",", ":"}
        if is_value and out and _ends_value(out[-1]):
            several |= not brackets
            out.append(",")
        if token in _CLOSING:
            brackets.append(token)
        elif token in {"}", "]"}:
            if not brackets or _CLOSING[brackets.pop()] != token:
                raise ValueError("brackets that do not match")
            if out[-1] == ",":
                out.pop()
        out.append(token)
    while brackets:
        _drop_unfinished(out, brackets[-1])
        out.append(_CLOSING[brackets.pop()])
    joined = " ".join(out)
    return f"[{joined}]" if several else joined


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        if text[place] == '"':
            found = _STRING.match(text, place)
            if found is None:  # the script breaks off inside this string
                return
            yield '"' + _ESCAPE.sub(_escaped, found.group(1)) + '"'
        else:
            found = _OTHER.match(text, place)
            if found is None:
                raise ValueError("a sign that JSON has not")
            if not found.group(1):
                yield found.group()
        place = found.end()


def _escaped(match: re.Match[str]) -> str:
    sign = match.group(1)
    if sign is None:
        return '\\"'
    return match.group() if sign in '"\\/bfnrtu' else sign


def _ends_value(token: str) -> bool:
    return token not in {"{", "[", ",", ":"}


def _drop_unfinished(out: list[str], bracket: str) -> None:
    """Remove a comma or a key without value from the end of JSON that breaks off."""
    if out[-1] == ":":
        del out[-2:]
    elif bracket == "{" and out[-1].startswith('"') and out[-2] in {"{", ","}:
        out.pop()
    if out[-1:] == [","]:
        out.pop()
