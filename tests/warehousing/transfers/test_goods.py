"""Goods that may not be sold go to another warehouse: what waits for inspection, and what is damaged."""

from typing import Any

import pytest

from jxc_graphql import wiring
from jxc_graphql.insight.analytics import turnover
from jxc_graphql.insight.analytics.rules import StockChoice
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.pages import WHOLE
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from jxc_graphql.warehousing.sharing import queries as sharing
from jxc_graphql.warehousing.transfers.models import TransferDiscrepancyReason, TransferGoods
from tests.make.haul import FEW, MILK, NEW, OLD, PHONE, PLAIN, Haul
from tests.refusals import codes

PIECES: dict[str, Any] = {"serials": ("a",)}


async def approved(haul: Haul, goods: TransferGoods, *lines: tuple[int, str]) -> int:
    transfer_id = await haul.draft(*lines, goods=goods)
    await haul.submit(transfer_id)
    await haul.approve(transfer_id)
    return transfer_id


@pytest.mark.parametrize("goods", [TransferGoods.QUALITY, TransferGoods.DAMAGED])
async def test_leave_places_of_their_kind_and_arrive_at_such(haul: Haul, goods: TransferGoods) -> None:
    kind = PlaceKind(goods)
    here, there = (where.place_of(kind) for where in (haul.source, haul.destination))
    await haul.stock(PLAIN, "6", "6")
    await haul.stock(PLAIN, "4", "8", place_id=here)
    transfer_id = await approved(haul, goods, (PLAIN, "4"))
    columns = ("on_hand", "sellable", "reserved")
    assert await haul.level(haul.source, PLAIN, *columns) == ["10", "6", "0"]
    assert await haul.verify() == []
    await haul.dispatch(transfer_id)
    assert await haul.level(haul.source, PLAIN, *columns) == ["6", "6", "0"]
    await haul.receive(transfer_id, (0, "3", "0", FEW))
    assert await haul.at_places(PLAIN) == {
        (haul.source.stock_place_id, None): "6",
        (haul.destination.transit_place_id, None): "1",
        (there, None): "3",
    }
    assert await haul.verify() == []
    await haul.close(transfer_id, TransferDiscrepancyReason.MISCOUNTED_AT_DISPATCH)
    assert (await haul.at_places(PLAIN))[here, None] == "1"
    assert await haul.level(haul.destination, PLAIN, "available") == ["0"]
    assert await haul.verify() == []


async def test_are_not_taken_from_those_that_may_be_sold(haul: Haul) -> None:
    await haul.stock(PLAIN, "6", "6")
    await haul.stock(PLAIN, "1", "1", place_id=haul.source.damaged_place_id)
    transfer_id = await approved(haul, TransferGoods.DAMAGED, (PLAIN, "4"))
    assert await codes(haul.dispatch(transfer_id)) == [("INSUFFICIENT_STOCK", ("id",))]
    stock = {"place_id": haul.source.stock_place_id}
    assert await codes(haul.dispatch(transfer_id, (0, "1", stock))) == [("PLACE_UNFIT", ("lines", 0, "place_id"))]
    await haul.dispatch(transfer_id, (0, "1", {"place_id": haul.source.damaged_place_id}))
    assert await haul.verify() == []


async def test_are_of_any_lot_and_damaged_pieces_stay_damaged(haul: Haul) -> None:
    damaged = haul.source.damaged_place_id
    await haul.stock(MILK, "3", "3", lot=OLD, place_id=damaged)
    await haul.stock(PHONE, "2", "20", serials=["a", "b"], place_id=damaged)
    ((lot_id,),) = await db.fetch("SELECT id FROM lot")
    await lots.block_lot(haul.call, lot_id=lot_id, note="发霉")
    transfer_id = await approved(haul, TransferGoods.DAMAGED, (MILK, "3"), (PHONE, "1"))
    await haul.dispatch(transfer_id, (0, "3", FEW), (1, "1", PIECES))
    await haul.receive(transfer_id, (0, "3", "0", FEW), (1, "1", "0", PIECES))
    assert await haul.pieces(haul.destination.damaged_place_id) == ["a"]
    assert await haul.at_places(MILK) == {(haul.destination.damaged_place_id, OLD.number): "3"}
    assert [line.quantity_damaged for line in await haul.lines(transfer_id)] == [30_000, 10_000]
    assert await haul.verify() == []


async def test_are_forgotten_when_they_are_cancelled(haul: Haul) -> None:
    await haul.stock(PLAIN, "1", "1", place_id=haul.source.quality_place_id)
    transfer_id = await approved(haul, TransferGoods.QUALITY, (PLAIN, "1"))
    await haul.cancel(transfer_id)
    assert await haul.status(transfer_id) == "CANCELLED"
    assert await haul.verify() == []


async def test_on_their_way_do_not_count_as_what_is_coming(haul: Haul) -> None:
    await haul.stock(PLAIN, "4", "4")
    await haul.stock(PLAIN, "3", "3", place_id=haul.source.damaged_place_id)
    needed = WantedLimit(
        sku_id=haul.skus[PLAIN], warehouse_id=haul.destination.id, limit=Quantity.of(5), target=Quantity.of(10)
    )
    await haul.sent((PLAIN, "4"))
    await haul.dispatch(await approved(haul, TransferGoods.DAMAGED, (PLAIN, "3")))
    await limits.set_stock_limits(haul.call, limits=[needed])
    await wiring.REACTIONS.settle()
    (short,) = (await sharing.shortages(haul.call, sharing.SharingChoice(), WHOLE)).nodes
    assert (short.in_transit, short.quantity) == (Quantity.of(4), Quantity.of(6))
    assert await db.fetch("SELECT suggested_quantity FROM stock_alert WHERE kind = 'LOW'") == [(60_000,)]


async def test_of_lots_that_may_not_be_sold_do_not_either(haul: Haul) -> None:
    await haul.stock(MILK, "9", "9", lot=OLD)
    await haul.stock(MILK, "4", "4", lot=NEW)
    needed = WantedLimit(
        sku_id=haul.skus[MILK], warehouse_id=haul.destination.id, limit=Quantity.of(5), target=Quantity.of(20)
    )
    await limits.set_stock_limits(haul.call, limits=[needed])
    transfer_id = await haul.sent((MILK, "13"))
    await haul.receive(transfer_id, (0, "3", "0", {"lot_number": OLD.number}))

    async def coming() -> tuple[str, str, int, list[str]]:
        await wiring.REACTIONS.settle()
        (short,) = (await sharing.shortages(haul.call, sharing.SharingChoice(), WHOLE)).nodes
        ((suggested,),) = await db.fetch("SELECT suggested_quantity FROM stock_alert WHERE kind = 'LOW'")
        slow = (await turnover.slow_movers(haul.call, StockChoice(), days=1, cover=1, page=WHOLE)).nodes
        rows = (
            await db.fetch("SELECT available FROM stock_level WHERE id = ?", (slow[0].stock_level_id,)) if slow else []
        )
        return str(short.in_transit), str(short.quantity), suggested // 10_000, [str(Quantity(one)) for (one,) in rows]

    assert await coming() == ("10", "7", 7, ["3"])
    ((lot_id,),) = await db.fetch("SELECT id FROM lot WHERE number = ?", (OLD.number,))
    await lots.block_lot(haul.call, lot_id=lot_id, note="发霉")
    assert await coming() == ("4", "16", 16, ["0"])
