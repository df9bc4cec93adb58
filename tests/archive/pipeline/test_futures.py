"""Steps that wait for futures go on where these are resolved, one after the other."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from archive.pipeline.futures import all_of, result_of, run, uncancellable


async def added(*futures: Future[int]) -> int:
    total = 0
    for future in futures:
        total += await result_of(future)
    return total


def test_steps_go_on_when_what_they_wait_for_comes_in_whatever_order():
    first, second = uncancellable(), uncancellable()

    total = run(added(first, second))
    second.set_result(2)
    is_done_before = total.done()
    first.set_result(1)

    assert not is_done_before
    assert total.result(timeout=0) == 3


def test_steps_that_wait_for_nothing_new_are_done_at_once():
    done: list[Future[Any]] = [uncancellable() for _ in range(5_000)]
    for future in done:
        future.set_result(1)

    assert run(added(*done)).result(timeout=0) == 5_000


def test_an_error_is_raised_where_it_is_waited_for_and_may_be_caught_there():
    lost = uncancellable()

    async def steps() -> str:
        try:
            await result_of(lost)
        except ValueError as error:
            return str(error)
        return "nothing"

    caught, passed_on = run(steps()), run(added(lost))
    lost.set_exception(ValueError("gone"))

    assert caught.result(timeout=0) == "gone"
    with pytest.raises(ValueError, match=r"^gone$"):
        passed_on.result(timeout=0)


def test_a_step_runs_in_the_thread_that_resolves_what_it_waits_for():
    awaited = uncancellable()

    async def steps() -> str:
        await result_of(awaited)
        return threading.current_thread().name

    name = run(steps())
    resolving = threading.Thread(target=awaited.set_result, args=(None,), name="resolver")
    resolving.start()
    resolving.join()

    assert name.result(timeout=0) == "resolver"


def test_all_of_some_come_in_their_order_or_as_the_first_error_among_them():
    futures = [uncancellable() for _ in range(3)]
    together = run(all_of(futures))
    for number in (2, 0, 1):
        futures[number].set_result(number)
    lost = [uncancellable(), uncancellable()]
    failed = run(all_of(lost))
    lost[1].set_exception(ValueError("second"))
    lost[0].set_exception(ValueError("first"))

    assert together.result(timeout=0) == [0, 1, 2]
    with pytest.raises(ValueError, match=r"^first$"):
        failed.result(timeout=0)


def test_nobody_can_cancel_what_others_wait_for():
    awaited = uncancellable()
    total = run(added(awaited))

    assert not awaited.cancel()
    assert not total.cancel()
    awaited.set_result(1)
    assert total.result(timeout=0) == 1
