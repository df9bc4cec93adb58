"""Serve the demo site over HTTP/1.1 on loopback, for a crawl, a test or a browser."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from crawler.demo.reply import Reply
from crawler.demo.site import DemoSite

CHUNK_BYTES = 4096
IDLE_SECONDS = 60
JOIN_SECONDS = 5


class DemoServer:
    """Serves *site* on 127.0.0.1 from its creation until `close`; *port* 0 means any free port.

    Use it in a ``with`` statement. Raises ``OSError`` if the port is in use.
    """

    def __init__(self, site: DemoSite | None = None, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), site or DemoSite())
        self.port: int = self._server.server_address[1]
        """The port on which the server listens."""
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.05,), name="demo-publisher", daemon=True
        )
        self._thread.start()

    def set_day(self, day: int) -> None:
        """Move the site's clock to *day*; all later requests see that day.

        Raises ``ValueError`` if the site has no clock.
        """
        self._server.site.set_day(day)

    @property
    def url(self) -> str:
        """The address of the front page for a browser on this machine."""
        return f"http://127.0.0.1:{self.port}/"

    def close(self) -> None:
        """Stop serving, and end the connections that are still open."""
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()
        self._thread.join(JOIN_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: DemoSite) -> None:
        self.site = site
        self._lock = Lock()
        self._open: dict[Any, Thread] = {}
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own that `end_connections` can find."""
        thread = Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        with self._lock:
            self._open[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection after it was served."""
        super().shutdown_request(request)
        with self._lock:
            self._open.pop(request, None)

    def end_connections(self) -> None:
        """End the threads that wait on idle connections."""
        with self._lock:
            waiting = dict(self._open)
        for request, thread in waiting.items():
            with suppress(OSError):  # the client or the thread has closed it
                request.shutdown(socket.SHUT_RDWR)
            thread.join(JOIN_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that closed the connection; report everything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "DemoMetric"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1  # headers and body are sent together
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._send(self.server.site.respond(self.command, self.path, dict(self.headers.items())))

    do_HEAD = do_GET  # noqa: N815 - http.server looks for this name

    def do_POST(self) -> None:
        self.close_connection = True  # the body is not read
        self.do_GET()

    do_PUT = do_DELETE = do_POST  # noqa: N815 - as above

    def _send(self, reply: Reply) -> None:
        chunked = reply.header("Transfer-Encoding") == "chunked"
        self.send_response(reply.status)
        for name, value in reply.headers:
            if not (chunked and name == "Transfer-Encoding" and self._is_old):
                self.send_header(name, value)
        if self.close_connection or (chunked and self._is_old):
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        if chunked and not self._is_old and self.command != "HEAD" and reply.status != 304:
            for start in range(0, len(reply.body), CHUNK_BYTES):
                piece = reply.body[start : start + CHUNK_BYTES]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            if not reply.breaks_off:
                self.wfile.write(b"0\r\n\r\n")
        else:
            self.wfile.write(reply.body)
        if reply.breaks_off:
            self.close_connection = True

    @property
    def _is_old(self) -> bool:
        """Whether the client uses HTTP/1.0, which has no chunks."""
        return self.request_version != "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Log nothing: the crawl's own log has the requests."""
