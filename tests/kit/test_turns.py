"""Who reads next: one of each caller in turn, whoever asked most."""

import asyncio
from collections.abc import Hashable

import pytest

from jxc_graphql.kit.turns import CallerTurns


class Queue:
    """Callers in a queue, and who came in which order."""

    def __init__(self, most: int, of_each: int) -> None:
        self.turns = CallerTurns(most, of_each)
        self.served: list[Hashable] = []

    async def stand(self, *callers: Hashable) -> "list[asyncio.Task[None]]":
        """One task each; returns when all have asked."""
        tasks = [asyncio.create_task(self._wait(caller)) for caller in callers]
        await asyncio.sleep(0)
        return tasks

    async def _wait(self, caller: Hashable) -> None:
        await self.turns.take(caller)
        self.served.append(caller)

    async def end(self, *callers: Hashable) -> None:
        for caller in callers:
            self.turns.give_back(caller)
            await asyncio.sleep(0)


async def test_one_caller_never_holds_all() -> None:
    queue = Queue(3, 2)
    await queue.stand(*"aaaa")
    assert queue.served == ["a", "a"]
    await queue.stand("b")
    assert queue.served == ["a", "a", "b"]
    await queue.end("b")
    assert queue.served == ["a", "a", "b"]
    await queue.end("a", "a", "a", "a")
    assert queue.served == ["a", "a", "b", "a", "a"]


async def test_a_light_caller_overtakes_a_heavy_one() -> None:
    queue = Queue(1, 1)
    await queue.stand(*"aaaaa", *"bb", "c")
    await queue.end(*"aabcab")
    assert "".join(map(str, queue.served)) == "aabcaba"


async def test_what_asks_for_nobody_goes_first() -> None:
    queue = Queue(1, 1)
    await queue.stand("a", "a", "b", None, None)
    await queue.end("a", None, None, "a")
    assert queue.served == ["a", None, None, "a", "b"]


@pytest.mark.parametrize("granted", [False, True])
async def test_who_hangs_up_leaves_the_queue(granted: bool) -> None:
    queue = Queue(1, 1)
    _, second, third = await queue.stand("a", "b", "c")
    if granted:
        queue.turns.give_back("a")  # its turn has come, and it does not know yet
        second.cancel()
    else:
        second.cancel()
        queue.turns.give_back("a")  # it has hung up, and the queue does not know yet
    await asyncio.wait({second, third})
    assert queue.served == ["a", "c"]
    queue.turns.give_back("c")
    await queue.stand("d")
    assert queue.served == ["a", "c", "d"]
