"""Locks with a name: shared by many or held alone, given back with the transaction, seen after what they waited for."""

import asyncio

import pytest

from jxc_graphql.kit import db

pytestmark = pytest.mark.usefixtures("database")


class Holder:
    """A transaction that holds a name until it is told to end."""

    def __init__(self, name: str, *, shared: bool = False, fails: bool = False) -> None:
        self.holds, self.may_end = asyncio.Event(), asyncio.Event()
        self._name, self._shared, self._fails = name, shared, fails
        self.task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        try:
            await self._hold()
        except ZeroDivisionError:
            assert self._fails

    @db.transactional
    async def _hold(self) -> None:
        await db.hold(self._name, shared=self._shared)
        self.holds.set()
        await self.may_end.wait()
        if self._fails:
            raise ZeroDivisionError

    async def end(self) -> None:
        self.may_end.set()
        await self.task


async def waits(holder: Holder) -> bool:
    """Whether it does not get hold in a time in which it could."""
    await asyncio.wait([asyncio.ensure_future(holder.holds.wait())], timeout=0.1)
    return not holder.holds.is_set()


async def test_is_needed_inside_a_transaction_only() -> None:
    with pytest.raises(RuntimeError):
        await db.hold("books")


@pytest.mark.parametrize("fails", [False, True], ids=["commit", "rollback"])
async def test_one_who_holds_it_alone_keeps_everybody_waiting(fails: bool) -> None:
    first = Holder("books", fails=fails)
    await first.holds.wait()
    alone, shared = Holder("books"), Holder("books", shared=True)
    assert await waits(alone)
    assert await waits(shared)
    await first.end()
    await asyncio.gather(alone.end(), shared.end())


async def test_it_is_shared_and_names_are_of_their_own() -> None:
    if db.dialect() == "sqlite":
        pytest.skip("one transaction writes at a time")
    holders = [Holder("books", shared=True), Holder("books", shared=True), Holder("papers")]
    await asyncio.gather(*(each.holds.wait() for each in holders))
    alone = Holder("books")
    assert await waits(alone)
    for each in [*holders, alone]:
        await each.end()


async def test_who_shares_it_already_does_not_ask_behind_one_who_waits_to_hold_it_alone() -> None:
    shares, go_on = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def share_twice() -> int:
        await db.hold("books", shared=True)
        shares.set()
        await go_on.wait()
        with db.statements() as seen:
            await db.hold("books", shared=True)
        return len(seen)

    sharing = asyncio.ensure_future(share_twice())
    await shares.wait()
    alone = Holder("books")
    assert await waits(alone)
    go_on.set()
    assert await sharing == 0
    await alone.end()
