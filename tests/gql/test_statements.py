"""A list costs as many statements for a hundred rows as for one, whichever list of the published schema it is."""

from datetime import date, timedelta
from typing import Any

import msgspec

from jxc_graphql import schema, wiring
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice
from jxc_graphql.masters.variants import operations as variants
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue, OptionChoice
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.periods.operations import close_period
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.operations import OpeningLine
from jxc_graphql.warehousing.revaluations import operations as revaluations
from jxc_graphql.warehousing.sharing import operations as sharing
from jxc_graphql.warehousing.sharing.rules import WantedTime
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from tests.gql.lists import connections
from tests.gql.naive_where import global_id
from tests.make.haul import Haul
from tests.make.trade import make_trade

SIZES = {"sqlite": (1, 10, 100), "postgres": (1, 10)}
"""How many statements are sent is settled before the dialect matters, so one of them is enough for many rows."""
FEW = {"roles"}
"""Lists that have as many rows as there are, whatever is traded."""


async def one_of_everything(call: Call) -> None:
    """At least one more row in every list."""
    trade = await make_trade(call, skus=1)
    sku_id, warehouse_id = trade.shop.skus[0], trade.shop.warehouse.id
    await warehouses.create_branch(call, code=f"B{sku_id}", name="门店")
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (sku_id,))
    colour = AskedAttribute(name="颜色", values=(AskedValue(name="红"), AskedValue(name="蓝")))
    await variants.set_product_attributes(call, product_id=product_id, attributes=[colour])
    await variants.set_sku_options(call, sku_id=sku_id, choices=[OptionChoice(attribute="颜色", value="红")])
    await auth.create_user(call, username=f"u{sku_id}", name="Somebody", roles=[])
    await one_lot(call, like=sku_id)
    price = AskedPrice(sku_id=sku_id, unit_price=UnitPrice.of("2"))
    await partners.set_supplier_prices(call, supplier_id=trade.supplier_id, prices=[price])
    await limits.set_stock_limits(
        call, limits=[WantedLimit(sku_id=sku_id, warehouse_id=warehouse_id, limit=Quantity.of("50"))]
    )
    periods = await db.fetch("SELECT count(*) FROM period")
    await close_period(call, through=date(2000, 1, 1) + timedelta(days=periods[0][0]))
    there = OpeningLine(sku_id=sku_id, quantity=Quantity.of("3"), unit_cost=UnitPrice.of("2"))
    await openings.post_opening_balance(call, warehouse_id=warehouse_id, business_date=date(2026, 1, 1), lines=[there])
    await trade.stock_up("10")
    await trade.ship(await trade.sell((0, "4", "9")), (0, "2"))
    await one_of_each_correction(call, sku_id, warehouse_id)
    await one_kit(call, of=sku_id, warehouse_id=warehouse_id)
    elsewhere = await make_trade(call, skus=1)
    days = WantedTime(from_warehouse_id=warehouse_id, to_warehouse_id=elsewhere.shop.warehouse.id, days=2)
    await sharing.set_transfer_times(call, times=[days])
    await Haul(call, trade.shop.warehouse, elsewhere.shop.warehouse, trade.shop.skus).one_of_each()
    await one_stocktake(call, warehouse_id, sku_id)


async def one_stocktake(call: Call, warehouse_id: int, sku_id: int) -> None:
    """A line that was counted on a sheet, and handed in."""
    scope = stocktakes.CountScope(sku_ids=(sku_id,))
    one = (await stocktakes.plan_stocktake(call, warehouse_id=warehouse_id, scope=scope)).stocktake_id
    await stocktakes.split_stocktake(call, stocktake_id=one, sheets=[stocktakes.WantedSheet(name="一")])
    await stocktakes.start_stocktake(call, stocktake_id=one)
    await stocktakes.record_counts(
        call, stocktake_id=one, counts=[stocktakes.AskedCount(sku_id=sku_id, quantity=Quantity.of("7"))]
    )
    left = stocktakes.UncountedLines.UNCOUNTED_UNCHANGED
    await stocktakes.submit_stocktake(call, stocktake_id=one, uncounted=left)


