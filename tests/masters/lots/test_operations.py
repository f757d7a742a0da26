import asyncio
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Rejected
from jxc_graphql.masters.lots import operations, queries
from jxc_graphql.masters.lots.labels import LotLabel
from tests.make.dairy import SHELF_LIFE_DAYS, Goods
from tests.refusals import codes, everything

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


async def lots() -> list[queries.KnownLot]:
    ids = [lot_id for (lot_id,) in await db.fetch("SELECT id FROM lot")]
    return [lot for _, lot in sorted((await queries.lots(ids)).items())]


async def dates(lot_id: int) -> tuple[date | None, date | None]:
    lot = (await queries.lots([lot_id]))[lot_id]
    return lot.produced_on, lot.expires_on


async def told() -> list[str]:
    return [name for (name,) in await db.fetch("SELECT name FROM journal WHERE name LIKE 'Lot%' ORDER BY id")]


async def test_lots_come_into_being_with_the_first_document_that_names_them(goods: Goods) -> None:
    first = await goods.ensure(
        (goods.milk, LotLabel(" L1 ", MAY)),
        (goods.glasses, None),
        (goods.wine, LotLabel("L1", None, JULY)),
        (goods.milk, LotLabel("L1")),
    )
    assert first[0] == first[3] != first[2]
    assert first[1] is None
    due = MAY + timedelta(days=SHELF_LIFE_DAYS)
    assert [msgspec.structs.astuple(lot) for lot in await lots()] == sorted(
        [
            (first[0], goods.milk, "L1", MAY, due, False),
            (first[2], goods.wine, "L1", None, JULY, False),
        ],
        key=lambda lot: lot[0] or 0,
    )
    assert await db.fetch("SELECT DISTINCT version, note, search_text FROM lot") == [(1, "", "l1")]


async def test_a_known_lot_is_used_again_and_nothing_is_written(goods: Goods) -> None:
    lot_id = await goods.lot(MAY)
    before = await everything()
    assert await goods.ensure((goods.milk, LotLabel("L1")), (goods.milk, LotLabel("L1", MAY))) == [lot_id, lot_id]
    assert await everything() == before


async def test_what_the_label_says_of_expiry_comes_before_the_shelf_life(goods: Goods) -> None:
    assert await dates(await goods.lot(MAY, JULY)) == (MAY, JULY)
    assert await dates(await goods.lot(MAY, sku_id=goods.wine)) == (MAY, None)
    assert await dates(await goods.lot(number="L2")) == (None, None)


async def test_a_later_label_adds_dates_that_were_not_known(goods: Goods) -> None:
    lot_id = await goods.lot()
    assert await goods.lot(MAY) == lot_id
    assert await dates(lot_id) == (MAY, MAY + timedelta(days=SHELF_LIFE_DAYS))
    assert await told() == ["LotUpdated"]
    ((version,),) = await db.fetch("SELECT version FROM lot")
    assert version == 2
    wine = await goods.lot(MAY, sku_id=goods.wine)
    assert await goods.lot(None, JULY, sku_id=goods.wine) == wine
    assert await dates(wine) == (MAY, JULY)


async def test_everything_wrong_with_the_labels_of_a_document_is_told_at_once(goods: Goods) -> None:
    await goods.lot(MAY)
    document = goods.ensure(
        (goods.milk, LotLabel("L1", JUNE)),
        (goods.milk, LotLabel("NEW")),
        (goods.milk, None),
        (goods.glasses, LotLabel("L1")),
        (goods.wine, LotLabel("x" * 61, JUNE, MAY)),
    )
    assert await codes(document) == [
        ("LOT_REQUIRED", ("lines", 2, "lot")),
        ("LOT_NOT_KEPT", ("lines", 3, "lot")),
        ("TEXT_TOO_LONG", ("lines", 4, "lot", "number")),
        ("LOT_EXPIRES_BEFORE_PRODUCED", ("lines", 4, "lot", "expires_on")),
        ("LOT_MISMATCH", ("lines", 0, "lot")),
    ]


async def test_the_lots_of_a_document_cost_as_many_statements_for_a_hundred_lines_as_for_one(goods: Goods) -> None:
    async def cost(*labels: LotLabel) -> int:
        with db.statements() as seen:
            await goods.ensure(*((goods.milk, label) for label in labels))
        return len(seen)

    assert await cost(LotLabel("A")) == await cost(*(LotLabel(f"B{n}") for n in range(100))) <= 5
    ahead = int(db.dialect() == "postgres")  # the lock of the books, in the trip of what is read behind it
    assert await cost(LotLabel("A", MAY)) == await cost(*(LotLabel(f"B{n}", MAY) for n in range(100))) <= 8 + ahead
    assert await cost(LotLabel("A")) == await cost(*(LotLabel(f"B{n}") for n in range(100))) == 2


async def test_many_documents_that_name_the_same_new_lots_at_once_make_each_once(goods: Goods) -> None:
    numbers = [f"N{n}" for n in range(6)]
    orders = [numbers[start:] + numbers[:start] for start in range(6)] * 4
    documents = [goods.ensure(*((goods.milk, LotLabel(number, MAY)) for number in order)) for order in orders]
    found = await asyncio.gather(*documents)
    assert len(await lots()) == len(numbers)
    ids = [dict(zip(order, lot_ids, strict=True)) for order, lot_ids in zip(orders, found, strict=True)]
    assert all(one == ids[0] for one in ids)


