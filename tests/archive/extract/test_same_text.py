"""However a page is made, the same article comes out of it.

Each test changes the form of a page, and nothing of what it says: names of classes, tables around
the text, br for p, ids made of prose, hidden copies, encodings, white space. Scripts are mixed in,
so that nothing may count letters.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Outcome
from tests.support.pages import PROSE, read

URL = "https://news.test/2026/02/story-7.html"
STORIES = {
    "en": ("The bridge over the river opens after three years", PROSE),
    "ru": (
        "Мост через реку открыли после трёх лет работы",
        (
            "Мост, которого город ждал после наводнения, открыли во вторник утром.",
            "За первый час по нему прошли около четырёхсот человек, многие пришли с колясками.",
            "Мэр поблагодарила строителей и сказала, что старый паром будет ходить до июня.",
            "Плату за проезд вводить не собирались, добавила она: всё оплатила область.",
        ),
    ),
    "el": (
        "Άνοιξε η γέφυρα του ποταμού μετά από τρία χρόνια",
        (
            "Η γέφυρα που περίμενε η πόλη από τις πλημμύρες άνοιξε το πρωί της Τρίτης με λιακάδα.",
            "Περίπου τετρακόσιοι άνθρωποι την πέρασαν την πρώτη ώρα, πολλοί με ποδήλατα.",
            "Η δήμαρχος ευχαρίστησε τους εργάτες και είπε ότι το παλιό πλοίο μένει ως τον Ιούνιο.",
            "Διόδια δεν σκέφτηκε ποτέ κανείς, πρόσθεσε, αφού πλήρωσε τα πάντα η περιφέρεια.",
        ),
    ),
    "zh": (
        "市立图书馆延长开放时间至晚上十点",
        (
            "市立图书馆从本周一起延长开放时间，周末也不例外，读者凭证入馆。",
            "新的开放时间为每天早上八点至晚上十点，节假日另行通知。",
            "馆长表示，多年来读者一直希望晚上也能借书和还书。",
            "二楼的自习室也将同时开放，座位可以提前一天预约。",
        ),
    ),
    "th": (
        "สะพานข้ามแม่น้ำเปิดใช้งานแล้วหลังก่อสร้างนานสามปี",
        (
            "สะพานที่ชาวเมืองรอคอยมาตั้งแต่น้ำท่วมใหญ่เปิดให้ใช้งานแล้วเมื่อเช้าวันอังคารที่ผ่านมานี้",
            "มีผู้คนราวสี่ร้อยคนเดินข้ามสะพานในชั่วโมงแรก หลายคนเข็นรถเด็กและจูงจักรยานมาด้วยกัน",
            "นายกเทศมนตรีขอบคุณคนงานและกล่าวว่าเรือข้ามฟากลำเก่าจะให้บริการต่อไปจนถึงสิ้นเดือนมิถุนายน",
            "เธอกล่าวเพิ่มเติมว่าไม่เคยคิดจะเก็บค่าผ่านทาง เพราะจังหวัดเป็นผู้ออกค่าใช้จ่ายส่วนใหญ่",
        ),
    ),
}
LANGUAGES = st.sampled_from(sorted(STORIES))
NAMES = st.sampled_from(["x1", "box", "col-8", "m_w", "content", "td_q", "p2", "sc-bdVaJa", ""])
MENU = "".join(f'<li><a href="/{n}/">Rubrik {n}</a></li>' for n in range(9))


def page(language: str, text: str, *, name: str = "x1", frame: str = "ul", head: str = "") -> str:
    """A page with *text*, the markup of the story's text, in a box with the class *name*."""
    headline, _ = STORIES[language]
    menu = f"<{frame}>{MENU}</{frame}>"
    return (
        f'<!doctype html>\n<html lang="{language}"><head><title>{headline}</title>{head}</head>\n'
        f"<body>\n<div>{menu}</div>\n<h1>{headline}</h1>\n<p>2026-02-10 09:30</p>\n"
        f'<div class="{name}">\n{text}\n</div>\n<div>{menu}</div>\n</body></html>'
    )


def in_paragraphs(language: str) -> str:
    return "\n".join(f"<p>{line}</p>" for line in STORIES[language][1])


def assert_same(language: str, html: str | bytes, **headers: str) -> None:
    found = read(html, url=URL, **headers)

    assert found.article is not None
    assert found.article.text.split("\n") == list(STORIES[language][1])
    assert found.outcome is Outcome.ARTICLE


@given(LANGUAGES, NAMES)
@settings(max_examples=40)
def test_with_other_names(language, name):
    assert_same(language, page(language, in_paragraphs(language), name=name))


@given(LANGUAGES, st.integers(1, 3), NAMES)
@settings(max_examples=30)
def test_with_tables_around(language, depth, name):
    text = in_paragraphs(language)
    for _ in range(depth):
        text = f'<table class="{name}"><tr><td>{text}</td></tr></table>'

    assert_same(language, page(language, text))


@given(LANGUAGES, st.sampled_from(["<br>", "<br><br>", "<br/>\n<br/>", "</div><div>"]), NAMES)
@settings(max_examples=40)
def test_with_lines_that_no_paragraph_holds(language, between, name):
    text = f"<div>{between.join(STORIES[language][1])}</div>"

    assert_same(language, page(language, text, name=name))


@given(
    LANGUAGES,
    st.sampled_from(["social-housing", "share-price", "comments-on-it", "related-work", "menu-7"]),
)
@settings(max_examples=25)
def test_with_ids_made_of_prose(language, slug):
    lines = STORIES[language][1]
    text = "\n".join(
        f'<p id="{slug}-{number}">{line}</p>' if number else f"<p>{line}</p>"
        for number, line in enumerate(lines)
    )

    assert_same(language, page(language, text))


@given(LANGUAGES, st.sampled_from(["hidden", 'style="display:none"', 'style="visibility: hidden"']))
@settings(max_examples=15)
def test_with_a_hidden_copy(language, hiding):
    text = in_paragraphs(language)

    assert_same(language, page(language, f"{text}<div {hiding}>{text}</div>"))


@given(LANGUAGES)
@settings(max_examples=5)
def test_with_text_that_screen_readers_do_not_get(language):
    text = in_paragraphs(language).replace("<p>", '<p aria-hidden="true">')

    assert_same(language, page(language, text))


@given(LANGUAGES)
@settings(max_examples=5)
def test_without_any_white_space_between_elements(language):
    assert_same(language, re.sub(r">\s+<", "><", page(language, in_paragraphs(language))))


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("en", "utf-16"),
        ("ru", "windows-1251"),
        ("ru", "koi8-r"),
        ("ru", "utf-8-sig"),
        ("el", "windows-1253"),
        ("el", "utf-16"),
        ("zh", "gb18030"),
        ("zh", "utf-8"),
        ("th", "windows-874"),
        ("th", "utf-8"),
    ],
)
@pytest.mark.parametrize("is_declared", [True, False])
def test_in_another_encoding(language, encoding, is_declared):
    label = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    head = f'<meta charset="{label}">' if is_declared else ""
    html = page(language, in_paragraphs(language), head=head)
    body = html.encode({"windows-874": "cp874"}.get(encoding, encoding))

    assert_same(language, body, content_type="text/html")


@given(LANGUAGES, st.sampled_from(["iso-8859-1", "windows-1252", "us-ascii"]))
@settings(max_examples=10)
def test_in_utf_8_that_is_declared_to_be_something_else(language, charset):
    html = page(language, in_paragraphs(language), head=f'<meta charset="{charset}">')

    assert_same(language, html.encode(), content_type=f"text/html; charset={charset}")
