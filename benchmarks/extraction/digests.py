"""Print a digest of what is read in each page of each set, to compare two versions of the code.

    python -m benchmarks.extraction.digests [--data DIR] > before
    python -m benchmarks.extraction.digests [--data DIR] | diff before -

A change made for speed must leave every digest as it is. Digests also compare the pages of
validation sites, which nobody looks at. The name of the extractor is left out, since it changes
with the code.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from hashlib import sha256
from multiprocessing import Pool
from pathlib import Path

from archive.extract.article import extract_page
from benchmarks.__main__ import DATA
from benchmarks.extraction.extractors import CONTENT_TYPE
from benchmarks.extraction.sets import Page, every_page


def digest_line(task: tuple[str, Page]) -> str:
    """Return the set and the id of a page, and the digest of its extraction."""
    name, page = task
    found = replace(extract_page(page.payload, page.url, CONTENT_TYPE), extractor="")
    return f"{name} {page.id} {sha256(repr(found).encode()).hexdigest()[:16]}"


def main() -> None:
    """Print a line for each page, in the order of the sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    tasks = list(every_page(parser.parse_args().data))
    with Pool() as pool:
        for line in pool.imap(digest_line, tasks, chunksize=16):
            print(line)


if __name__ == "__main__":
    main()
