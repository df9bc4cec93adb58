"""The archives that older commits made, stored with the acceptance tests."""

from __future__ import annotations

import lzma
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    MetaData,
    Table,
    create_engine,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from archive.sql.database import MIGRATIONS
from archive.sql.types import UtcDateTime

ACCEPTANCE = Path(__file__).parents[1] / "acceptance"


@dataclass(frozen=True, slots=True)
class KeptArchive:
    """An archive as older code left it; *revision* is the newest migration that code knew."""

    folder: str
    revision: str

    def unpack(self, home: Path) -> Path:
        """Make *home* a copy of the archive, its database as the older code left it."""
        shutil.copytree(ACCEPTANCE / self.folder / "home", home)
        packed = home / "archive.db.xz"
        (home / "archive.db").write_bytes(lzma.decompress(packed.read_bytes()))
        packed.unlink()
        return home

    def load(self, home: Path, url: str) -> None:
        """Put the rows of the archive in *home* into an empty database, under its own schema."""
        source = create_engine(f"sqlite:///{home / 'archive.db'}")
        target = create_engine(url)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with source.connect() as old, target.begin() as new:
                config.attributes["connection"] = new
                command.upgrade(config, self.revision)
                names = set(inspect(old).get_table_names()) - {"alembic_version"}
                schema = MetaData()
                schema.reflect(new, only=lambda name, _: name in names)
                for table in map(_as_it_was, schema.sorted_tables):
                    rows = old.execute(select(table)).mappings().all()
                    if rows:
                        new.execute(table.insert(), [dict(row) for row in rows])
                    # Rows with explicit ids have not advanced the sequence.
                    if rows and "id" in table.c:
                        last = f"SELECT max(id) FROM {table.name}"
                        name = f"pg_get_serial_sequence('{table.name}', 'id')"
                        new.execute(text(f"SELECT setval({name}, ({last}))"))
        finally:
            source.dispose()
            target.dispose()


def _as_it_was(reflected: Table) -> Table:
    """Return the table as it was, its columns of types that mean the same on both engines."""
    columns = []
    for column in reflected.c:
        if column.computed is not None:
            continue
        kind: TypeEngine[Any] = column.type.as_generic()
        if isinstance(kind, JSON):
            kind = JSON(none_as_null=True)
        if isinstance(kind, DateTime):
            kind = UtcDateTime()
        columns.append(Column(column.name, kind))
    return Table(reflected.name, MetaData(), *columns)


OLDER = KeptArchive("older_archive", "0004")
"""Pages that extractors read differently, read before ``reprocess`` existed."""
FIRST = KeptArchive("first_archive", "0006")
"""Version 0.1: pages that rules may hide, and pages that they may not."""
