"""docs/python.md is a program: each piece prints what the page says it prints."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import document
from tests.support.followed import followed
from tests.support.homes import make_home

PIECE = re.compile(r"^```python\n(.*?)^```\n\n```\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_each_piece_of_the_program_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    make_home(tmp_path / "data", followed())
    monkeypatch.chdir(tmp_path)
    text = document("python.md")
    pieces = PIECE.findall(text)
    names: dict[str, Any] = {}

    assert len(pieces) == text.count("```python") == 7
    for source, shown in pieces:
        out = StringIO()
        with redirect_stdout(out):
            exec(compile(source, "docs/python.md", "exec"), names)
        assert out.getvalue() == shown
