"""Who crawls with which software: the operator's contact, User-Agent and warcinfo record."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import UsageError
from archive.profile import Profile
from archive.settings import SETTINGS_FILE
from archive.urls import absolute
from crawler.download.addresses import Mapping, literal
from crawler.download.guard import Guard

CONTACT = "PRESSMARK_CONTACT"
"""Name of the Scrapy setting and of the environment variable with the operator's contact."""


_MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""A usual e-mail address (RFC 5322 'addr-spec' without quoted and literal parts)."""
_WEB = re.compile(r"https?://[!-'*-~]+")
"""A URL without characters that would end a User-Agent's comment: space, parentheses, non-ASCII."""


def contact_of(
    given: str | None, in_home: str | None, *, profile: Profile, here: bool, home: Path
) -> str | None:
    """Return the operator's contact: *given*, or from the environment, or from ``archive.toml``.

    Raises ``UsageError`` when there is no contact, unless the publisher's server is *here*, on this
    machine; and for a contact that is neither an e-mail address nor a URL.
    """
    contact = given or os.environ.get(CONTACT) or in_home
    if contact is None and not here:
        raise UsageError(
            f"{profile.home}: a crawl of somebody else's server needs a contact, so that its"
            f" webmaster can reach whoever runs it; give --contact you@example.org, set {CONTACT},"
            f' or write contact = "you@example.org" into {home / SETTINGS_FILE}'
        )
    if contact is not None and not _is_contact(contact):
        raise UsageError(
            f"the contact {contact!r} is neither an e-mail address nor a URL; expected one that the"
            " publisher's webmaster can use, such as you@example.org or https://example.org/crawler"
        )
    return contact


def _is_contact(text: str) -> bool:
    """Return whether *text* can be a contact in the comment of a User-Agent."""
    if _MAIL.fullmatch(text.removeprefix("mailto:")):
        return True
    return _WEB.fullmatch(text) is not None and absolute(text, "") is not None


def is_here(url: str, mappings: Sequence[Mapping]) -> bool:
    """Return whether *url*, after *mappings*, is served by this machine."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    target = Guard(mappings=mappings).target(host, port)
    address = literal(target[0] if target else host)
    return host == "localhost" or (address is not None and address.is_loopback)


def user_agent(contact: str | None) -> str:
    """Return the User-Agent of a crawl, with the operator's contact (RFC 9110 10.1.5)."""
    product = f"Pressmark/{version('pressmark')}"
    return f"{product} (+{contact})" if contact else product


def warcinfo(profile: Profile, contact: str | None) -> dict[str, str]:
    """Return the fields of the warcinfo record of a crawl's WARC files (WARC 1.1, 'warcinfo')."""
    info = {
        "isPartOf": profile.name,
        "description": f"Crawl of {profile.home}",
        "robots": "obey",
        "http-header-user-agent": user_agent(contact),
        "software-versions": " ".join(f"{name}/{number}" for name, number in software().items()),
        "profile-digest": profile.digest,
        "profile": json.dumps(asdict(profile), ensure_ascii=False),
    }
    return {**info, "operator": contact} if contact else info


def software() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide what an archive holds."""
    names = ("pressmark", "scrapy", "twisted", "trafilatura", "lxml", "sqlalchemy")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
