"""A site that does not answer some requests before a test allows it."""

from __future__ import annotations

import threading

from tests.support.server import Received, Reply
from tests.support.sites import tree


class Gate:
    """The tree, with stories that are not answered before the gate is opened.

    This is only story 5; with *after*, every story that is requested after so many.
    """

    def __init__(self, pages: int, after: int | None = None) -> None:
        self._tree, self._after = tree(pages), after
        self._asked, self._lock = 0, threading.Lock()
        self.opened, self.reached = threading.Event(), threading.Event()

    def __call__(self, received: Received) -> Reply:
        if self._is_closed(received):
            self.reached.set()
            self.opened.wait(300)
        return self._tree(received)

    def _is_closed(self, received: Received) -> bool:
        if self._after is None:
            return received.path == "/story-5/"
        with self._lock:
            self._asked += received.path.startswith("/story-")
            return self._asked > self._after
