"""docs/security.md claims what a test holds, and nothing else."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
CLAIMS = [
    claim
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)
    if re.match(r"What .* cannot do\n", section)
    for claim in re.split(r"^- ", section, flags=re.MULTILINE)[1:]
]


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_there_are_claims():
    assert len(CLAIMS) > 15


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim[:40])
def test_each_claim_names_tests_that_are_there(claim: str):
    named = NAMED.findall(claim)

    assert named
    for file, test in named:
        assert test in functions_of(file)


def test_each_test_that_is_named_anywhere_is_there():
    assert [name for name in NAMED.findall(TEXT) if name[1] not in functions_of(name[0])] == []
    assert TEXT.count("::test_") == len(NAMED.findall(TEXT))
