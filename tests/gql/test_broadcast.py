"""Shared streams: one execution for all who follow the same, no gap and no repeat, an end for those who lag."""

import asyncio
import json
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.result import Refused
from jxc_graphql.gql.wire import broadcast
from jxc_graphql.gql.wire.broadcast import Broadcasts, Frame
from jxc_graphql.gql.wire.peers import Peer
from jxc_graphql.insight.alerts.facts import StockAlertRaised
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Dimension
from tests.patience import SECONDS, recorded, until

QUERY = "subscription S($after: String) { lowStockAlerts(after: $after) { cursor change alert { id } } }"


@pytest.fixture(scope="module")
def executor() -> Executor:
    return schema.executor(introspection=False)


async def nothing() -> None:
    """Nobody's rights change but by the test."""


def peer_of(call: Call) -> Peer:
    peer = Peer(lambda: None)
    peer.introduce(call, None)
    return peer


@db.transactional
async def tell(call: Call, number: int) -> None:
    fact = StockAlertRaised(
        stock_alert_id=number,
        kind=StockAlertKind.LOW,
        warehouse_id=1,
        severity=StockAlertSeverity.LOW,
        available=Quantity(0),
    )
    journal.record(fact, call)


async def take(frames: AsyncGenerator[Frame, None], count: int) -> list[str | None]:
    """The cursors of the next events."""
    found: list[str | None] = []
    async with asyncio.timeout(SECONDS):
        while len(found) < count:
            frame = await anext(frames)
            assert json.loads(frame.payload)["data"]["lowStockAlerts"]["cursor"] == frame.cursor
            found.append(frame.cursor)
    return found


async def started(streams: Broadcasts, followers: int, *, after: Collection[object] = ()) -> list[object]:
    """Returns the streams when they have begun, others than those before, and so many wait for what they tell."""

    def running() -> list[broadcast._Shared]:
        return [one for one in streams._streams.values() if one.has_begun and one not in after]  # noqa: SLF001

    async def all_wait() -> bool:
        return sum(len(one.waiting) for one in running()) == followers

    await until(all_wait)
    return list(running())


def follow(
    streams: Broadcasts, executor: Executor, call: Call, after: str | None = None, query: str = QUERY
) -> AsyncGenerator[Frame, None]:
    subscription = executor.subscription(executor.prepare(query), {"after": after} if after else None)
    return streams.follow(subscription, peer_of(call))


async def test_answers_an_event_once_for_all_who_follow_the_same(executor: Executor, call: Call) -> None:
    streams = Broadcasts(nothing)
    others = [msgspec.structs.replace(call, actor_id=number) for number in range(10)]
    with db.statements() as seen:
        tasks = [asyncio.create_task(take(follow(streams, executor, one), 3)) for one in others]
        await started(streams, 10)
        for number in range(3):
            await tell(call, number)
        cursors = await asyncio.gather(*tasks)
    assert cursors == [cursors[0]] * 10
    assert sum("FROM stock_alert" in one for one in seen) <= 3
    assert sum("FROM journal" in one for one in seen) < 30


async def test_tells_what_differs_only_in_where_it_begins_from_what_differs_otherwise(
    executor: Executor, call: Call
) -> None:
    def topic(query: str, **variables: Any) -> str:
        return executor.subscription(executor.prepare(query), variables).topic

    same = "subscription { lowStockAlerts { cursor } }"
    for query in (
        'subscription A { lowStockAlerts(after: "MDox", includeCurrent: true) { cursor } }',
        "subscription S($after: String) { lowStockAlerts(after: $after) { cursor } }",
    ):
        assert topic(query) == topic(query, after="MDox") == topic(same)
    other = "subscription S($severity: StockAlertSeverity) { lowStockAlerts(severity: $severity) { cursor } }"
    assert len({topic(same), topic(other), topic(other, severity="OUT"), topic(other, severity="LOW")}) == 4
    assert topic("subscription { lowStockAlerts { cursor change } }") != topic(same)


