"""Steps that wait for futures, written one below the other, without a thread that waits.

``run`` starts a coroutine. Its ``await result_of(future)`` continues when *future* is resolved, on
the thread that resolves it: a worker's thread or the writer thread. So a step must be short, and
must never call ``result()`` of a future that is not resolved. There is no event loop: workers and
writer are threads already, and asyncio would need one more thread between them.
"""

from __future__ import annotations

import types
from collections.abc import Coroutine, Generator, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

Steps = Coroutine[Future[Any], None, T]


def uncancellable() -> Future[Any]:
    """Return a future that cannot be cancelled, so that it can always be resolved."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    return future


@types.coroutine
def result_of(future: Future[T]) -> Generator[Future[Any], None, T]:
    """Return the result of *future*, or raise its error; to be awaited within ``run``."""
    yield future
    return future.result()


def run(steps: Steps[T]) -> Future[T]:
    """Start *steps*; the future that is returned has their result, or the error that they raise."""
    result: Future[T] = uncancellable()

    def go_on(_: object = None) -> None:
        try:
            awaited = steps.send(None)
            while awaited.done():  # a callback would be called at once, one within the other
                awaited = steps.send(None)
        except StopIteration as end:
            result.set_result(end.value)
        except BaseException as error:  # noqa: BLE001 - whoever awaits the result gets it
            result.set_exception(error)
        else:
            awaited.add_done_callback(go_on)

    go_on()
    return result


async def all_of(futures: Iterable[Future[T]]) -> list[T]:
    """Return the results of *futures*, in their order, or raise the first error among them."""
    return [await result_of(future) for future in futures]
