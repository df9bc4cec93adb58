"""Plans of the statements that code runs, as if the archive were a thousand times as large.

A plan reads a growing table as a whole if it scans it, or if all that it looks up in an index is
the publisher, since most archives have one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event, text

from archive.sql.database import Database

GROWING = frozenset(
    {
        *(
            "capture",
            "extraction",
            "block_list",
            "edge",
            "naming",
            "known_url",
            "article",
            "address",
        ),
        *("version", "version_part", "alternate", "end_block", "article_text", "frontier"),
    }
)
TIMES = 1_000
_FROM = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|INTO)\s+\(*\s*(\w+)(?:\s+(?:AS\s+)?(\w+))?", re.IGNORECASE
)
_STEP = re.compile(r"(SCAN|SEARCH) (\w+)(?: (.*))?")


@contextmanager
def statements_of(database: Database) -> Iterator[dict[str, Any]]:
    """Give the statements that run in the block on *database*, each with parameters it had."""
    found: dict[str, Any] = {}

    def executed(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if isinstance(parameters, list):
            parameters = parameters[0]
        found.setdefault(statement, parameters)

    event.listen(database.engine, "after_cursor_execute", executed)
    try:
        yield found
    finally:
        event.remove(database.engine, "after_cursor_execute", executed)


def pretend_to_be_large(database: Database) -> None:
    """Multiply what the planner knows of the number of rows, and of rows with one publisher."""
    database.gather_statistics()
    if database.engine.dialect.name == "sqlite":
        with database.writing() as connection:
            rows = connection.execute(text("SELECT rowid, stat FROM sqlite_stat1")).all()
            for row in rows:
                numbers = [part for part in row.stat.split() if part.isdigit()]
                values = [int(number) for number in numbers]
                most = values[0]
                larger = [value * TIMES if value > most / 4 else value for value in values]
                connection.execute(
                    text("UPDATE sqlite_stat1 SET stat = :stat WHERE rowid = :key"),
                    {"key": row.rowid, "stat": " ".join(map(str, larger))},
                )
        database.engine.dispose()
        return
    with database.writing() as connection:
        connection.execute(
            text(
                "UPDATE pg_class SET reltuples = reltuples * :times WHERE reltuples > 0"
                " AND relnamespace = 'public'::regnamespace"
            ),
            {"times": TIMES},
        )


def whole_tables(
    connection: Connection, statement: str, parameters: Any, *, counts: bool = False
) -> set[str]:
    """Return the growing tables that *statement* reads as a whole.

    With *counts*, entries of an index may be read for a count, if no row is looked at.
    """
    if not re.match(r"\s*(SELECT|UPDATE|DELETE|WITH|INSERT)", statement, re.IGNORECASE):
        return set()
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return set(_of_sqlite(_names(statement), [row[3] for row in rows], counts))
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    plan = explained.scalar_one()
    return set(
        _of_postgresql((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"], counts)
    )


def _names(statement: str) -> dict[str, str]:
    """Return the tables of *statement* by the names that it gives them."""
    found = {}
    for table, name in _FROM.findall(statement):
        found[table] = table
        if name and name.upper() not in {"ON", "WHERE", "SET", "ORDER", "GROUP", "JOIN", "LEFT"}:
            found[name] = table
    for table, name in re.findall(r"\b(\w+) AS (\w+)", statement):
        found.setdefault(name, table)
    return found


def _of_sqlite(names: Mapping[str, str], steps: list[str], counts: bool) -> Iterator[str]:
    for step in steps:
        found = _STEP.match(step)
        table = names.get(found[2], found[2]) if found else ""
        if found is None or table not in GROWING:
            continue
        how = found[3] or ""
        if counts and "COVERING INDEX" in how:
            continue
        used = re.search(r"\(([^()]*)\)", how)
        if found[1] == "SCAN" or (used is not None and used[1] == "publisher_id=?"):
            yield table


def _of_postgresql(plan: Mapping[str, Any], counts: bool) -> Iterator[str]:
    table = plan.get("Relation Name")
    is_count = counts and plan["Node Type"] == "Index Only Scan"
    if table in GROWING and "Scan" in plan["Node Type"] and not is_count:
        looked_up = plan.get("Index Cond") or plan.get("Recheck Cond") or plan.get("TID Cond")
        if looked_up is None or re.fullmatch(r"\(?\(?\w*\.?publisher_id = [^()]*\)?\)?", looked_up):
            yield str(table)
    for part in plan.get("Plans", ()):
        yield from _of_postgresql(part, counts)
