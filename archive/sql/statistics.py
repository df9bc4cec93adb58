"""Statistics on tables and indexes, by which the planner tells a good index from a bad one.

Nearly all indexes begin with the publisher, and an archive may have one publisher. Without
statistics, SQLite takes an index for good whose only column with a value is the publisher, and then
reads a whole table for one page. PostgreSQL gathers statistics by itself, but some time after many
rows were added.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, literal, select, text, union_all

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
        for name in connection.execute(text(_INDEXED)).scalars().all():
            if name in ALL_TABLES.tables:
                connection.exec_driver_sql(f"ANALYZE {name}")
        _correct(connection)
    else:
        names = ", ".join(table.name for table in ALL_TABLES.sorted_tables)
        connection.execute(text(f"ANALYZE {names}"))


def is_time(commits: int) -> bool:
    """Return whether to gather statistics after the *commits*-th commit of a process."""
    return commits in AFTER_COMMITS or commits % MOST_COMMITS == 0


def _correct(connection: Connection) -> None:
    """Correct how many rows tables have, and how many of them a publisher has.

    SQLite guesses the first from the depth of each index, by half and more off; by such numbers it
    takes versions for fewer than articles. Of a publisher it finds no more than it reads.
    """
    publishers = connection.scalar(text("SELECT max(count(*), 1) FROM publisher")) or 1
    most = {row.name: row.last for row in connection.execute(_LAST_IDS)}
    changes = []
    for row in connection.execute(text(_OF_INDEXES)).all():
        guessed, of_one, *rest = row.stat.split()
        rows = (None if row.partial else most.get(row.tbl)) or int(guessed)
        if row.first == "publisher_id":
            of_one = str(max(int(of_one), rows // publishers))
        changes.append({"stat": " ".join((str(rows), of_one, *rest)), "key": row.key})
    if changes:
        update = text("UPDATE sqlite_stat1 SET stat = :stat WHERE rowid = :key")
        connection.execute(update, changes)


_LAST_IDS = union_all(
    *(
        select(literal(name).label("name"), func.max(table.c.id).label("last"))
        for name, table in ALL_TABLES.tables.items()
        if "id" in table.c
    )
)
_INDEXED = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index' ORDER BY tbl_name"
"""Of a table without an index, such as those of the words, SQLite would count every row."""
_OF_INDEXES = """
SELECT s.rowid AS key, s.tbl, s.stat, i.name AS first, l.partial
FROM sqlite_stat1 AS s
JOIN pragma_index_list(s.tbl) AS l ON l.name = s.idx
JOIN pragma_index_info(s.idx) AS i ON i.seqno = 0
"""
