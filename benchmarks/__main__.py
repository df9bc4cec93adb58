"""Run the benchmarks: ``python -m benchmarks [--data DIR] [--json] [NAME...]``.

Each benchmark is a module with ``needs(data)``, the files that it reads; ``run(data)``, which
returns its report for JSON, with ``reached`` for its bar; and ``lines(report)``, the report for a
reader. A benchmark without its data is skipped with a message. A benchmark that needs more packages
than those of development has ``lacks()``, the names of missing packages, and ``INSTALL``, the
command that installs them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from types import ModuleType

from benchmarks import reprocess, scale, settling, start, store, templates
from benchmarks.comparison import bench as comparison
from benchmarks.extraction import bench as extraction
from benchmarks.extraction import cost, losses, results, sites, unseen, unseen_dates, unseen_fields
from benchmarks.memory import bench as memory
from benchmarks.wordpress import bench as wordpress

BENCHMARKS: dict[str, ModuleType] = {
    "comparison": comparison,
    "store": store,
    "wordpress": wordpress,
    "extraction": extraction,
    "cost": cost,
    "losses": losses,
    "results": results,
    "unseen": unseen,
    "fields": unseen_fields,
    "dates": unseen_dates,
    "sites": sites,
    "templates": templates,
    "reprocess": reprocess,
    "memory": memory,
    "start": start,
    "scale": scale,
    "settling": settling,
}
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""The default folder of the data: next to the checkout."""


def main() -> int:
    """Run the named benchmarks; return 0 if every bar was reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--data", type=Path, default=DATA, help=f"the data's folder ({DATA})")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each benchmark")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark is called {min(unknown)!r}")
    reached = [
        run_one(name, options.data, as_json=options.json) for name in options.names or BENCHMARKS
    ]
    return 0 if all(reached) else 1


def run_one(name: str, data: Path, *, as_json: bool) -> bool:
    """Run a benchmark and print its report; return True if it reached its bar or was skipped."""
    benchmark = BENCHMARKS[name]
    absent = [path for path in benchmark.needs(data) if not path.exists()]
    if absent:
        print(
            f"{name}: skipped, {absent[0]} is not there (name its folder with --data)", flush=True
        )
        return True
    if hasattr(benchmark, "lacks") and (lacks := benchmark.lacks()):
        print(f"{name}: not run, needs {' and '.join(lacks)}: {benchmark.INSTALL}", file=sys.stderr)
        return False
    report = benchmark.run(data)
    if as_json:
        print(json.dumps({"benchmark": name, **report}, ensure_ascii=False), flush=True)
    else:
        print(f"== {name} ==", *benchmark.lines(report), "", sep="\n", flush=True)
    return bool(report["reached"])


if __name__ == "__main__":
    sys.exit(main())
