"""The stream of alerts: nothing is missed, nothing comes out of order, scope holds."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.insight.alerts import operations
from jxc_graphql.insight.alerts import stream as streams
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.insight.alerts.stream import StockAlertChange, StockAlertEvent
from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.office.auth.permissions import Dimension
from tests.make.shop import make_shop
from tests.make.watch import Watch
from tests.patience import SECONDS, recorded, settled

RAISED, WORSENED, RESOLVED = StockAlertChange.RAISED, StockAlertChange.WORSENED, StockAlertChange.RESOLVED

Stream = AsyncIterator[StockAlertEvent | Cursor]


async def take(stream: Stream, count: int) -> list[StockAlertEvent]:
    found: list[StockAlertEvent] = []
    async with asyncio.timeout(SECONDS):
        while len(found) < count:
            event = await anext(stream)
            if isinstance(event, StockAlertEvent):
                found.append(event)
    return found


def low_stock(call: Call, **asked: Any) -> Stream:
    return streams.stock_alert_events(call, kinds={StockAlertKind.LOW}, **asked)


async def cycle(watch: Watch, rounds: int) -> None:
    """Each round raises, worsens and resolves."""
    for _ in range(rounds):
        for move in (watch.ship("6"), watch.ship("4"), watch.receive("10")):
            await move
            await settled()  # or two moves may be reviewed as one
            await watch.reactions.settle()


async def test_replays_what_was_missed_and_goes_live_without_a_gap(watch: Watch) -> None:
    await watch.receive("10")
    await watch.limit("5")
    await watch.reactions.settle()
    first = asyncio.create_task(take(low_stock(watch.call, after=await journal.head()), 1))
    await cycle(watch, 3)
    (seen,) = await first

    resumed = low_stock(watch.call, after=Cursor.decode(seen.cursor))
    following = asyncio.create_task(take(resumed, 14))
    await cycle(watch, 2)
    events = await following

    assert [event.change for event in (seen, *events)] == [RAISED, WORSENED, RESOLVED] * 5
    cursors = [Cursor.decode(event.cursor) for event in (seen, *events)]
    assert cursors == sorted(set(cursors))


async def test_does_not_tell_what_was_low_only_between_two_reviews(watch: Watch) -> None:
    await watch.receive("10")
    await watch.limit("5")
    await watch.alerts()
    start = await journal.head()
    await watch.ship("6")
    await watch.receive("6")
    await watch.alerts()
    await cycle(watch, 1)
    events = await take(low_stock(watch.call, after=start), 3)
    assert [event.change for event in events] == [RAISED, WORSENED, RESOLVED]


async def test_records_an_alert_for_the_request_that_touched_its_level_last(call: Call, watch: Watch) -> None:
    watch = Watch(await make_shop(call, skus=2), watch.reactions)
    for sku in range(2):
        await watch.receive("10", sku)
        await watch.limit("5", sku=sku)
    await watch.alerts()
    for request, sku in (("a", 0), ("b", 1), ("c", 0), ("d", 0), ("e", 1)):
        asked = msgspec.structs.replace(watch.call, request_id=request)
        await Watch(msgspec.structs.replace(watch.shop, call=asked), watch.reactions).ship("3", sku)
        await settled()
    await watch.alerts()
    raised = await recorded("StockAlertRaised")
    assert [entry.request_id for entry in raised] == ["d", "e"]


async def test_resumes_behind_any_cursor_at_any_moment(watch: Watch) -> None:
    await watch.receive("10")
    await watch.limit("5")
    await watch.reactions.settle()
    start = low_stock(watch.call, after=await journal.head())
    writing = asyncio.create_task(cycle(watch, 4))
    events = await take(start, 1)
    while len(events) < 12:
        again = low_stock(watch.call, after=Cursor.decode(events[-1].cursor))
        events += await take(again, 1)
        await again.aclose()  # type: ignore[attr-defined]
    await writing
    assert [event.change for event in events] == [RAISED, WORSENED, RESOLVED] * 4


async def test_begins_now_when_nothing_else_is_asked(watch: Watch) -> None:
    await watch.receive("10")
    await watch.limit("5")
    await cycle(watch, 1)
    before = await journal.head()
    first = asyncio.create_task(take(low_stock(watch.call), 1))
    while not first.done():
        await cycle(watch, 1)
    (seen,) = await first
    assert Cursor.decode(seen.cursor) > before


async def test_begins_with_what_is_unresolved_when_asked(watch: Watch) -> None:
    await watch.receive("3")
    await watch.limit("5")
    await watch.reactions.settle()
    stream = low_stock(watch.call, include_current=True)
    (current,) = await take(stream, 1)
    assert current.change is StockAlertChange.CURRENT
    await watch.ship("3")
    await watch.reactions.settle()
    (live,) = await take(stream, 1)
    assert (live.change, live.alert_id) == (WORSENED, current.alert_id)


async def test_shows_only_the_callers_warehouses_and_the_severity_asked_for(watch: Watch) -> None:
    await watch.receive("10")
    await watch.limit("5")
    await cycle(watch, 1)
    beginning = Cursor()
    elsewhere = msgspec.structs.replace(watch.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    for stream in (
        low_stock(elsewhere, after=beginning),
        low_stock(watch.call, after=beginning, warehouses=[1]),
    ):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await take(stream, 1)
    only_out = low_stock(
        watch.call, after=beginning, severity=StockAlertSeverity.OUT, warehouses=[watch.shop.warehouse.id]
    )
    assert [event.change for event in await take(only_out, 2)] == [WORSENED, RESOLVED]


async def test_asks_for_a_resync_where_it_cannot_resume(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "RESUMABLE", 3)
    await watch.receive("10")
    await watch.limit("5")
    await cycle(watch, 1)
    for cursor in (Cursor(2**62, 1), Cursor()):
        with pytest.raises(Rejected) as caught:
            await anext(low_stock(watch.call, after=cursor))
        assert [reason.code for reason in caught.value.reasons] == ["RESYNC_REQUIRED"]
    await take(low_stock(watch.call, after=(await recorded())[-2].cursor), 1)


async def test_tells_of_all_kinds_what_happens_to_alerts(watch: Watch) -> None:
    start = await journal.head()
    await watch.receive("3")
    await watch.limit("5", upper="8", target="6")
    await watch.reactions.settle()
    ((low,),) = await db.fetch("SELECT id FROM stock_alert")
    tomorrow = clock.day_of(watch.call.at) + timedelta(days=1)
    await operations.snooze_stock_alert(watch.call, stock_alert_id=low, until=tomorrow)
    await operations.acknowledge_stock_alert(watch.call, stock_alert_id=low, note="已下单")
    await watch.receive("7")
    await watch.reactions.settle()
    await watch.ship("2")
    await watch.reactions.settle()

    async def told(count: int, **asked: Any) -> list[tuple[str, bool]]:
        stream = streams.stock_alert_events(watch.call, after=start, **asked)
        found: list[tuple[str, bool]] = []
        async with asyncio.timeout(SECONDS):
            while len(found) < count:
                event = await anext(stream)
                if isinstance(event, StockAlertEvent):
                    found.append((event.change.value, event.alert_id == low))
        return found

    of_low = [("RAISED", True), ("SNOOZED", True), ("ACKNOWLEDGED", True), ("RESOLVED", True)]
    of_over = [("RAISED", False), ("RESOLVED", False)]
    assert await told(6) == [*of_low, *of_over]
    assert await told(2, kinds=[StockAlertKind.OVER]) == of_over
    assert await told(4, kinds=[StockAlertKind.LOW], warehouses=[watch.shop.warehouse.id]) == of_low
    elsewhere = msgspec.structs.replace(watch.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await take(low_stock(elsewhere, after=start), 1)


async def test_begins_with_unresolved_alerts_of_the_kinds_asked_for(watch: Watch) -> None:
    await watch.receive("9")
    await watch.limit("0", upper="8", target="1")
    await watch.limit("0", sku=1)
    await watch.reactions.settle()
    kinds = [StockAlertKind.OVER, StockAlertKind.DEAD_STOCK]
    current = await anext(streams.stock_alert_events(watch.call, kinds=kinds, include_current=True))
    assert isinstance(current, StockAlertEvent)
    assert current.change is StockAlertChange.CURRENT
    assert await db.fetch("SELECT kind FROM stock_alert WHERE id = ?", (current.alert_id,)) == [("OVER",)]


async def test_tells_what_was_recorded_when_low_stock_had_facts_of_its_own(watch: Watch) -> None:
    """As 0.1.0 wrote it."""
    warehouse_id = watch.shop.warehouse.id
    start = await journal.head()
    told = {"stock_alert_id": 7, "warehouse_id": warehouse_id, "severity": "OUT", "available": 0}
    names = ("LowStockAlertRaised", "LowStockAlertWorsened", "LowStockAlertResolved")
    for name in names:
        await write(name, json.dumps(told))
    await write("StockAlertAcknowledged", json.dumps({"stock_alert_id": 7, "note": ""}))
    stream = low_stock(watch.call, after=start, severity=StockAlertSeverity.OUT)
    found = await take(stream, 3)
    assert [(event.change, event.alert_id) for event in found] == [(RAISED, 7), (WORSENED, 7), (RESOLVED, 7)]


@db.transactional
async def write(name: str, body: str) -> None:
    xid = "0" if db.dialect() == "sqlite" else "pg_current_xact_id()::text::bigint"
    await db.execute(
        "INSERT INTO journal (xid, at, name, subject_id, is_echo, address, request_id, body) "
        f"VALUES ({xid}, ?, ?, 7, false, '', '', ?)",
        (clock.now(), name, body),
    )
