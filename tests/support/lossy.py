"""A way to a PostgreSQL server on which the answers to some commits are lost.

What is committed then, its client cannot know: the connection is cut after the server has done it.
"""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.postgres import Server

SOCKET = ".s.PGSQL.5432"
PIECE_BYTES = 65_536


class Lossy:
    """A proxy of a server; the answer to each *every*-th commit is lost."""

    def __init__(self, folder: Path, target: Path, every: int) -> None:
        self.folder, self._target, self._every = folder, target, every
        self._lock = threading.Lock()
        self.commits = self.lost = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, name: str) -> str:
        """SQLAlchemy's URL of the database *name*, by way of here."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        losing = threading.Event()
        with client, server, suppress(OSError):
            server.connect(str(self._target / SOCKET))
            back = threading.Thread(target=self._answer, args=(server, client, losing), daemon=True)
            back.start()
            while piece := client.recv(PIECE_BYTES):
                # psycopg sends it as a message of its own, when all before it is answered.
                if b"COMMIT" in piece and self._is_lost():
                    losing.set()
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)
            back.join()

    def _answer(
        self, server: socket.socket, client: socket.socket, losing: threading.Event
    ) -> None:
        with suppress(OSError):
            while piece := server.recv(PIECE_BYTES):
                if losing.is_set():
                    break  # it says that the commit is done
                client.sendall(piece)
            client.shutdown(socket.SHUT_RDWR)

    def _is_lost(self) -> bool:
        with self._lock:
            self.commits += 1
            is_lost = self.commits % self._every == 0
            self.lost += is_lost
            return is_lost


@contextmanager
def losing(server: Server, every: int) -> Iterator[Lossy]:
    """Give a way to *server* that loses the answer to each *every*-th commit."""
    with tempfile.TemporaryDirectory(
        prefix="pressmark-lossy-"
    ) as folder:  # a socket's path is short
        lossy = Lossy(Path(folder), server.folder, every)
        try:
            yield lossy
        finally:
            lossy.close()
