"""A worker that a page has taken over: its answers harm a parent that trusts them."""

from __future__ import annotations

import pickle
import struct
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ANSWERS = {
    "pickle": lambda mark: pickle.dumps(_Code(mark)),
    "no JSON": lambda _: b"\xff\xfe[",
    "deep": lambda _: b"[" * 200_000,
    "an object": lambda _: b'{"outcome": "article"}',
    "too few fields": lambda _: b'["failed","x"]',
    "another type": lambda _: b'["failed",["x"],null,[],null,null,[],[],[],[],null,[]]',
    "no outcome": lambda _: b'["root","x",null,[],null,null,[],[],[],[],null,[]]',
    "nothing": lambda _: b"",
}
MARK = "mark"


class _Code:
    """Creates the file *mark* when its pickle is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self.mark,)


def serve(pipe: Connection, store: Any, _settings: Any) -> None:
    """Answer for each page with the bytes in the file ``answer`` next to the WARC files."""
    folder: Path = store.folder
    pipe.send_bytes(b"ready")
    while pipe.recv() is not None:
        name = (folder / "answer").read_text()
        if name == "endless":
            pipe._send(struct.pack("!iQ", -1, 1 << 40))
        else:
            pipe.send_bytes(ANSWERS[name](folder / MARK))
