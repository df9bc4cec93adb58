"""What is shown of strangers' text, and what of it never is."""

from __future__ import annotations

import io
import json
import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.printable import PrintableRecord, PrintableStream, printable, printable_json
from tests.support.hostile import commands_of

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    "text",
    [
        "Thủ tướng: “Việt Nam đã sẵn sàng” – 15 °C",
        "فيضان النهر\u200f: \u200eWHO\u200e تحذر",
        "הגשר נפתח\u200e (סוף)",
        "👩\u200d👩\u200d👧\u200d👦 🏴\U000e0067\U000e0062\U000e007f é\u0301 नि\u200dक",
        "two\n\tlines",
        "soft\u00adhyphen, no\u00a0break, [bold]brackets[/bold], \\x1b as it is written",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\x9b31m", r"a\x9b31m"),
        ("\x00\x07\x08\r\x0b\x0c\x7f\x85", r"\x00\x07\x08\r\x0b\x0c\x7f\x85"),
        ("abc\u202egpj.exe", r"abc\u202egpj.exe"),
        ("\u2066a\u2069", r"\u2066a\u2069"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        ("half \ud83d of an emoji", r"half \ud83d of an emoji"),
    ],
)
def test_what_commands_a_terminal_is_shown_as_what_it_is(text: str, shown: str):
    assert printable(text) == shown


def test_where_one_line_is_expected_no_text_begins_another():
    assert printable("a\nb\tc", one_line=True) == r"a\nb\tc"


@given(ANY_TEXT)
def test_no_text_commands_a_terminal(text: str):
    shown = printable(text)

    assert not commands_of(shown)
    assert printable(shown) == shown
    assert printable(text, one_line=True).splitlines() in ([], [printable(text, one_line=True)])
    shown.encode()


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner)))
def test_json_for_a_terminal_is_the_same_data(value: object):
    line = printable_json(json.dumps(value, ensure_ascii=False))

    assert not commands_of(line)
    assert json.loads(line) == value


def test_every_category_of_control_is_masked():
    everything = "".join(map(chr, range(0xF000)))  # none has its place behind these

    kept = set(everything) & set(printable(everything))

    controls = {
        char for char in everything if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"}
    }
    assert controls & kept == {"\n", "\t"}


def test_a_masked_stream_writes_through_and_leaves_bytes_exact():
    raw = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    stream = PrintableStream(raw)

    print("\x1b[31m", "é", file=stream, flush=True)
    stream.writelines(["\x9b", "\n"])
    stream.flush()
    stream.buffer.write(b"\x1b")

    assert raw.buffer.getvalue() == b"\\x1b[31m \xc3\xa9\n\\x9b\n\x1b"
    assert stream.encoding == "utf-8"
    assert not stream.isatty()


def _logged(message: str, *args: object, **options: object) -> str:
    into = io.StringIO()
    handler = logging.StreamHandler(into)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(PrintableRecord)
    logger = logging.getLogger("strange")
    logger.addHandler(handler)
    try:
        logger.error(message, *args, **options)
    finally:
        logging.setLogRecordFactory(before)
        logger.removeHandler(handler)
    return into.getvalue()


def test_what_a_stranger_wrote_forges_no_record_of_a_log():
    text = _logged("refused: %s", "foo:\x1b[2J\nERROR: all is lost\u2028ERROR: twice")

    assert text == "ERROR: refused: foo:\\x1b[2J\n  ERROR: all is lost\\u2028ERROR: twice\n"


def test_a_traceback_in_a_log_is_printable_too():
    try:
        {}["\x1b]0;owned\x07"]
    except KeyError as error:
        error.add_note("\x1b]0;owned\x07\nERROR: forged")
        text = _logged("failed", exc_info=True)

    assert not commands_of(text)
    assert "KeyError" in text
    assert "\\x1b]0;owned\\x07" in text
    assert "\nERROR: forged" not in text
