import gzip

import brotli
import pytest

from archive.extract import payload as door
from archive.extract.payload import extract
from archive.extract.stamp import EXTRACTOR
from archive.model import Candidate, Edge, EdgeKind, Flag, Kind, Outcome, Payload, Truncation, Via
from tests.support.pages import CAPTURED, STORY, payload, read, story

ROBOTS = "https://news.test/robots.txt"
WELL_KNOWN = tuple(
    Candidate(url=f"https://news.test/{name}", via=Via.WELL_KNOWN, kind=Kind.SITEMAP)
    for name in ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")
)


def test_a_page_of_one_story_is_an_article():
    found = read(story())

    assert found.outcome is Outcome.ARTICLE
    assert found.article.headline == "The bridge over the river opens"
    assert found.article.text.startswith("The bridge that the town had waited for")
    assert found.extractor == EXTRACTOR


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.MISSING),
        (410, Outcome.MISSING),
        (451, Outcome.MISSING),
        (401, Outcome.BLOCKED),
        (403, Outcome.BLOCKED),
        (407, Outcome.BLOCKED),
        (429, Outcome.BLOCKED),
        (503, Outcome.BLOCKED),
        (400, Outcome.ERROR),
        (500, Outcome.ERROR),
        (502, Outcome.ERROR),
        (305, Outcome.ERROR),
    ],
)
def test_a_refusal_is_no_article_whatever_its_body_looks_like(status, outcome):
    found = read(story(), status=status)

    assert (found.outcome, found.article) == (outcome, None)
    assert str(status) in found.reason


def test_no_reply_at_all_is_an_error_with_the_reason_of_the_network():
    found = extract(
        Payload(url=STORY, captured_at=CAPTURED, status=None, error="connection refused")
    )

    assert (found.outcome, found.reason) == (Outcome.ERROR, "connection refused")


def test_not_modified_has_no_content_of_its_own():
    found = read(b"", status=304)

    assert (found.outcome, found.reason) == (Outcome.EMPTY, "304 Not Modified")


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_empty(body):
    assert read(body).outcome is Outcome.EMPTY


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_names_its_target(status):
    found = read(b"moved", status=status, location="../../new/?utm_source=feed#top")

    assert found.outcome is Outcome.REDIRECT
    assert found.edges == (Edge(EdgeKind.REDIRECT, "https://news.test/2026/new/"),)
    assert found.candidates == (Candidate(url="https://news.test/2026/new/", via=Via.REDIRECT),)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("/robots.txt", Kind.ROBOTS),
        ("/sitemap-1.xml.gz", Kind.SITEMAP),
        ("/feed/", Kind.FEED),
        ("/a/?amp=1", Kind.AMP),
    ],
)
def test_a_redirects_target_is_expected_to_be_what_its_path_says(location, kind):
    assert read(b"", status=301, location=location).candidates[0].kind is kind


def test_a_redirect_in_utf_8_bytes_is_understood():
    as_latin_1 = "/tin/đường".encode().decode("latin-1")

    found = read(b"", status=301, location=as_latin_1)

    assert found.candidates[0].url == "https://news.test/tin/%C4%91%C6%B0%E1%BB%9Dng"


def test_a_redirect_to_itself_or_to_another_scheme_leads_nowhere():
    itself = read(b"", status=302, location=STORY)
    elsewhere = read(b"", status=302, location="mailto:a@news.test")

    assert (itself.outcome, itself.candidates, itself.edges) == (Outcome.ERROR, (), ())
    assert itself.flags == (Flag.TO_ITSELF,)
    assert (elsewhere.outcome, elsewhere.candidates) == (Outcome.ERROR, ())


def test_a_redirect_that_adds_a_session_id_leads_to_itself():
    found = read(b"", status=302, location=f"{STORY}?PHPSESSID=1")

    assert (found.outcome, found.edges, found.flags) == (Outcome.ERROR, (), (Flag.TO_ITSELF,))
    assert [candidate.url for candidate in found.candidates] == [f"{STORY}?PHPSESSID=1"]


def test_a_session_id_makes_no_other_address_of_an_article():
    canonical = f'<link rel=canonical href="{STORY};jsessionid=9">'

    elsewhere = read(b"", status=301, location="/new/?PHPSESSID=1")
    own = read(story(head=canonical))
    adorned = read(story(), url=f"{STORY}?PHPSESSID=1")

    assert elsewhere.edges == (Edge(EdgeKind.REDIRECT, "https://news.test/new/"),)
    assert own.edges == ()
    assert adorned.edges == (Edge(EdgeKind.CANONICAL, STORY),)


