"""Who may hold a lock of an archive, and that a look at it keeps nobody from it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import LockedError
from archive.locks import (
    ARCHIVE,
    DUE_CRAWLS,
    IMPORT,
    NOTE_BYTES,
    is_held,
    lock,
    of_publisher,
    read_note,
)

ROOT = Path(__file__).parents[2]
LOOKER = (
    "import sys; from pathlib import Path; from archive.locks import is_held\n"
    "print('looking', flush=True)\n"
    "while True: is_held(Path(sys.argv[1]), sys.argv[2])"
)


@pytest.mark.parametrize("name", [ARCHIVE, DUE_CRAWLS, IMPORT, "publisher-archive"])
def test_a_publisher_may_bear_the_name_of_any_lock(tmp_path, name):
    with lock(tmp_path, name, busy=""), lock(tmp_path, of_publisher(name), busy="collides"):
        assert is_held(tmp_path, name)


def test_a_lock_that_is_free_or_shared_is_not_held(tmp_path):
    assert not is_held(tmp_path, ARCHIVE)
    assert list(tmp_path.iterdir()) == []  # a look makes no file

    with lock(tmp_path, ARCHIVE, shared=True, busy=""):
        assert not is_held(tmp_path, ARCHIVE)


def test_a_lock_that_is_shared_for_long_is_refused_to_who_wants_it_alone(tmp_path):
    with (
        lock(tmp_path, ARCHIVE, shared=True, busy=""),
        pytest.raises(LockedError, match="a crawl is running"),
        lock(tmp_path, ARCHIVE, busy="a crawl is running"),
    ):
        pass


@pytest.fixture
def looker(tmp_path: Path) -> Iterator[None]:
    """A process that does nothing but look at a publisher's lock."""
    command = [sys.executable, "-c", LOOKER, str(tmp_path), of_publisher("news")]
    with lock(tmp_path, of_publisher("news"), busy=""):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "looking\n"
        yield
        process.kill()


@pytest.mark.usefixtures("looker")
def test_a_look_at_a_lock_keeps_nobody_from_it(tmp_path):
    for _ in range(300):
        with lock(tmp_path, of_publisher("news"), busy="taken for a crawl"):
            pass


def test_a_note_is_written_over_and_outlives_its_process(tmp_path):
    for text in ("a long note, that another takes the place of", "short"):
        with lock(tmp_path, ARCHIVE, busy="") as held:
            held.note(text)

    assert read_note(tmp_path, ARCHIVE) == "short"
    assert (tmp_path / ".archive.lock").stat().st_size == NOTE_BYTES


def test_of_two_that_want_a_lock_at_once_one_gets_it(tmp_path):
    got, refused, together = [], [], threading.Barrier(2)

    def want() -> None:
        together.wait()
        try:
            with lock(tmp_path, of_publisher("news"), busy="taken"):
                got.append(1)
                refused_or_done.wait(10)
        except LockedError:
            refused.append(1)
            refused_or_done.set()

    for _ in range(20):
        refused_or_done = threading.Event()
        threads = [threading.Thread(target=want) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (len(got), len(refused)) == (20, 20)
