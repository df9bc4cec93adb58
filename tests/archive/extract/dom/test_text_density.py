from __future__ import annotations

import lxml.html

from archive.extract.dom.text_density import Prose

PAGE = """
<html><body>
  <div id="text">one <a href="/x">three</a> <b>two</b>
    <p>four <span id="note">and a note</span></p>
    <ul><li><a href="/y">a link</a></li></ul>
  </div>
  <div id="box"><p>five</p></div>
</body></html>
"""


def test_words_in_links_are_no_prose_and_those_of_inner_blocks_are_the_blocks_own():
    tree = lxml.html.document_fromstring(PAGE)

    prose = Prose(tree)

    assert prose.own[tree.get_element_by_id("text")] == len("onetwo")
    assert prose.held(tree.get_element_by_id("text")) == len("onetwo" + "four" + "and a note")
    assert prose.held(tree.find(".//li")) == 0


def test_a_text_that_stands_free_in_a_section_is_prose():
    tree = lxml.html.document_fromstring("<section>one<br>two <p>three</p></section>")

    prose = Prose(tree)

    assert prose.own[tree.find(".//section")] == len("onetwo")


def test_every_element_around_a_block_holds_its_prose():
    tree = lxml.html.document_fromstring(PAGE)

    prose = Prose(tree)

    assert prose.total == prose.held(tree) == prose.held(tree.body)
    assert prose.total == prose.held(tree.get_element_by_id("text")) + len("five")


def test_what_is_dropped_is_in_no_figure_any_more():
    tree = lxml.html.document_fromstring(PAGE)
    prose = Prose(tree)

    prose.drop(tree.get_element_by_id("box"))
    prose.drop(tree.get_element_by_id("note"))

    fresh = Prose(tree)
    assert (prose.total, prose.own) == (fresh.total, fresh.own)
    assert all(prose.held(element) == fresh.held(element) for element in tree.iter())


def test_a_page_without_prose_has_none():
    tree = lxml.html.document_fromstring("<html><body><a href='/'>Home</a></body></html>")

    prose = Prose(tree)

    assert prose.total == 0
    assert prose.own == {}
