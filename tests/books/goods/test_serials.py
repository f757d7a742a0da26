"""Pieces with serial numbers: each is in one place, and its way there is told."""

import asyncio

from jxc_graphql.books.goods import queries
from jxc_graphql.books.goods.ledger import VirtualPlace
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.masters.catalog.tracking import SkuTracking
from tests.make.begun import begun
from tests.make.shop import Shop, make_shop, other_warehouse
from tests.refusals import codes
from tests.steps import cost

phones = begun(make_shop, tracking=SkuTracking.SERIAL)
"""SKUs that are tracked by serial number."""


async def whereabouts() -> dict[str, str]:
    rows = await db.fetch("SELECT number, code FROM serial_number JOIN place ON place.id = place_id ORDER BY number")
    return dict(rows)


async def history(number: str) -> list[tuple[str, str]]:
    return await db.fetch(
        "SELECT source.code, target.code FROM serial_movement JOIN serial_number ON serial_number.id = serial_id "
        "JOIN stock_movement AS movement ON movement.id = movement_id "
        "JOIN place AS source ON source.id = from_place_id JOIN place AS target ON target.id = to_place_id "
        "WHERE number = ? ORDER BY movement.id",
        (number,),
    )


async def test_a_piece_has_a_place_and_a_history(phones: Shop) -> None:
    a = await phones.bin("A-01")
    await phones.post(phones.coming("2", "200", serials=("N1", "N2")))
    await phones.post(phones.move(phones.warehouse.stock_place_id, a, "1", serials=("N1",)))
    await phones.post(phones.going("2", or_bins=True, serials=("N1", "N2")))
    back = phones.move(VirtualPlace.CUSTOMER, phones.warehouse.damaged_place_id, "1", "90", serials=("N1",))
    await phones.post(back)
    assert await whereabouts() == {"N1": "DAMAGED", "N2": "CUSTOMER"}
    assert await history("N1") == [
        ("SUPPLIER", "STOCK"), ("STOCK", "A-01"), ("A-01", "CUSTOMER"), ("CUSTOMER", "DAMAGED"),
    ]  # fmt: skip
    assert await history("N2") == [("SUPPLIER", "STOCK"), ("STOCK", "CUSTOMER")]
    assert await queries.differences() == []


async def test_the_same_number_of_another_sku_is_another_piece(phones: Shop) -> None:
    await phones.post(phones.coming("1", "1", serials=("N1",)), phones.coming("1", "1", sku=1, serials=("N1",)))
    await phones.post(phones.going("1", sku=1, serials=("N1",)))
    assert (await phones.level())["on_hand"] == "1"
    assert await queries.differences() == []


async def test_every_piece_is_named_once(phones: Shop) -> None:
    await phones.post(phones.coming("2", "2", serials=("N1", "N2")))
    path = ("lines", 0)
    for going, code in (
        (phones.going("2", serials=("N1",), path=path), "SERIALS_REQUIRED"),
        (phones.going("2", path=path), "SERIALS_REQUIRED"),
        (phones.going("1", serials=("N1", "N2"), path=path), "SERIALS_REQUIRED"),
    ):
        assert await codes(phones.post(going)) == [(code, ("lines", 0))]
    twice = phones.going("2", serials=("N1", "N1"), path=path)
    assert await codes(phones.post(twice)) == [("SERIAL_REPEATED", ("lines", 0))] * 2


async def test_a_piece_is_taken_from_where_it_is(phones: Shop) -> None:
    a, elsewhere = await phones.bin("A-01"), await other_warehouse(phones)
    await phones.post(phones.coming("1", "1", serials=("N1",)), phones.move(1, a, "1", "1", serials=("N2",)))
    await elsewhere.post(elsewhere.coming("1", "1", serials=("N3",)))
    for number, or_bins in (("N2", False), ("N3", True), ("N4", True)):
        going = phones.going("1", serials=(number,), or_bins=or_bins)
        assert await codes(phones.post(going)) == [("SERIAL_ELSEWHERE", ())]
    assert await codes(phones.post(phones.coming("1", "1", serials=("N1",)))) == [("SERIAL_ELSEWHERE", ())]
    unknown = phones.move(VirtualPlace.CUSTOMER, phones.warehouse.stock_place_id, "1", serials=("N9",))
    assert await codes(phones.post(unknown)) == [("SERIAL_ELSEWHERE", ())]
    await phones.post(phones.going("2", serials=("N1", "N2"), or_bins=True))
    assert await whereabouts() == {"N1": "CUSTOMER", "N2": "CUSTOMER", "N3": "STOCK"}


async def test_a_piece_that_was_lost_can_be_found(phones: Shop) -> None:
    await phones.post(phones.coming("2", "20", serials=("N1", "N2")))
    await phones.post(phones.move(phones.warehouse.stock_place_id, VirtualPlace.SCRAP, "1", serials=("N1",)))
    await phones.post(phones.move(VirtualPlace.VARIANCE, phones.warehouse.stock_place_id, "1", serials=("N1",)))
    assert (await phones.level())["value"] == "20"
    assert await whereabouts() == {"N1": "STOCK", "N2": "STOCK"}
    assert await queries.differences() == []


async def test_two_who_want_the_same_piece_are_served_once(phones: Shop) -> None:
    await phones.post(phones.coming("2", "2", serials=("N1", "N2")))

    async def buy() -> int:
        try:
            await phones.post(phones.going("1", serials=("N1",)))
        except Rejected:
            return 0
        return 1

    assert sum(await asyncio.gather(*(buy() for _ in range(10)))) == 1
    assert await queries.differences() == []


async def test_statements_do_not_grow_with_lines_and_pieces(call: Call) -> None:
    costs = []
    for lines in (1, 10, 100):
        shop = await make_shop(call, skus=lines, tracking=SkuTracking.SERIAL)
        a = await shop.bin("A-01")
        coming = [
            shop.move(VirtualPlace.SUPPLIER, place, "2", "2", sku, serials=(f"{place}-1", f"{place}-2"))
            for sku in range(lines)
            for place in (a, shop.warehouse.stock_place_id)
        ]
        going = [
            shop.going("2", sku, or_bins=True, serials=(f"{a}-1", f"{shop.warehouse.stock_place_id}-1"))
            for sku in range(lines)
        ]
        costs.append([await cost(shop.post(*coming)), await cost(shop.post(*going))])
    assert costs[0] == costs[1] == costs[2]
    assert await queries.differences() == []
