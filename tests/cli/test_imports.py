"""A command loads only what it needs: each of these packages takes a tenth of a second and more.

Imports are counted, not the time that they take. The main process of a crawl reads no page: what
that needs is loaded once, by the process from which workers are forked.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_CRAWLS = {"scrapy", "twisted"}
OF_PAGES = {"trafilatura", "lxml", "babel.dates", "pycld2", "htmldate", "archive.extract.payload"}
OF_UPGRADES = {"alembic"}
OF_INDEXES = {"warcio", "cdxj_indexer"}
HEAVY = sorted({*OF_CRAWLS, *OF_PAGES, *OF_UPGRADES, *OF_INDEXES})

LXML = {"lxml"}
"""Names the extractor: its version is a part of the name. Scrapy loads it, too."""
ALLOWED: dict[tuple[str, ...], set[str]] = {
    ("status",): LXML,
    ("status", "demo"): LXML,
    ("search", "bridge"): LXML,
    ("publishers",): LXML,
    ("history", "http://demo.test/nothing/"): LXML,
    ("translations", "demo"): LXML,
    ("boilerplate", "demo"): LXML,
    ("verify",): LXML,
    ("export", "--format", "csv"): LXML,
    ("upgrade",): LXML,
    ("reprocess", "--dry-run"): LXML,
    ("index",): LXML | OF_INDEXES,
}
_RUN = f"""
import sys, contextlib, io
from crawler.cli.main import main
with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.__stdout__)
"""


def loaded(code: str, *args: str) -> set[str]:
    """Run *code* in a fresh process; return what it printed last, as words."""
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return set(done.stdout.splitlines()[-1].split()) if done.stdout else set()


@pytest.mark.parametrize("args", ALLOWED, ids=" ".join)
def test_a_command_loads_no_package_that_it_does_not_need(args: tuple[str, ...], home: Path):
    assert loaded(_RUN, "--home", str(home), *args) <= ALLOWED[args]


def test_a_crawl_loads_nothing_that_reads_pages_before_its_first_request():
    code = f"import sys, crawler.process; print(*[n for n in {HEAVY!r} if n in sys.modules])"

    assert loaded(code) == {*OF_CRAWLS, *LXML}


def test_a_crawl_loads_few_modules_of_the_extraction_and_no_query():
    code = (
        "import sys, crawler.process;"
        "print(*[n for n in sys.modules if n.startswith(('archive.extract.', 'archive.queries'))])"
    )
    own = {"coding", "controls", "charset", "stamp", "phrases"}

    assert {name.split(".")[2] for name in loaded(code) if name.count(".") > 1} <= own
    assert "archive.queries" not in loaded(code)
