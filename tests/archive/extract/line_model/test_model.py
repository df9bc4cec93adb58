"""A model of lines reads pages whose markup does not say where the text is."""

import pytest

from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of, weight_of
from archive.extract.line_model.features import CONTEXT_NAMES, FIRST_NAMES, LineFeatures
from archive.extract.line_model.model import is_better, line_probabilities
from tests.support.pages import PROSE, STORY, read

MENU = "".join(f'<td><a href="/{n}/">Part {n}</a></td>' for n in range(12))
TEASERS = "".join(
    f'<tr><td><a href="/{n}/">Another story of the town, number {n} of it</a></td></tr>'
    for n in range(15)
)
CHINESE = (
    "市立图书馆从本周一起延长开放时间，周末也不例外。",
    "新的开放时间为每天早上八点至晚上十点，节假日另行通知。",
    "馆长表示，多年来读者一直希望晚上也能借书和还书。",
    "二楼的自习室也将同时开放，座位可以提前一天预约。",
)
SCRIPTS = {
    "English": PROSE,
    "Chinese": CHINESE,
    "Russian": (
        "Мост, которого город ждал после наводнения, открыли во вторник утром при ясной погоде.",
        "За первый час по нему прошли около четырёхсот человек, многие с колясками.",
        "Мэр поблагодарила строителей и сказала, что старый паром будет ходить до конца июня.",
        "Плату за проезд вводить не собирались, добавила она: расходы взяла на себя область.",
    ),
    "Thai": (
        "สะพานที่ชาวเมืองรอคอยมาตั้งแต่น้ำท่วมใหญ่เปิดให้ใช้งานแล้วเมื่อเช้าวันอังคารที่ผ่านมานี้",
        "มีผู้คนราวสี่ร้อยคนเดินข้ามสะพานในชั่วโมงแรก หลายคนเข็นรถเด็กและจูงจักรยานมาด้วยกัน",
        "นายกเทศมนตรีขอบคุณคนงานและกล่าวว่าเรือข้ามฟากลำเก่าจะให้บริการต่อไปจนถึงสิ้นเดือนมิถุนายน",
        "เธอกล่าวเพิ่มเติมว่าไม่เคยคิดจะเก็บค่าผ่านทาง เพราะจังหวัดเป็นผู้ออกค่าใช้จ่ายส่วนใหญ่",
    ),
}


def old_page(lines: tuple[str, ...]) -> str:
    """A page of the years of layout tables, with the text divided by br."""
    return f"""<html><head><title>The bridge over the river opens</title></head><body>
    <table><tr>{MENU}</tr></table><table><tr><td><table>{TEASERS}</table></td><td>
    <b>The bridge over the river opens</b><br>{"<br><br>".join(lines)}</td></tr></table>
    <table><tr>{MENU}</tr></table></body></html>"""


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_text_of_a_page_laid_out_with_tables_is_read_in_every_script(script):
    lines = SCRIPTS[script]

    found = read(old_page(lines)).article

    assert [line for line in lines if line not in found.text] == []
    assert "Another story of the town" not in found.text
    assert "Part 3" not in found.text


@pytest.mark.parametrize("script", SCRIPTS)
def test_lines_of_the_text_are_likelier_than_all_others(script):
    lines = lines_of(parse_page(old_page(SCRIPTS[script]).encode(), STORY).tree)

    likely = dict(zip([line.text for line in lines], line_probabilities(lines, ""), strict=True))

    text = min(likely[line] for line in SCRIPTS[script])
    assert text > max(p for line, p in likely.items() if line.startswith(("Part", "Another")))


def test_each_line_is_described_by_all_numbers_and_nothing_else():
    lines = lines_of(parse_page(old_page(PROSE).encode(), STORY).tree)
    page = LineFeatures(lines, "The bridge over the river opens")

    assert {len(row) for row in page.rows()} == {len(FIRST_NAMES)}
    assert {len(row) for row in page.in_context([0.5] * len(lines))} == {len(CONTEXT_NAMES)}
    assert page.title is not None


def test_a_page_without_lines_has_no_probabilities():
    assert line_probabilities([], "A title") == []


def test_another_text_is_better_only_if_it_is_clearly_better():
    likely, weights = [0.9, 0.9, 0.1], [100, 100, 100]

    assert is_better(likely, [False, False, True], [True, True, False], weights)
    assert not is_better(likely, [True, True, False], [True, True, False], weights)
    assert not is_better([0.5, 0.5], [True, False], [False, True], [100, 100])


def test_a_character_of_a_script_without_spaces_weighs_three_letters():
    assert weight_of("图书馆") == 9
    assert weight_of("bibliothek") == 10
    assert weight_of("도서관aa") == 11
