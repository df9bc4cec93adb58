"""The add-on that makes Scrapy's logs printable, since servers wrote a good part of them."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from scrapy.addons import AddonManager
from scrapy.settings import Settings

from crawler import settings as project


def test_the_projects_settings_mask_what_is_logged_and_printed_before_a_crawler_is_made(
    monkeypatch: pytest.MonkeyPatch,
):
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    settings = Settings()
    settings.setmodule(project, priority="project")

    AddonManager.load_pre_crawler_settings(settings)
    sys.stderr.write("\x1b[2J")
    record = logging.getLogger("any").makeRecord(
        "any", logging.ERROR, __file__, 1, "moved to %s", ("\x1b]0;owned\x07",), None
    )

    assert "\x1b" not in stderr.getvalue()
    assert "\x1b" not in record.getMessage()
    assert record.getMessage().startswith("moved to ")
