"""Who crawls: a contact that the publisher's webmaster can use, or none on one's own machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.profile import make_profile
from crawler.user_agent import contact_of

PROFILE = make_profile("https://news.example/")


def contact(given: str | None, *, here: bool = False) -> str | None:
    return contact_of(given, None, profile=PROFILE, here=here, home=Path("home"))


@pytest.mark.parametrize(
    "given",
    ["desk@example.org", "a.b+c@xn--bcher-kva.example", "mailto:me@localhost", "https://x.org/"],
)
def test_an_address_or_a_url_is_a_contact(given: str):
    assert contact(given) == given


@pytest.mark.parametrize(
    "given",
    ["me", "me at example.org", "ftp://x.example/", "a@b (c)", "@", "é@x.org", "a@b\r\nX: y"],
)
def test_what_no_webmaster_can_use_is_refused_with_an_example(given: str):
    with pytest.raises(UsageError, match=r"such as you@example\.org or https://"):
        contact(given)


def test_a_server_of_this_machine_needs_no_contact(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PRESSMARK_CONTACT", raising=False)

    assert contact(None, here=True) is None