async def test_says_from_when_on_nothing_is_missed(
    executor: Executor, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, begun, head = asyncio.Event(), asyncio.Event(), journal.head

    async def slow() -> journal.Cursor:
        await known.wait()
        return await head()

    monkeypatch.setattr(journal, "head", slow)
    subscription = executor.subscription(executor.prepare(QUERY), None)
    frames = Broadcasts(nothing).follow(subscription, peer_of(call), begun)
    first = asyncio.create_task(take(frames, 1))
    await asyncio.sleep(0.05)
    assert not begun.is_set()
    known.set()
    async with asyncio.timeout(SECONDS):
        await begun.wait()
        await tell(call, 1)
        assert await first


async def test_joins_replay_and_stream_without_gap_or_repeat(executor: Executor, call: Call) -> None:
    streams, most = Broadcasts(nothing), 60
    for number in range(10):
        await tell(call, number)
    head = (await read(10))[-1].cursor.encode()
    live = asyncio.create_task(take(follow(streams, executor, call, head), most - 10))

    async def write() -> None:
        for number in range(10, most):
            await tell(call, number)
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    late = []
    for _ in range(4):
        late.append(asyncio.create_task(take(follow(streams, executor, call, journal.Cursor().encode()), most)))
        await asyncio.sleep(0.02)
    await writing
    expected = [one.cursor.encode() for one in await read(most)]
    assert await live == expected[10:]
    assert await asyncio.gather(*late) == [expected] * 4


async def read(count: int) -> list[journal.Entry]:
    entries = await recorded(StockAlertRaised.__name__)
    assert len(entries) == count
    return entries


async def test_tells_those_who_lag_where_to_go_on(
    executor: Executor, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "RING_FRAMES", 3)
    streams = Broadcasts(nothing)
    async with aclosing(follow(streams, executor, call)) as slow, aclosing(follow(streams, executor, call)) as quick:
        first, all_of_it = asyncio.create_task(take(slow, 1)), asyncio.create_task(take(quick, 9))
        await started(streams, 2)
        for number in range(9):
            await tell(call, number)
            await asyncio.sleep(0.02)
        cursors = await all_of_it
        assert await first == cursors[:1]
        with pytest.raises(Refused) as caught:
            await anext(slow)
    (error,) = caught.value.result.errors  # type: ignore[misc]
    assert error["extensions"] == {"code": "RESYNC_REQUIRED", "cursor": cursors[0]}
    async with aclosing(follow(streams, executor, call, cursors[0])) as again:
        assert await take(again, 8) == cursors[1:]


async def test_follows_the_rights_of_its_peer(executor: Executor, call: Call) -> None:
    streams, peer = (
        Broadcasts(nothing),
        peer_of(msgspec.structs.replace(call, scopes={Dimension.WAREHOUSE: frozenset({2})})),
    )
    subscription = executor.subscription(executor.prepare(QUERY), None)
    async with aclosing(streams.follow(subscription, peer)) as frames:
        seen = asyncio.create_task(take(frames, 1))
        narrow = await started(streams, 1)
        await tell(call, 1)
        await asyncio.sleep(0.15)
        assert not seen.done()
        peer.renew(call)
        await started(streams, 1, after=narrow)
        await tell(call, 2)
        ((entry, second),) = [await read(2)]
        assert await seen in ([entry.cursor.encode()], [second.cursor.encode()])
        peer.renew(msgspec.structs.replace(call, permissions=frozenset()))
        with pytest.raises(Refused) as caught:
            await take(frames, 3)
    assert caught.value.result.errors[0]["extensions"]["code"] == "FORBIDDEN"  # type: ignore[index]


async def test_ends_with_the_token_and_leaves_nothing_behind(executor: Executor, call: Call) -> None:
    before = asyncio.all_tasks()
    peer = peer_of(call)
    streams = Broadcasts(nothing)
    frames = streams.follow(executor.subscription(executor.prepare(QUERY), None), peer)
    waiting: asyncio.Task[Any] = asyncio.create_task(anext(frames))
    await started(streams, 1)
    peer.renew(None)
    with pytest.raises(Unauthenticated):
        await waiting

    async def nothing_is_left() -> bool:
        return asyncio.all_tasks() <= before

    await until(nothing_is_left)
