"""AMP pages that are all there is of their article."""

from __future__ import annotations

import pytest

from archive.pipeline.amp_only import forms
from archive.urls import amp_base


@pytest.mark.parametrize(
    "twin",
    [
        "https://news.test/story/amp/",
        "https://news.test/story/?amp",
        "https://news.test/story/?amp=1",
        "https://news.test/story/?p=1&amp=1",
        "https://news.test/story/?outputType=amp",
        "https://news.test/story/?noamp=mobile",
        "https://news.test/story/amp",
        "https://news.test/story.amp.html",
        "https://news.test/story.amp",
    ],
)
def test_the_address_of_a_twin_is_among_those_that_its_page_suggests(twin: str):
    base = amp_base(twin)

    assert base is not None
    assert twin in forms(base)
    assert {amp_base(form) for form in forms(base)} == {base}
