"""Extraction in processes of their own: the same result, and no page that does harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from archive.errors import AbandonedError
from archive.extract.payload import extract
from archive.model import Outcome
from archive.pipeline.extraction_pool import Workers
from archive.settings import Settings
from archive.warc.http import payload_of
from archive.warc.store import Store
from tests.support.pages import paragraphs, story
from tests.support.stores import exchange, filled, reply, store_at
from tests.support.worker_processes import fork_servers, workers_of

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 30.0
LONG = story(body=paragraphs() * 3_000)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_at(tmp_path_factory.mktemp("warc"))


@pytest.fixture(scope="module")
def workers(store: Store) -> Iterator[Workers]:
    """One worker, with limits of a page that is worth its name."""
    running = Workers(store, Settings(workers=1))
    yield running
    running.close(kill=True)


def stored(store: Store, page: str) -> tuple[str, int]:
    """Write *page* to a file; return that and the offset of its record."""
    name, (capture,) = filled(store, [exchange(1, response=reply(page.encode()))])
    return name, capture.warc_offset


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children() -> list[psutil.Process]:
    return workers_of(os.getpid())


def test_a_worker_reads_a_record_as_this_process_would(store, workers):
    file, offset = stored(store, story())

    found = workers.extract(file, offset).result()

    assert found.outcome is Outcome.ARTICLE
    assert found == extract(payload_of(store.read(file, offset)))


def test_a_damaged_record_is_a_failure_with_its_place(store, workers):
    file, offset = stored(store, story())
    path = store.path(file)
    data = bytearray(path.read_bytes())
    data[offset + 200] ^= 1
    path.write_bytes(data)

    found = workers.extract(file, offset).result()

    assert found.outcome is Outcome.FAILED
    assert f"{file}: record at offset {offset}" in str(found.reason)


def test_a_file_that_is_not_there_is_a_failure_and_the_worker_lives(store, workers):
    file, offset = stored(store, story())
    workers.extract(file, offset).result()
    before = [child.pid for child in children()]
    assert before

    found = workers.extract("gone.warc.gz", 0).result()

    assert found.outcome is Outcome.FAILED
    assert "holds no WARC file 'gone.warc.gz'" in str(found.reason)
    assert [child.pid for child in children()] == before


def test_a_record_that_is_not_there_is_a_failure(store, workers):
    file, _ = stored(store, story())

    found = workers.extract(file, 10_000_000).result()

    assert found.outcome is Outcome.FAILED
    assert "the file ends before it" in str(found.reason)


def test_a_page_that_takes_too_long_fails_and_the_next_one_does_not(store):
    slow, next_one = stored(store, LONG), stored(store, story())
    running = Workers(store, Settings(workers=1, extract_timeout_seconds=0.3))

    results = [running.extract(*place) for place in (slow, next_one)]

    first, second = (result.result() for result in results)
    assert (first.outcome, first.reason) == (Outcome.FAILED, "extraction took longer than 0.3 s")
    assert second.outcome is Outcome.ARTICLE
    running.close(kill=True)


def test_a_page_that_needs_too_much_memory_fails_and_the_next_one_does_not(store):
    greedy, next_one = stored(store, f"<p>{'x' * 40_000_000}"), stored(store, story())
    running = Workers(store, Settings(workers=1, extract_memory_bytes=60_000_000))

    results = [running.extract(*place) for place in (greedy, next_one)]

    first, second = (result.result() for result in results)
    assert first.outcome is Outcome.FAILED
    assert "memory" in str(first.reason)
    assert second.outcome is Outcome.ARTICLE
    running.close(kill=True)


def test_a_page_whose_worker_is_killed_is_tried_in_another(store, workers):
    file, offset = stored(store, LONG)
    workers.extract(*stored(store, story())).result()
    before = children()
    assert before

    result = workers.extract(file, offset)
    time.sleep(0.1)
    for child in before:
        child.send_signal(signal.SIGKILL)

    assert result.result().outcome is Outcome.ARTICLE
    assert not {child.pid for child in before} & {child.pid for child in children()}


def test_a_fork_server_that_is_killed_costs_no_page(store):
    places = [stored(store, LONG), *(stored(store, story()) for _ in range(3))]
    running = Workers(store, Settings(workers=2))
    running.extract(*places[1]).result()
    before = fork_servers(os.getpid())
    assert before

    results = [running.extract(*place) for place in places]
    time.sleep(0.1)
    for server in before:
        server.send_signal(signal.SIGKILL)

    assert [result.result().outcome for result in results] == [Outcome.ARTICLE] * 4
    assert running.extract(*places[1]).result().outcome is Outcome.ARTICLE
    running.close()


def test_the_workers_of_all_pools_are_forked_from_one_process(store):
    place = stored(store, story())
    pools = [Workers(store, Settings(workers=1)) for _ in range(2)]

    outcomes = [pool.extract(*place).result().outcome for pool in pools]

    assert outcomes == [Outcome.ARTICLE] * 2
    assert len(fork_servers(os.getpid())) == 1
    assert len(children()) >= 2
    for pool in pools:
        pool.close()


def test_what_ended_workers_did_not_come_to_is_said_to_be_abandoned(store):
    place = stored(store, LONG)
    running = Workers(store, Settings(workers=1))
    results = [running.extract(*place) for _ in range(20)]

    running.close(kill=True)

    errors = [result.exception() for result in results]
    assert isinstance(errors[-1], AbandonedError)
    assert isinstance(running.extract(*place).exception(), AbandonedError)


def test_workers_that_are_closed_finish_what_they_have(store):
    place = stored(store, story())
    running = Workers(store, Settings(workers=1))
    results = [running.extract(*place) for _ in range(3)]

    running.close()

    assert [result.result().outcome for result in results] == [Outcome.ARTICLE] * 3


def test_workers_end_with_the_process_that_started_them(store):
    file, offset = stored(store, story())
    code = (
        "import sys, time; from pathlib import Path\n"
        "from archive.settings import Settings; from archive.warc.store import Store\n"
        "from archive.pipeline.extraction_pool import Workers\n"
        "settings = Settings(workers=1)\n"
        "workers = Workers(Store(Path(sys.argv[1]), settings), settings)\n"
        "workers.extract(sys.argv[2], int(sys.argv[3])).result()\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(store.folder), file, str(offset)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        started = psutil.Process(process.pid).children(recursive=True)

        process.kill()
        process.wait()

    assert started
    until(lambda: not any(child.is_running() and child.status() != "zombie" for child in started))


def test_a_worker_imports_nothing_of_what_its_parent_runs(store):
    """A crawl's main module is all of Scrapy: half a second and 40 MB for each worker."""
    file, offset = stored(store, story())
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from archive.settings import Settings; from archive.warc.store import Store\n"
        "from archive.pipeline.extraction_pool import Workers\n"
        "if __name__ == '__mp_main__':\n"
        "    Path(sys.argv[4]).touch()\n"
        "if __name__ == '__main__':\n"
        "    settings = Settings(workers=1)\n"
        "    workers = Workers(Store(Path(sys.argv[1]), settings), settings)\n"
        "    print(workers.extract(sys.argv[2], int(sys.argv[3])).result().outcome)\n"
        "    workers.close()\n"
    )
    script = store.folder / "main_module.py"
    script.write_text(code)
    touched = store.folder / "touched"

    done = subprocess.run(
        [sys.executable, str(script), str(store.folder), file, str(offset), str(touched)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        check=True,
    )

    assert done.stdout == "article\n"
    assert not touched.exists()


def test_a_program_that_forgets_its_workers_ends_all_the_same(store):
    file, offset = stored(store, story())
    code = (
        "import sys, tempfile; from pathlib import Path\n"
        "folder = tempfile.TemporaryDirectory()\n"  # it has a finalizer of its own
        "from archive.settings import Settings; from archive.warc.store import Store\n"
        "from archive.pipeline.extraction_pool import Workers\n"
        "settings = Settings(workers=1)\n"
        "workers = Workers(Store(Path(sys.argv[1]), settings), settings)\n"
        "print(workers.extract(sys.argv[2], int(sys.argv[3])).result().outcome)"
    )
    command = [sys.executable, "-c", code, str(store.folder), file, str(offset)]

    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_SECONDS, check=True
    )

    assert (done.stdout, done.stderr) == ("article\n", "")
