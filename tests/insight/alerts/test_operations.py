"""Alerts follow the levels: raised, worsened, resolved, one at a time."""

import msgspec
import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql import wiring
from jxc_graphql.insight.alerts import operations, queries, rules
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Forbidden, NotFound, UnknownId
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.kit.pages import WHOLE
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.warehousing.limits import operations as limits_operations
from jxc_graphql.warehousing.limits.rules import WantedLimit
from jxc_graphql.warehousing.sharing import queries as sharing
from tests.make.shop import make_shop
from tests.make.trade import make_trade
from tests.make.watch import Watch


async def test_raises_worsens_and_resolves_with_hysteresis(watch: Watch) -> None:
    await watch.receive("20")
    await watch.limit("5", "8", "12")
    assert await watch.alerts() == []
    await watch.ship("15")
    assert await watch.alerts() == [("OPEN", "LOW", "5", "7")]
    await watch.ship("5")
    assert await watch.alerts() == [("OPEN", "OUT", "0", "12")]
    await watch.receive("8")
    assert await watch.alerts() == [("OPEN", "LOW", "8", "4")]
    await watch.receive("1")
    assert await watch.alerts() == [("RESOLVED", "LOW", "9", "0")]
    await watch.ship("3")
    assert await watch.alerts() == [("RESOLVED", "LOW", "9", "0")]
    await watch.ship("1")
    assert await watch.alerts() == [("RESOLVED", "LOW", "9", "0"), ("OPEN", "LOW", "5", "7")]

    assert await watch.facts() == ["Raised", "Worsened", "Resolved", "Raised"]
    assert await queries.differences() == []


async def test_reviews_at_once_when_limits_change(watch: Watch) -> None:
    await watch.receive("10")
    await watch.limit("10")
    assert await watch.alerts() == [("OPEN", "LOW", "10", "10")]
    await watch.limit("9")
    assert await watch.alerts() == [("RESOLVED", "LOW", "10", "0")]


async def test_warns_of_goods_that_were_never_stocked(watch: Watch) -> None:
    await watch.limit("0", target="3")
    assert await watch.alerts() == [("OPEN", "OUT", "0", "3")]


async def test_suggests_what_the_preferred_supplier_sells(watch: Watch) -> None:
    supplier = await partners.create_supplier(watch.call, profile=Profile(code="S1", name="供应商"))
    price = AskedPrice(
        sku_id=watch.shop.skus[0],
        unit_price=UnitPrice.of("1"),
        minimum_quantity=Quantity.of("20"),
        pack_quantity=Quantity.of("12"),
        is_preferred=True,
    )
    await partners.set_supplier_prices(watch.call, supplier_id=supplier.supplier_id, prices=[price])
    await watch.limit("5", target="10")
    assert await watch.alerts() == [("OPEN", "OUT", "0", "24")]
    assert await db.fetch("SELECT supplier_id FROM stock_alert") == [(supplier.supplier_id,)]


async def test_suggests_only_suppliers_that_may_be_ordered_from(watch: Watch) -> None:
    held, other = [
        (await partners.create_supplier(watch.call, profile=Profile(code=code, name="供应商"))).supplier_id
        for code in ("S1", "S2")
    ]
    for supplier_id, preferred in ((held, True), (other, False)):
        price = AskedPrice(sku_id=watch.shop.skus[0], unit_price=UnitPrice.of("1"), is_preferred=preferred)
        await partners.set_supplier_prices(watch.call, supplier_id=supplier_id, prices=[price])
    await partners.hold_supplier(watch.call, supplier_id=held)
    await watch.limit("5")
    assert len(await watch.alerts()) == 1
    assert await db.fetch("SELECT supplier_id FROM stock_alert") == [(other,)]


async def test_counts_what_is_on_its_way(watch: Watch) -> None:
    await watch.shop.expect("4")
    await watch.limit("5", target="10")
    assert await watch.alerts() == [("OPEN", "OUT", "0", "6")]


