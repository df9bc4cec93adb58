"""Only ``archive.revisit`` computes when something is due, and writes it into the frontier."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
HOME = "archive/revisit"
RULE = "archive.revisit.rule"
COLUMNS = {"next_due_at", "retry_at"}
"""Columns that say when something is due again: of a URL and of a server."""
MAY_ASK_THE_RULE = {
    # It decides how long the rules of a server are used in memory, which no row tells.
    "crawler/download/robots.py": {"rules_last"},
    # The test of a pattern is a row of its own table, below the floor of the frontier's rows.
    "archive/crawl_traps/pattern_rows.py": {"next_probe"},
}
READERS = {
    # It shows the time of the first URL that is due; a keyword of its own data class.
    "archive/queries/status.py",
}


def sources() -> list[str]:
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("archive", "crawler")
        for path in (ROOT / folder).rglob("*.py")
    ]
    return sorted(p for p in found if not p.startswith((HOME, "archive/sql/migrations")))


def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def asked_of_the_rule(parsed: ast.Module) -> Iterator[str]:
    """The names that a module takes from the rule; "*" where it takes all of it."""
    for node in ast.walk(parsed):
        if isinstance(node, ast.ImportFrom) and node.module == RULE:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == RULE.rpartition(".")[0]:
            yield from ("*" for alias in node.names if alias.name == "rule")
        elif isinstance(node, ast.Import):
            yield from ("*" for alias in node.names if alias.name == RULE)


def written(parsed: ast.Module) -> Iterator[str]:
    """The columns to which a module gives a value: by keyword, or as the key of a dict."""
    for node in ast.walk(parsed):
        if isinstance(node, ast.keyword) and node.arg in COLUMNS:
            yield node.arg
        elif isinstance(node, ast.Dict):
            keys = (key.value for key in node.keys if isinstance(key, ast.Constant))
            yield from (key for key in keys if key in COLUMNS)


def test_no_other_package_asks_the_rule_or_uses_its_constants():
    asked = {path: set(asked_of_the_rule(tree(path))) for path in sources()}

    assert {path: names for path, names in asked.items() if names} == MAY_ASK_THE_RULE


def test_no_other_package_writes_when_something_is_due():
    writers = {path for path in sources() if set(written(tree(path)))}

    assert writers == READERS


def test_the_home_is_seen_to_do_both():
    rows = tree(f"{HOME}/url_updates.py")

    assert set(asked_of_the_rule(rows)) == {"disallowed_until", "retry_at"}
    assert "next_due_at" in set(written(rows))


def test_the_rule_is_pure():
    own = {"archive.model", "archive.model.reason", "archive.revisit.inputs"}
    imported = {
        node.module
        for node in ast.walk(tree(f"{HOME}/rule.py"))
        if isinstance(node, ast.ImportFrom)
    }

    assert imported == own | {"__future__", "datetime", "itertools"}
