"""A small HTTP proxy: it forwards requests, opens tunnels, and records what it received."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Forwards each connection to the port of its host in *ports*; knows no other hosts.

    ``requests`` are the heads as they arrived, including CONNECT. Servers of plain HTTP must close
    the connection after a reply.
    """

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.netloc = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            while head := _read_head(client):
                self.requests.append(head)
                method, target = head.split(b" ", 2)[:2]
                if method == b"CONNECT":
                    self._tunnel(client, target.decode().rpartition(":")[0])
                    return
                self._hand_on(client, head, target.decode())

    def _tunnel(self, client: socket.socket, host: str) -> None:
        if host not in self._ports:
            client.sendall(b"HTTP/1.1 403 Not That One\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self._ports[host])) as server:
            client.sendall(b"HTTP/1.1 200 Connection Established\r\nX-Proxy: 1\r\n\r\n")
            while True:
                for one in select.select([client, server], [], [])[0]:
                    data = one.recv(65_536)
                    if not data:
                        return
                    (server if one is client else client).sendall(data)

    def _hand_on(self, client: socket.socket, head: bytes, target: str) -> None:
        parts = urlsplit(target)
        lines = head.replace(target.encode(), parts.path.encode(), 1)
        with socket.create_connection(("127.0.0.1", self._ports[parts.hostname or ""])) as server:
            server.sendall(lines)
            while data := server.recv(65_536):
                client.sendall(data)


def _read_head(client: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        more = client.recv(65_536)
        if not more:
            return b""
        data += more
    return data