async def test_what_is_suggested_serves_those_who_wait_and_ends_the_alert(call: Call) -> None:
    trade = await make_trade(call)
    order_id = await trade.sell((0, "20", "9"))
    wanted = WantedLimit(sku_id=trade.shop.skus[0], warehouse_id=trade.shop.warehouse.id, limit=Quantity.of("5"))
    await limits_operations.set_stock_limits(call, limits=[wanted])
    alert = "SELECT status, available, suggested_quantity FROM stock_alert"
    assert await db.fetch(alert) == [("OPEN", 0, 300_000)]
    (short,) = (await sharing.shortages(call, sharing.SharingChoice(), WHOLE)).nodes
    assert (short.waiting, short.quantity) == (Quantity.of("20"), Quantity.of("30"))
    purchase_id = await trade.buy((0, "30", "2"))
    await wiring.REACTIONS.settle()
    assert await db.fetch(alert) == [("OPEN", 0, 0)]
    assert (await sharing.shortages(call, sharing.SharingChoice(), WHOLE)).nodes == []
    await trade.receive(purchase_id, (0, "30"))
    await wiring.REACTIONS.settle()
    assert await db.fetch(alert) == [("RESOLVED", 100_000, 0)]
    assert await trade.reserved(order_id) == ["20"]


async def test_stays_acknowledged_until_it_is_resolved(watch: Watch) -> None:
    await watch.receive("3")
    await watch.limit("5")
    await watch.alerts()
    ((alert_id,),) = await db.fetch("SELECT id FROM stock_alert")
    await operations.acknowledge_stock_alert(watch.call, stock_alert_id=alert_id)
    await watch.ship("3")
    assert await watch.alerts() == [("ACKNOWLEDGED", "OUT", "0", "10")]
    with pytest.raises(Conflict) as refused:
        await operations.acknowledge_stock_alert(watch.call, stock_alert_id=alert_id)
    assert isinstance(refused.value.reasons[0], rules.AlertNotOpen)
    await watch.receive("6")
    assert await watch.alerts() == [("RESOLVED", "OUT", "6", "0")]


async def test_hides_alerts_of_other_warehouses(watch: Watch) -> None:
    await watch.limit("5")
    await watch.alerts()
    ((alert_id,),) = await db.fetch("SELECT id FROM stock_alert")
    elsewhere = msgspec.structs.replace(watch.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    for call, wanted in ((elsewhere, alert_id), (watch.call, 1)):
        with pytest.raises(NotFound) as refused:
            await operations.acknowledge_stock_alert(call, stock_alert_id=wanted)
        assert refused.value.reasons == (UnknownId(path=("stock_alert_id",), kind="StockAlert"),)
    with pytest.raises(Forbidden):
        await operations.acknowledge_stock_alert(
            msgspec.structs.replace(watch.call, permissions=frozenset()), stock_alert_id=alert_id
        )
    assert await watch.alerts() == [("OPEN", "OUT", "0", "10")]


async def test_reviews_any_number_of_levels_with_the_same_statements(call: Call) -> None:
    counts = []
    for size in (2, 40):
        shop = await make_shop(call, skus=size)
        limits = [
            WantedLimit(sku_id=sku_id, warehouse_id=shop.warehouse.id, limit=Quantity.of("5")) for sku_id in shop.skus
        ]
        fact = await limits_operations.set_stock_limits(call, limits=limits)
        with db.statements() as seen:
            await operations.review(call, fact)
        counts.append(len(seen))
        await shop.post(*(shop.coming("6", "1", sku) for sku in range(0, size, 2)))
        await shop.post(*(shop.coming("1", "1", sku) for sku in range(1, size, 2)))
        with db.statements() as seen:
            await operations.review(call, fact)
        counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 10
    assert await queries.differences() == []


async def test_tells_when_alerts_and_levels_disagree(watch: Watch) -> None:
    await watch.receive("7")
    await watch.limit("5")
    await watch.ship("4")
    (missing,) = await queries.differences()
    assert (missing.expected, missing.actual) == ("LOW 3 of 5", "none")
    await watch.alerts()
    await watch.shop.post(watch.shop.coming("7", "1"))
    (stale,) = await queries.differences()
    assert (stale.expected, stale.actual) == ("none", "LOW 3 of 5")


async def test_the_database_itself_refuses_a_second_open_alert(watch: Watch) -> None:
    await watch.limit("5")
    await watch.alerts()

    @db.transactional
    async def copy_it() -> None:
        await db.execute(
            "INSERT INTO stock_alert (id, kind, sku_id, warehouse_id, stock_level_id, status, severity, available, "
            '"limit", suggested_quantity, note, raised_at) SELECT ?, kind, sku_id, warehouse_id, stock_level_id, '
            "'ACKNOWLEDGED', severity, available, \"limit\", suggested_quantity, note, raised_at FROM stock_alert",
            (new_id(),),
        )

    with pytest.raises(Exception) as refused:  # noqa: PT011  (each driver has its own)
        await copy_it()
    assert isinstance(refused.value, IntegrityError) or "nique" in str(refused.value)
