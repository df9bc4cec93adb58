"""What is read out of a page holds no control characters."""

from __future__ import annotations

import unicodedata
from dataclasses import astuple
from typing import Any

from archive.model import Outcome
from tests.support.hostile import EVIL
from tests.support.pages import PROSE, paragraphs, read, story

HEAD = f"""<meta name="author" content="Ann{EVIL} Bell"><meta name="description" content="d {EVIL}">
<meta property="article:section" content="s {EVIL}"><meta name="keywords" content="k{EVIL},l">"""


def controls(value: Any) -> set[str]:
    if isinstance(value, tuple | list):
        return set().union(*map(controls, value))
    return (
        {char for char in value if unicodedata.category(char) in {"Cc", "Zl", "Zp"}}
        if isinstance(value, str)
        else set()
    )


def test_no_field_of_an_article_holds_control_characters():
    found = read(story(title=f"The bridge{EVIL} opens", head=HEAD, body=paragraphs(*PROSE, EVIL)))

    assert found.outcome is Outcome.ARTICLE
    assert not controls(astuple(found))
    assert found.article.headline.startswith("The bridge]0;owned[2J31m")


def test_a_c1_control_is_dropped_and_one_that_parts_lines_is_a_space():
    found = read(
        story(title="The\u009b bridge\u0085opens", body=paragraphs(*PROSE, "a\u009bb\u2028c"))
    )

    assert found.article.headline == "The bridge opens"
    assert found.article.blocks[-1].text == "ab c"


def test_code_keeps_its_lines_and_tabs():
    code = "<pre><code>if x:\n\treturn\x1b 1</code></pre>"

    found = read(story(body=paragraphs() + code + paragraphs()))

    assert "if x:\n\treturn 1" in found.article.text


def test_a_reason_holds_none():
    found = read("", status=301, location="foo:\x1b]0;owned\x07")

    assert found.reason == "status 301 to what is no http URL: foo:]0;owned"
