"""Session ids by name: what is taken out of a URL, and what stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.session_ids import without_parameter, without_sessions

MD5 = "0123456789abcdef0123456789abcdef"
ASP = "lit3py55t21z5v55vlm25s55"


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        (f"http://a.test/x?PHPSESSID={MD5}", "http://a.test/x"),
        ("http://a.test/x?id=5&PHPSESSID=q", "http://a.test/x?id=5"),
        ("http://a.test/x?phpsessid=q&id=5&y", "http://a.test/x?id=5&y"),
        ("http://a.test/x;jsessionid=AF!-5?id=5", "http://a.test/x?id=5"),
        ("http://a.test/x;JSESSIONID=AF.node1/y", "http://a.test/x/y"),
        ("http://a.test/x?CFID=1&CFTOKEN=2", "http://a.test/x"),
        ("http://a.test/x?osCsid=1&amp;zenid=2", "http://a.test/x"),
        ("http://a.test/x?ASPSESSIONIDQQGQGQ=ABC", "http://a.test/x"),
        (f"http://a.test/(S({ASP}))/x.aspx", "http://a.test/x.aspx"),
        (f"http://a.test/app/(X(1)S({ASP}))/x.aspx", "http://a.test/app/x.aspx"),
        (f"http://a.test/({ASP.replace('9', '1')})/x.aspx", "http://a.test/x.aspx"),
        (f"http://a.test/viewtopic.php?t=5&sid={MD5}", "http://a.test/viewtopic.php?t=5"),
        (f"http://a.test/showthread.php?s={MD5}&t=5", "http://a.test/showthread.php?t=5"),
        ("http://a.test/?AspxAutoDetectCookieSupport=1", "http://a.test/"),
    ],
)
def test_what_names_a_visit_is_left_out(url, meant):
    assert without_sessions(url) == meant


@pytest.mark.parametrize(
    "url",
    [
        "http://a.test/?s=rice",
        "http://a.test/story?sid=1234",
        "http://a.test/story?session=5",
        f"http://a.test/story?id={MD5}",
        "http://a.test/x;v=1?y=;z",
        "http://a.test/(draft)/x",
        "http://a.test/a_(b)/x",
        "http://a.test/?a&&b=&c==",
    ],
)
def test_what_may_tell_a_page_stays(url):
    assert without_sessions(url) == url


def test_what_is_learned_goes_as_well():
    url = "http://a.test/x;visit=1?id=5&Visit=2&v=3"

    assert without_sessions(url, {"visit"}) == "http://a.test/x?id=5&v=3"
    assert without_parameter(url, "v") == "http://a.test/x;visit=1?id=5&Visit=2"


@given(st.text("abS()s;=&?/1-9", max_size=60))
def test_to_leave_it_out_twice_changes_nothing(tail):
    once = without_sessions(f"http://a.test/{tail}", {"a"})

    assert without_sessions(once, {"a"}) == once