async def one_of_each_correction(call: Call, sku_id: int, warehouse_id: int) -> None:
    found = adjustments.AskedAdjustment(sku_id=sku_id, quantity=Quantity.of("1"))
    drafted = await adjustments.create_adjustment(
        call, warehouse_id=warehouse_id, reason=AdjustmentReason.FOUND, lines=[found]
    )
    await adjustments.post_adjustment(call, adjustment_id=drafted.subject_id)
    dearer = revaluations.AskedRevaluation(sku_id=sku_id, value_change=Money.of("1"))
    made = await revaluations.create_revaluation(call, warehouse_id=warehouse_id, lines=[dearer], note="x")
    await revaluations.post_revaluation(call, revaluation_id=made.subject_id)


async def one_lot(call: Call, *, like: int) -> None:
    """A lot, of another SKU of the same product."""
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (like,))
    sku = await catalog.create_sku(
        call, product_id=product_id, code=f"{like}-L", name="牛奶", unit="瓶", tracking=SkuTracking.LOT
    )
    await db.transactional(lots.ensure)(call, [(sku.sku_id, LotLabel("L"), ("lot",))])


async def one_kit(call: Call, *, of: int, warehouse_id: int) -> None:
    """A kit of another SKU of the same product, and one of it made."""
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (of,))
    kit = await catalog.create_sku(call, product_id=product_id, code=f"{of}-K", name="礼盒", unit="盒")
    component = assembly.Component(sku_id=of, quantity=Quantity.of("1"))
    await assembly.set_kit_components(call, sku_id=kit.sku_id, components=[component])
    await assembly.assemble_kits(call, warehouse_id=warehouse_id, sku_id=kit.sku_id, quantity=Quantity.of("1"))


async def cost(executor: Executor, text: str, call: Call) -> tuple[int, Any]:
    """How many statements an operation takes, and what it answers."""
    with db.statements() as seen:
        answer = await executor.run(executor.prepare(text), None, call)
    assert answer.errors is msgspec.UNSET, text
    return len(seen), answer.data


async def test_no_list_of_the_published_schema_costs_more_statements_for_more_rows(call: Call) -> None:
    executor = Executor(schema.schema())
    lists = connections(executor.types)
    found: dict[tuple[str, str], list[int]] = {(owner.name, field.name): [] for owner, field in lists}
    traded = 0
    for size in SIZES[db.dialect()]:
        for _ in range(size - traded):
            await db.transactional(one_of_everything)(call)  # one commit
        traded = size
        await wiring.REACTIONS.settle()
        for owner, field in lists:
            below = "(first: 10) { totalCount nodes { __typename } }" if field.arguments else "{ __typename }"
            if owner.table is None:
                text = f"{{ {field.name}(first: {size}) {{ totalCount nodes {{ __typename }} }} }}"
            else:
                rows = await db.fetch(f'SELECT id FROM "{owner.table.name}" LIMIT {size}')
                ids = ", ".join(f'"{global_id(owner.name, key)}"' for (key,) in rows)
                text = f"{{ nodes(ids: [{ids}]) {{ ... on {owner.name} {{ {field.name}{below} }} }} }}"
            statements, data = await cost(executor, text, call)
            if owner.table is None:
                assert len(data[field.name]["nodes"]) == size or field.name in FEW, field.name
            found[owner.name, field.name].append(statements)
    for owner, field in lists:
        counts = found[owner.name, field.name]
        assert len(set(counts)) == 1, (owner.name, field.name, counts)
        assert counts[0] <= (1 if owner.table is None else 3), (owner.name, field.name, counts)


async def test_the_documents_behind_movements_cost_no_statement_of_their_own(call: Call) -> None:
    trade = await make_trade(call)
    await trade.stock_up("10", "20.5", "30")
    await trade.receive(await trade.buy((0, "5", "1.25"), (1, "2", "3")), (0, "2", "1"))
    await trade.ship(await trade.sell((0, "4", "9"), (1, "3", "8.75")), (0, "2"))
    executor = Executor(schema.schema())
    text = "{ stockMovements(first: 100) { nodes { document { __typename number createdBy { name } } } } }"
    with db.statements() as seen:
        answer = await executor.run(executor.prepare(text), None, call)
    kinds = {one["document"]["__typename"] for one in answer.data["stockMovements"]["nodes"]}
    assert kinds == {"GoodsReceipt", "Shipment"}
    assert len(seen) == 1
