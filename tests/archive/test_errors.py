"""What a person reads when something is wrong, and what a command ends with."""

from pathlib import Path

import pytest

from archive.errors import (
    ArchiveError,
    DatabaseError,
    HomeError,
    LockedError,
    NotFoundError,
    RecordError,
    SettingsError,
    StorageError,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            SettingsError(Path("a.toml"), "workers", "is 0", expected="a number above 0"),
            "a.toml: workers: is 0; expected a number above 0",
        ),
        (HomeError(Path("data"), "is full", remedy="free space"), "data: is full; free space"),
        (RecordError("a.warc.gz", 17, "bad CRC"), "a.warc.gz: record at offset 17: bad CRC"),
    ],
)
def test_a_message_says_where_what_and_what_to_do(error, message):
    assert str(error) == message


def test_wrong_usage_ends_with_2_and_all_else_with_1():
    plain = [DatabaseError, LockedError, StorageError, NotFoundError]

    assert {kind("x").exit_code for kind in plain} == {ArchiveError.exit_code} == {1}
    assert UsageError("x").exit_code == 2
    assert SettingsError("a", "b", "c", expected="d").exit_code == 2
