"""The download handler: archives the exact bytes of every exchange before they are used.

Three small extensions of Scrapy and Twisted record an exchange:

* ``WireHandler.download_request`` starts a recording and archives it when the download ends for
  any reason: response, timeout, size limit, disconnect, cancellation.
* ``_Pool.getConnection`` connects the recording with the connection that Twisted uses for it.
* ``_Protocol`` appends the (decrypted) bytes of the connection to the recording. It parses
  responses with ``crawler.download.framing``, so that an odd response does not end the connection.

Bodies are recorded and not passed to Scrapy, which would keep them in memory: sixteen of 16 MB at
once only need space on the disk.

robots.txt, sitemaps, redirects and errors use this handler, too. It depends on private parts of
Scrapy and Twisted, so their minor versions are pinned. The exactness tests check every upgrade.
"""

from __future__ import annotations

import asyncio
import mmap
import tempfile
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO, FileIO
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHandshakeListener
from twisted.web._newclient import ParseError
from twisted.web._newclient import Request as TwistedRequest
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer

from archive.model import Exchange, Kind, Provenance, Truncation
from archive.profile import Profile
from archive.settings import Settings
from archive.urls import is_robots_txt
from crawler.download.budget import OutOfBudget
from crawler.download.framing import BrokenFraming, understand
from crawler.download.tls import CertificatePolicy
from crawler.run import INGESTED, KIND, PROVENANCE, Run

Tls = tuple[str, str] | tuple[None, None]
"""Protocol and cipher suite of a connection, as OpenSSL names them."""

_current: ContextVar[_Recording | None] = ContextVar("recording", default=None)


class Draining(IgnoreRequest):
    """The crawl is ending; the URL stays pending in the frontier."""


class _Recording:
    """One exchange while it takes place."""

    def __init__(self, request: Request, run: Run) -> None:
        self.url, self.method = request.url, request.method
        self.proxy: str | None = request.meta.get("proxy")
        self.provenance: Provenance | None = request.meta.get(PROVENANCE)
        self.is_robots = request.meta.get(KIND) == Kind.ROBOTS
        self.began = run.now()
        self.truncated: Truncation | None = None
        self.error: str | None = None
        self.tls_verified = True
        settings = run.archive.settings
        self._limit, self._spool_bytes = limit_bytes(request, settings), settings.spool_bytes
        self._folder = run.archive.home
        self._sealed = False
        self._spool: FileIO | None = None
        self._reset()

    def _reset(self) -> None:
        if self._spool is not None:
            self._spool.close()
        self.sent: list[bytes] = []
        self._chunks: list[bytes] = []
        self._spool = None
        self._size = 0
        self.ip: str | None = None
        self.tls: Tls = (None, None)

    def begin(self, transport: Any, tls: Tls) -> None:
        """Start again on a connection; Twisted does this twice when an idle connection was dead."""
        self._reset()
        self.ip, self.tls = getattr(transport.getPeer(), "host", None), tls

    def receive(self, data: bytes, transport: Any) -> None:
        """Store what the server sent, up to the limit; then end the connection."""
        if self._sealed:
            return
        if self._size + len(data) > self._limit:
            data = data[: self._limit - self._size]
            self._cut(transport, Truncation.LENGTH, f"longer than {self._limit} bytes")
        try:
            self._keep(data)
        except OSError as error:
            self._cut(transport, Truncation.UNSPECIFIED, f"cannot be kept: {error.strerror}")

    def _cut(self, transport: Any, truncated: Truncation, error: str) -> None:
        self.truncated, self.error = truncated, error
        self._sealed = True
        transport.abortConnection()

    def _keep(self, data: bytes) -> None:
        if self._spool is None and self._size + len(data) <= self._spool_bytes:
            self._chunks.append(data)
            self._size += len(data)
            return
        if self._spool is None:
            # In the archive's folder, since the system's may be in memory. The file has no name.
            self._spool = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - ended by _reset() or exchange()
            chunks, self._chunks, self._size = self._chunks, [], 0
            data = b"".join((*chunks, data))
        rest = memoryview(data)
        while rest:
            written = self._spool.write(rest) or 0
            self._size += written
            rest = rest[written:]

    def seal(self, error: BaseException | None) -> None:
        """Stop recording; *error* is why the download failed, or None."""
        self._sealed = True
        if error is None or self.truncated is not None:
            return
        causes = _causes(error)
        self.error = "; ".join(dict.fromkeys(map(_described, causes)))
        if not self._size:
            return  # nothing was received, so nothing is truncated
        if isinstance(error, DownloadTimeoutError):
            self.truncated = Truncation.TIME
        elif any(isinstance(cause, BrokenFraming | ParseError) for cause in causes):
            self.truncated = Truncation.UNSPECIFIED  # everything arrived, but it cannot be parsed
        else:
            self.truncated = Truncation.DISCONNECT

    @property
    def _unsent(self) -> bool:
        """Whether the request was never sent: TLS keeps it back until the handshake is complete."""
        return self.tls[0] is None and self.url.startswith("https:")

    def exchange(self) -> Exchange:
        """Return the exchange as it went over the wire."""
        response: bytes | mmap.mmap = b"".join(self._chunks)
        if self._spool is not None:
            if self._size:
                response = mmap.mmap(self._spool.fileno(), 0, access=mmap.ACCESS_READ)
            self._spool.close()  # the map keeps the unnamed file open
        return Exchange(
            url=self.url,
            date=self.began,
            method=self.method,
            request=b"" if self._unsent else b"".join(self.sent),
            response=response,
            ip=None if self.proxy else self.ip,
            tls_protocol=self.tls[0],
            tls_cipher=self.tls[1],
            tls_verified=self.tls_verified,
            proxy=self.proxy,
            truncated=self.truncated,
            error=self.error,
            provenance=self.provenance,
        )


