"""Extract an article from one page; the entry point for other programs."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.extract.payload import extract
from archive.model import Extraction, Payload
from archive.urls import normalize

_ANY_TIME = datetime(9998, 12, 31, tzinfo=UTC)


def extract_page(
    payload: bytes,
    url: str,
    content_type: str | None = None,
    captured_at: datetime | None = None,
) -> Extraction:
    """Return what is read in the page *payload*: text and fields in ``.article``, for any page.

    ``.outcome`` says whether the page is an article. ``.article`` is None when it has no text.

    *url* is the address of the page: relative links and the check of dates need it.
    *content_type* is the value of the header; None means ``text/html``. Dates later than
    *captured_at* are not believed; when it is None, no date is too late. Raises ``ValueError`` for
    a *url* that is not http or https and for a *captured_at* without time zone, but never for the
    content of *payload*.
    """
    return extract(page_payload(payload, url, content_type, captured_at))


def page_payload(
    body: bytes, url: str, content_type: str | None, captured_at: datetime | None
) -> Payload:
    """Return *body* as the reply of a server that sent no other headers than Content-Type.

    Raises ``ValueError`` like ``extract_page``.
    """
    if captured_at is not None and captured_at.tzinfo is None:
        raise ValueError("captured_at: has no time zone; expected an aware datetime")
    return Payload(
        url=normalize(url),
        captured_at=captured_at or _ANY_TIME,
        headers=(("Content-Type", content_type or "text/html"),),
        body=body,
    )
