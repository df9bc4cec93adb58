"""How each tool is run over the pages of a site, and what it has made of them afterwards."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.comparison import others
from benchmarks.comparison.environments import PACKAGES, NotInstallableError, interpreter
from benchmarks.measure import Measured, measure
from crawler.exits import Exit

PRESSMARK = str(Path(sys.executable).with_name("pressmark"))
OTHER = "pressmark/0 benchmark"
"""An extractor that is not ours: what it read is read again by ``reprocess``."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run: its cost, and in a few words what it left."""

    cost: Measured
    delivers: str


@dataclass(frozen=True, slots=True)
class Job:
    """Some pages: their URLs, their HTML as files, and an empty folder for the tool."""

    urls: Sequence[str]
    files: Sequence[Path]
    folder: Path


def pressmark(job: Job) -> Ran:
    """Archive the pages with ``pressmark fetch``."""
    home = home_of(job.urls, job.folder)
    return Ran(_fetched(home, job), _archived(home))


def reprocess(job: Job) -> Ran:
    """Read all pages of an archive again with ``pressmark reprocess``."""
    home = home_of(job.urls, job.folder)
    _fetched(home, job)
    with closing(sqlite3.connect(home / "archive.db")) as database, database:
        database.execute("UPDATE extraction SET extractor = ?", (OTHER,))
    return Ran(_ran([PRESSMARK, "--home", str(home), "reprocess", "--json"]), _archived(home))


def fastwarc(job: Job) -> Ran:
    """Read all pages of an archive with trafilatura over fastwarc."""
    home = home_of(job.urls, job.folder)
    _fetched(home, job)
    cost = _other("fastwarc", home / "warc", job.folder)
    return Ran(cost, _texts(job.folder))


def naive(job: Job) -> Ran:
    """Crawl the pages with a naive spider."""
    cost = _other("naive", _listed(job.urls, job.folder), job.folder)
    with closing(sqlite3.connect(job.folder / "items.db")) as database:
        (rows,) = database.execute("SELECT count(*) FROM item").fetchone()
    return Ran(cost, f"{rows} rows with text; WARC {_megabytes(job.folder, '*.warc.gz')}, rebuilt")


def download(job: Job) -> Ran:
    """Download the pages with Scrapy."""
    return Ran(_other("download", _listed(job.urls, job.folder), job.folder), "nothing")


def loop(job: Job) -> Ran:
    """Extract the pages with trafilatura, from files."""
    listed = _listed([str(file) for file in job.files], job.folder)
    return Ran(_other("loop", listed, job.folder), _texts(job.folder))


def wget(job: Job) -> Ran:
    """Download the pages with ``wget --warc-file``."""
    listed = _listed(job.urls, job.folder)
    cost = _ran(
        [
            *("wget", "--quiet", "--no-config", "--header=Accept-Encoding: gzip"),
            *(f"--input-file={listed}", "--output-document=/dev/null"),
            f"--warc-file={job.folder / 'pages'}",
        ]
    )
    return Ran(cost, f"WARC {_megabytes(job.folder, '*.warc.gz')}")


def webarchive(job: Job) -> Ran:
    """Crawl the pages with Scrapy and scrapy-webarchive."""
    cost = _other(
        "webarchive",
        _listed(job.urls, job.folder),
        job.folder,
        interpreter("scrapy-webarchive"),
    )
    return Ran(cost, f"WACZ {_megabytes(job.folder, '*.wacz')}, rebuilt")


def newsplease(job: Job) -> Ran:
    """Download and extract the pages with news-please."""
    cost = _other(
        "newsplease", _listed(job.urls, job.folder), job.folder, interpreter("news-please")
    )
    return Ran(cost, _texts(job.folder))


TOOLS: dict[str, Callable[[Job], Ran]] = {
    "pressmark": pressmark,
    "naive spider": naive,
    "Scrapy, download only": download,
    "scrapy-webarchive": webarchive,
    "news-please": newsplease,
    "wget": wget,
    "trafilatura": loop,
    "reprocess": reprocess,
    "trafilatura over fastwarc": fastwarc,
}


def absent() -> dict[str, str]:
    """Return the tools that cannot run here, each with the reason."""
    found = {} if shutil.which("wget") else {"wget": "no program wget on the PATH"}
    for tool in PACKAGES:
        try:
            interpreter(tool)
        except NotInstallableError as error:
            found[tool] = str(error)
    return found


def home_of(urls: Sequence[str], folder: Path) -> Path:
    """Return a new home in *folder* whose publisher ``bench`` has *urls*."""
    home = folder / "home"
    (home / "publishers").mkdir(parents=True)
    origin = "http://" + urlsplit(urls[0]).netloc + "/"
    (home / "publishers" / "bench.toml").write_text(
        f'home = "{origin}"\ndelay_seconds = 0.0\nconcurrent_requests = 16\n'
    )
    return home


def crawled(home: Path, urls: Sequence[str], *options: str) -> Measured:
    """Crawl the publisher of *home*, with these options, and return the cost."""
    address = urlsplit(urls[0]).netloc
    command = (PRESSMARK, "--home", str(home), "crawl", "bench", "--json")
    limit = Exit.LIMIT.value
    return _ran([*command, "--allow-address", address, *options], limit)


def _fetched(home: Path, job: Job) -> Measured:
    address = urlsplit(job.urls[0]).netloc
    listed = _listed(job.urls, job.folder)
    return _ran(
        [
            *(PRESSMARK, "--home", str(home), "fetch", "--json"),
            *("--from", str(listed), "--allow-address", address),
        ]
    )


def _other(kind: str, given: Path, folder: Path, python: Path = Path(sys.executable)) -> Measured:
    # With -P the folder of the program, whose modules are ours, is not on its path.
    return _ran([str(python), "-P", others.__file__, kind, str(given), str(folder)])


def _ran(command: Sequence[str], *expected: int) -> Measured:
    cost = measure(command, lambda: 0)
    if cost.status not in {0, *expected}:
        raise RuntimeError(f"{' '.join(command)}: exit {cost.status}\n{cost.stderr}{cost.stdout}")
    return cost


def _listed(lines: Sequence[str], folder: Path) -> Path:
    file = folder / "list.txt"
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return file


def _archived(home: Path) -> str:
    with closing(sqlite3.connect(home / "archive.db")) as database:
        (articles,) = database.execute("SELECT count(*) FROM article").fetchone()
        outcomes = dict(
            database.execute("SELECT outcome, count(*) FROM extraction GROUP BY 1").fetchall()
        )
    read = json.dumps(outcomes, sort_keys=True)
    return f"{articles} articles of captures {read}; WARC {_megabytes(home, 'warc/*.warc.gz')}"


def _texts(folder: Path) -> str:
    return f"{_megabytes(folder, 'texts.txt')} of text"


def _megabytes(folder: Path, pattern: str) -> str:
    return f"{sum(file.stat().st_size for file in folder.glob(pattern)) / 1e6:.1f} MB"
