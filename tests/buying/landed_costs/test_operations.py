"""Freight and duty fall to the goods that they were for, wherever these are by now, to the fen."""

from typing import Any

import pytest

from jxc_graphql.books.dues.models import Due
from jxc_graphql.buying.landed_costs import operations
from jxc_graphql.buying.landed_costs.facts import CostsLanded
from jxc_graphql.buying.landed_costs.models import (
    LandedCost,
    LandedCostKind,
    LandedCostLine,
    LandedCostMethod,
    LandedCostReversal,
)
from jxc_graphql.buying.landed_costs.rules import LineWeight
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from tests.make.supplier_returns import brought, send_back
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, everything

QUANTITY, VALUE, WEIGHT = LandedCostMethod.QUANTITY, LandedCostMethod.VALUE, LandedCostMethod.WEIGHT


async def came(trade: Trade, *lines: tuple[int, str, str]) -> int:
    order_id = await trade.buy(*lines)
    fact = await trade.receive(order_id, *((at, quantity) for at, (_, quantity, _) in enumerate(lines)))
    return fact.goods_receipt_id


async def land(trade: Trade, net: str, *receipt_ids: int, **others: Any) -> CostsLanded:
    given: dict[str, Any] = {"supplier_id": trade.supplier_id, "kind": LandedCostKind.FREIGHT, "method": QUANTITY}
    return await operations.land_costs(
        trade.call, goods_receipt_ids=receipt_ids, net=Money.of(net), **{**given, **others}
    )


async def parts(fact: CostsLanded) -> list[tuple[str, str, str]]:
    lines = await LandedCostLine.filter(landed_cost_id=fact.landed_cost_id).order_by("line_no")
    return [(str(one.share), str(one.value), str(one.sold_value)) for one in lines]


async def weights(receipt_id: int, *told: str) -> list[LineWeight]:
    lines = await brought(receipt_id)
    return [
        LineWeight(goods_receipt_line_id=line.id, weight=Quantity.of(one))
        for line, one in zip(lines, told, strict=False)
    ]


class TestShares:
    async def test_the_largest_remainder_has_the_fen_that_is_left(self, trade: Trade) -> None:
        """A18: 100.00 over three equal lines is 33.34, 33.33 and 33.33."""
        fact = await land(trade, "100", await came(trade, (0, "5", "1"), (1, "5", "1"), (2, "5", "1")))
        assert [share for share, *_ in await parts(fact)] == ["33.34", "33.33", "33.33"]
        assert [(await trade.level(sku, "value"))[0] for sku in range(3)] == ["38.34", "38.33", "38.33"]
        assert await trade.verify() == []

    async def test_by_value_by_quantity_and_by_weight_over_several_receipts(self, trade: Trade) -> None:
        receipt_id = await came(trade, (0, "10", "9"), (1, "30", "1"))
        other = await came(trade, (2, "10", "3"))
        by_value = await land(trade, "15", receipt_id, other, method=VALUE)  # 90.00, 30.00 and 30.00
        assert [share for share, *_ in await parts(by_value)] == ["9", "3", "3"]
        by_quantity = await land(trade, "15", receipt_id, other)
        assert [share for share, *_ in await parts(by_quantity)] == ["3", "9", "3"]
        told = [*await weights(receipt_id, "2", "0"), *await weights(other, "1")]
        by_weight = await land(trade, "15", receipt_id, other, method=WEIGHT, weights=told)  # A22: one weighs nothing
        assert await parts(by_weight) == [("10", "10", "0"), ("0", "0", "0"), ("5", "5", "0")]
        assert await trade.verify() == []

    async def test_what_is_wrong_with_them(self, trade: Trade) -> None:
        receipt_id = await came(trade, (0, "10", "9"))
        before = await everything()
        nothing = await weights(receipt_id, "0")
        for wrong, told in (
            ({"method": WEIGHT, "weights": nothing}, ("NOTHING_TO_SHARE_BY", ("method",))),
            ({"method": WEIGHT}, ("WEIGHTS_NOT_ASKED", ("weights",))),
            ({"weights": nothing}, ("WEIGHTS_NOT_ASKED", ("weights",))),
            ({"tax": Money.of("-1")}, ("OUT_OF_BOUNDS", ("tax",))),
            ({"supplier_id": 1}, ("UNKNOWN_ID", ("supplier_id",))),
        ):
            assert await codes(land(trade, "1", receipt_id, **wrong)) == [told]
        assert [code for code, _ in await codes(land(trade, "0.001", receipt_id))] == ["TOO_MANY_DECIMALS"]
        assert await codes(land(trade, "1", receipt_id, receipt_id)) == [("UNKNOWN_ID", ("goods_receipt_ids", 1))]
        assert await codes(land(trade, "1")) == [("EMPTY_DOCUMENT", ("goods_receipt_ids",))]
        assert await everything() == before


