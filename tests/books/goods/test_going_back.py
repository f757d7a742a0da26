"""Goods that go back to their supplier leave at what their own receipt costs; what went back bears no later charge."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.books.goods import queries, rebuild
from jxc_graphql.books.goods.ledger import Charge, Move, ValueChange, VirtualPlace
from jxc_graphql.books.goods.valuation import LineCost
from jxc_graphql.insight.verification.queries import told
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from tests.books.goods.test_arithmetic import CUSTOMER, LEVEL, STOCK, SUPPLIER, carry_out, empty_book, move
from tests.books.goods.test_transit import arrival, dispatch
from tests.make.shop import TODAY, Shop, make_shop, other_warehouse
from tests.refusals import codes
from tests.steps import cost

METHODS = pytest.mark.parametrize("method", ValuationMethod)
FIFO = ValuationMethod.FIFO
D1, D2, D3 = (TODAY - timedelta(days=ago) for ago in (4, 3, 2))


def back(shop: Shop, of: Move, quantity: str, **others: Any) -> Move:
    """Goods of a receipt go back to the supplier."""
    source = others.pop("from_place_id", shop.warehouse.stock_place_id)
    return shop.move(source, VirtualPlace.SUPPLIER, quantity, of_line_id=of.line_id, **others)


def charge(of: Move, amount: str, besides: str = "0") -> Charge:
    return Charge(line_id=of.line_id, amount=Money.of(amount), besides=Quantity.of(besides))


async def cost_of(shop: Shop, *moves: Move, on: date = TODAY) -> list[str]:
    return [str(value) for value in (await shop.post(*moves, on=on)).values]


async def is_right(shop: Shop) -> bool:
    """Whether everything agrees, also with the ledger from its beginning."""
    return not [*await queries.differences(), *await rebuild.differences(shop.skus, told())]


@db.transactional
async def damage(*statements: str) -> None:
    for statement in statements:
        await db.execute(statement)


async def day_of(shop: Shop, *columns: str) -> list[str]:
    ((*sums,),) = await db.fetch(
        f"SELECT {', '.join(f'SUM(stock_day.{name})' for name in columns)} FROM stock_day "
        "JOIN stock_level ON stock_level.id = stock_level_id WHERE sku_id = ?",
        (shop.skus[0],),
    )
    return [str(Quantity(int(figure))) for figure in sums]  # money has as many places


class TestOutOfItsReceipt:
    @METHODS
    async def test_costs_what_its_own_receipt_cost(self, call: Call, method: ValuationMethod) -> None:
        """The case of ERPNext #15148: 10 at 100 and 5 at 110, and the 5 go back."""
        shop = await make_shop(call, valuation=method)
        first, second = shop.coming("10", "1000"), shop.coming("5", "550")
        await shop.post(first)
        await shop.post(second)
        assert await cost_of(shop, back(shop, second, "5")) == ["550"]
        assert await shop.worth() == ("10", "1000", "0", "0")
        assert await day_of(shop, "supplier_returned", "supplier_returned_value") == ["5", "550"]
        assert await is_right(shop)

    async def test_takes_all_that_the_level_is_worth_where_nothing_stays(self, shop: Shop) -> None:
        """The other goods were sold at the average, so 1,550 less 1,033.3333 is left for the 5 that cost 550."""
        brought = shop.coming("5", "550")
        await shop.post(shop.coming("10", "1000"))
        await shop.post(brought)
        assert await cost_of(shop, shop.going("10"), back(shop, brought, "5")) == ["1033.3333", "516.6667"]
        assert await shop.worth() == ("0", "0", "0", "0")
        assert await is_right(shop)

    async def test_takes_no_more_than_the_level_can_bear(self, shop: Shop) -> None:
        dear = shop.coming("1", "100")
        await shop.post(dear)
        await shop.post(shop.coming("9", "0"))
        assert await cost_of(shop, shop.going("5")) == ["50"]
        assert await cost_of(shop, back(shop, dear, "1")) == ["50"]
        assert await shop.worth() == ("4", "0", "0", "0")
        assert await is_right(shop)

    @METHODS
    async def test_costs_with_it_what_was_charged_since(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        brought = shop.coming("10", "100")
        await shop.post(brought, shop.coming("10", "300"))
        await shop.charge(charge(brought, "10"))
        assert await cost_of(shop, back(shop, brought, "3"), back(shop, brought, "7")) == ["33", "77"]
        assert await shop.worth() == ("10", "300", "0", "0")
        assert await is_right(shop)

    @METHODS
    async def test_parts_of_a_line_add_up_to_it(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        brought = shop.coming("3", "10")
        await shop.post(brought, shop.coming("3", "50"))
        assert [(await cost_of(shop, back(shop, brought, "1")))[0] for _ in range(3)] == ["3.3333", "3.3334", "3.3333"]
        assert await shop.worth() == ("3", "50", "0", "0")
        assert await is_right(shop)

    async def test_takes_of_the_oldest_once_its_layers_are_used_up(self, call: Call) -> None:
        shop = await make_shop(call, valuation=FIFO)
        first, second = shop.coming("10", "100"), shop.coming("10", "200")
        await shop.post(first)
        await shop.post(second)
        await shop.post(shop.going("8"))
        assert await cost_of(shop, back(shop, first, "5")) == ["80"]
        assert await shop.layers() == [("7", "140")]
        charged = await shop.charge(charge(first, "10", besides="5"), charge(second, "10"))
        assert (charged.values, charged.sold_values) == ((Money(0), Money.of("7")), (Money.of("10"), Money.of("3")))
        assert await is_right(shop)

    @METHODS
    async def test_takes_named_lots_and_whatever_lies_in_bins(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, tracking=SkuTracking.LOT, valuation=method)
        soon, late = await shop.lot("SOON", date(2026, 6, 1)), await shop.lot("LATE", date(2027, 1, 1))
        cheap, dear = shop.coming("4", "4", lot_id=soon), shop.coming("4", "40", lot_id=late)
        await shop.post(cheap, dear)
        a = await shop.bin("A-01")
        await shop.post(shop.move(shop.warehouse.stock_place_id, a, "2", lot_id=late))
        going = back(shop, dear, "3", lot_id=late, or_bins=True)
        assert await cost_of(shop, going) == ["30"]
        assert [(place, lot) for place, lot, *_ in await shop.taken(going)][-1] == ("A-01", "LATE")
        assert await shop.worth() == ("5", "14", "0", "0")
        assert await shop.layers() == [("4", "4"), ("1", "10")] if method is FIFO else [("4", None), ("1", None)]
        assert await is_right(shop)

    @METHODS
    async def test_from_where_damaged_goods_lie(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        bad = shop.move(VirtualPlace.SUPPLIER, shop.warehouse.damaged_place_id, "2", "24")
        await shop.post(shop.coming("8", "80"), bad)
        assert await cost_of(shop, back(shop, bad, "2", from_place_id=shop.warehouse.damaged_place_id)) == ["24"]
        assert await shop.worth() == ("8", "80", "0", "0")
        assert await is_right(shop)

    @METHODS
    async def test_of_goods_that_were_sent_to_another_warehouse(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        taker = await other_warehouse(shop)
        brought = shop.coming("10", "100")
        await shop.post(brought)
        await taker.post(taker.coming("10", "300"))
        await shop.post(dispatch(shop, taker, "6", 5))
        await taker.post(arrival(taker, "6", 5))
        assert await cost_of(taker, back(taker, brought, "6")) == ["60"]
        assert await taker.worth() == ("10", "300", "0", "0")
        charged = await shop.charge(charge(brought, "4", besides="6"))
        assert (charged.values, charged.sold_values) == ((Money.of("4"),), (Money(0),))
        assert await is_right(shop)

    @METHODS
    async def test_is_undone_into_the_same_layer(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        brought = shop.coming("10", "100")
        await shop.post(brought)
        await shop.post(shop.coming("10", "300"))
        assert await cost_of(shop, back(shop, brought, "4")) == ["40"]
        await shop.post(shop.coming("4", "40", of_line_id=brought.line_id))
        assert await shop.worth() == ("20", "400", "0", "0")
        assert (await shop.charge(charge(brought, "10"))).values == (Money.of("10"),)
        assert await cost_of(shop, back(shop, brought, "10")) == ["110"]
        assert await is_right(shop)

    async def test_what_is_kept_for_others_does_not_go_back(self, shop: Shop) -> None:
        brought = shop.coming("10", "100")
        await shop.post(brought)
        await shop.reserve(shop.wish("7", new_id()))
        assert [code for code, _ in await codes(shop.post(back(shop, brought, "4")))] == ["INSUFFICIENT_STOCK"]
        assert await cost_of(shop, back(shop, brought, "3")) == ["30"]

    @METHODS
    async def test_is_rebuilt(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        first, second, third = (shop.coming("10", value) for value in ("100", "200", "300"))
        for one in (first, second, third):
            await shop.post(one)
        await shop.post(back(shop, second, "4"), shop.going("12"))
        await shop.post(shop.coming("1", "20", of_line_id=second.line_id))
        before = await shop.layers()
        await damage("UPDATE cost_layer SET line_id = 1 WHERE quantity > 0", "DELETE FROM stock_day")
        assert not await is_right(shop)
        repaired = await rebuild.rebuild(shop.call, shop.skus, told())
        assert repaired.cost_layers
        assert repaired.days
        assert await shop.layers() == before
        assert await is_right(shop)


class TestLate:
    @METHODS
    async def test_costs_what_its_receipt_cost(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        first, second = shop.coming("10", "100"), shop.coming("5", "100")
        await shop.post(first, on=D1)
        await shop.post(second, on=D2)
        assert await cost_of(shop, back(shop, second, "2"), on=D3) == ["40"]
        assert await shop.worth() == ("13", "160", "0", "0")
        assert await is_right(shop)

    async def test_costs_no_more_than_the_level_was_worth(self, shop: Shop) -> None:
        dear = shop.coming("1", "100")
        await shop.post(dear, on=D1)
        await shop.post(shop.coming("9", "0"), on=D1)
        await shop.post(shop.going("5"), on=D2)
        await shop.post(shop.coming("5", "500"))
        assert await cost_of(shop, back(shop, dear, "1"), on=D3) == ["50"]
        assert await shop.worth() == ("9", "500", "0", "0")
        assert await db.fetch("SELECT value FROM stock_revaluation") == []
        assert await is_right(shop)

    async def test_takes_all_that_the_level_was_worth_where_nothing_stayed(self, shop: Shop) -> None:
        cheap = shop.coming("5", "50")
        await shop.post(cheap, on=D1)
        change = ValueChange(
            sku_id=shop.skus[0], warehouse_id=shop.warehouse.id, line_id=new_id(), to=Money.of("80"), path=()
        )
        await shop.revalue(change, on=D1)
        await shop.post(shop.coming("5", "500"))
        assert await cost_of(shop, back(shop, cheap, "5"), on=D2) == ["80"]
        assert await shop.worth() == ("5", "500", "0", "0")
        assert await is_right(shop)


class TestCharge:
    @METHODS
    async def test_what_went_back_bears_nothing(self, call: Call, method: ValuationMethod) -> None:
        """B11: 27.00 on the 54 that stayed of 60, of which 24 were sold."""
        shop = await make_shop(call, valuation=method)
        brought = shop.coming("60", "600")
        await shop.post(brought)
        await shop.post(shop.going("24"), back(shop, brought, "6"))
        charged = await shop.charge(charge(brought, "27", besides="6"))
        assert (charged.values, charged.sold_values) == ((Money.of("15"),), (Money.of("12"),))
        assert await shop.worth() == ("30", "315", "0", "0")
        assert await day_of(shop, "revalued", "sold_revalued") == ["15", "12"]
        assert await cost_of(shop, back(shop, brought, "6")) == ["63"]
        assert await is_right(shop)

    @METHODS
    async def test_freight_is_shared_by_what_is_left_and_what_was_sold(
        self, call: Call, method: ValuationMethod
    ) -> None:
        """A19 and A20."""
        shop = await make_shop(call, valuation=method)
        brought = shop.coming("60", "600")
        await shop.post(brought)
        await shop.post(shop.going("24"))
        charged = await shop.charge(charge(brought, "66.67"))
        assert (charged.values, charged.sold_values) == ((Money.of("40.002"),), (Money.of("26.668"),))
        await shop.post(shop.going("36"))
        charged = await shop.charge(charge(brought, "66.67"))
        assert (charged.values, charged.sold_values) == ((Money(0),), (Money.of("66.67"),))
        assert await is_right(shop)

    async def test_of_a_line_that_went_back_whole_is_of_what_is_gone(self, shop: Shop) -> None:
        brought = shop.coming("6", "60")
        await shop.post(brought)
        await shop.post(back(shop, brought, "6"))
        charged = await shop.charge(charge(brought, "3", besides="6"))
        assert (charged.values, charged.sold_values) == ((Money(0),), (Money.of("3"),))
        assert await is_right(shop)

    @METHODS
    async def test_reaches_what_a_customer_brought_back(self, call: Call, method: ValuationMethod) -> None:
        """A34: 4 of the 24 that were shipped for 240.00 come back at 40.00, whatever goods cost by now."""
        shop = await make_shop(call, valuation=method)
        brought = shop.coming("60", "600")
        await shop.post(brought)
        assert await cost_of(shop, shop.going("24")) == ["240"]
        await shop.post(shop.coming("36", "518.4"))
        returned = shop.move(
            VirtualPlace.CUSTOMER, shop.warehouse.stock_place_id, "4", "40", of_line_id=brought.line_id
        )
        assert await cost_of(shop, returned) == ["40"]
        charged = await shop.charge(charge(brought, "6"))
        assert (charged.values, charged.sold_values) == ((Money.of("4"),), (Money.of("2"),))
        assert await is_right(shop)


class TestFromSupplierToCustomer:
    @METHODS
    async def test_touches_no_level(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        await shop.post(shop.coming("1", "8"))
        sent = shop.move(VirtualPlace.SUPPLIER, VirtualPlace.CUSTOMER, "5", "50")
        assert await cost_of(shop, sent) == ["50"]
        assert await shop.worth() == ("1", "8", "0", "0")
        ways = ("quantity", "value", "received", "received_value", "sold", "sold_value")
        assert await day_of(shop, *ways) == ["1", "8", "6", "58", "5", "50"]
        charged = await shop.charge(charge(sent, "2.5"))
        assert (charged.values, charged.sold_values) == ((Money(0),), (Money.of("2.5"),))
        again = shop.move(VirtualPlace.CUSTOMER, VirtualPlace.SUPPLIER, "1", "10", of_line_id=sent.line_id)
        assert await cost_of(shop, again) == ["10"]
        assert await day_of(shop, "customer_returned", "supplier_returned_value") == ["1", "10"]
        assert await is_right(shop)

    async def test_of_goods_that_we_never_had_late_and_piece_by_piece(self, call: Call) -> None:
        shop = await make_shop(call, tracking=SkuTracking.SERIAL)
        sent = shop.move(VirtualPlace.SUPPLIER, VirtualPlace.CUSTOMER, "2", "50", serials=("N1", "N2"))
        assert await cost_of(shop, sent, on=D1) == ["50"]
        assert await db.fetch("SELECT place_id FROM serial_number") == [(VirtualPlace.CUSTOMER,)] * 2
        assert await shop.worth() == ("0", "0", "0", "0")
        await damage("DELETE FROM stock_day")
        assert not await is_right(shop)
        await rebuild.rebuild(shop.call, shop.skus, told())
        assert await is_right(shop)


Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(("come", "go", "go back")), st.integers(0, 5), st.integers(1, 10**7), st.integers(0, 10**9)
    ),
    min_size=1,
    max_size=15,
)


@given(st.sampled_from(ValuationMethod), steps)
def test_value_is_conserved_and_never_below_zero(method: ValuationMethod, drawn: Sequence[Step]) -> None:
    book = empty_book(method)
    (level,) = book.levels.values()
    kept: dict[int, Quantity] = {}
    worth = Money(0)
    for what, chosen, number, value in drawn:
        there = level.on_hand
        if what == "come":
            line_id = 1 + len(kept)
            kept[line_id] = Quantity(number)
            book.lines[line_id] = LineCost(kept[line_id], Money(value))
            worth += carry_out(book, move(SUPPLIER, STOCK, kept[line_id], Money(value), line_id=line_id))[0]
        elif what == "go" and there:
            worth -= carry_out(book, move(STOCK, CUSTOMER, min(Quantity(number), there)))[0]
        elif kept and (part := min(there, Quantity(number), kept[1 + chosen % len(kept)])):
            line_id = 1 + chosen % len(kept)
            kept[line_id] -= part
            (posted,) = carry_out(book, move(STOCK, SUPPLIER, part, of_line_id=line_id))
            assert posted >= 0
            worth -= posted
        assert level.value == worth >= 0
        assert level.on_hand or not level.value
        layers = book.pools[LEVEL, 0].layers
        assert Quantity.total(layer.quantity for layer in layers) == level.on_hand
        if method is FIFO:
            assert Money.total(layer.value or Money(0) for layer in layers) == level.value
            assert min((layer.value or Money(0) for layer in layers), default=Money(0)) >= 0


@given(st.integers(0, 10**9).map(Money), st.lists(st.integers(1, 10**6).map(Quantity), min_size=1, max_size=10))
def test_the_last_part_of_a_line_takes_its_rest(value: Money, parts: list[Quantity]) -> None:
    line = LineCost(Quantity.total(parts), value)
    costs = [line.take(part) for part in parts]
    assert Money.total(costs) == value
    assert min(costs) >= 0
    assert line == LineCost(Quantity(0), Money(0))


@METHODS
async def test_statements_do_not_grow_with_lines(call: Call, method: ValuationMethod) -> None:
    costs = []
    for lines in (1, 10, 100):
        shop = await make_shop(call, skus=lines, valuation=method)
        brought = [shop.coming("10", "10", sku) for sku in range(lines)]
        await shop.post(*brought)
        costs.append(await cost(shop.post(*(back(shop, one, "4", sku=sku) for sku, one in enumerate(brought)))))
    assert costs[0] == costs[1] == costs[2]
