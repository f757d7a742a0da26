"""What stock is where changes before the eyes of those who look at it, whichever process they look through."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.goods import stream
from jxc_graphql.books.goods.stream import StockLevelEvent, stock_level_events
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Rejected
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.operations import create_api_token, system_call
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from tests.following import WIRES, all_so_far
from tests.gql.listening import listening
from tests.make.begun import begun
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.patience import settled
from tests.served import NEVER_LOOKS, served

trade = begun(make_trade, 2)


@pytest.fixture
async def pass_key(trade: Trade) -> str:
    """A token of the administrator's."""
    assert trade.call.actor_id is not None
    return (await create_api_token(system_call(), user_id=trade.call.actor_id, name="page")).token


async def heard(call: Call, after: Cursor, **asked: Any) -> list[StockLevelEvent]:
    await settled()
    return await all_so_far(stock_level_events(call, after=after, **asked))


async def skus_of(events: list[StockLevelEvent]) -> list[set[int]]:
    of_level = dict(await db.fetch("SELECT id, sku_id FROM stock_level"))
    return [{of_level[level_id] for level_id in event.stock_level_ids} for event in events]


async def test_tells_of_all_levels_that_a_document_changed_at_once(trade: Trade) -> None:
    first, second = trade.shop.skus
    start = await journal.head()
    order_id = await trade.buy((0, "5", "2"), (1, "3", "2"))
    await trade.receive(order_id, (0, "5"), (1, "3"))
    await trade.sell((1, "1", "9"))
    wanted = WantedLimit(sku_id=first, warehouse_id=trade.shop.warehouse.id, limit=Quantity.of("1"))
    await limits.set_stock_limits(trade.call, limits=[wanted])
    events = await heard(trade.call, start)
    assert await skus_of(events) == [{first, second}, {first, second}, {second}, {first}]
    assert all(event.is_complete for event in events)
    for place, event in enumerate(events):
        assert await heard(trade.call, Cursor.decode(event.cursor)) == events[place + 1 :]


async def test_tells_of_what_is_asked_for_and_in_scope(trade: Trade) -> None:
    first, second = trade.shop.skus
    here, elsewhere = trade.shop.warehouse.id, (await open_warehouse(trade.call)).id
    start = await journal.head()
    await trade.stock_up("5", "3")
    await trade.buy((1, "3", "2"))
    assert await skus_of(await heard(trade.call, start, sku_ids=[first])) == [{first}] * 2
    assert (await skus_of(await heard(trade.call, start, warehouse_ids=[here])))[2:] == [{second}]
    assert await heard(trade.call, start, warehouse_ids=[elsewhere]) == []
    narrow = msgspec.structs.replace(trade.call, scopes={"WAREHOUSE": frozenset({elsewhere})})
    assert await heard(narrow, start) == []
    with pytest.raises(Forbidden):
        await anext(stock_level_events(msgspec.structs.replace(trade.call, permissions=frozenset())))
    with pytest.raises(Rejected) as refused:
        await anext(stock_level_events(trade.call, warehouse_ids=range(201)))
    assert [(one.code, one.path) for one in refused.value.reasons] == [("TOO_MANY_WATCHED", ("warehouses",))]


async def test_says_where_an_event_has_not_all(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_LEVELS", 1)
    start = await journal.head()
    await trade.buy((0, "5", "2"), (1, "3", "2"))
    await trade.buy((0, "5", "2"))
    events = await heard(trade.call, start)
    assert [(len(event.stock_level_ids), event.is_complete) for event in events] == [(1, False), (1, True)]


@pytest.mark.parametrize("wire", WIRES)
async def test_a_page_follows_and_goes_on_where_it_was(trade: Trade, pass_key: str, wire: str) -> None:
    follow, sku = WIRES[wire], global_id("Sku", trade.shop.skus[0])
    start = (await journal.head()).encode()
    async with listening() as port:
        async with follow(port, pass_key, "StockLevelsChanged", after=start, skus=[sku]) as page:
            order_id = await trade.buy((0, "5", "2"), (1, "3", "2"))
            (ordered,) = await page.hears()
            (level,) = ordered["stockLevels"]
            assert (level["sku"]["id"], level["onHand"], level["incoming"]) == (sku, "0", "5")
        await trade.receive(order_id, (0, "4"))
        async with follow(port, pass_key, "StockLevelsChanged", after=ordered["cursor"]) as page:
            (arrived,) = await page.hears()
            levels = [(one["onHand"], one["incoming"]) for one in arrived["stockLevels"]]
            assert (levels, arrived["isComplete"]) == ([("4", "1")], True)


async def test_whichever_process_one_asks(trade: Trade, pass_key: str, database_url: str, tmp_path: Path) -> None:
    at, follow = {"JXC_DATABASE_URL": database_url}, WIRES["WebSocket"]
    start = (await journal.head()).encode()
    with served(tmp_path, before=NEVER_LOOKS, **at) as one, served(tmp_path, before=NEVER_LOOKS, **at) as two:
        async with (
            follow(one.port, pass_key, "StockLevelsChanged", after=start) as here,
            follow(two.port, pass_key, "DocumentChanged", after=start) as there,
        ):
            order_id = global_id("PurchaseOrder", await trade.buy((0, "5", "2")))
            if db.dialect() == "postgres":
                await db.fetch("SELECT pg_notify(?, '')", (journal.NEWS.channel,))
            (levels,) = await here.hears()
            assert [level["incoming"] for level in levels["stockLevels"]] == ["5"]
            documents = await there.hears(3)
            assert [(event["change"], event["document"]["id"]) for event in documents] == [
                ("CREATED", order_id), ("MOVED_ON", order_id), ("MOVED_ON", order_id),
            ]  # fmt: skip
