"""A worker parses what strangers wrote; what it answers is read as data, or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Article, Block, BlockKind, Extraction, Outcome
from archive.model.answers import decode, encode
from archive.pipeline import extraction_pool
from archive.settings import Settings
from tests.support import hostile_worker
from tests.support.pages import read, story
from tests.support.stores import store_at

TEXT = st.text(st.characters(exclude_categories=[]))  # lone surrogates and NUL too
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=7))])
st.register_type_strategy(str, TEXT)
st.register_type_strategy(datetime, st.datetimes(timezones=ZONES, allow_imaginary=False))
st.register_type_strategy(
    Sequence, lambda kind: st.lists(st.from_type(kind.__args__[0])).map(tuple)
)
st.register_type_strategy(float, st.floats(0, 1))


@settings(max_examples=40)
@given(st.from_type(Extraction))
def test_any_extraction_comes_back_equal(extraction: Extraction):
    assert decode(encode(extraction)) == extraction


@settings(max_examples=40)
@given(st.recursive(st.none() | st.booleans() | st.integers() | TEXT, st.lists, max_leaves=30))
def test_any_other_json_is_refused(value: object):
    with pytest.raises(ValueError):  # noqa: PT011 - of any wording
        decode(json.dumps([value]).encode())


def test_each_field_of_an_extraction_is_held_to_its_type():
    found = replace(read(story()), confidence=0.5, language="en")
    fields = json.loads(encode(found))

    for number, value in enumerate(fields):
        for other in (value, "x", 7, True, {}, [[]], None):
            if type(other) is type(value) or other is None or (value is None):
                continue
            with pytest.raises(ValueError):  # noqa: PT011 - of any wording
                decode(json.dumps([*fields[:number], other, *fields[number + 1 :]]).encode())


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - that is the point
    article = Article(headline="x", blocks=(Block(BlockKind.CODE, "x"),), date_published=naive)

    with pytest.raises(ValueError, match="time zone"):
        decode(encode(Extraction(outcome=Outcome.ARTICLE, extractor="x", article=article)))


@pytest.mark.parametrize("answer", hostile_worker.ANSWERS)
def test_what_is_no_extraction_is_refused_and_runs_nothing(answer: str, tmp_path: Path):
    with pytest.raises(ValueError):  # noqa: PT011 - of any wording
        decode(hostile_worker.ANSWERS[answer](tmp_path / "mark"))

    assert not (tmp_path / "mark").exists()


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["pickle", "too few fields", "endless"])
def test_a_page_whose_worker_answers_anything_else_failed(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(extraction_pool, "serve", hostile_worker.serve)
    store = store_at(tmp_path)
    (store.folder / "answer").write_text(answer)
    pool = extraction_pool.Workers(store, Settings(workers=1))

    found = pool.extract("a.warc", 0).result()
    pool.close(kill=True)

    assert found.outcome is Outcome.FAILED
    assert found.reason == "the extractor's process ended: its answer could not be read"
    assert not (store.folder / hostile_worker.MARK).exists()
