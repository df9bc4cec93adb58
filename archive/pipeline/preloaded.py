"""Load what extraction needs, before workers are forked from the process that imports this.

Some tables are made when a page first asks for them, such as the names of months in all languages.
A small page asks for them here, once for all workers.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from archive.extract.html_page import html_extraction

_PAGE = b"""<!doctype html><html lang="en"><title>The heron is back at the weir</title>
<article><h1>The heron is back at the weir</h1><p class="byline">By Ann Lee</p><p>12 March 2024</p>
<p>The heron that left the weir in autumn is back, and the keeper of the lock has seen it twice.</p>
<p>It stood on the lower gate until the rain began, and then flew up the river to the mill.</p>
</article></html>"""

html_extraction(_PAGE, "https://example.org/heron/", "text/html", datetime.now(UTC), extractor="")
gc.collect()
gc.freeze()  # what is loaded now lives as long as the process: no collection need look at it
