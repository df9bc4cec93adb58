"""A site that does not answer for one of its pages before a test lets it."""

from __future__ import annotations

import threading

from tests.support.server import Received, Reply
from tests.support.sites import tree


class Gate:
    """The tree, with one story that is not answered before the gate is opened."""

    def __init__(self, pages: int) -> None:
        self._tree = tree(pages)
        self.opened, self.reached = threading.Event(), threading.Event()

    def __call__(self, received: Received) -> Reply:
        if received.path == "/story-5/":
            self.reached.set()
            self.opened.wait(300)
        return self._tree(received)
