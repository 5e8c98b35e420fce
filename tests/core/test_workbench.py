"""Work off the event loop: few pieces at a time, only so many that wait, and room again whatever becomes of one."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from denshi_hosho.core.workbench import Workbench, WorkbenchFull

pytestmark = pytest.mark.anyio
SECONDS = 10


@pytest.fixture
def go() -> threading.Event:
    return threading.Event()


def held(go: threading.Event, began: threading.Semaphore) -> Callable[[], bool]:
    """Work that ends when it may, and says when it begins."""

    def work() -> bool:
        began.release()
        return go.wait(SECONDS)

    return work


async def test_no_more_is_done_at_once_and_no_more_waits_than_may(go: threading.Event) -> None:
    bench, began = Workbench("t", 2, waiting=1), threading.Semaphore(0)
    running = [asyncio.ensure_future(bench.run(held(go, began))) for _ in range(3)]
    await asyncio.sleep(0)
    for _ in range(2):
        assert began.acquire(timeout=SECONDS)
    with pytest.raises(WorkbenchFull):
        await bench.run(lambda: pytest.fail("it was not to begin"))
    assert not began.acquire(blocking=False)
    go.set()
    assert await asyncio.gather(*running) == [True] * 3
    assert await bench.run(lambda: 7) == 7


async def test_work_that_fails_or_that_nobody_waits_for_leaves_its_place(go: threading.Event) -> None:
    bench, began = Workbench("t", 1, waiting=1), threading.Semaphore(0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await bench.run(lambda: 1 // 0)
    running = asyncio.ensure_future(bench.run(held(go, began)))
    waiting = asyncio.ensure_future(bench.run(lambda: pytest.fail("nobody waits for it")))
    await asyncio.sleep(0)
    assert began.acquire(timeout=SECONDS)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    later = asyncio.ensure_future(bench.run(lambda: 7))
    await asyncio.sleep(0)
    go.set()
    assert (await running, await later) == (True, 7)


async def test_without_a_bound_any_number_waits(go: threading.Event) -> None:
    bench = Workbench("t", 1)
    running = [asyncio.ensure_future(bench.run(lambda: go.wait(SECONDS))) for _ in range(50)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(*running) == [True] * 50
