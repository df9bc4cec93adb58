"""Tell values that a template left unfilled from real ones: ``[[author]]``, "undefined".

A value is judged as a whole: a headline that speaks of ``{{ mustache }}`` is a headline. Addresses
have no spaces, so one that contains a variable is unfilled.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any

_MOST_CHARS = 300
_MOST_DEPTH = 50
_NAME = r"[^\[\]{}<>%$\r\n]{1,60}"
_VARIABLE = (
    # MODX and MediaWiki; Mustache and its kin; Smarty; Twig; ASP and ERB; Yoast; ES6, JSP, Ruby;
    # Mailchimp.
    rf"\[\[{_NAME}\]\]|\{{\{{{{1,2}}{_NAME}(?:>{_NAME})?\}}{{2,3}}|\{{[$!#]{_NAME}[!#]?\}}"
    rf"|\{{%{_NAME}%\}}|<[%?]=?{_NAME}[%?]>|<\?php\b[^<>]{{0,200}}\?>|%%{_NAME}%%"
    rf"|[$#@]\{{{_NAME}\}}|\[%{_NAME}%\]|\*\|{_NAME}\|\*|%(?:\d\$)?s"
)
_FIELD_TEXT = """
    author authors byline creator writer user username display displayname name names first
    firstname last lastname full fullname title headline pagetitle posttitle site sitename blog
    post page article node entry item content data meta field value description summary excerpt
    category categories section tag tags keyword keywords date publish published publisher modified
    image picture thumbnail url link slug id text current the my
"""
_ASKING = r"your|insert|enter|add|type|here|placeholder|sample|default|example|untitled"
_FIELD = rf"(?:{'|'.join(_FIELD_TEXT.split())})"
_FIELDS = rf"{_FIELD}(?:(?:[\s_.:-]|->){{1,2}}(?:{_FIELD}|{_ASKING}))*"
_NOTHING = (
    r"undefined|null|none|NaN|n/a|\(null\)|\(none\)|\(undefined\)|\[?object object\]?"
    r"|\[?object array\]?|\[object\]|array\(\)|\[\]|\{\}|#(?:ref|name|value)[!?]|#n/a"
)
_WHOLE = re.compile(
    rf"(?:{_VARIABLE}|%[a-z][\w.:-]{{0,40}}%|#{_FIELDS}#|@@\w{{1,40}}@@"
    r"|_{1,3}(?:msg_)?[a-z][a-z_]{1,40}_{1,3}"
    rf"|[\[<{{(]\W{{0,2}}(?:(?:{_ASKING})\s)?{_FIELDS}\W{{0,2}}[\]>}})]|\$_?{_FIELDS}"
    rf"|\{{\d\}}|{_FIELD}(?:[_.:]|->){_FIELDS}"
    rf"|(?:insert|enter)\s(?:(?:your|an?)\s)?{_FIELDS}|(?:your|add|type)\s{_FIELDS}\shere"
    rf"|{_FIELDS}\s(?:goes\s)?(?:here|placeholder)"
    rf"|([\"']?)(?:{_NOTHING})\1(?:\s(?:{_NOTHING}))*)",
    re.IGNORECASE,
)
_INSIDE = re.compile(_VARIABLE, re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:|/)\S+", re.IGNORECASE)
_BROKEN_ADDRESS = re.compile(
    r".*[/=](?:undefined|null|NaN|\[object(?: |%20)(?:Object|Array)\])(?:[/?#&].*)?"
)
"""An address with what JavaScript prints; "/wiki/Null" is an article."""
_SIGNS = frozenset("[]{}%$#@<(_/.*|&")
_MOST_WORD = 40
"""Letters of the longest placeholder without any of ``_SIGNS``."""


@lru_cache(maxsize=4_096)  # the pages of a site say the same of themselves
def is_placeholder(value: str) -> bool:
    """Return whether *value* is what a template printed where it had nothing to say."""
    if len(value) > _MOST_CHARS or (len(value) > _MOST_WORD and _SIGNS.isdisjoint(value)):
        return False
    text = " ".join(html.unescape(value).split())
    if _WHOLE.fullmatch(text):
        return True
    if _ADDRESS.fullmatch(text):
        return bool(_INSIDE.search(text) or _BROKEN_ADDRESS.fullmatch(text))
    # Nothing but variables and signs, as of a first and a last name.
    return bool(_INSIDE.search(text)) and not any(map(str.isalnum, _INSIDE.sub("", text)))


def without_placeholders(value: Any, depth: int = 0) -> Any:
    """Return the JSON *value* without the keys and entries whose value is a placeholder."""
    if isinstance(value, dict) and depth < _MOST_DEPTH:
        return {
            key: without_placeholders(each, depth + 1)
            for key, each in value.items()
            if not (isinstance(each, str) and is_placeholder(each))
        }
    if isinstance(value, list) and depth < _MOST_DEPTH:
        return [
            without_placeholders(each, depth + 1)
            for each in value
            if not (isinstance(each, str) and is_placeholder(each))
        ]
    return value
