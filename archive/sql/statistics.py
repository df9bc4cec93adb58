"""Statistics on tables and indexes, by which the planner tells a good index from a bad one.

Nearly all indexes begin with the publisher, and an archive may have one publisher. Without
statistics, SQLite takes an index for good whose only column with a value is the publisher, and then
reads a whole table for one page. PostgreSQL gathers statistics by itself, but some time after many
rows were added.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from archive.sql.schema.state_tables import ALL_TABLES

ENTRIES_READ = 400
"""How many entries SQLite reads of each index, however large it is: 30 ms for an archive."""
AFTER_COMMITS = frozenset({8, 32, 128, 512, 2_048})
MOST_COMMITS = 4_096
"""How many commits of a process come at most between two times that statistics are gathered."""


def gather_statistics(connection: Connection) -> None:
    """Gather the statistics of all tables again, in the transaction of *connection*."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {ENTRIES_READ}")
        connection.exec_driver_sql("ANALYZE")
    else:
        names = ", ".join(table.name for table in ALL_TABLES.sorted_tables)
        connection.execute(text(f"ANALYZE {names}"))


def is_time(commits: int) -> bool:
    """Return whether to gather statistics after the *commits*-th commit of a process."""
    return commits in AFTER_COMMITS or commits % MOST_COMMITS == 0
