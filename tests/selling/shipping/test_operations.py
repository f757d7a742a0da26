import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest

import pytest

from jxc_graphql.books.goods.ledger import InsufficientStock
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.lots.operations import block_lot
from jxc_graphql.masters.warehouses.places import BinKind
from jxc_graphql.office.documents.states import IllegalTransition
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations
from jxc_graphql.selling.shipping.models import Shipment, ShipmentLine
from jxc_graphql.selling.shipping.rules import OverShipment
from tests.make.trade import Trade, make_trade, set_column
from tests.refusals import refusal


class TestShipGoods:
    async def test_ships_by_parts_at_what_the_goods_cost(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "7", "9"))
        fact = await trade.ship(order_id, (0, "3"))
        assert (await Shipment.get(id=fact.shipment_id)).cost == Money.of("6")
        assert await trade.sale(order_id) == ("PARTIALLY_SHIPPED", 3)
        assert await trade.reserved(order_id) == ["4"]
        assert await trade.level(0, "on_hand", "reserved", "available", "value") == ["7", "4", "3", "14"]
        await trade.ship(order_id, (0, "2"), (0, "2"))
        assert await trade.sale(order_id) == ("SHIPPED", 4)
        assert await trade.level(0, "on_hand", "reserved", "available", "value") == ["3", "0", "3", "6"]
        assert await trade.verify() == []

    async def test_takes_what_came_free_meanwhile(self, trade: Trade) -> None:
        await trade.stock_up("2")
        order_id = await trade.sell((0, "5", "9"))
        await trade.stock_up("10")
        await trade.ship(order_id, (0, "4"))
        assert await trade.reserved(order_id) == ["1"]
        assert await trade.level(0, "on_hand", "available") == ["8", "7"]
        assert await trade.verify() == []

    async def test_leaves_alone_what_is_reserved_for_others(self, trade: Trade) -> None:
        await trade.stock_up("5")
        await trade.sell((0, "4", "9"))
        order_id = await trade.sell((0, "3", "9"))
        (reason,) = await refusal(trade.ship(order_id, (0, "2")))
        assert isinstance(reason, InsufficientStock)
        assert (reason.path, reason.available, reason.requested) == (
            ("lines", 0, "quantity"), Quantity.of("1"), Quantity.of("2"),
        )  # fmt: skip

    async def test_refuses_more_than_is_outstanding(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "5", "9"), (0, "1", "9"))
        assert await refusal(trade.ship(order_id, (1, "1"), (0, "3"), (0, "3"))) == [
            OverShipment(path=("lines", 1, "quantity"), outstanding=Quantity.of("5"), requested=Quantity.of("6"))
        ]

    async def test_refuses_lines_that_make_no_sense(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "5", "9"))
        wrong = [operations.ShippedLine(sales_order_line_id=1, quantity=Quantity(0))]
        reasons = await refusal(operations.ship_goods(trade.call, sales_order_id=order_id, lines=wrong))
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("UNKNOWN_ID", ("lines", 0, "sales_order_line_id")),
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
        ]

    async def test_refuses_an_order_that_is_not_approved(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.draft_sale((0, "5", "9"))
        (reason,) = await refusal(trade.ship(order_id, (0, "5")))
        assert isinstance(reason, IllegalTransition)
        assert reason.path == ("sales_order_id",)

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, trade: Trade) -> None:
        counts = []
        for skus in (2, 40):
            many = await make_trade(trade.call, skus)
            await many.stock_up(*["10"] * skus)
            order_id = await many.draft_sale(*((sku, "4", "1") for sku in range(skus)))
            ordered = await many.sales_lines(order_id)
            lines = [operations.ShippedLine(sales_order_line_id=line.id, quantity=Quantity.of("1")) for line in ordered]
            with db.statements() as seen:
                await sales.approve_sales_order(trade.call, sales_order_id=order_id)
                await operations.ship_goods(trade.call, sales_order_id=order_id, lines=lines)
            counts.append(len(seen))
        assert counts[0] == counts[1] < 45

    async def test_sells_the_last_units_once(self, trade: Trade) -> None:
        await trade.stock_up("5")
        orders = [await trade.sell((0, "1", "9")) for _ in range(10)]
        answers = await asyncio.gather(*(trade.ship(order, (0, "1")) for order in orders), return_exceptions=True)
        assert sum(isinstance(answer, Rejected) for answer in answers) == 5
        assert await trade.level(0, "on_hand", "available") == ["0", "0"]
        assert await trade.verify() == []


