"""Examples of the documents, so that tests run what the documents show."""

from __future__ import annotations

import re
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def document(name: str) -> str:
    """The text of ``docs/NAME``."""
    return (_DOCS / name).read_text(encoding="utf-8")


def example(name: str, language: str, holding: str) -> str:
    """The only block in *language* of ``docs/NAME`` that contains the text *holding*."""
    (found,) = (
        block
        for named, block in _FENCE.findall(document(name))
        if named == language and holding in block
    )
    return str(found)
