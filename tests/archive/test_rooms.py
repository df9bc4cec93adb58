"""``archive`` never fetches from publishers: which of its modules could open a connection, and why.

The rooms ``storage``, ``evidence``, ``web`` and ``cluster`` open only what settings name. They have
an entry here, too, as soon as they exist.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

DOORS = {
    *("socket", "socketserver", "ssl", "select", "selectors", "asyncio"),
    *("http", "urllib.request", "urllib.robotparser", "urllib3", "requests", "httpx", "aiohttp"),
    *("ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc", "webbrowser"),
    *("subprocess", "multiprocessing", "pty"),
    *("psycopg", "sqlalchemy.create_engine", "sqlalchemy.engine.create_engine"),
    *("boto3", "botocore", "fsspec", "paramiko", "scrapy", "twisted"),
}
"""What opens connections or starts processes, which could: modules, and functions of modules."""
CALLS = {"system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp"}
"""Functions of ``os`` that start processes; so do those whose names begin with exec or spawn."""

REASONS = {
    ("archive/maintenance/replay.py", "socket"): "finds a free port of 127.0.0.1, and waits for it",
    ("archive/maintenance/replay.py", "subprocess"): "starts pywb, which shows what is archived",
    ("archive/pipeline/extraction_pool.py", "multiprocessing"): "starts the extraction processes",
    ("archive/pipeline/extraction_worker.py", "multiprocessing"): "answers by a pipe",
    ("archive/sql/database.py", "sqlalchemy.create_engine"): "the database that settings name",
    ("archive/warc/segment.py", "socket"): "the name of this host, which opens nothing",
    ("archive/warc/writer.py", "socket"): "the name of this host, which opens nothing",
}


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that *tree* imports, and the names that it takes from them, with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(tree: ast.Module) -> Iterator[str]:
    """The functions of ``os`` that start a process, as far as *tree* names them."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            and (node.attr in CALLS or node.attr.startswith(("exec", "spawn")))
        ):
            yield f"os.{node.attr}"


def doors_of(tree: ast.Module) -> set[str]:
    names = set(imported(tree))
    opened = {door for door in DOORS for name in names if f"{name}.".startswith(f"{door}.")}
    return opened | set(called(tree))


def test_only_these_modules_could_open_a_connection_each_for_its_reason():
    found = {
        (path.relative_to(ROOT).as_posix(), door)
        for path in (ROOT / "archive").rglob("*.py")
        for door in doors_of(ast.parse(path.read_text(encoding="utf-8")))
    }

    assert found == set(REASONS)


def test_a_door_is_seen_however_it_is_imported():
    ways = {
        "import socket": {"socket"},
        "import urllib.request as fetch": {"urllib.request"},
        "from urllib import request": {"urllib.request"},
        "from urllib.parse import urlsplit": set(),
        "from http.client import HTTPConnection": {"http"},
        "import os\nos.spawnv(0, '', [])": {"os.spawnv"},
        "from asyncio import open_connection": {"asyncio"},
    }

    assert {way: doors_of(ast.parse(way)) for way in ways} == ways


def test_no_module_imports_by_a_name_that_is_made_up_when_it_runs():
    by_name = defaultdict(set)
    for path in (ROOT / "archive").rglob("*.py"):
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            if name in {"importlib", "importlib.import_module"}:
                by_name[name].add(path.relative_to(ROOT).as_posix())

    # The command line loads the module of a command, from its own table of commands.
    assert dict(by_name) == {
        "importlib": {"archive/cli/lazy.py"},
        "importlib.import_module": {"archive/cli/lazy.py"},
    }
