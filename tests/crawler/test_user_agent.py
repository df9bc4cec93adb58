"""Who crawls: a contact that the publisher's webmaster can use, or none on one's own machine."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.profile import make_profile
from crawler.download.addresses import parse_connect_to
from crawler.user_agent import CONTACT, contact_of, is_here, software, user_agent, warcinfo

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
    monkeypatch.delenv(CONTACT, raising=False)

    assert contact(None, here=True) is None


def test_without_a_contact_nobody_elses_server_is_crawled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(CONTACT, raising=False)

    with pytest.raises(UsageError) as raised:
        contact(None)

    for remedy in ("--contact you@example.org", f"set {CONTACT}", str(Path("home/archive.toml"))):
        assert remedy in str(raised.value)


def test_what_is_given_wins_over_the_environment_and_that_over_the_archives_own(
    monkeypatch: pytest.MonkeyPatch,
):
    given, environment, own = "a@example.org", "b@example.org", "c@example.org"
    monkeypatch.setenv(CONTACT, environment)

    def used(given: str | None) -> str | None:
        return contact_of(given, own, profile=PROFILE, here=False, home=Path("home"))

    assert used(given) == given
    assert used(None) == environment
    monkeypatch.delenv(CONTACT)
    assert used(None) == own


@pytest.mark.parametrize(
    ("url", "mapped", "here"),
    [
        ("http://localhost:8000/", None, True),
        ("http://127.0.0.1/", None, True),
        ("http://[::1]/", None, True),
        ("http://2130706433/", None, True),  # the same, as a number
        ("http://127.0.0.1.example/", None, False),
        ("http://192.168.1.1/", None, False),
        ("https://news.example/", None, False),
        ("http://news.example/", "news.example:80:127.0.0.1:8000", True),
        ("https://news.example/", "news.example:443:127.0.0.1:8000", True),
        ("https://news.example/", "news.example:80:127.0.0.1:8000", False),
        ("http://localhost/", "localhost:80:192.0.2.1:80", True),
    ],
)
def test_a_server_is_here_when_its_name_or_a_mapping_leads_to_loopback(
    url: str, mapped: str | None, here: bool
):
    mappings = [] if mapped is None else [parse_connect_to(mapped)]

    assert is_here(url, mappings) is here


def test_a_user_agent_bears_the_contact_as_a_comment_and_is_a_bare_product_without():
    product = f"Pressmark/{version('pressmark')}"

    assert user_agent("desk@example.org") == f"{product} (+desk@example.org)"
    assert user_agent(None) == product


def test_a_warc_file_says_who_crawled_what_with_what():
    profile = replace(PROFILE, title="Chợ mới")

    info = warcinfo(profile, "desk@example.org")

    assert info["operator"] == "desk@example.org"
    assert info["http-header-user-agent"] == user_agent("desk@example.org")
    assert (info["isPartOf"], info["robots"]) == (profile.name, "obey")
    assert info["profile-digest"] == profile.digest
    assert json.loads(info["profile"])["title"] == "Chợ mới"
    assert "Chợ mới" in info["profile"]  # to be read by people
    for name, number in software().items():
        assert f"{name}/{number}" in info["software-versions"].split()
    assert "operator" not in warcinfo(profile, None)


def test_every_line_of_a_warcinfo_is_one_line():
    assert all("\n" not in value for value in warcinfo(PROFILE, "desk@example.org").values())
