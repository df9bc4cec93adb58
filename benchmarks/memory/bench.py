"""Peak memory of each process of each command, on ordinary pages and on replies without measure.

Three archives are made by real commands: of an ordinary site; of a hostile one, with the limits of
every archive; and of the same replies whole, with a limit that a reply of 400 MB does not reach.
Then everything that reads an archive runs on the last one.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.settings import Settings
from benchmarks.memory.foreign import HOME, write_foreign
from benchmarks.memory.peaks import FORK_SERVER, MAIN, WORKER, Peaks, peaks_of
from benchmarks.memory.site import LARGE_BYTES, HeavySite, heavy, sitemaps

MB = 1_000_000
ORDINARY_BAR = 250 * MB
HOSTILE_BAR = 400 * MB
UPKEEP_BAR = 200 * MB
WORKER_BAR = Settings().extract_memory_bytes


@dataclass(frozen=True, slots=True)
class Run:
    """A command that was run: its name, the bar of its main process, and what was measured."""

    name: str
    bar: int
    peaks: Peaks
    codes: tuple[int, ...]

    @property
    def reached(self) -> bool:
        """Whether it ended as it had to, and each process stayed within its bar."""
        found = self.peaks.by_role
        return (
            self.peaks.status in self.codes
            and found[MAIN] <= self.bar
            and found.get(FORK_SERVER, 0) <= UPKEEP_BAR
            and found.get(WORKER, 0) <= WORKER_BAR + found.get(FORK_SERVER, 0)
        )


def needs(_data: Path) -> list[Path]:
    """Return no file: the replies are generated."""
    return []


def run(_data: Path) -> dict[str, Any]:
    """Run all commands; return their peaks."""
    with tempfile.TemporaryDirectory(prefix="pressmark-memory-") as folder:
        runs = [*_crawls(Path(folder)), *_upkeep(Path(folder))]
    return {
        "reached": all(each.reached for each in runs),
        "commands": [
            {
                "name": each.name,
                "status": each.peaks.status,
                "seconds": round(each.peaks.seconds, 1),
                "bar_bytes": each.bar,
                "reached": each.reached,
                "peak_bytes": each.peaks.by_role,
                "errors": each.peaks.stderr[-2_000:],
            }
            for each in runs
        ],
    }


def lines(report: dict[str, Any]) -> list[str]:
    """Return a table: MB of each process, and the bar of the main one."""
    table = [f"{'':34}{'main':>6}{'bar':>6}{'server':>8}{'worker':>8}{'s':>7}"]
    for each in report["commands"]:
        peak = each["peak_bytes"]
        numbers = [peak.get(role, 0) // MB or "" for role in (MAIN, FORK_SERVER, WORKER)]
        verdict = "" if each["reached"] else f"  missed (exit {each['status']})"
        table.append(
            f"{each['name']:34}{numbers[0]:>6}{each['bar_bytes'] // MB:>6}{numbers[1]:>8}"
            f"{numbers[2]:>8}{each['seconds']:>7}{verdict}"
        )
        if each["status"] not in {0, 1, 8}:
            table.append(each["errors"])
    return [*table, f"the bar of a worker: what its server has, and {WORKER_BAR // MB} MB"]


def _crawls(folder: Path) -> Iterator[Run]:
    with HeavySite() as site:
        home = folder / "ordinary"
        yield _run("crawl, ordinary", ORDINARY_BAR, home, "crawl", f"{site.url}/", site=site)
        home = folder / "hostile"
        _write_profile(home, site)
        budget = ("--budget", "60")
        yield _run("crawl, hostile", HOSTILE_BAR, home, "crawl", "heavy", *budget, site=site)
        home = folder / "urls"
        named = folder / "urls.txt"
        named.write_text("\n".join(heavy(site.url)))
        yield _run("fetch, hostile", HOSTILE_BAR, home, "fetch", "--from", named, site=site)
        home = folder / "whole"
        home.mkdir()
        (home / "archive.toml").write_text(f"page_bytes = {2 * LARGE_BYTES}\n")
        urls = [*heavy(site.url)[::2], *sitemaps(site.url)]
        named.write_text("\n".join(urls))
        yield _run("fetch, whole", HOSTILE_BAR, home, "fetch", "--from", named, site=site)


def _upkeep(folder: Path) -> Iterator[Run]:
    whole, foreign = folder / "whole", folder / "foreign.warc.gz"
    table = folder / "table"
    yield _run("verify", UPKEEP_BAR, whole, "verify")
    yield _run("rebuild", UPKEEP_BAR, whole, "rebuild")
    yield _run("reprocess", UPKEEP_BAR, whole, "reprocess", "--workers", "1")
    yield _run("index", UPKEEP_BAR, whole, "index")
    yield _run("export, WACZ", UPKEEP_BAR, whole, "export", "--format", "wacz", "--output", table)
    yield _run("export, JSONL", UPKEEP_BAR, whole, "export", "--format", "jsonl", "--output", table)
    yield _run("export, CSV", UPKEEP_BAR, whole, "export", "--format", "csv", "--output", table)
    yield _run("status", UPKEEP_BAR, whole, "status")
    _damage(whole)
    yield _run("verify, damaged", UPKEEP_BAR, whole, "verify")
    yield _run("verify --repair", UPKEEP_BAR, whole, "verify", "--repair")
    for name, packed in (("gzip members", True), ("plain", False), ("one gzip stream", None)):
        home = folder / f"import-{name}"
        path = foreign if packed is not False else foreign.with_suffix("")
        write_foreign(path, LARGE_BYTES, packed=packed is True)
        if packed is None:
            path = _as_one_stream(path)
        yield _run(f"import, {name}", UPKEEP_BAR, home, "import", "--publisher", HOME, path)
        yield _run(f"verify, {name}", UPKEEP_BAR, home, "verify")
        path.unlink()
        shutil.rmtree(home, ignore_errors=True)


def _run(name: str, bar: int, home: Path, *args: str | Path, site: HeavySite | None = None) -> Run:
    home.mkdir(exist_ok=True)
    script = Path(sys.executable).with_name("pressmark")
    allowed = ("--allow-address", site.address) if site is not None else ()
    command = [str(script), "--home", str(home), *map(str, args), *allowed]
    done = Run(name, bar, peaks_of(command), (0, 1, 8))
    figures = ", ".join(f"{role} {size // MB} MB" for role, size in done.peaks.by_role.items())
    print(f"{name}: {figures} ({done.peaks.seconds:.0f} s)", file=sys.stderr, flush=True)
    return done


def _write_profile(home: Path, site: HeavySite) -> None:
    folder = home / "publishers"
    folder.mkdir(parents=True)
    named = ", ".join(f'"{url}"' for url in [*sitemaps(site.url)])
    (folder / "heavy.toml").write_text(
        f'home = "{site.url}/"\ndelay_seconds = 0.0\nsitemaps = [{named}]\n'
    )


def _damage(home: Path) -> None:
    """Change a byte in the middle of the largest WARC file."""
    path = max((home / "warc").glob("*.warc.gz"), key=lambda path: path.stat().st_size)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes((byte[0] ^ 0xFF,)))


def _as_one_stream(path: Path) -> Path:
    target = path.with_name("stream.warc.gz")
    with path.open("rb") as plain, gzip.open(target, "wb", compresslevel=1) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)
    path.unlink()
    return target
