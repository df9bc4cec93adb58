"""The settings file: read once, every key and value held to what is meant."""

import dataclasses

import pytest

from archive.errors import SettingsError
from archive.settings import DEFAULT_HOME, Settings, default_home, read_settings


def written(home, text):
    (home / "archive.toml").write_text(text, encoding="utf-8")
    return home


def test_a_home_without_a_file_has_the_defaults(tmp_path):
    assert read_settings(tmp_path) == Settings()


def test_what_the_file_says_wins_over_the_defaults(tmp_path):
    home = written(
        tmp_path, 'contact = "desk@example.org"\nworkers = 3\nextract_timeout_seconds = 2'
    )

    settings = read_settings(home)

    assert settings == Settings(contact="desk@example.org", workers=3, extract_timeout_seconds=2.0)
    assert isinstance(settings.extract_timeout_seconds, float)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('contakt = "a"', "archive.toml: contakt: is not a known key; expected one of contact, "),
        ("workers = 0", "archive.toml: workers: is 0; expected a whole number above 0"),
        ("workers = -1", "workers: is -1"),
        ("workers = true", "workers: is True"),
        ("workers = 1.5", "workers: is 1.5"),
        ('segment_bytes = "1GB"', "segment_bytes: is '1GB'; expected a whole number above 0"),
        ("extract_timeout_seconds = 0", "extract_timeout_seconds: is 0; expected a number above 0"),
        ("extract_timeout_seconds = inf", "extract_timeout_seconds: is inf"),
        ("extract_timeout_seconds = nan", "extract_timeout_seconds: is nan"),
        ('contact = ""', "contact: is ''; expected a text"),
        ("contact = 5", "contact: is 5"),
        ("workers =", "the file: is not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_with_its_file_and_a_valid_one(tmp_path, text, message):
    with pytest.raises(SettingsError) as raised:
        read_settings(written(tmp_path, text))

    assert message in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_a_file_that_is_no_utf8_is_no_toml(tmp_path):
    (tmp_path / "archive.toml").write_bytes(b'contact = "\xff"')

    with pytest.raises(SettingsError, match="is not valid TOML"):
        read_settings(tmp_path)


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "archive.toml").mkdir()

    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path)


def test_settings_cannot_be_changed_once_read(tmp_path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_settings(tmp_path).workers = 5


def test_the_home_is_the_variables_or_the_folder_data(tmp_path, monkeypatch):
    monkeypatch.setenv("PRESSMARK_HOME", str(tmp_path))
    named = default_home()
    monkeypatch.setenv("PRESSMARK_HOME", "")
    unnamed = default_home()

    assert (named, unnamed) == (tmp_path, DEFAULT_HOME)