async def lots_of(trade: Trade, *lots: tuple[str, str, date | None], bins: Sequence[int | None] = ()) -> dict[str, int]:
    """Receives so much of each lot, which expires on a day, into bins; the ids of the lots by number."""
    order_id = await trade.buy((0, "100", "2"))
    lines = [
        {"accepted": quantity, "lot": LotLabel(number, expires_on=day), "place_id": place}
        for (number, quantity, day), place in zip_longest(lots, bins)
    ]
    await trade.arrive(order_id, *lines)
    rows = await db.fetch("SELECT number, id FROM lot")
    return dict(rows)


SPRING, SUMMER = date(2090, 3, 1), date(2090, 6, 1)


class TestLots:
    async def test_that_expire_first_leave_first_wherever_they_lie(self, dairy: Trade) -> None:
        (shelf,) = await dairy.add_bins("A-1")
        await lots_of(dairy, ("LATE", "5", SUMMER), ("SOON", "3", SPRING), bins=[None, shelf])
        order_id = await dairy.sell((0, "6", "9"))
        fact = await dairy.ship(order_id, (0, "4"))
        assert await dairy.moved(fact.shipment_id) == [
            ("SOON", "3", "A-1", "CUSTOMER"),
            ("LATE", "1", "STOCK", "CUSTOMER"),
        ]
        (line,) = await ShipmentLine.filter(shipment_id=fact.shipment_id)
        assert (line.quantity, line.cost) == (Quantity.of("4"), Money.of("8"))
        assert await dairy.reserved(order_id) == ["2"]
        assert await dairy.verify() == []

    async def test_that_are_named_leave_as_named(self, dairy: Trade) -> None:
        (shelf,) = await dairy.add_bins("A-1")
        lots = await lots_of(
            dairy, ("LATE", "5", SUMMER), ("SOON", "3", SPRING), ("SOON", "1", None), bins=[None, shelf]
        )
        order_id = await dairy.sell((0, "8", "9"))
        fact = await dairy.leave(
            order_id,
            {"quantity": "2", "lot_id": lots["LATE"]},
            {"quantity": "1", "place_id": shelf},
            {"quantity": "2", "lot_id": lots["LATE"]},
            {"quantity": "1", "lot_id": lots["SOON"], "place_id": dairy.shop.warehouse.stock_place_id},
        )
        assert await dairy.moved(fact.shipment_id) == [
            ("LATE", "4", "STOCK", "CUSTOMER"),
            ("SOON", "1", "A-1", "CUSTOMER"),
            ("SOON", "1", "STOCK", "CUSTOMER"),
        ]
        assert await ShipmentLine.filter(shipment_id=fact.shipment_id).count() == 3
        assert await dairy.reserved(order_id) == ["2"]
        assert await dairy.verify() == []

    async def test_of_which_there_is_too_little_are_refused(self, dairy: Trade) -> None:
        lots = await lots_of(dairy, ("LATE", "5", SUMMER), ("SOON", "3", SPRING))
        order_id = await dairy.sell((0, "8", "9"))
        (reason,) = await refusal(dairy.leave(order_id, {"quantity": "4", "lot_id": lots["SOON"]}))
        assert isinstance(reason, InsufficientStock)
        assert (reason.available, reason.requested) == (Quantity.of("3"), Quantity.of("4"))

    async def test_that_are_blocked_are_passed_over_and_refused_when_named(self, dairy: Trade) -> None:
        lots = await lots_of(dairy, ("LATE", "5", SUMMER), ("SOON", "3", SPRING))
        await block_lot(dairy.call, lot_id=lots["SOON"])
        order_id = await dairy.sell((0, "5", "9"))
        reasons = await refusal(dairy.leave(order_id, {"quantity": "1", "lot_id": lots["SOON"]}))
        assert "LOT_NOT_SELLABLE" in [type(reason).code for reason in reasons]
        fact = await dairy.ship(order_id, (0, "1"))
        assert [lot for lot, *_ in await dairy.moved(fact.shipment_id)] == ["LATE"]

    async def test_and_places_are_those_of_the_goods_and_the_warehouse(self, dairy: Trade) -> None:
        lots = await lots_of(dairy, ("LATE", "5", SUMMER))
        order_id = await dairy.sell((0, "5", "9"), (1, "1", "9"))
        (damaged,) = await dairy.add_bins("D-1", kind=BinKind.DAMAGED)
        reasons = await refusal(
            dairy.leave(
                order_id,
                {"at": 1, "quantity": "1", "lot_id": lots["LATE"]},
                {"quantity": "1", "lot_id": 12345, "place_id": damaged},
                {"quantity": "1", "place_id": 12345},
            )
        )
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("UNKNOWN_ID", ("lines", 0, "lot_id")),
            ("UNKNOWN_ID", ("lines", 1, "lot_id")),
            ("NO_STOCK_PLACE", ("lines", 1, "place_id")),
            ("UNKNOWN_ID", ("lines", 2, "place_id")),
        ]


