"""The files of phrases, and how they are checked."""

from dataclasses import fields
from pathlib import Path

import pytest

from archive.errors import SettingsError
from archive.extract.phrases.keys import Phrases
from archive.extract.phrases.loading import (
    FOLDER,
    languages,
    phrases,
    read_language,
    read_languages,
)
from archive.extract.stamp import EXTRACTION_FILES
from archive.source_digest import digest_of

GREEK = (FOLDER / "el.toml").read_text("utf-8")


def language(folder: Path, old: str, new: str, name: str = "el.toml") -> Path:
    """A copy of the Greek file in *folder*, with *new* in place of *old*."""
    assert old in GREEK
    file = folder / name
    file.write_text(GREEK.replace(old, new), "utf-8")
    return file


def test_a_file_gives_its_phrases_by_key():
    greek = read_language(FOLDER / "el.toml")

    assert greek.advertisement == ("διαφήμιση",)
    assert greek.subscribe == ()


def test_each_file_of_a_folder_is_a_language(tmp_path):
    language(tmp_path, 'advertisement = ["διαφήμιση"]', 'advertisement = ["tangazo"]', "sw.toml")

    assert [*read_languages(tmp_path)] == ["sw"]
    assert read_languages(tmp_path)["sw"].advertisement == ("tangazo",)


def test_the_phrases_of_all_languages_are_those_of_each_of_them():
    everything = phrases()

    assert all(
        {*getattr(each, key.name)} <= {*getattr(everything, key.name)}
        for each in languages().values()
        for key in fields(Phrases)
        if key.name != "calendar"
    )
    assert len(everything.share) == len({*everything.share})


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("share = []", "", "share: is missing"),
        ("share = []", "share = []\nshares = []", "shares: is unknown"),
        ("share = []", "share = 'x'", "share: is 'x'; expected a list"),
        ("share = []", "share = [1]", "share: 1 is no text"),
        ("share = []", "share = ['Kushiriki']", "'Kushiriki' is not in lower case"),
        ("share = []", "share = [' a']", "share: ' a' has white space"),
        ("share = []", "share = ['']", "share: '' has white space"),
        ("share = []", "share = ['a  b']", "share: 'a  b' has white space"),
        ("share = []", "share = ['a', 'b', 'a']", "share: has 'a' twice"),
        ("share = []", "share = ['(a']", "without its closing bracket"),
        ("share = []", "share = ['e\u0301']", "is not normalized"),
        (
            "page_parameter = []",
            "page_parameter = ['two words']",
            "page_parameter: 'two words' is no single word",
        ),
        ("calendar = false", "calendar = 0", "calendar: is 0; expected true or false"),
        ("share = []", "share = [", "content: is no TOML"),
    ],
)
def test_a_file_with_an_error_is_refused_by_its_name_and_key(tmp_path, old, new, problem):
    file = language(tmp_path, old, new)

    with pytest.raises(SettingsError) as error:
        read_language(file)

    assert str(error.value).startswith(f"{file}: ")
    assert problem in str(error.value)


def test_a_file_is_named_after_a_language(tmp_path):
    file = language(tmp_path, "share = []", "share = []", "greek.toml")

    with pytest.raises(SettingsError, match="is no language code"):
        read_language(file)


def test_a_phrase_more_makes_another_extractor_and_a_comment_does_not(tmp_path):
    folder = tmp_path / "extract" / "phrases"
    folder.mkdir(parents=True)

    def stamp(text: str) -> str:
        (folder / "el.toml").write_text(text, "utf-8")
        return digest_of(EXTRACTION_FILES, tmp_path)

    assert stamp(GREEK) == stamp("# Greek, as in Greece\n" + GREEK)
    assert stamp(GREEK) != stamp(GREEK.replace("διαφήμιση", "διαφημίσεις"))
