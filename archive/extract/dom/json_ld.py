"""JSON-LD scripts to their nodes, also where a script is no JSON.

Templates that print titles unescaped, plugins that join two scripts and pages that break off are
everyday; a browser never notices, since none reads JSON-LD. What is repaired cannot change the
meaning of what can be read; a script that stays unreadable is passed over.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Node = dict[str, Any]
"""One JSON-LD node."""

_MAX_CHARS = 2_000_000
_MAX_REPAIRED_CHARS = 200_000
_MAX_NODES = 2_000
_MOST_DIGITS = 4_300  # sys.int_info.default_max_str_digits
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING = re.compile(
    # A quotation mark ends a string only before what may follow one; others are the text's own.
    r'"((?:[^"\\]|\\.|"(?!\s*(?:[:}\]]|\Z|,\s*(?:["{\[}\]]|-?\d|true\b|false\b|null\b|/[/*]))))*)"',
    re.DOTALL,
)
_OTHER = re.compile(r"(\s+|//[^\n]*|/\*.*?\*/)|([{}\[\],:])|([^\s\"{}\[\],:/]+)", re.DOTALL)
_ESCAPE = re.compile(r'\\(.)|"', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def json_ld_nodes(scripts: Iterable[str]) -> Iterator[Node]:
    """Yield every node that has a type from the texts of JSON-LD scripts, in document order.

    Arrays and ``@graph`` are flattened, and the page's main entity is looked into. At most 2,000
    nodes of 2 MB of scripts: an article's own is among the first.
    """
    yielded = 0
    budget = _MAX_CHARS
    for script in scripts:
        budget -= len(script)
        if budget < 0:
            return
        waiting = [loads(script)]
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
    """Return the value that *script* writes, repaired where it is no JSON; None where it has none.

    Repaired are comments, missing and surplus commas, escaped markup, quotation marks and line
    breaks inside strings, several values in a row (they become a list), and an end that is
    missing: what was open is closed, and what was begun and has no value is dropped.
    """
    for mend in (str, _bare, _without_surplus_commas, _unescaped, _repaired):
        try:
            text = mend(script if mend is str else _bare(script))
            return json.loads(text, strict=False, parse_int=_number)
        except (ValueError, RecursionError):
            continue
    return None


def _number(digits: str) -> int | float:
    """Return the number of *digits*; of more than Python reads, infinity."""
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
    """Return *text* as JSON. Raises ValueError where it is beyond safe repair."""
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
    """Take back the comma, and the key that has no value, behind which an end is missing."""
    if out[-1] == ":":
        del out[-2:]
    elif bracket == "{" and out[-1].startswith('"') and out[-2] in {"{", ","}:
        out.pop()
    if out[-1:] == [","]:
        out.pop()
