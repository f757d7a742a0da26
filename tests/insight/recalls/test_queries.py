from typing import Any

import msgspec
import pytest

from jxc_graphql.insight.recalls import queries
from jxc_graphql.insight.recalls.queries import ALL_LOTS, LotsChoice, Trace
from jxc_graphql.insight.recalls.rules import MAX_DEPTH
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.kit.pages import WHOLE, Slice
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.selling.shipping import operations as shipping
from tests.make.bakery import CAKE, FLOUR, Bakery
from tests.make.shop import TODAY


async def trace(bakery: Bakery, number: str, sku: int = FLOUR) -> Trace:
    found = await queries.trace(bakery.trade.call, await bakery.lot(number, sku))
    assert found
    return found


async def told(bakery: Bakery, some: Any) -> list[tuple[str, int, str]]:
    """Number of the lot, depth and quantity of each row."""
    numbers = await bakery.numbers()
    return [(numbers[one.lot_id], one.depth, str(one.quantity)) for one in some]


async def here(found: Trace) -> list[tuple[str, str]]:
    """Number of the lot and quantity of each place level."""
    rows = await db.fetch("SELECT level.id, number, quantity FROM place_level AS level JOIN lot ON lot.id = lot_id")
    by_id = {level_id: (number, str(quantity // 10_000)) for level_id, number, quantity in rows}
    return [by_id[level_id] for level_id in found.place_level_ids]


async def baked(bakery: Bakery) -> tuple[int, int, int]:
    """Ten flour F1 come; four become two cakes C1; two flour and a cake are sold, a flour is written off."""
    receipt = await bakery.buy("F1", "8", rejected="2")
    await bakery.buy("F2", "50")
    await bakery.make({"F1": "4"}, {"C1": "2"})
    shipments = await bakery.sell("F1", "2"), await bakery.sell("C1", "1", CAKE)
    await bakery.scrap("F1", "1")
    return receipt, *shipments


class TestTrace:
    async def test_leads_from_a_lot_to_supplier_and_customers(self, bakery: Bakery) -> None:
        receipt, first, second = await baked(bakery)
        found = await trace(bakery, "F1")
        assert await told(bakery, found.suppliers) == [("F1", 0, "10")]
        assert await told(bakery, found.customers) == [("F1", 0, "2"), ("C1", 1, "1")]
        assert [(one.supplier_id, one.goods_receipt_id) for one in found.suppliers] == [
            (bakery.trade.supplier_id, receipt)
        ]
        assert [(one.customer_id, one.shipment_id) for one in found.customers] == [
            (bakery.trade.customer_id, first), (bakery.trade.customer_id, second),
        ]  # fmt: skip
        assert await told(bakery, found.kits) == [("C1", 1, "2")]
        assert (found.components, found.is_complete) == ([], True)
        assert await here(found) == [("F1", "1"), ("F1", "2"), ("C1", "1")]
        assert len(found.other_movement_ids) == 1

    async def test_calls_nobody_who_gave_it_back(self, bakery: Bakery) -> None:
        _, first, second = await baked(bakery)
        await bakery.sell("F1", "1")
        before = await queries.lots_of_customer(bakery.trade.call, bakery.trade.customer_id, ALL_LOTS, WHOLE)
        assert [(str(one.quantity), one.documents) for one in before.nodes] == [("1", 1), ("3", 2)]
        for shipment_id in (first, second):
            await shipping.reverse_shipment(bakery.trade.call, shipment_id=shipment_id, note="发错了")
        found = await trace(bakery, "F1")
        assert await told(bakery, found.customers) == [("F1", 0, "1")]
        assert (await trace(bakery, "C1", CAKE)).customers == []
        page = await queries.lots_of_customer(bakery.trade.call, bakery.trade.customer_id, ALL_LOTS, WHOLE)
        assert [(str(one.quantity), one.documents) for one in page.nodes] == [("1", 1)]

    async def test_leads_from_a_kit_to_the_supplier_of_its_components(self, bakery: Bakery) -> None:
        receipt, _, shipment = await baked(bakery)
        found = await trace(bakery, "C1", CAKE)
        assert await told(bakery, found.suppliers) == [("F1", 1, "10")]
        assert [one.goods_receipt_id for one in found.suppliers] == [receipt]
        assert await told(bakery, found.components) == [("F1", 1, "4")]
        assert [one.shipment_id for one in found.customers] == [shipment]
        assert (found.kits, found.other_movement_ids) == ([], [])

    async def test_tells_goods_that_go_round_in_a_circle_once(self, bakery: Bakery) -> None:
        await baked(bakery)
        await bakery.make({"C1": "1"}, {"F1": "2"}, CAKE, FLOUR)
        found = await trace(bakery, "F1")
        assert await told(bakery, found.suppliers) == [("F1", 0, "10")]
        assert await told(bakery, found.customers) == [("F1", 0, "2"), ("C1", 1, "1")]
        assert sorted(await told(bakery, found.components)) == [("C1", 1, "1"), ("F1", 2, "4")]
        assert found.is_complete

    async def test_ends_after_so_many_assemblies_and_says_so(self, bakery: Bakery) -> None:
        await bakery.buy("L0", "1", CAKE)
        for step in range(MAX_DEPTH + 1):
            assert (await trace(bakery, "L0", CAKE)).is_complete
            await bakery.make({f"L{step}": "1"}, {f"L{step + 1}": "1"}, CAKE, CAKE)
        found = await trace(bakery, "L0", CAKE)
        assert await told(bakery, found.kits) == [(f"L{step}", step, "1") for step in range(1, MAX_DEPTH + 1)]
        assert not found.is_complete
        back = await trace(bakery, f"L{MAX_DEPTH}", CAKE)
        assert (await told(bakery, back.suppliers), back.is_complete) == ([("L0", MAX_DEPTH, "1")], True)

    async def test_shows_nothing_out_of_scope(self, bakery: Bakery) -> None:
        await baked(bakery)
        stranger = msgspec.structs.replace(bakery.trade.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
        found = await queries.trace(stranger, await bakery.lot("F1"))
        assert found == Trace(
            lot_id=await bakery.lot("F1"), suppliers=[], customers=[], components=[], kits=[], place_level_ids=[],
            other_movement_ids=[], is_complete=True,
        )  # fmt: skip
        keeper = msgspec.structs.replace(
            bakery.trade.call, scopes={Dimension.WAREHOUSE: frozenset({bakery.trade.shop.warehouse.id})}
        )
        assert await queries.trace(keeper, await bakery.lot("F1")) == await trace(bakery, "F1")

    async def test_leaves_out_partners_out_of_scope(self, bakery: Bakery) -> None:
        await baked(bakery)
        whole = await trace(bakery, "F1")
        for dimension, left_out, kept in (
            (Dimension.CUSTOMER, "customers", "suppliers"),
            (Dimension.SUPPLIER, "suppliers", "customers"),
        ):
            nobody = msgspec.structs.replace(bakery.trade.call, scopes={dimension: frozenset({1})})
            found = await queries.trace(nobody, await bakery.lot("F1"))
            assert (getattr(found, left_out), getattr(found, kept)) == ([], getattr(whole, kept))

    async def test_is_none_of_a_lot_that_does_not_exist(self, bakery: Bakery) -> None:
        assert await queries.trace(bakery.trade.call, 12345) is None

    async def test_needs_the_permission(self, bakery: Bakery) -> None:
        guest = msgspec.structs.replace(bakery.trade.call, permissions=frozenset())
        with pytest.raises(Forbidden):
            await queries.trace(guest, 12345)

    async def test_takes_as_many_statements_for_much_as_for_little(self, bakery: Bakery) -> None:
        counts = []
        await bakery.buy("F1", "90")
        lot_id = await bakery.lot("F1")
        for sold in (0, 3, 6):
            for step in range(sold):
                await bakery.make({"F1": "1"}, {f"C{sold}{step}": "2"})
                await bakery.sell(f"C{sold}{step}", "1", CAKE)
            with db.statements() as seen:
                await queries.trace(bakery.trade.call, lot_id)
            counts.append(len(seen))
        assert counts[0] == counts[1] == counts[2] < 12


class TestTradedLots:
    async def test_are_what_a_customer_received_and_a_supplier_brought(self, bakery: Bakery) -> None:
        call, trade = bakery.trade.call, bakery.trade
        await baked(bakery)
        await bakery.sell("F1", "1")
        bought = await queries.lots_of_supplier(call, trade.supplier_id, ALL_LOTS, WHOLE)
        sold = await queries.lots_of_customer(call, trade.customer_id, ALL_LOTS, WHOLE)
        numbers = await bakery.numbers()
        assert [(numbers[one.lot_id], str(one.quantity), one.documents) for one in bought.nodes] == [
            ("F2", "50", 1), ("F1", "10", 1),
        ]  # fmt: skip
        assert [(numbers[one.lot_id], str(one.quantity), one.documents) for one in sold.nodes] == [
            ("C1", "1", 1), ("F1", "3", 2),
        ]  # fmt: skip
        assert not bought.goes_on
        assert {one.first_on for one in sold.nodes} == {one.last_on for one in sold.nodes}
        # and the other way round: each lot leads back to where it was found
        for one in sold.nodes:
            found = await queries.trace(call, one.lot_id)
            assert found
            assert {each.customer_id for each in found.customers} == {trade.customer_id}
            assert {each.supplier_id for each in found.suppliers} == {trade.supplier_id}

    async def test_are_chosen_by_sku_and_day(self, bakery: Bakery) -> None:
        call, trade = bakery.trade.call, bakery.trade
        await baked(bakery)
        cakes = LotsChoice(sku_id=trade.shop.skus[CAKE])
        sold = await queries.lots_of_customer(call, trade.customer_id, cakes, WHOLE)
        assert [one.lot_id for one in sold.nodes] == [await bakery.lot("C1", CAKE)]
        assert (await queries.lots_of_supplier(call, trade.supplier_id, cakes, WHOLE)).nodes == []
        for choice in (LotsChoice(until=TODAY.replace(year=2000)), LotsChoice(since=TODAY.replace(year=2089))):
            assert (await queries.lots_of_customer(call, trade.customer_id, choice, WHOLE)).nodes == []
            assert (await queries.lots_of_supplier(call, trade.supplier_id, choice, WHOLE)).nodes == []

    async def test_are_read_by_page(self, bakery: Bakery) -> None:
        call, trade = bakery.trade.call, bakery.trade
        for number in ("A", "B", "C"):
            await bakery.buy(number, "1")
        whole = await queries.lots_of_supplier(call, trade.supplier_id, ALL_LOTS, WHOLE)
        first = await queries.lots_of_supplier(call, trade.supplier_id, ALL_LOTS, Slice(size=2))
        second = await queries.lots_of_supplier(call, trade.supplier_id, ALL_LOTS, Slice(size=2, start=2))
        behind = await queries.lots_of_supplier(call, trade.supplier_id, ALL_LOTS, Slice(start=9))
        assert [*first.nodes, *second.nodes] == whole.nodes
        assert [first.goes_on, second.goes_on, behind.goes_on] == [True, False, False]
        assert [await one.count() for one in (whole, first, second, behind)] == [3, 3, 3, 3]

    async def test_are_those_of_this_partner_in_scope(self, bakery: Bakery) -> None:
        call, trade = bakery.trade.call, bakery.trade
        await baked(bakery)
        other = await partners.create_customer(call, profile=Profile(code="OTHER", name="别人"))
        assert (await queries.lots_of_customer(call, other.customer_id, ALL_LOTS, WHOLE)).nodes == []
        stranger = msgspec.structs.replace(call, scopes={Dimension.WAREHOUSE: frozenset({1})})
        assert (await queries.lots_of_customer(stranger, trade.customer_id, ALL_LOTS, WHOLE)).nodes == []
        nobody = msgspec.structs.replace(call, scopes=dict.fromkeys(("CUSTOMER", "SUPPLIER"), frozenset()))
        assert (await queries.lots_of_customer(nobody, trade.customer_id, ALL_LOTS, WHOLE)).nodes == []
        assert (await queries.lots_of_supplier(nobody, trade.supplier_id, ALL_LOTS, WHOLE)).nodes == []
        assert (await queries.lots_of_supplier(stranger, trade.supplier_id, ALL_LOTS, WHOLE)).nodes == []
        assert await (await queries.lots_of_supplier(stranger, trade.supplier_id, ALL_LOTS, Slice(size=0))).count() == 0
