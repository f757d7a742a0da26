"""A shop that buys and sells: the steps of the stories, each one operation, in plain decimals."""

from collections.abc import Sequence
from typing import Any

import msgspec

from jxc_graphql.books.dues import queries as dues_queries
from jxc_graphql.books.goods import queries as stock_queries
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing import queries as purchasing_queries
from jxc_graphql.buying.purchasing.models import PurchaseOrder, PurchaseOrderLine
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving import queries as receiving_queries
from jxc_graphql.buying.receiving.facts import GoodsReceived
from jxc_graphql.buying.receiving.operations import ReceivedLine
from jxc_graphql.buying.supplier_returns import queries as returns_queries
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.catalog.units import Unit
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.operations import WantedBin
from jxc_graphql.masters.warehouses.places import BinKind
from jxc_graphql.office.documents.comparisons import Difference, compare
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales import queries as sales_queries
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping import queries as shipping_queries
from jxc_graphql.selling.shipping.facts import GoodsShipped
from jxc_graphql.selling.shipping.operations import ShippedLine
from jxc_graphql.warehousing.adjustments import queries as adjustments
from jxc_graphql.warehousing.openings import queries as openings
from jxc_graphql.warehousing.revaluations import queries as revaluations
from tests.make.shop import Shop, make_shop

Line = tuple[int, str, str] | tuple[int, str, str, str]
"""Position of the SKU, quantity, unit price, and the unit if it is not the base unit."""


