import msgspec
import pytest

from jxc_graphql.books.goods.facts import DocumentRevalued
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, UnitPrice
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.office.documents.facts import DocumentSubmitted
from jxc_graphql.warehousing.revaluations import operations
from jxc_graphql.warehousing.revaluations.models import REVALUE_STOCK, Revaluation, RevaluationLine
from jxc_graphql.warehousing.revaluations.operations import AskedRevaluation
from tests.make.redrafts import new_lines
from tests.make.shop import Shop, make_shop
from tests.refusals import codes


def accountant(shop: Shop) -> Call:
    """Somebody who revalues, and approves nothing."""
    return msgspec.structs.replace(shop.call, permissions=frozenset({REVALUE_STOCK}))


def line(shop: Shop, *, unit_cost: str | None = None, by: str | None = None, sku: int = 0) -> AskedRevaluation:
    return AskedRevaluation(
        sku_id=shop.skus[sku],
        unit_cost=None if unit_cost is None else UnitPrice.of(unit_cost),
        value_change=None if by is None else Money.of(by),
    )


async def draft(shop: Shop, *lines: AskedRevaluation) -> int:
    fact = await operations.create_revaluation(
        shop.call, warehouse_id=shop.warehouse.id, lines=lines, note="供应商补差"
    )
    return fact.subject_id


async def told(revaluation_id: int) -> tuple[str, str | None, list[str | None]]:
    """Where it stands, what it changed, and by how much each line did; the books agree."""
    assert await differences() == []
    revaluation = await Revaluation.get(id=revaluation_id)
    lines = await RevaluationLine.filter(revaluation_id=revaluation_id).order_by("line_no")
    values = (revaluation.total, *(one.value for one in lines))
    total, *each = [None if value is None else str(value) for value in values]
    return revaluation.status.value, total, each


class TestPostRevaluation:
    @pytest.mark.parametrize("method", ValuationMethod)
    async def test_changes_what_goods_cost(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        await shop.post(shop.coming("10", "10"), shop.coming("4", "8", sku=1))
        revaluation_id = await draft(shop, line(shop, unit_cost="1.5"), line(shop, by="-3", sku=1))
        posted = await operations.post_revaluation(shop.call, revaluation_id=revaluation_id)
        assert isinstance(posted, DocumentRevalued)
        assert len(posted.stock_level_ids) == 2
        assert await told(revaluation_id) == ("POSTED", "2", ["5", "-3"])
        revaluation = await Revaluation.get(id=revaluation_id)
        assert (revaluation.number[:3], revaluation.estimated_value) == ("RV-", Money.of("8"))
        first = await RevaluationLine.get(revaluation_id=revaluation_id, line_no=1)
        assert (str(first.quantity), str(first.value_before)) == ("10", "10")
        assert [(await shop.level(sku))["unit_cost"] for sku in (0, 1)] == ["1.5", "1.25"]

    async def test_goes_by_the_goods_that_are_there_then(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"))
        revaluation_id = await draft(shop, line(shop, unit_cost="2"))
        await shop.post(shop.going("4"))
        await operations.post_revaluation(shop.call, revaluation_id=revaluation_id)
        assert await told(revaluation_id) == ("POSTED", "6", ["6"])

    async def test_needs_goods_and_leaves_no_value_below_zero(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"))
        revaluation_id = await draft(
            shop, line(shop, by="-10.5"), line(shop, unit_cost="1", sku=1), line(shop, by="1", sku=2)
        )
        assert await codes(operations.post_revaluation(shop.call, revaluation_id=revaluation_id)) == [
            ("VALUE_BELOW_ZERO", ("lines", 0)),
            ("NOTHING_TO_REVALUE", ("lines", 1)),
            ("NOTHING_TO_REVALUE", ("lines", 2)),
        ]

    async def test_refuses_what_the_books_cannot_hold(self, shop: Shop) -> None:
        await shop.post(shop.coming("99999999", "10"))
        revaluation_id = await draft(shop, line(shop, unit_cost="999999999"))
        assert await codes(operations.post_revaluation(shop.call, revaluation_id=revaluation_id)) == [
            ("OUT_OF_BOUNDS", ("lines", 0, "unit_cost")),
            ("OUT_OF_BOUNDS", ("lines",)),
        ]

    async def test_waits_above_the_threshold(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"), shop.coming("10", "800", sku=1))
        little = await draft(shop, line(shop, by="1000"))
        posted = await operations.post_revaluation(accountant(shop), revaluation_id=little)
        assert isinstance(posted, DocumentRevalued)
        revaluation_id = await draft(shop, line(shop, by="500"), line(shop, by="-500.0001", sku=1))
        waiting = await operations.post_revaluation(accountant(shop), revaluation_id=revaluation_id)
        assert isinstance(waiting, DocumentSubmitted)
        assert await told(revaluation_id) == ("SUBMITTED", None, [None, None])
        await operations.reject_revaluation(shop.call, revaluation_id=revaluation_id, note="为什么?")
        await operations.post_revaluation(accountant(shop), revaluation_id=revaluation_id)
        await operations.approve_revaluation(shop.call, revaluation_id=revaluation_id)
        assert await told(revaluation_id) == ("POSTED", "-0.0001", ["500", "-500.0001"])


class TestDrafts:
    async def test_show_all_problems_at_once(self, shop: Shop) -> None:
        lines = [
            AskedRevaluation(sku_id=5, unit_cost=UnitPrice.of("1")),
            line(shop),
            line(shop, unit_cost="1", by="1", sku=1),
            line(shop, unit_cost="-1", sku=2),
            line(shop, by="0"),
        ]
        wrong = operations.create_revaluation(shop.call, warehouse_id=shop.warehouse.id, lines=lines, note=" ")
        assert await codes(wrong) == [
            ("REQUIRED", ("note",)),
            ("UNKNOWN_ID", ("lines", 0, "sku_id")),
            ("REVALUATION_UNCLEAR", ("lines", 1)),
            ("REVALUATION_UNCLEAR", ("lines", 2)),
            ("OUT_OF_BOUNDS", ("lines", 3, "unit_cost")),
            ("REVALUED_TWICE", ("lines", 4, "sku_id")),
            ("MUST_NOT_BE_ZERO", ("lines", 4, "value_change")),
        ]
        for few, code in (([], "EMPTY_DOCUMENT"), ([line(shop, by="1")] * 1_001, "TOO_MANY_LINES")):
            wrong = operations.create_revaluation(shop.call, warehouse_id=shop.warehouse.id, lines=few, note="x")
            assert (await codes(wrong))[0] == (code, ("lines",))

    async def test_are_changed_as_a_whole(self, shop: Shop) -> None:
        revaluation_id = await draft(shop, line(shop, by="1"))
        changed = new_lines([line(shop, by="2"), line(shop, unit_cost="3", sku=1)])
        await operations.update_revaluation(shop.call, revaluation_id=revaluation_id, lines=changed, note="改")
        assert (await Revaluation.get(id=revaluation_id)).note == "改"
        kept = await RevaluationLine.filter(revaluation_id=revaluation_id).order_by("line_no")
        assert [(one.unit_cost, one.value_change) for one in kept] == [(None, Money.of("2")), (UnitPrice.of("3"), None)]
