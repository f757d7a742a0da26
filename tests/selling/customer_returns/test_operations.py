"""What customers bring back: at what it had cost, for what they had paid, and where it goes."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.dues.models import Due
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.selling.customer_returns import operations
from jxc_graphql.selling.customer_returns.models import (
    CustomerReturnDisposition,
    CustomerReturnReason,
)
from tests.make.customer_returns import (
    EXCHANGE,
    REFUND_ONLY,
    agreed,
    approve,
    bring_back,
    draft,
    exposure,
    lines_of,
    receive,
    returned,
    sell_taxed,
    send,
    send_all,
    sent_lines,
    status_of,
    worth,
)
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.refusals import codes

DAMAGED, QUALITY, SCRAP = (
    CustomerReturnDisposition.DAMAGED,
    CustomerReturnDisposition.QUALITY,
    CustomerReturnDisposition.SCRAP,
)


class TestReceive:
    async def test_brings_goods_back_at_what_they_had_cost(self, trade: Trade) -> None:
        """A34: 24 of 60 at 10.00 left for 240.00; 36 more at 14.40 make 12.20 on average; four come back at 40.00."""
        await trade.stock_up("60", price="10")
        sent = await send(trade, (0, "24", "20"))
        await trade.stock_up("36", price="14.4")
        assert await trade.level(0, "on_hand", "value") == ["72", "878.4"]
        (line,) = await sent_lines(sent)
        return_id = await agreed(trade, returned(line.id, "4"))
        assert await trade.level(0, "on_hand", "value") == ["72", "878.4"]
        assert await worth(return_id) == ("80", "0", "80", "0", "0")
        await receive(trade, return_id)
        assert await trade.level(0, "on_hand", "available", "value") == ["76", "76", "918.4"]
        assert (await worth(return_id), await status_of(return_id)) == (("80", "0", "80", "0", "40"), "RECEIVED")
        assert [str(one.quantity_returned) for one in await sent_lines(sent)] == ["4"]
        assert await verification.differences() == []

    async def test_credits_what_was_paid_after_all_discounts(self, trade: Trade) -> None:
        """3 × 10 less 1 and 1 × 20 are 49; 9 off the whole: 5.33 and 3.67, so the three come to 23.67 + tax 3.08."""
        await trade.stock_up("10", "10")
        first, second = trade.asked([(0, "3", "10"), (1, "1", "20")])
        ((code,),) = await db.fetch("SELECT id FROM tax_code WHERE code = '13'")
        asked = [
            msgspec.structs.replace(first, discount=Money.of("1"), tax_code_id=code),
            msgspec.structs.replace(second, tax_code_id=code),
        ]
        sent = await send_all(trade, asked, discount=Money.of("9"))
        one, _ = await sent_lines(sent)
        assert tuple(map(str, (one.net, one.tax, one.gross))) == ("23.67", "3.08", "26.75")
        parts = [await worth(await bring_back(trade, returned(one.id, "1"))) for _ in range(3)]
        assert [part[:3] for part in parts] == [
            ("7.89", "1.03", "8.92"), ("7.89", "1.02", "8.91"), ("7.89", "1.03", "8.92"),
        ]  # fmt: skip
        assert await verification.differences() == []

    async def test_is_owed_to_the_customer_whose_exposure_falls(self, trade: Trade) -> None:
        await trade.stock_up("10")
        sent = await sell_taxed(trade, (0, "5", "100"))
        assert await exposure(trade) == ("565", "565", "0")
        (line,) = await sent_lines(sent)
        return_id = await agreed(trade, returned(line.id, "2"))
        assert await exposure(trade) == ("565", "565", "0")
        await receive(trade, return_id)
        (due,) = await Due.filter(document_id=return_id)
        assert tuple(map(str, (due.kind, due.amount, due.net, due.open_amount))) == ("RETURN", "-226", "-200", "-226")
        assert await exposure(trade) == ("339", "565", "226")

    async def test_is_told_by_days_and_months_of_what_was_sold(self, trade: Trade) -> None:
        await trade.stock_up("10", price="2")
        (line,) = await sent_lines(await sell_taxed(trade, (0, "5", "100")))
        await bring_back(trade, returned(line.id, "2"))
        for span in ("day", "month"):
            rows = await db.fetch(
                f"SELECT sold, sold_net, sold_value, returned, returned_net, returned_value FROM customer_{span}"
            )
            assert [tuple(map(int, row)) for row in rows] == [(50_000, 5_000_000, 100_000, 20_000, 2_000_000, 40_000)]
            ((back, revenue),) = await db.fetch(
                f"SELECT SUM(customer_returned), SUM(revenue) FROM stock_{span} WHERE customer_returned > 0 OR sold > 0"
            )
            assert (int(back), int(revenue)) == (20_000, 3_000_000)
        assert await verification.differences() == []

    async def test_puts_each_part_where_inspection_sends_it(self, trade: Trade) -> None:
        await trade.stock_up("9", price="3")
        (line,) = await sent_lines(await send(trade, (0, "9", "10")))
        return_id = await agreed(trade, returned(line.id, "8", reason=CustomerReturnReason.DEFECTIVE))
        came: list[dict[str, Any]] = [
            {"quantity": "2"},
            {"quantity": "3", "disposition": QUALITY},
            {"quantity": "1", "disposition": DAMAGED},
            {"quantity": "1", "disposition": SCRAP},
        ]
        await receive(trade, return_id, *came)
        rows = await db.fetch("SELECT sellable, quality, damaged, value FROM stock_level WHERE value > 0")
        assert (20_000, 30_000, 10_000, 180_000) in [tuple(map(int, row)) for row in rows]
        (one,) = await lines_of(return_id)
        told = (one.quantity_accepted, one.quantity_uninspected, one.quantity_damaged, one.quantity_scrapped)
        assert tuple(map(str, told)) == ("2", "3", "1", "1")
        assert (str(one.quantity_credited), str(one.cost), str(one.gross)) == ("7", "21", "70")
        assert await status_of(return_id) == "CLOSED"  # seven of eight came
        rows = await db.fetch("SELECT scrapped, scrapped_value FROM stock_day WHERE scrapped > 0")
        assert [tuple(map(int, row)) for row in rows] == [(10_000, 30_000)]
        assert await verification.differences() == []

    async def test_refunds_what_stays_with_the_customer(self, trade: Trade) -> None:
        """Two of five are refunded and stay; only three more may come back, and the cost of two stays sold."""
        await trade.stock_up("10", price="3")
        (line,) = await sent_lines(await send(trade, (0, "5", "10")))
        return_id = await agreed(trade, returned(line.id, "2", resolution=REFUND_ONLY))
        lines = await lines_of(return_id)
        assert await codes(receive(trade, return_id, {"quantity": "2", "disposition": DAMAGED})) == [
            ("NOTHING_COMES_BACK", ("lines", 0, "disposition"))
        ]
        await operations.receive_customer_return(trade.call, customer_return_id=return_id, lines=[])
        assert (await worth(return_id), await status_of(return_id)) == (("20", "0", "20", "0", "0"), "RECEIVED")
        assert await trade.level(0, "on_hand", "value") == ["5", "15"]
        assert await exposure(trade) == ("30", "50", "20")
        assert await codes(draft(trade, returned(line.id, "4"))) == [("OVER_RETURN", ("lines", 0, "quantity"))]
        rows = await db.fetch("SELECT revenue, sold_value - customer_returned_value FROM stock_day WHERE sold > 0")
        assert [tuple(map(int, row)) for row in rows] == [(300_000, 150_000)]
        assert len(lines) == 1
        assert await verification.differences() == []

    async def test_comes_back_to_another_warehouse(self, trade: Trade) -> None:
        await trade.stock_up("10", price="3")
        (line,) = await sent_lines(await send(trade, (0, "5", "10")))
        other = await open_warehouse(trade.call)
        await bring_back(trade, returned(line.id, "2"), warehouse_id=other.id)
        rows = await db.fetch("SELECT sellable, value FROM stock_level WHERE warehouse_id = ?", (other.id,))
        assert [tuple(map(int, row)) for row in rows] == [(20_000, 60_000)]
        assert await verification.differences() == []

    async def test_goes_to_orders_that_wait(self, trade: Trade) -> None:
        await trade.stock_up("5")
        (line,) = await sent_lines(await send(trade, (0, "5", "10")))
        waits = await trade.sell((0, "4", "10"))
        assert await trade.reserved(waits) == ["0"]
        await bring_back(trade, returned(line.id, "3"))
        assert await trade.reserved(waits) == ["3"]

    async def test_takes_any_unit(self, trade: Trade) -> None:
        await trade.stock_up("30")
        (line,) = await sent_lines(await send(trade, (0, "30", "10")))
        return_id = await bring_back(trade, returned(line.id, "2", unit="箱"))
        (one,) = await lines_of(return_id)
        assert (one.unit, str(one.quantity_in_unit), str(one.quantity), str(one.gross)) == ("箱", "2", "24", "240")

    async def test_of_several_shipments_of_a_customer(self, trade: Trade) -> None:
        await trade.stock_up("10", "10", price="3")
        one, two = await send(trade, (0, "5", "10")), await send(trade, (1, "5", "20"))
        lines = [*await sent_lines(one), *await sent_lines(two)]
        return_id = await bring_back(trade, *(returned(line.id, "1") for line in lines))
        assert await worth(return_id) == ("30", "0", "30", "0", "6")
        rows = await db.fetch("SELECT source_id, kind FROM document_link WHERE target_id = ?", (return_id,))
        assert sorted(map(tuple, rows)) == sorted([(one.shipment_id, "RETURN"), (two.shipment_id, "RETURN")])
        assert await verification.differences() == []

    async def test_not_before_the_day_on_which_it_left(self, trade: Trade) -> None:
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "5", "10")))
        return_id = await agreed(trade, returned(line.id, "1"))
        late = msgspec.structs.replace(trade.call, business_date=clock.day_of(trade.call.at) - timedelta(days=1))
        assert await codes(receive(msgspec.structs.replace(trade, call=late), return_id)) == [
            ("REVERSED_TOO_EARLY", ("business_date",))
        ]

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, call: Call) -> None:
        counts = []
        for skus in (1, 10, 100):
            many = await make_trade(call, skus)
            await many.stock_up(*["10"] * skus)
            lines = await sent_lines(await send(many, *((sku, "3", "1") for sku in range(skus))))
            with db.statements() as drafting:
                return_id = await draft(many, *(returned(line.id, "2", resolution=EXCHANGE) for line in lines))
            with db.statements() as approving:
                await approve(many, return_id)
            with db.statements() as receiving:
                await receive(many, return_id)
            counts.append((len(drafting), len(approving), len(receiving)))
        assert counts[0] == counts[1] == counts[2]
        assert all(one < most for one, most in zip(counts[0], (20, 30, 45), strict=True)), counts


class TestLotsAndPieces:
    async def test_come_back_with_their_lots(self, dairy: Trade) -> None:
        order_id = await dairy.buy((0, "10", "2"))
        await dairy.arrive(
            order_id, {"accepted": "6", "lot": LotLabel("MAY")}, {"accepted": "4", "lot": LotLabel("JUNE")}
        )
        (line,) = await sent_lines(await send(dairy, (0, "8", "9")))
        gone = {lot: quantity for lot, quantity, _, _ in await dairy.moved(line.shipment_id)}
        assert sorted(gone.values()) in (["2", "6"], ["4", "4"])
        less = min(gone, key=lambda lot: float(gone[lot]))
        return_id = await agreed(dairy, returned(line.id, "8"))
        too_much = {"quantity": str(int(gone[less]) + 1), "lot_number": less}
        assert await codes(receive(dairy, return_id, too_much)) == [("OVER_RETURN", ("lines", 0, "quantity"))]
        assert await codes(receive(dairy, return_id, {"quantity": "1", "lot_number": "JULY"})) == [
            ("UNKNOWN_ID", ("lines", 0, "lot_number"))
        ]
        await receive(
            dairy, return_id, {"quantity": "5"}, {"quantity": "1", "lot_number": less, "disposition": DAMAGED}
        )
        back = await dairy.moved(return_id)
        assert [(lot, quantity) for lot, quantity, source, target in back if target.endswith("DAMAGED")] == [
            (less, "1")
        ]
        assert sum(int(quantity) for _, quantity, _, _ in back) == 6
        assert await dairy.level(0, "on_hand", "value") == ["8", "16"]
        assert await verification.differences() == []

    async def test_piece_by_piece(self, phones: Trade) -> None:
        await phones.arrive(await phones.buy((0, "4", "100")), {"accepted": "4", "serials": ["A", "B", "C", "D"]})
        sent = await phones.leave(await phones.sell((0, "2", "200")), {"quantity": "2", "serials": ["A", "C"]})
        other = await phones.leave(await phones.sell((0, "1", "200")), {"quantity": "1", "serials": ["B"]})
        (line,) = await sent_lines(sent)
        return_id = await agreed(phones, returned(line.id, "1"))
        assert await codes(receive(phones, return_id)) == [("SERIALS_REQUIRED", ("lines", 0))]
        assert await codes(receive(phones, return_id, {"quantity": "1", "serials": ("B",)})) == [
            ("SERIAL_ELSEWHERE", ("lines", 0, "serials"))
        ]
        await receive(phones, return_id, {"quantity": "1", "serials": ("C",), "disposition": QUALITY})
        rows = await db.fetch("SELECT number, place_id FROM serial_number ORDER BY 1")
        places: dict[str, int] = dict(rows)
        assert places["A"] == places["B"] == VirtualPlace.CUSTOMER
        assert places["C"] == phones.shop.warehouse.quality_place_id
        (last,) = await sent_lines(other)
        refund = await agreed(phones, returned(last.id, "1", resolution=REFUND_ONLY))
        await operations.receive_customer_return(phones.call, customer_return_id=refund, lines=[])
        assert await verification.differences() == []
