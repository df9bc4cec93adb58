"""The download handler: archives the exact bytes of every exchange before anyone looks at it.

Three small seams carry the capture:

* ``WireHandler.download_request`` opens a recording and archives it when the download ends,
  however it ends: reply, timeout, size limit, disconnect, cancellation.
* ``_Pool.getConnection`` ties that recording to the connection that Twisted lends for it.
* ``_Protocol`` appends what goes through the (decrypted) connection to the recording.

robots.txt, sitemaps, redirects and errors all pass here. The seams are private parts of Scrapy and
Twisted, whose minor versions are pinned; the exactness tests are the gate of every upgrade.
"""

from __future__ import annotations

import asyncio
import mmap
import tempfile
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.web._newclient import Request as TwistedRequest
from twisted.web.client import HTTPConnectionPool

from archive.model import Exchange, Kind, Provenance, Truncation
from archive.settings import Settings
from crawler.run import INGESTED, KIND, PROVENANCE, Run

_current: ContextVar[_Recording | None] = ContextVar("recording", default=None)


class Draining(IgnoreRequest):
    """The crawl is ending: the URL keeps its place in the frontier."""


class _Recording:
    """One exchange while it happens."""

    def __init__(self, request: Request, limit_bytes: int, spool_bytes: int) -> None:
        self.url, self.method = request.url, request.method
        self.proxy: str | None = request.meta.get("proxy")
        self.provenance: Provenance | None = request.meta.get(PROVENANCE)
        self.began = datetime.now(UTC)
        self.truncated: Truncation | None = None
        self.error: str | None = None
        self._limit, self._spool_bytes = limit_bytes, spool_bytes
        self._sealed = False
        self._reset()

    def _reset(self) -> None:
        self.sent: list[bytes] = []
        self._chunks: list[bytes] = []
        self._spool: IO[bytes] | None = None
        self._size = 0
        self.ip: str | None = None
        self.tls: tuple[str, str] | tuple[None, None] = (None, None)

    def begin(self, transport: Any) -> None:
        """Start anew on a connection; Twisted does so twice when an idle one proved dead."""
        if self._spool is not None:
            self._spool.close()
        self._reset()
        self.ip = getattr(transport.getPeer(), "host", None)

    def receive(self, data: bytes, transport: Any) -> None:
        """Keep what the server sent, up to the limit; then end the connection."""
        if self._sealed:
            return
        if self._size == 0 and hasattr(transport, "getPeerCertificate"):
            connection = transport.getHandle()
            self.tls = connection.get_protocol_version_name(), connection.get_cipher_name()
        if self._size + len(data) > self._limit:
            data = data[: self._limit - self._size]
            self.truncated = Truncation.LENGTH
            self.error = f"longer than {self._limit} bytes"
            self._sealed = True
            transport.abortConnection()
        self._size += len(data)
        if self._spool is None and self._size > self._spool_bytes:
            self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed by exchange() or begin()
            self._spool.writelines(self._chunks)
            self._chunks.clear()
        if self._spool is None:
            self._chunks.append(data)
        else:
            self._spool.write(data)

    def seal(self, error: BaseException | None) -> None:
        """Note that the download ended, with *error* when it did not end well."""
        self._sealed = True
        if error is None or self.truncated is not None:
            return
        self.error = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if isinstance(error, DownloadTimeoutError):
            self.truncated = Truncation.TIME
        else:
            self.truncated = Truncation.DISCONNECT

    def exchange(self) -> Exchange:
        """Return the exchange as it went over the wire."""
        response: bytes | mmap.mmap = b"".join(self._chunks)
        if self._spool is not None:
            self._spool.flush()
            response = mmap.mmap(self._spool.fileno(), 0, access=mmap.ACCESS_READ)
            self._spool.close()  # the map keeps the (nameless) file
        return Exchange(
            url=self.url,
            date=self.began,
            method=self.method,
            request=b"".join(self.sent),
            response=response,
            ip=None if self.proxy else self.ip,
            tls_protocol=self.tls[0],
            tls_cipher=self.tls[1],
            proxy=self.proxy,
            truncated=self.truncated,
            error=self.error,
            provenance=self.provenance,
        )