def test_a_page_that_only_refreshes_to_another_is_a_redirect():
    found = read('<meta http-equiv=refresh content="0; url=/new/"><p>You are being redirected.')

    assert found.outcome is Outcome.REDIRECT
    assert found.candidates[0].url == "https://news.test/new/"


def test_an_article_that_reloads_itself_is_still_an_article():
    refresh = (
        f'<meta http-equiv=refresh content="3; url={STORY}"><meta http-equiv=refresh content=300>'
    )

    assert read(story(head=refresh)).outcome is Outcome.ARTICLE


def test_an_article_that_would_send_its_reader_on_is_still_an_article():
    assert (
        read(story(head='<meta http-equiv=refresh content="5; url=/next/">')).outcome
        is Outcome.ARTICLE
    )


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>Just a moment...</title></head><body>Checking</body></html>",
        "<html><body><script>var dd={'host':'geo.captcha-delivery.com'}</script></body></html>",
        '<html><body><div id="px-captcha"></div></body></html>',
    ],
)
def test_a_challenge_in_place_of_a_page_is_a_block(body):
    assert read(body).outcome is Outcome.BLOCKED


def test_a_challenge_is_known_by_its_header():
    assert read(story(), cf_mitigated="challenge").outcome is Outcome.BLOCKED


def test_robots_txt_names_its_sitemaps():
    text = "User-agent: *\nDisallow: /x\nSITEMAP: /a.xml\nSitemap: https://news.test/b.xml.gz # b\n"

    found = read(text, url=ROBOTS, content_type="text/plain")

    assert found.outcome is Outcome.ROBOTS
    assert [(c.url, c.via, c.kind) for c in found.candidates] == [
        ("https://news.test/a.xml", Via.ROBOTS, Kind.SITEMAP),
        ("https://news.test/b.xml.gz", Via.ROBOTS, Kind.SITEMAP),
    ]


def test_where_robots_txt_names_no_sitemap_the_usual_places_are_tried():
    silent = read("User-agent: *\nDisallow:\n", url=ROBOTS, content_type="text/plain")
    absent = read("not found", url=ROBOTS, status=404)
    forbidden = read("no", url=ROBOTS, status=403)

    assert (silent.outcome, silent.candidates) == (Outcome.ROBOTS, WELL_KNOWN)
    assert (absent.outcome, absent.candidates) == (Outcome.MISSING, WELL_KNOWN)
    assert (forbidden.outcome, forbidden.candidates) == (Outcome.BLOCKED, WELL_KNOWN)


def test_a_server_in_trouble_is_not_asked_for_sitemaps():
    assert read("oops", url=ROBOTS, status=500).candidates == ()
    assert read("slow down", url=ROBOTS, status=429).candidates == ()


URLSET = """<?xml version="1.0" encoding="UTF-8"?><!-- made by hand -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://news.test/a</loc></url></urlset>"""


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (URLSET, {"content_type": "application/xml"}),
        (URLSET, {"content_type": "text/html"}),
        ("\n\n" + URLSET, {"content_type": "text/xml"}),
        (gzip.compress(URLSET.encode()), {"content_type": "application/x-gzip"}),
        (gzip.compress(URLSET.encode()), {"content_type": "application/octet-stream"}),
        (brotli.compress(URLSET.encode()), {"content_type": "text/xml", "content_encoding": "br"}),
        ("https://news.test/a\n", {"content_type": "text/plain"}),
    ],
)
def test_a_sitemap_is_known_by_what_it_is_not_by_its_media_type(body, headers):
    found = read(body, url="https://news.test/sitemap.xml", **headers)

    assert found.outcome is Outcome.SITEMAP
    assert [candidate.url for candidate in found.candidates] == ["https://news.test/a"]


@pytest.mark.parametrize(
    ("body", "media", "outcome"),
    [
        ("<rss version='2.0'><channel/></rss>", "text/html", Outcome.FEED),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "text/xml", Outcome.FEED),
        ("<rdf:RDF xmlns:rdf='x'/>", "application/xml", Outcome.FEED),
        ('{"posts": []}', "application/json", Outcome.API),
        ('[{"id": 1}]', "application/octet-stream", Outcome.API),
        (b"%PDF-1.7 ...", "text/html", Outcome.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n....", "image/png", Outcome.NOT_HTML),
        ("just words", "text/plain", Outcome.NOT_HTML),
        ("body { color: red }", "text/css", Outcome.NOT_HTML),
        ("<note><to>you</to></note>", "application/rtf", Outcome.NOT_HTML),
    ],
)
def test_other_kinds_of_content_are_told_apart(body, media, outcome):
    found = read(body, content_type=media)

    assert (found.outcome, found.article) == (outcome, None)