class TestPieces:
    async def test_leave_by_their_numbers_wherever_they_lie(self, phones: Trade) -> None:
        (shelf,) = await phones.add_bins("A-1")
        bought = await phones.buy((0, "3", "100"))
        await phones.arrive(
            bought, {"accepted": "1", "serials": ["P1"]}, {"accepted": "2", "serials": ["P2", "P3"], "place_id": shelf}
        )
        order_id = await phones.sell((0, "3", "150"))
        fact = await phones.leave(order_id, {"quantity": "2", "serials": ["P3", "P1"]})
        assert await phones.moved(fact.shipment_id) == [
            (None, "1", "A-1", "CUSTOMER"),
            (None, "1", "STOCK", "CUSTOMER"),
        ]
        (line,) = await ShipmentLine.filter(shipment_id=fact.shipment_id)
        (pieces,) = await pieces_of_lines(phones.call, [line.id])
        assert len(pieces) == 2
        reasons = [
            await refusal(phones.leave(order_id, {"quantity": "1", **others}))
            for others in (
                {},
                {"serials": ["P1"]},
                {"serials": ["P2"], "place_id": phones.shop.warehouse.stock_place_id},
            )
        ]
        assert [[type(reason).code for reason in some] for some in reasons] == [
            ["SERIALS_REQUIRED"], ["SERIAL_ELSEWHERE"], ["SERIAL_ELSEWHERE"],
        ]  # fmt: skip
        assert await phones.verify() == []


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            ("UPDATE shipment SET cost = cost - 1", ["shipment.cost"]),
            ("UPDATE shipment_line SET cost = cost + 1", ["shipment.cost", "shipment_line.cost"]),
            (
                "UPDATE shipment_line SET quantity = quantity + 1",
                ["sales_order_line.quantity_shipped", "shipment_line.quantity"],
            ),
        ],
    )
    async def test_are_found(self, trade: Trade, damage: str, found: list[str]) -> None:
        await trade.stock_up("9")
        order_id = await trade.sell((0, "5", "2"))
        await trade.ship(order_id, (0, "3"))
        assert await trade.verify() == []
        await set_column(damage)
        assert [difference.what.split()[0] for difference in await trade.verify()] == found
