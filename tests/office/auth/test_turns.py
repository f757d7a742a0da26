import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from jxc_graphql.office.auth import turns
from jxc_graphql.office.auth.turns import Crowded, Turns
from tests.patience import SECONDS


class Queue:
    """Turns of which a test sees who has a place, and ends each when it likes."""

    def __init__(self, places: int = 2, waiting: int = 100) -> None:
        self.turns = Turns(places, waiting)
        self.order: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def come(self, name: str, lane: str, *, known: bool = False) -> None:
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._wait(name, lane, known=known))

    async def _wait(self, name: str, lane: str, *, known: bool) -> None:
        async with self.turns.taken(lane, known=known):
            self.order.append(name)
            await self.ends[name].wait()

    async def settled(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def all_of_them(self) -> list[str]:
        """In the order in which they get their places, one after the other."""
        await self.settled()
        seen = 0
        while seen < len(self.order):
            self.ends[self.order[seen]].set()
            seen += 1
            await self.settled()
        return self.order


async def test_no_more_have_places_than_there_are() -> None:
    queue = Queue(places=2)
    for number in range(5):
        queue.come(str(number), f"lane {number}")
    await queue.settled()
    assert queue.order == ["0", "1"]
    assert await queue.all_of_them() == ["0", "1", "2", "3", "4"]


async def test_lanes_take_turns_however_long_they_are() -> None:
    queue = Queue(places=1)
    for number in range(5):
        queue.come(f"busy {number}", "busy")
    queue.come("late", "late")
    assert (await queue.all_of_them())[:3] == ["busy 0", "late", "busy 1"]


async def test_of_a_lane_one_has_a_place_at_a_time() -> None:
    queue = Queue(places=2)
    queue.come("first", "lane")
    queue.come("second", "lane")
    await queue.settled()
    assert queue.order == ["first"]


async def test_whoever_is_known_goes_first_and_every_fourth_turn_is_a_strangers() -> None:
    queue = Queue(places=1)
    queue.come("now", "now")
    await queue.settled()
    for number in range(8):
        queue.come(f"s{number}", f"stranger {number}")
    for number in range(6):
        queue.come(f"k{number}", f"known {number}", known=True)
    assert await queue.all_of_them() == [
        *("now", "k0", "k1", "s0", "k2", "k3", "k4", "s1", "k5"),
        *("s2", "s3", "s4", "s5", "s6", "s7"),
    ]


async def test_when_too_many_wait_the_longest_lane_loses_its_last_one() -> None:
    queue = Queue(places=1, waiting=4)
    for number in range(5):
        queue.come(f"busy {number}", "busy")
    await queue.settled()
    queue.come("late", "late")
    queue.come("known", "known", known=True)
    await queue.settled()
    lost = [name for name, task in queue.tasks.items() if task.done()]
    assert lost == ["busy 3", "busy 4"]
    for name in lost:
        with pytest.raises(Crowded):
            await queue.tasks[name]
    assert await queue.all_of_them() == ["busy 0", "known", "late", "busy 1", "busy 2"]


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    queue = Queue(places=1)
    queue.come("first", "first")
    queue.come("second", "second")
    with pytest.raises(Crowded):
        async with asyncio.timeout(SECONDS):
            await queue.tasks["second"]
    assert queue.turns.waiting == 0
    assert await queue.all_of_them() == ["first"]


@pytest.mark.parametrize("when", ["waiting", "given"])
async def test_whoever_gives_up_leaves_his_place_to_others(when: str) -> None:
    queue = Queue(places=1)
    for name in ("first", "gone", "next"):
        queue.come(name, name)
    await queue.settled()
    if when == "given":
        queue.ends["first"].set()
        await asyncio.sleep(0)
    queue.tasks["gone"].cancel()
    assert await queue.all_of_them() in (["first", "next"], ["first", "gone", "next"])
    assert queue.turns.waiting == 0
    assert queue.tasks["next"].done()


async def test_a_place_is_free_again_after_a_failure() -> None:
    places = Turns(1, 10)

    async def fail() -> None:
        async with places.taken("lane", known=False):
            raise ValueError

    work: list[Coroutine[Any, Any, None]] = [fail() for _ in range(3)]
    assert [type(one) for one in await asyncio.gather(*work, return_exceptions=True)] == [ValueError] * 3