class Trade(msgspec.Struct, frozen=True):
    """One warehouse, a supplier, a customer, and SKUs counted in 瓶, of which 12 make a 箱."""

    call: Call
    shop: Shop
    supplier_id: int
    customer_id: int
    reactions: Reactions

    def asked(self, lines: Sequence[Line]) -> list[AskedLine]:
        return [
            AskedLine(
                sku_id=self.shop.skus[sku],
                quantity=Quantity.of(quantity),
                unit_price=UnitPrice.of(price),
                unit=unit[0] if unit else None,
            )
            for sku, quantity, price, *unit in lines
        ]

    async def draft_purchase(self, *lines: Line, **others: Any) -> int:
        given = {"supplier_id": self.supplier_id, "warehouse_id": self.shop.warehouse.id, "lines": self.asked(lines)}
        fact = await purchasing.create_purchase_order(self.call, **{**given, **others})
        return fact.subject_id

    async def buy(self, *lines: Line, **others: Any) -> int:
        """An approved purchase order."""
        order_id = await self.draft_purchase(*lines, **others)
        await purchasing.submit_purchase_order(self.call, purchase_order_id=order_id)
        await purchasing.approve_purchase_order(self.call, purchase_order_id=order_id)
        return order_id

    async def purchase_lines(self, order_id: int) -> list[PurchaseOrderLine]:
        return await PurchaseOrderLine.filter(purchase_order_id=order_id).order_by("line_no")

    async def receive(self, order_id: int, *lines: tuple[int, str, str] | tuple[int, str]) -> GoodsReceived:
        """Each line as position, accepted, rejected; the positions count from 0."""
        ordered = await self.purchase_lines(order_id)
        came = [
            ReceivedLine(
                purchase_order_line_id=ordered[position].id,
                quantity_accepted=Quantity.of(accepted),
                quantity_rejected=Quantity.of(*(rejected or ("0",))),
            )
            for position, accepted, *rejected in lines
        ]
        return await receiving.receive_goods(self.call, purchase_order_id=order_id, lines=came)

    async def arrive(self, order_id: int, *lines: dict[str, Any]) -> GoodsReceived:
        """Each line as `ReceivedLine` has it: quantities in plain decimals without their prefix, `at` its position."""
        ordered = await self.purchase_lines(order_id)
        came = [
            ReceivedLine(
                purchase_order_line_id=ordered[others.pop("at", 0)].id,
                quantity_accepted=Quantity.of(others.pop("accepted", "0")),
                quantity_rejected=Quantity.of(others.pop("rejected", "0")),
                quantity_uninspected=Quantity.of(others.pop("uninspected", "0")),
                **others,
            )
            for others in map(dict, lines)
        ]
        return await receiving.receive_goods(self.call, purchase_order_id=order_id, lines=came)

    async def stock_up(self, *quantities: str, price: str = "2") -> None:
        """So much of each SKU, bought and received."""
        order_id = await self.buy(*((sku, quantity, price) for sku, quantity in enumerate(quantities)))
        await self.receive(order_id, *((sku, quantity) for sku, quantity in enumerate(quantities)))

    async def draft_sale(self, *lines: Line, **others: Any) -> int:
        given = {"customer_id": self.customer_id, "warehouse_id": self.shop.warehouse.id, "lines": self.asked(lines)}
        return (await sales.create_sales_order(self.call, **{**given, **others})).subject_id

    async def sell(self, *lines: Line, **others: Any) -> int:
        """An approved sales order."""
        order_id = await self.draft_sale(*lines, **others)
        await sales.approve_sales_order(self.call, sales_order_id=order_id)
        return order_id

    async def sales_lines(self, order_id: int) -> list[SalesOrderLine]:
        return await SalesOrderLine.filter(sales_order_id=order_id).order_by("line_no")

    async def ship(self, order_id: int, *lines: tuple[int, str]) -> GoodsShipped:
        ordered = await self.sales_lines(order_id)
        leaving = [
            ShippedLine(sales_order_line_id=ordered[position].id, quantity=Quantity.of(quantity))
            for position, quantity in lines
        ]
        return await shipping.ship_goods(self.call, sales_order_id=order_id, lines=leaving)

    async def leave(self, order_id: int, *lines: dict[str, Any]) -> GoodsShipped:
        """Each line as `ShippedLine` has it: the quantity in plain decimals, `at` its position."""
        ordered = await self.sales_lines(order_id)
        leaving = [
            ShippedLine(
                sales_order_line_id=ordered[others.pop("at", 0)].id,
                quantity=Quantity.of(others.pop("quantity")),
                **others,
            )
            for others in map(dict, lines)
        ]
        return await shipping.ship_goods(self.call, sales_order_id=order_id, lines=leaving)

    async def add_bins(self, *codes: str, kind: BinKind = BinKind.STOCK) -> list[int]:
        """Bins of the warehouse with these codes, by their ids."""
        bins = [WantedBin(code=code, kind=kind) for code in codes]
        made = await warehouses.create_bins(self.call, warehouse_id=self.shop.warehouse.id, bins=bins)
        return list(made.place_ids)

    async def moved(self, document_id: int) -> list[tuple[str | None, str, str, str]]:
        """What a document moved: number of the lot, quantity, code of the place from, and of the place to."""
        rows = await db.fetch(
            "SELECT lot.number, movement.quantity, source.code, target.code FROM stock_movement AS movement "
            "JOIN place AS source ON source.id = from_place_id JOIN place AS target ON target.id = to_place_id "
            "LEFT JOIN lot ON lot.id = lot_id WHERE document_id = ? ORDER BY movement.id",
            (document_id,),
        )
        return [(lot, str(Quantity(quantity)), source, target) for lot, quantity, source, target in rows]

    async def level(self, sku: int = 0, *columns: str) -> list[str]:
        found = await self.shop.level(sku)
        return [found[column] for column in columns]

    async def reserved(self, order_id: int) -> list[str]:
        line_ids = [line.id for line in await self.sales_lines(order_id)]
        return list(map(str, await sales_queries.reserved(self.call, line_ids)))

    async def purchase(self, order_id: int) -> tuple[str, int]:
        order = await PurchaseOrder.get(id=order_id)
        return order.status.value, order.version

    async def sale(self, order_id: int) -> tuple[str, int]:
        order = await SalesOrder.get(id=order_id)
        return order.status.value, order.version

    async def verify(self) -> list[Difference]:
        """Every difference between what is kept and what it follows from, when all reactions are done."""
        await self.reactions.settle()
        kept = (
            dues_queries, stock_queries, openings, adjustments, revaluations, purchasing_queries, sales_queries,
            receiving_queries, returns_queries, shipping_queries,
        )  # fmt: skip
        return await compare(one for queries in kept for one in queries.COMPARISONS)


async def make_trade(call: Call, skus: int = 3, tracking: SkuTracking = SkuTracking.NONE) -> Trade:
    shop = await make_shop(call, skus, tracking)
    for sku_id in shop.skus:
        boxes = [Unit(name="箱", numerator=12), Unit(name="两", numerator=1, denominator=3)]
        await catalog.set_sku_units(call, sku_id=sku_id, units=boxes, barcodes=[])
    code = str(new_id())
    supplier = await partners.create_supplier(call, profile=Profile(code=code, name="供应商"))
    customer = await partners.create_customer(call, profile=Profile(code=code, name="客户"))
    reactions = Reactions({})
    return Trade(call, shop, supplier.supplier_id, customer.customer_id, reactions)


@db.transactional
async def set_column(statement: str, *values: object) -> None:
    assert await db.execute(statement, values)
