"""The door for other people's programs: one page in, its article out."""

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
    """Return what the page in *payload* says; ``.article`` is None where it is no article.

    *url* is where the page was found: its links and the believability of its dates hang on it.
    *content_type* is the header's value, ``text/html`` where it is not known. Dates later than
    *captured_at* are not believed; without one, no date is held to be too late. Raises
    ``ValueError`` for a *url* that is not http or https, or a *captured_at* without time zone;
    never for what is in *payload*.
    """
    return extract(page_payload(payload, url, content_type, captured_at))


def page_payload(
    body: bytes, url: str, content_type: str | None, captured_at: datetime | None
) -> Payload:
    """Return what ``extract_page`` reads: *body* as the reply of a server that had no more to say.

    Raises ``ValueError`` as that does.
    """
    if captured_at is not None and captured_at.tzinfo is None:
        raise ValueError("captured_at: has no time zone; expected an aware datetime")
    return Payload(
        url=normalize(url),
        captured_at=captured_at or _ANY_TIME,
        headers=(("Content-Type", content_type or "text/html"),),
        body=body,
    )