class TestAfterwards:
    @pytest.mark.parametrize("method", list(ValuationMethod), ids=str)
    async def test_what_is_sold_bears_its_part(self, trade: Trade, method: ValuationMethod) -> None:
        """A19: of 66.67 on 60 of which 24 are sold 40.0020 are of stock and 26.6680 of what was sold."""
        await trade.shop.value_by(method)
        receipt_id = await came(trade, (0, "60", "10"))
        await trade.ship(await trade.sell((0, "24", "20")), (0, "24"))
        fact = await land(trade, "66.67", receipt_id)
        assert await parts(fact) == [("66.67", "40.002", "26.668")]
        assert await trade.level(0, "on_hand", "value") == ["36", "400.002"]
        assert await trade.verify() == []

    async def test_all_of_it_where_all_is_sold(self, trade: Trade) -> None:
        """A20: 66.67 on 60 that are all sold is the cost of what was sold."""
        receipt_id = await came(trade, (0, "60", "10"))
        await trade.ship(await trade.sell((0, "60", "20")), (0, "60"))
        assert await parts(await land(trade, "66.67", receipt_id)) == [("66.67", "0", "66.67")]
        assert await trade.verify() == []

    async def test_what_went_back_bears_nothing(self, trade: Trade) -> None:
        """60 of which 6 went back and 24 are sold: 27.00 is 15.00 of the 30 and 12.00 of the 24; a line that is
        all back has no part of it."""
        receipt_id = await came(trade, (0, "60", "10"), (1, "5", "10"))
        await send_back(trade, receipt_id, (0, "6"), (1, "5"))
        await trade.ship(await trade.sell((0, "24", "20")), (0, "24"))
        for method in (QUANTITY, VALUE):
            assert await parts(await land(trade, "27", receipt_id, method=method)) == [
                ("27", "15", "12"), ("0", "0", "0"),
            ]  # fmt: skip
        other = await came(trade, (1, "5", "10"))
        await send_back(trade, other, (0, "5"))
        assert await codes(land(trade, "1", other)) == [("NOTHING_TO_SHARE_BY", ("method",))]
        assert await trade.verify() == []


class TestOwed:
    async def test_the_forwarder_is_and_a_correction_takes_it_back_and_charges_anew(self, trade: Trade) -> None:
        made = await partners.create_supplier(trade.call, profile=Profile(code=str(new_id()), name="顺丰"))
        carrier: dict[str, Any] = {"supplier_id": made.supplier_id}
        receipt_id = await came(trade, (0, "60", "10"))
        fact = await land(trade, "90", receipt_id, **carrier, tax=Money.of("8.1"))
        await trade.ship(await trade.sell((0, "20", "20")), (0, "20"))  # at 11.50
        back = await operations.reverse_landed_cost(trade.call, landed_cost_id=fact.landed_cost_id, note="录错")
        assert await trade.level(0, "on_hand", "value") == ["40", "400"]
        reversal = await LandedCostReversal.get(id=back.landed_cost_reversal_id)
        assert (reversal.value, reversal.sold_value) == (Money.of("-60"), Money.of("-30"))
        assert (await LandedCost.get(id=fact.landed_cost_id)).status.value == "REVERSED"
        await land(trade, "60", receipt_id, **carrier, tax=Money.of("5.4"))
        dues = await Due.filter(supplier_id=made.supplier_id).order_by("id")
        assert [(one.kind.value, str(one.amount)) for one in dues] == [
            ("LANDED_COST", "-98.1"), ("LANDED_COST", "98.1"), ("LANDED_COST", "-65.4"),
        ]  # fmt: skip
        assert await trade.level(0, "value") == ["440"]
        again = operations.reverse_landed_cost(trade.call, landed_cost_id=fact.landed_cost_id, note="录错")
        assert await codes(again) == [("ALREADY_REVERSED", ("id",))]
        assert await trade.verify() == []


@pytest.mark.usefixtures("numbers_one_by_one")
async def test_sends_as_many_statements_for_many_lines_as_for_few(call: Call) -> None:
    counts = []
    for skus in (1, 10, 40):
        many = await make_trade(call, skus)
        receipt_id = await came(many, *((sku, "3", "1") for sku in range(skus)))
        with db.statements() as seen:
            fact = await land(many, "100", receipt_id)
            await operations.reverse_landed_cost(many.call, landed_cost_id=fact.landed_cost_id, note="录错")
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]