class _Tee:
    """A transport that also stores a copy of what is written to it."""

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


@implementer(IHandshakeListener)
class _Protocol(_LenientHTTP11ClientProtocol):
    _recording: _Recording | None = None
    _tls: Tls = (None, None)

    def handshakeCompleted(self) -> None:
        transport: Any = self.transport
        connection = transport.getHandle()
        self._tls = connection.get_protocol_version_name(), connection.get_cipher_name()
        if self._recording is not None:  # the request was written before the handshake was complete
            self._recording.tls = self._tls

    def request(self, request: Any) -> Deferred[Any]:
        recording: _Recording | None = getattr(request, "recording", None)
        if recording is None:  # of a spider without an archive
            return super().request(request)
        reused = self._recording is not None
        recording.begin(self.transport, self._tls)
        self._recording = recording
        answered = super().request(request)
        understand(self, reused=reused)
        return answered

    def dataReceived(self, data: bytes) -> None:
        if self._recording is not None:
            self._recording.receive(data, self.transport)
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse_WAITING(self, rest: bytes) -> None:
        # RFC 9112 6.3: bytes after a response must not be read as the next response.
        if rest and self._currentRequest is not None:
            self._currentRequest.persistent = False
        super()._finishResponse_WAITING(rest)

    _finishResponse_TRANSMITTING = _finishResponse_WAITING  # noqa: N815 - found by its name


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: ARG002
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class _Loan:
    """A pooled connection that one exchange uses."""

    protocol: Any  # _Protocol, or Twisted's retrying wrapper of one
    recording: _Recording

    def request(self, request: Any) -> Deferred[Any]:
        request.__class__ = _Request
        request.recording = self.recording
        answered: Deferred[Any] = self.protocol.request(request)
        if not self.recording.is_robots:
            answered.addCallback(_without_body)
        return answered


class _Nothing(BytesIO):
    """A buffer that stores nothing."""

    def write(self, data: Any) -> int:
        return len(data)


def _without_body(response: Any) -> Any:
    """Let Scrapy's reader of *response* count and check the body without storing it."""
    deliver = response.deliverBody

    def deliver_body(reader: Any) -> None:
        reader._bodybuf = _Nothing()
        deliver(reader)

    response.deliverBody = deliver_body
    return response


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
    """Scrapy's HTTP/1.1 handler, which archives every exchange when an archive is open."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        stock, self._pool = self._pool, _Pool(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._pool.maxPersistentPerHost = stock.maxPersistentPerHost
        self._pool.retryAutomatically = stock.retryAutomatically
        self._fail_on_dataloss_warned = (
            True  # the setting that the warning recommends has no effect here
        )
        profile: Profile | None = getattr(crawler.spidercls, "profile", None)
        self._certificates = CertificatePolicy(
            self._contextFactory, profile.unverified_hosts if profile else ()
        )
        self._contextFactory = self._certificates  # type: ignore[assignment]

    async def download_request(self, request: Request) -> Response:
        """Perform *request*; the exchange is in its WARC file when this returns or raises.

        ``request.meta[INGESTED]`` is then the future of its rows. Only the response for robots.txt
        has a body. Workers read other bodies from the record.
        """
        run = self._crawler.get_extension(Run)
        if run is None:
            return await super().download_request(request)
        if run.draining:
            raise Draining("the crawl is ending")
        if run.out_of_time:  # the request may have waited in a slot for minutes
            run.is_cut_short = True
            raise OutOfBudget(f"{request.url} is asked for too late")
        recording = _Recording(request, run)
        recording.tls_verified = self._certificates.verifies(urlsplit(request.url).hostname or "")
        error: BaseException | None = None
        try:
            response = await self._perform(run, request, recording)
        except BaseException as caught:
            error = caught
            raise
        finally:
            recording.seal(error)
            if not isinstance(error, Draining):
                request.meta[INGESTED] = await run.capture(recording.exchange())
        return response

    async def _perform(self, run: Run, request: Request, recording: _Recording) -> Response:
        _current.set(recording)
        download = asyncio.ensure_future(super().download_request(request))
        run.ending.downloads.add(download)
        try:
            response = await download
        except asyncio.CancelledError as error:
            raise Draining("cut off, since the crawl is ending") from error
        finally:
            run.ending.downloads.discard(download)
        if "dataloss" in response.flags and recording.truncated is None:
            recording.truncated = Truncation.DISCONNECT
        return response


def limit_bytes(request: Request, settings: Settings) -> int:
    """Return how many bytes of a response are stored, by the kind of the URL.

    A robots.txt may redirect to a page (often the front page), which has the limit of a page.
    """
    match request.meta.get(KIND):
        case Kind.ROBOTS if is_robots_txt(request.url):
            return settings.robots_bytes
        case Kind.SITEMAP | Kind.FEED:
            return settings.sitemap_bytes
        case _:
            return settings.page_bytes


def _causes(error: BaseException) -> list[BaseException]:
    """Return the original errors in *error*, which Scrapy and Twisted wrap, sometimes in lists."""
    reasons = getattr(error, "reasons", None)
    if reasons:
        return [cause for failure in reasons for cause in _causes(failure.value)]
    if isinstance(error, DownloadFailedError | ResponseDataLossError) and error.__cause__:
        return _causes(error.__cause__)
    return [error]


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
