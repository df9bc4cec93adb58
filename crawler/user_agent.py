"""Who crawls, and with what: the operator's contact, the User-Agent, and a WARC file's warcinfo."""

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
"""Name of the setting, and of the environment variable, that hold the operator's contact."""


_MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""An e-mail address as people have one (RFC 5322 'addr-spec' without quoted and literal parts)."""
_WEB = re.compile(r"https?://[!-'*-~]+")
"""A URL without what would end the comment of a User-Agent: space, parentheses, other scripts."""


def contact_of(
    given: str | None, in_home: str | None, *, profile: Profile, here: bool, home: Path
) -> str | None:
    """Return the operator's contact: as *given*, from the environment, or from ``archive.toml``.

    Raises ``UsageError`` where there is none and the publisher's server is not *here*, on this
    machine, and for one that is neither an e-mail address nor a URL.
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
    """Return whether *text* can stand as a contact within a User-Agent's comment."""
    if _MAIL.fullmatch(text.removeprefix("mailto:")):
        return True
    return _WEB.fullmatch(text) is not None and absolute(text, "") is not None


def is_here(url: str, mappings: Sequence[Mapping]) -> bool:
    """Return whether *url* leads to a server on this machine, by itself or by one of *mappings*."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    target = Guard(mappings=mappings).target(host, port)
    address = literal(target[0] if target else host)
    return host == "localhost" or (address is not None and address.is_loopback)


def user_agent(contact: str | None) -> str:
    """Return what a crawl calls itself, with the operator's contact (RFC 9110 10.1.5)."""
    product = f"Pressmark/{version('pressmark')}"
    return f"{product} (+{contact})" if contact else product


def warcinfo(profile: Profile, contact: str | None) -> dict[str, str]:
    """Return what a WARC file says of the crawl that writes it (WARC 1.1, 'warcinfo')."""
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
    """Return the versions of what makes an archive what it is."""
    names = ("pressmark", "scrapy", "twisted", "trafilatura", "lxml", "sqlalchemy")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
