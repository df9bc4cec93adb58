"""The files that docs/ names are there, and the glossary says of each term where its code is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
PATH = re.compile(r"`((?:archive|benchmarks|crawler|docs|tests)/[\w./-]*)(?:::\w+)?`")
EXAMPLES = frozenset({"archive/extract/phrases/sw.toml"})
"""Files that a document tells its reader to add."""
TERM = re.compile(r"^\| (?!term \|)(\w[^|]*) \| ([^|]+) \| `([^`|]+)` \|$", re.MULTILINE)
TERMS = TERM.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_file_of_the_repository_that_a_document_names_is_there(document: Path):
    named = {*PATH.findall(document.read_text(encoding="utf-8"))} - EXAMPLES

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_glossary_has_some_fifty_terms_each_once():
    terms = [term for term, _, _ in TERMS]

    assert 40 <= len(terms) <= 60
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize(("term", "meaning", "file"), TERMS, ids=[term for term, _, _ in TERMS])
def test_a_term_of_the_glossary_has_one_sentence_and_a_file(term: str, meaning: str, file: str):
    assert meaning.endswith(".")
    assert ". " not in meaning
    assert (ROOT / file).is_file()
