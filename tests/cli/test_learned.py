"""``translations`` and ``boilerplate``: what settling found out, with its evidence."""

from __future__ import annotations

from tests.support.followed import ALONE, BRIDGE, ENGLISH, FOLLOW, FRENCH
from tests.support.scenarios import url_of


def test_translations_are_groups_with_their_members_and_who_names_whom(following):
    (group,) = following("translations", "--json").rows

    assert group["translation_group"] == url_of(ENGLISH)
    assert [(m["in_language"], m["headline"]) for m in group["members"]] == [
        ("en", "The heron is back"),
        ("fr", "Le héron est de retour"),
    ]
    assert [(n["url"], n["language"], n["target_url"]) for n in group["evidence"]] == [
        (url_of(ENGLISH), "fr", url_of(FRENCH)),
        (url_of(FRENCH), "en", url_of(ENGLISH)),
    ]


def test_the_evidence_of_a_group_leads_to_its_records(following):
    (group,) = following("translations", "--json").rows
    out = following("translations").out

    for naming in group["evidence"]:
        place = f"{naming['warc_file']} at {naming['warc_offset']}, {naming['warc_record_id']}"
        assert place in out


def test_translations_may_be_those_of_a_publisher_or_of_one_address(following):
    everything = following("translations", "--json").out

    assert following("translations", "demo", "--json").out == everything
    assert following("translations", url_of(FRENCH), "--json").out == everything


def test_a_page_that_is_not_named_back_is_told_apart(following):
    done = following("translations", url_of(ALONE))

    assert (done.code, done.out) == (0, "")
    assert f"{url_of(ALONE)} names {url_of('/fr/2026/03/loutre/')} as fr, which is not" in done.err


def test_an_article_without_translations_says_so(following):
    done = following("translations", url_of(BRIDGE))

    assert (done.code, done.out, done.err) == (0, "", "no translations\n")


def test_boilerplate_is_shown_with_how_many_articles_bear_it_and_where(following):
    (rule,) = following("boilerplate", "demo", "--json").rows
    out = following("boilerplate", "demo").out

    assert (rule["text"], rule["language"]) == (FOLLOW, "en")
    assert rule["articles"] == rule["of_articles"] == rule["at_end"] == 9
    assert f"{FOLLOW}\n  in 9 of 9 articles in en, at the end\n" in out
    assert len(rule["examples"]) == 2
    assert all(f"  {url}\n" in out for url in rule["examples"])


def test_the_examples_of_a_rule_bear_it(following):
    (rule,) = following("boilerplate", "demo", "--json").rows

    for url in rule["examples"]:
        for version in following("history", url, "--json").rows:
            assert version["boilerplate"] == [FOLLOW]
        assert FOLLOW not in following("show", url).out


def test_where_nothing_is_repeated_it_says_so(pressmark):
    done = pressmark("boilerplate", "demo")

    assert (done.code, done.out) == (0, "")
    assert "demo: nothing is known to be repeated around its articles" in done.err


def test_a_publisher_of_whom_nothing_is_archived_is_an_error(following):
    for command in ("boilerplate", "translations", "status"):
        done = following(command, "nobody")

        assert (done.code, done.out) == (2, "")
        assert "nobody: nothing is archived of a publisher of this name" in done.err


def test_an_article_as_markdown_is_without_what_its_site_repeats(following):
    *_, version = following("history", url_of(BRIDGE), "--json").rows
    out = following("show", url_of(BRIDGE), "--markdown").out

    assert version["boilerplate"] == [FOLLOW]
    assert FOLLOW not in out
    assert out.startswith("# ")