@pytest.mark.parametrize("media", ["application/xhtml+xml", "application/xml", "text/xml", ""])
def test_xhtml_is_read_as_a_page(media):
    found = read('<?xml version="1.0" encoding="utf-8"?>' + story(), content_type=media)

    assert found.outcome is Outcome.ARTICLE


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd"])
def test_a_page_under_a_lying_content_encoding_is_read_and_flagged(coding):
    found = read(story(), content_encoding=coding)

    assert found.outcome is Outcome.ARTICLE
    assert any(coding in flag for flag in found.flags)


def test_a_bomb_ends_as_a_failure_with_its_reason():
    found = read(gzip.compress(bytes(70_000_000)), content_encoding="gzip")

    assert (found.outcome, found.reason) == (Outcome.FAILED, "the body unpacks to more than 64 MB")


def test_a_truncated_page_gives_what_is_there_and_says_so():
    whole = payload(story())
    cut = Payload(
        url=STORY,
        captured_at=CAPTURED,
        headers=whole.headers,
        body=whole.body[: whole.body.index(b"Tolls were")],
        truncated=Truncation.LENGTH,
    )

    found = extract(cut)

    assert found.outcome is Outcome.ARTICLE
    assert found.article.text.endswith("the end of June.")
    assert "truncated: length" in found.flags


def test_an_application_that_a_script_would_fill_needs_that_script():
    shell = """<html><head><title>News</title></head><body>
    <noscript>Please enable JavaScript.</noscript>
    <div id="root"></div><script src="/app.js"></script></body></html>"""

    assert read(shell).outcome is Outcome.NEEDS_SCRIPT


def test_a_defect_of_the_extractor_becomes_an_outcome_without_addresses(monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError(f"cannot read {object()!r}")

    monkeypatch.setattr(door, "html_extraction", broken)

    found = read(story())

    assert found.outcome is Outcome.FAILED
    assert found.reason == "RuntimeError: cannot read <object object at 0x>"


def test_running_out_of_memory_is_left_to_who_runs_the_extractor(monkeypatch):
    def starved(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr(door, "html_extraction", starved)

    with pytest.raises(MemoryError):
        read(story())


@pytest.mark.parametrize(
    "body",
    [
        *(b"<", b"<" * 50_000, b"<!--" * 10_000, b"<html", b"]]>", b"<?xml version='1.0'?>"),
        *(b"\xff\xfe<\x00p\x00>\x00x", "\ufeff\ufeff<p>x".encode(), b"\x00" * 100),
        *(b" " * 9_000 + b"x", b"<script>" + b"{" * 100_000),
    ],
)
@pytest.mark.parametrize("media", ["text/html", "application/xml", ""])
def test_no_rubbish_makes_the_door_raise(body, media):
    found = read(body, content_type=media)

    assert found.outcome is not Outcome.ARTICLE
    assert found.outcome is not Outcome.FAILED


def test_a_page_says_the_same_whatever_was_read_before_it():
    other = story(
        body="<p>" + "</p><p>".join(f"Another page with number {n} of it all." for n in range(60))
    )
    alone = read(story())

    for _ in range(3):
        read(other)
        read(story(title="The bridge"))

    assert read(story()) == alone


def test_a_body_in_a_coding_that_nobody_can_undo_is_no_page():
    found = read(b"\x28\xb5\x2f\xfd\x04\x00" + bytes(range(256)), content_encoding="zstd")

    assert (found.outcome, found.reason) == (Outcome.NOT_HTML, "content-encoding: unknown zstd")


def test_a_page_that_calls_its_charset_its_coding_is_read():
    assert read(story(), content_encoding="utf-8").outcome is Outcome.ARTICLE


@pytest.mark.parametrize("media", ["\0; ;;charset", "html", ";", "text"])
def test_a_page_whose_media_type_is_none_is_read_for_what_it_is(media):
    assert read(story(), content_type=media).outcome is Outcome.ARTICLE


def test_a_sitemap_with_half_a_letter_in_a_date_names_its_pages():
    entry = "<url><loc>http://news.test/a/</loc><lastmod>&#xD800;</lastmod></url>"

    found = read(f"<urlset>{entry}</urlset>", content_type="application/xml")

    assert [candidate.url for candidate in found.candidates] == ["http://news.test/a/"]
