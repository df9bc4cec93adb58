from lxml.html import fromstring

from archive.extract.metadata.seen_lines import seen_line


def test_a_line_break_parts_words():
    line = fromstring("<p>3 February 2026, 10:30 GMT<br>Updated 2 hours ago</p>")

    assert seen_line(line) == "3 February 2026, 10:30 GMT Updated 2 hours ago"


def test_boxes_part_words_and_parts_of_a_line_do_not():
    box = fromstring("<div><div>Ann Lee</div><div>3<sup>rd</sup> <b>Feb</b>ruary</div>2026</div>")

    assert seen_line(box) == "Ann Lee 3rd February 2026"


def test_a_line_is_read_in_the_order_of_its_texts():
    line = fromstring("<p><i>Published <b>3</b> <!-- day --> February</i> 2026</p>")

    assert seen_line(line) == "Published 3 February 2026"


def test_what_a_button_holds_at_any_depth_is_no_line():
    line = fromstring("<p>3 February <button><i><b>Share</b></i></button>2026</p>")

    assert seen_line(line) == "3 February 2026"