class _Tee:
    """A transport that also keeps what is written to it."""

    def __init__(self, transport: Any, copy: list[bytes]) -> None:
        self._transport, self._copy = transport, copy

    def write(self, data: bytes) -> None:
        self._copy.append(data)
        self._transport.write(data)

    def writeSequence(self, data: Iterable[bytes]) -> None:
        pieces = list(data)
        self._copy.extend(pieces)
        self._transport.writeSequence(pieces)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Request(TwistedRequest):
    recording: _Recording

    def writeTo(self, transport: Any) -> Deferred[None]:
        written: Deferred[None] = super().writeTo(_Tee(transport, self.recording.sent))  # type: ignore[no-untyped-call]
        return written


class _Protocol(_LenientHTTP11ClientProtocol):
    _recording: _Recording | None = None

    def request(self, request: Any) -> Deferred[Any]:
        recording: _Recording = request.recording
        recording.begin(self.transport)
        self._recording = recording
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        if self._recording is not None:
            self._recording.receive(data, self.transport)
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: ARG002
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class _Loan:
    """A pooled connection on loan to one exchange."""

    protocol: Any  # _Protocol, or Twisted's retrying wrapper of one
    recording: _Recording

    def request(self, request: Any) -> Deferred[Any]:
        request.__class__ = _Request
        request.recording = self.recording
        answered: Deferred[Any] = self.protocol.request(request)
        return answered


class _Pool(HTTPConnectionPool):
    _factory = _Factory

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        # Called synchronously from download_request(), hence the context variable.
        recording = _current.get()
        connected: Deferred[Any] = super().getConnection(key, endpoint)
        if recording is None:
            return connected
        return connected.addCallback(_Loan, recording)


class WireHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler, with every exchange archived when an archive is open."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        stock, self._pool = self._pool, _Pool(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._pool.maxPersistentPerHost = stock.maxPersistentPerHost
        self._pool.retryAutomatically = stock.retryAutomatically

    async def download_request(self, request: Request) -> Response:
        """Perform *request*; the exchange lies in its WARC file when this returns or raises.

        ``request.meta[INGESTED]`` is then the future of its rows. The body of the response is left
        out: what reads it reads the record, in a worker.
        """
        run = self._crawler.get_extension(Run)
        if run is None:
            return await super().download_request(request)
        if run.draining:
            raise Draining("the crawl is ending")
        settings = run.archive.settings
        recording = _Recording(request, limit_bytes(request, settings), settings.spool_bytes)
        error: BaseException | None = None
        try:
            response = await self._perform(run, request, recording)
        except BaseException as caught:
            error = caught
            raise
        finally:
            recording.seal(error)
            if not isinstance(error, Draining):
                request.meta[INGESTED] = run.capture(recording.exchange())
        return response if request.meta.get(KIND) == Kind.ROBOTS else response.replace(body=b"")

    async def _perform(self, run: Run, request: Request, recording: _Recording) -> Response:
        _current.set(recording)
        download = asyncio.ensure_future(super().download_request(request))
        run.downloads.add(download)
        try:
            response = await download
        except asyncio.CancelledError as error:
            raise Draining("cut off, since the crawl is ending") from error
        finally:
            run.downloads.discard(download)
        if "dataloss" in response.flags and recording.truncated is None:
            recording.truncated = Truncation.DISCONNECT
        return response


def limit_bytes(request: Request, settings: Settings) -> int:
    """Return how many bytes of a reply are kept, by what the URL is expected to answer."""
    match request.meta.get(KIND):
        case Kind.ROBOTS:
            return settings.robots_bytes
        case Kind.SITEMAP | Kind.FEED:
            return settings.sitemap_bytes
        case _:
            return settings.page_bytes
