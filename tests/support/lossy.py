"""A proxy to a PostgreSQL server that loses the answers to some commits.

The connection is closed after the server has committed, so the client cannot know it.
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
        """SQLAlchemy's URL of the database *name* through this proxy."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def close(self) -> None:
        """Accept no more connections."""
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
                    break  # the message that the commit is done
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
    """Yield a proxy to *server* that loses the answer to each *every*-th commit."""
    with tempfile.TemporaryDirectory(
        prefix="pressmark-lossy-"
    ) as folder:  # the path of a socket must be short
        lossy = Lossy(Path(folder), server.folder, every)
        try:
            yield lossy
        finally:
            lossy.close()
