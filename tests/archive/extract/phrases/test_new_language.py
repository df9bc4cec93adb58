"""The way to add a language that docs/languages.md shows: a file, and no change of the code."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from archive.extract.phrases.keys import Phrases
from archive.extract.phrases.loading import languages, read_language
from archive.source_digest import PACKAGE

DOCUMENT = (PACKAGE.parent / "docs" / "languages.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = dict(FENCE.findall(DOCUMENT))
LINES_AROUND = [
    "Na Asha Juma",
    "Imechapishwa: Jumatatu, 3 Machi 2025 saa 14:30",
    "Tangazo",
    "Soma pia",
    "Jiandikishe kupokea habari zetu kila asubuhi.",
]
EXTRACT = """
import json, sys
from datetime import UTC, datetime
from archive.extract.article import extract_page
found = extract_page(
    sys.stdin.buffer.read(),
    "https://habari.example/2025/03/03/daraja",
    captured_at=datetime(2025, 3, 4, tzinfo=UTC),
).article
print(json.dumps({
    "texts": [block.text for block in found.blocks],
    "published": found.date_published.isoformat(),
    "language": found.in_language,
}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, which another process imports."""
    shutil.copytree(PACKAGE, tmp_path / "archive", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def extracted(root: Path) -> dict[str, Any]:
    """What the package in *root* makes of the page that the document shows."""
    done = subprocess.run(
        [sys.executable, "-c", EXTRACT],
        input=BLOCKS["html"].encode(),
        capture_output=True,
        check=True,
        timeout=60,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_language_of_the_document_is_one_that_is_not_there():
    assert "sw" not in languages()


def test_the_file_of_the_document_can_be_read(tmp_path):
    file = tmp_path / "sw.toml"
    file.write_text(BLOCKS["toml"], "utf-8")

    swahili = read_language(file)

    assert all(hasattr(swahili, key.name) for key in fields(Phrases))


def test_without_the_file_the_lines_around_a_text_are_in_it(copy):
    found = extracted(copy)

    assert [text for text in found["texts"] if text in LINES_AROUND] == LINES_AROUND


def test_a_file_is_all_that_a_new_language_needs(copy):
    (copy / "archive" / "extract" / "phrases" / "sw.toml").write_text(BLOCKS["toml"], "utf-8")

    found = extracted(copy)

    assert [text[:7] for text in found["texts"]] == ["Wakazi ", "Meya wa"]
    assert found["published"] == "2025-03-03T14:30:00+00:00"
    assert found["language"] == "sw"