async def test_of_documents_that_contradict_each_other_at_once_one_is_right(goods: Goods) -> None:
    begun = asyncio.Event()

    @db.transactional
    async def first() -> list[int | None]:
        found = await goods.ensure((goods.milk, LotLabel("L", JULY)))
        begun.set()
        await asyncio.sleep(0.3)  # long enough for the others to look, see nothing, and wait for this one
        return found

    async def other(produced_on: date) -> list[int | None]:
        await begun.wait()
        return await goods.ensure((goods.milk, LotLabel("L", produced_on)))

    others = [other(MAY + timedelta(days=n)) for n in range(7)]
    outcomes: list[Any] = await asyncio.gather(first(), *others, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Rejected)]
    assert [reason.code for one in refused for reason in one.reasons] == ["LOT_MISMATCH"] * 7
    assert [[lot.id] for lot in await lots()] == [one for one in outcomes if not isinstance(one, Rejected)]


async def test_dates_that_are_added_at_once_do_not_contradict_each_other(goods: Goods) -> None:
    lot_id = await goods.lot(sku_id=goods.wine)
    added = [LotLabel("L1", JULY) if n % 2 else LotLabel("L1", None, MAY) for n in range(8)]
    documents = [goods.ensure((goods.wine, label)) for label in added]
    outcomes: list[Any] = await asyncio.gather(*documents, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Rejected"] * 4 + ["list"] * 4
    assert await dates(lot_id) in ((JULY, None), (None, MAY))
    assert await told() == ["LotUpdated"]


async def test_a_lot_is_corrected(call: Call, goods: Goods) -> None:
    lot_id = await goods.lot(MAY)
    fact = await operations.update_lot(
        call, lot_id=lot_id, produced_on=None, expires_on=JULY, note=" neu ", expected_version=1
    )
    assert fact.lot_id == lot_id
    assert await dates(lot_id) == (None, JULY)
    assert await db.fetch("SELECT note, version, number FROM lot") == [("neu", 2, "L1")]
    stale = operations.update_lot(call, lot_id=lot_id, produced_on=MAY, expires_on=None, expected_version=1)
    assert await codes(stale) == [("STALE_VERSION", ("expected_version",))]
    bad = operations.update_lot(call, lot_id=lot_id, produced_on=JULY, expires_on=MAY)
    assert await codes(bad) == [("LOT_EXPIRES_BEFORE_PRODUCED", ("expires_on",))]


async def test_a_lot_is_blocked_and_unblocked(call: Call, goods: Goods) -> None:
    lot_id = await goods.lot(MAY)
    assert (await operations.block_lot(call, lot_id=lot_id, note=" sour ", expected_version=1)).note == "sour"
    assert (await queries.lots([lot_id]))[lot_id].is_blocked
    assert await goods.lot() == lot_id
    stale = operations.unblock_lot(call, lot_id=lot_id, expected_version=1)
    assert await codes(stale) == [("STALE_VERSION", ("expected_version",))]
    assert await codes(operations.block_lot(call, lot_id=lot_id, note="x" * 501)) == [("TEXT_TOO_LONG", ("note",))]
    await operations.unblock_lot(call, lot_id=lot_id, note="tested", expected_version=2)
    assert not (await queries.lots([lot_id]))[lot_id].is_blocked
    assert await dates(lot_id) == (MAY, MAY + timedelta(days=SHELF_LIFE_DAYS))
    assert await told() == ["LotBlocked", "LotUnblocked"]


async def test_lots_are_found_by_id_and_by_number(call: Call, goods: Goods) -> None:
    milk, wine = await goods.lot(), await goods.lot(sku_id=goods.wine)
    with db.statements() as seen:
        found = await queries.by_number({(goods.milk, "L1"), (goods.wine, "L1"), (goods.glasses, "L1"), (7, "x")})
        assert {key: lot.id for key, lot in found.items()} == {(goods.milk, "L1"): milk, (goods.wine, "L1"): wine}
        assert set(await queries.lots([milk, milk, 7])) == {milk}
        assert not await queries.lots([])
        assert not await queries.by_number([])
    assert len(seen) == 2
    assert await queries.scan(call, " L1 ") == sorted((milk, wine), reverse=True)
    assert await queries.scan(call, "L\x00") == await queries.scan(call, "l1") == []


async def test_an_unknown_lot_is_told_by_its_place(call: Call) -> None:
    for work in (
        operations.update_lot(call, lot_id=7, produced_on=None, expires_on=None),
        operations.block_lot(call, lot_id=7),
        operations.unblock_lot(call, lot_id=7),
    ):
        assert await codes(work) == [("UNKNOWN_ID", ("lot_id",))]


async def test_needs_the_permission(call: Call, goods: Goods) -> None:
    lot_id = await goods.lot()
    before = await everything()
    reader = msgspec.structs.replace(call, permissions=frozenset({"SEE_STOCK"}))
    with pytest.raises(Forbidden):
        await operations.block_lot(reader, lot_id=lot_id)
    with pytest.raises(Forbidden):
        await operations.update_lot(reader, lot_id=lot_id, produced_on=None, expires_on=None)
    with pytest.raises(Forbidden):
        await queries.scan(msgspec.structs.replace(call, permissions=frozenset()), "L1")
    assert await everything() == before
