"""What a person is told before a crawl begins, where that takes a while."""

from __future__ import annotations

import pytest

from crawler.reports import before
from crawler.reports.before import showing
from tests.support.terminal import terminal_as_stderr


def test_a_log_is_told_nothing_of_what_takes_no_minute(capsys: pytest.CaptureFixture[str]):
    with showing("news", is_wanted=True) as tell:
        tell("settling 1 of 9")
        tell("settling 9 of 9")

    assert capsys.readouterr() == ("", "")


def test_a_log_is_told_one_line_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    seconds = 0.0
    monkeypatch.setattr(before, "monotonic", lambda: seconds)

    with showing("news", is_wanted=True) as tell:
        for number in range(150):
            seconds = float(number)
            tell(f"settling {number}")

    assert capsys.readouterr() == ("", "settling 60\nsettling 120\n")


def test_a_terminal_shows_the_latest_words_and_nothing_afterwards():
    with terminal_as_stderr() as screen:
        with showing("news", is_wanted=True) as tell:
            assert screen.read() == ""
            tell("settling 1 of 9")
        written = screen.read()

    assert "settling 1 of 9" in written
    assert written.endswith("\x1b[2K")  # the line is erased


def test_nothing_is_shown_to_who_does_not_want_it():
    with terminal_as_stderr() as screen:
        with showing("news", is_wanted=False) as tell:
            tell("settling 1 of 9")

        assert screen.read() == ""
