"""Search: the same words are found, whoever types them, on either engine."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.queries import CursorError, every, find_article, search, search_articles
from archive.queries.search import query_phrases
from archive.sql.captures.store import publisher_id, warc_file_id
from archive.sql.database import Database
from archive.sql.fulltext import INDEXED_BYTES, folded, indexed, words
from archive.sql.rows import insert_ids
from archive.sql.schema import view_tables

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def add(database: Database, slug: str, **values: Any) -> str:
    """Store an article by way of the tables themselves; return its URL."""
    said = {"headline": "A headline", "text": "A text.", "author": [], "language": "en"}
    said |= {"publisher": "news", "ordinal": 1, **values}
    url = f"http://{said['publisher']}.test/{slug}/"
    at = NOON + timedelta(days=said["ordinal"])
    with database.writing() as connection:
        owner = publisher_id(connection, said["publisher"], None, None)
        file = warc_file_id(connection, owner, f"{said['publisher']}.warc.gz")
        ids = {}
        for table, row in (
            (
                view_tables.capture,
                {
                    "publisher_id": owner,
                    "url": url,
                    "fetched_at": at,
                    "record_type": "response",
                    "warc_file_id": file,
                    "warc_offset": abs(hash((url, at))) % 2**40,
                    "warc_length": 1,
                    "warc_record_id": f"<{url}#{said['ordinal']}>",
                },
            ),
            (
                view_tables.extraction,
                {
                    "extractor": "test",
                    "profile_digest": "",
                    "outcome": "article",
                    "evidence": [],
                    "flags": [],
                    "alternates": [],
                },
            ),
            (
                view_tables.article,
                {
                    "publisher_id": owner,
                    "canonical_url": url,
                    "ordinal": said["ordinal"],
                    "in_language": said["language"],
                    "seen_from": at,
                    "seen_until": at,
                    "dated_at": said.get("dated_at", at),
                },
            ),
        ):
            if table is view_tables.extraction:
                row["capture_id"] = ids["capture"]
            (ids[table.name],) = insert_ids(connection, table, [row])
        connection.execute(
            view_tables.address.insert().values(
                publisher_id=owner,
                article_id=ids["article"],
                url=url,
                ordinal=said["ordinal"],
                role="canonical",
            )
        )
        connection.execute(
            view_tables.version.insert().values(
                article_id=ids["article"],
                extraction_id=ids["extraction"],
                seq=1,
                seen_from=NOON,
                seen_until=NOON,
                headline=said["headline"],
                text=said["text"],
                removed=[],
                author=said["author"],
                section=[],
                keywords=[],
                word_count=1,
                text_sha256="",
            )
        )
        texts = indexed(said["headline"], said["author"], said["text"])
        connection.execute(
            view_tables.article_text.insert().values(article_id=ids["article"], **texts)
        )
    return url


def found(database: Database, query: str, **options: Any) -> list[str]:
    with database.reading() as connection:
        return [hit.canonical_url for hit in search_articles(connection, query, **options).items]


@pytest.mark.parametrize("query", ["nguyen", "Nguyễn", "NGUYỄN", "nguyên", "Nguye\u0302\u0303n"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_with_and_without_its_diacritics(database, query, form):
    url = add(database, "a", text=unicodedata.normalize(form, "Bà Nguyễn Thị Minh nói."))
    add(database, "b", text="Bà Trần nói.")

    assert found(database, query) == [url]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Đà Nẵng", "da nang"),
        ("Da Nang", "ĐÀ NẴNG"),
        ("un cœur", "coeur"),
        ("un coeur", "CŒUR"),
        ("die Straße", "strasse"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("ISTANBUL", "istanbul"),
        ("l’école", "ecole"),
        ("किताब पढ़ो", "किताब"),
        ("Киев", "киев"),
        ("GPT-4 और GPT-J", "gpt-j"),
        ("example.org/a/b", "example.org"),
        ("on 2026-03-01 at noon", "2026-03-01"),
        ("a price of -5.30 euro", "5.30"),
        ("write to me@example.org", "example"),
        ("snake_case", "snake"),
    ],
)
def test_letters_and_numbers_are_found_as_they_are_typed(database, text, query):
    url = add(database, "a", text=text)

    assert found(database, query) == [url]


def test_a_vowel_sign_is_a_part_of_its_word(database):
    add(database, "a", text="कताब")

    assert found(database, "किताब") == []


def test_all_words_must_occur_wherever_they_stand(database):
    both = add(database, "a", headline="The river", text="A bridge was built.")
    add(database, "b", headline="The river", text="A boat was built.")

    assert found(database, "bridge river") == [both]


def test_words_in_double_quotes_must_follow_each_other(database):
    phrase = add(database, "a", text="the old stone bridge")
    words_only = add(database, "b", text="the bridge of old stone")

    assert found(database, '"stone bridge"') == [phrase]
    assert sorted(found(database, "stone bridge")) == [phrase, words_only]


def test_a_word_with_a_hyphen_is_a_phrase(database):
    hyphen = add(database, "a", text="what GPT-J says")
    add(database, "b", text="J asked the other GPT")

    assert found(database, "gpt-j") == [hyphen]


@pytest.mark.parametrize("query", ["", " ", "?!", '"', '""', "*", "- +", "( )", "'", "\\"])
def test_a_query_without_a_word_finds_nothing(database, query):
    add(database, "a", text="? ! * \" '")

    assert found(database, query) == []


@pytest.mark.parametrize(
    "query",
    [
        "bridge AND",
        "bridge OR boat",
        "NOT bridge",
        "NEAR(bridge boat)",
        "brid*",
        "author : bridge",
        "^bridge boat",
        "bridge & !boat",
        "bridge <-> boat",
        "bridge:A | x",
        "bridge;DROP TABLE article_text",
    ],
)
def test_operators_of_either_engine_are_plain_words(database, query):
    add(database, "a", text="a bridge")

    assert found(database, query) == []


def test_what_looks_like_sql_is_a_text_like_any_other(database):
    attack = "x'); DROP TABLE article_text; --"
    url = add(database, "a", headline=attack, text=attack)

    assert found(database, attack) == [url]
    assert found(database, "article_text", publisher_name=attack) == []
    assert found(database, "article_text", language=attack) == []


@pytest.mark.parametrize(
    "query", ['bridge"', '"bridge', "bridge*", "(bridge)", "+bridge", "'bridge"]
)
def test_punctuation_around_a_word_does_not_matter(database, query):
    url = add(database, "a", text="a bridge")

    assert found(database, query) == [url]


@pytest.mark.parametrize("query", ["and or not near", "the and"])
def test_small_words_are_words(database, query):
    url = add(database, "a", text="The pros and cons, or not; near or far")

    assert found(database, query) == [url]


def test_a_headline_counts_more_than_a_name_and_a_name_more_than_the_text(database):
    filler = "Some words that stand in every one of the texts, and mean nothing here."
    text = add(database, "a", text=f"{filler} The bridge.")
    author = add(database, "b", text=filler, author=["Ann Bridge"])
    headline = add(database, "c", headline="Bridge", text=filler)

    assert found(database, "bridge") == [headline, author, text]


def test_of_equally_good_articles_the_order_is_that_of_their_urls(database):
    urls = [add(database, slug, text="a bridge") for slug in ("c", "a", "b")]

    assert found(database, "bridge") == sorted(urls)


def test_the_newest_come_first_if_they_are_asked_for(database):
    old, new, middle = (
        add(database, slug, text=text, dated_at=NOON + timedelta(days=days))
        for slug, text, days in (
            ("a", "bridge bridge bridge", -900),
            ("b", "a long text that has the word bridge once", 9),
            ("c", "bridge bridge", -30),
        )
    )
    add(database, "d", text="boat", dated_at=NOON + timedelta(days=99))

    assert found(database, "bridge", newest=True) == [new, middle, old]
    assert found(database, "bridge", newest=True, limit=2) == [new, middle]


def all_pages(database: Database, query: str, **options: Any) -> list[str]:
    with database.reading() as connection:
        pages = every(
            lambda cursor: search_articles(connection, query, newest=True, cursor=cursor, **options)
        )
        return [hit.canonical_url for hit in pages]


@pytest.mark.parametrize("few", [1, 1_000], ids=["a common word", "a rare word"])
@pytest.mark.parametrize("looked_at", [1, 2, 50])
def test_a_word_that_only_old_articles_have_is_found_as_well(database, monkeypatch, few, looked_at):
    monkeypatch.setattr(search, "FEW_HITS", few)
    monkeypatch.setattr(search, "LOOKED_AT", looked_at)
    urls = [
        add(
            database,
            f"{number:02}",
            text="tunnel" if number < 9 else "bridge",
            language="fr" if number % 3 else "en",
            publisher="other" if number % 4 == 3 else "news",
            dated_at=NOON - timedelta(days=number // 3),
        )
        for number in range(24)
    ]
    tunnels, bridges = urls[:9], urls[9:]

    def in_order(some: list[str]) -> list[str]:
        return sorted(some, key=lambda url: (-(int(url[-3:-1]) // 3), url), reverse=True)

    assert all_pages(database, "bridge", limit=2) == in_order(bridges)
    assert all_pages(database, "tunnel", limit=4) == in_order(tunnels)
    french = [url for url in bridges if int(url[-3:-1]) % 3]
    assert all_pages(database, "bridge", limit=3, language="fr") == in_order(french)
    others = [url for url in bridges if "other" in url]
    assert all_pages(database, "bridge", limit=1, publisher_name="other") == in_order(others)


def test_a_cursor_of_the_best_is_none_of_the_newest(database):
    for slug in ("a", "b"):
        add(database, slug, text="bridge")

    with database.reading() as connection:
        best = search_articles(connection, "bridge", limit=1).next_cursor
        newest = search_articles(connection, "bridge", newest=True, limit=1).next_cursor
        assert best
        assert newest
        for cursor, by_date in ((best, True), (newest, False)):
            with pytest.raises(CursorError):
                search_articles(connection, "bridge", newest=by_date, cursor=cursor)


def test_results_may_be_of_one_publisher_or_language_only_and_limited(database):
    english = add(database, "a", text="bridge")
    french = add(database, "b", text="bridge", language="fr")
    other = add(database, "a", text="bridge", publisher="other")

    assert found(database, "bridge", publisher_name="other") == [other]
    assert found(database, "bridge", language="fr") == [french]
    assert found(database, "bridge", publisher_name="news", limit=1) == [english]


@pytest.mark.parametrize("language", ["zh", "ZH", "zh-Hant"])
def test_a_language_takes_in_its_narrower_tags(database, language):
    url = add(database, "a", text="bridge", language="zh-hant")
    add(database, "b", text="bridge", language="zhx")

    assert found(database, "bridge", language=language) == [url]


def test_each_story_that_an_address_bore_is_found_by_its_own_words(database):
    url = add(database, "a", headline="The bridge")
    add(database, "a", headline="The tunnel", ordinal=2)

    with database.reading() as connection:
        rows = search_articles(connection, "bridge").items

    assert [(row.canonical_url, row.headline) for row in rows] == [(url, "The bridge")]


def test_of_the_stories_that_an_address_bore_it_finds_the_latest(database):
    url = add(database, "a", headline="The bridge")
    add(database, "a", headline="The tunnel", ordinal=2)

    with database.reading() as connection:
        rows = find_article(connection, url)

    assert [row.headline for row in rows] == ["The tunnel"]


def test_an_article_whose_words_changed_is_found_by_the_new_ones_only(database):
    url = add(database, "a", text="an old bridge")

    with database.writing() as connection:
        connection.execute(
            view_tables.article_text.update().values(**indexed("A headline", [], "a new tunnel"))
        )

    assert found(database, "bridge") == []
    assert found(database, "tunnel") == [url]


def test_an_article_that_is_deleted_is_not_found(database):
    add(database, "a", text="a bridge")

    with database.writing() as connection:
        connection.execute(view_tables.article_text.delete())
        connection.execute(view_tables.article.delete())

    assert found(database, "bridge") == []


def test_a_text_that_no_engine_could_index_whole_is_found_by_its_beginning(database):
    book = " ".join(f"word{number}" for number in range(200_000))
    url = add(database, "a", text=book)

    assert len(book) > INDEXED_BYTES["text"]
    assert found(database, "word1") == [url]
    assert found(database, "word199999") == []


def test_a_headline_without_a_space_is_found_by_its_author_however_long_it_is(database):
    url = add(database, "a", headline="字" * 2_000, author=["Nguyễn"], text="bridge")

    assert found(database, "nguyen") == [url]


def test_a_word_of_100_kilobytes_does_no_harm(database):
    url = add(database, "a", text="bridge " + "x" * 100_000)

    assert found(database, "bridge") == [url]


def test_phrases_are_folded_words():
    assert query_phrases('Đèn "Lá  Lúa" GPT-4 “curly” — "') == [
        ["den"],
        ["la", "lua"],
        ["gpt", "4"],
        ["curly"],
    ]


def test_a_word_that_may_be_broken_or_is_joined_by_a_sign_is_one_word():
    assert words("wan\u00addeln, می\u200cخواهم") == words("wandeln, میخواهم")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_latin_text_folds_alike_however_it_is_composed(text):
    forms = {folded(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}

    assert len(forms) == 1


@given(st.text())
def test_words_hold_nothing_that_an_engine_would_take_for_syntax(text):
    assert all(not set(word) & set("\"'*^()&|!<>:;\\ \t\n\x00") for word in words(text))
