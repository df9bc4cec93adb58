"""Show what a crawl does before it fetches, when that takes long (settling again, for example)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic

import click

from archive.cli.output import LOG_SECONDS, progress


@contextmanager
def showing(publisher: str, *, is_wanted: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that shows a few words on stderr: on a terminal at once, else once a minute.

    Work that takes no time shows nothing. Nothing is shown at all unless it *is_wanted*.
    """
    if not is_wanted:
        yield lambda _: None
        return
    with ExitStack() as opened:
        display, told = None, monotonic()
        is_new = True

        def tell(words: str) -> None:
            nonlocal display, told, is_new
            if is_new:
                display = opened.enter_context(progress(publisher))
                is_new = False
            if display is not None:
                display.update(display.task_ids[0], description=words)
            elif monotonic() - told >= LOG_SECONDS:
                told = monotonic()
                click.echo(words, err=True)

        yield tell
