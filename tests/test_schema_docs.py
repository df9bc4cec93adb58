"""docs/schema.md names every table and column of the database, and nothing else."""

import re
from pathlib import Path

import pytest

from archive.sql import views
from archive.sql.schema import state_tables, view_tables

DOCUMENT = Path(__file__).parents[1] / "docs" / "schema.md"
VIEWS = {
    table.name: table
    for table in (views.articles, views.pages, views.article_history, views.url, views.discovery)
}
SECTION = re.compile(
    r"^## (\w+)\n\n\*(View|State|Both)\.\*(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)
ROW = re.compile(r"^\| (\w+) \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
TABLES = {**state_tables.ALL_TABLES.tables, **VIEWS}


def sections() -> dict[str, tuple[str, dict[str, str]]]:
    """Each documented table: its kind, and its columns with their meaning."""
    found = {}
    for name, kind, body in SECTION.findall(DOCUMENT.read_text(encoding="utf-8")):
        rows = ROW.findall(body)
        found[name] = (kind, {column: meaning for column, _, meaning in rows if column != "column"})
    return found


def test_every_table_is_documented_and_no_other():
    assert set(sections()) == set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_column_has_a_meaning_in_the_order_of_the_table(name):
    _, columns = sections()[name]

    assert list(columns) == [column.name for column in TABLES[name].columns]
    assert all(columns[column].strip() for column in columns if column != "id")


@pytest.mark.parametrize("name", sorted(state_tables.ALL_TABLES.tables))
def test_a_table_is_documented_as_view_or_state(name):
    kind, _ = sections()[name]

    table = state_tables.ALL_TABLES.tables[name]
    expected = "View" if table in view_tables.VIEW_TABLES else "State"
    assert kind == ("Both" if table is view_tables.known_url else expected)
