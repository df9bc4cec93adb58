"""An error that nobody foresaw, in a real crawl: a code of its own, and the archive tells of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import pressmark
from tests.support.server import Server
from tests.support.sites import connect_to, tree, write_profile

UNFORESEEN = 9


def write(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "archive.db")) as database, database:
        database.execute(statement)


@pytest.mark.slow
def test_a_crawl_that_cannot_begin_for_a_defect_says_so_and_so_does_the_status(tmp_path: Path):
    write_profile(tmp_path, "tree")
    with Server(tree(2)) as server:
        command = ("crawl", "tree", "--contact", "ci@example.org", *connect_to(server))
        pressmark(tmp_path, *command)
        # A row as no version of this program has written it.
        write(tmp_path, "UPDATE warc_file SET publishers = '{'")

        failed = pressmark(tmp_path, *command, code=UNFORESEEN)
        write(tmp_path, "UPDATE warc_file SET publishers = NULL")
        told = pressmark(tmp_path, "status")
        mended = pressmark(tmp_path, *command, "--json")

    assert "Traceback (most recent call last)" in failed.err
    last = failed.err.splitlines()[-1]
    assert last.startswith("pressmark: JSONDecodeError: ")
    assert "please report it" in last
    assert " unforeseen after " in told.out
    assert mended.account["exit"] == "done"
