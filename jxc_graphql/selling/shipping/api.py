"""What clients see of shipments, and how they send goods out."""

from datetime import date

from jxc_graphql.books.goods.api import SerialNumber, StockLevel, StockMovement
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    column,
    connection,
    entity,
    extends,
    input_type,
    many,
    mutation,
    payload,
    user_error,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.api import Document
from jxc_graphql.selling.sales.api import SalesOrder, SalesOrderLine
from jxc_graphql.selling.shipping import facts, models, operations, rules


@entity(
    models.ShipmentLine,
    requires=Permission.SEE_SALES,
    scope={Dimension.WAREHOUSE: "shipment.warehouse_id", Dimension.CUSTOMER: "shipment.sales_order.customer_id"},
)
class ShipmentLine(Node):
    """A line of a shipment (出库单行): what left for one order line, in the SKU's base unit."""

    shipment: "Shipment"
    """The shipment it stands in."""
    line_no: int
    """Position in the shipment, from 1."""
    sales_order_line: SalesOrderLine
    """The order line that it left for."""
    sku: Sku
    """What left."""
    quantity: Quantity
    """How much left."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What these goods had cost us (成本)."""
    serials: list[SerialNumber] = batched(pieces_of_lines, "id")
    """The pieces that left (序列号), the first 1,000; `movements` has all of them."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): of which lots and from which places the goods were taken."""


@entity(
    models.Shipment,
    requires=Permission.SEE_SALES,
    scope={Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "sales_order.customer_id"},
)
class Shipment(Document, Node):
    """Shipment (销售出库): what left for a sales order at one time."""

    sales_order: SalesOrder
    """The order that it left for."""
    warehouse: Warehouse
    """Where it left from."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods had cost us (成本)."""
    lines: list[ShipmentLine] = many("shipment_id", order_by="line_no")
    """What left."""


@extends(SalesOrder)
class SalesOrderShipments:
    """What left for a sales order."""

    shipments: Connection[Shipment] = connection("sales_order_id")
    """What left so far (出库单)."""


class Query:
    shipments: Connection[Shipment] = connection(order_by="-id")
    """Shipments (销售出库), newest first."""


@input_type
class ShippedLineInput:
    """What is to leave for one order line; name it again for another lot or another place."""

    sales_order_line_id: Id[SalesOrderLine]
    """The order line."""
    quantity: Quantity
    """How much, in the base unit; more than 0."""
    lot_id: Id[Lot] | None = None
    """Only of this lot (批次); by default of those that expire first (先到期先出)."""
    place_id: Id[Place] | None = None
    """Only from this stock place or bin (库位); by default from any of the warehouse."""
    serials: list[str] | None = None
    """The number of each piece (序列号), for a SKU that is tracked by serial number."""

    def shipped(self) -> rules.ShippedLine:
        """The line as the operation takes it."""
        return rules.ShippedLine(**{name: value for name, value in vars(self).items() if value is not None})


@input_type
class ShipGoodsInput:
    """What is to leave for an order."""

    sales_order_id: Id[SalesOrder]
    """An approved order."""
    lines: list[ShippedLineInput]
    """What is to leave; 1 to 500 lines."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注)."""
    expected_version: int | None = None
    """The version of the order you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods are shipped once (幂等键)."""


@payload
class ShipGoodsPayload:
    """What was shipped, and what it changed."""

    shipment: Shipment | None
    """The shipment."""
    sales_order: SalesOrder | None
    """The order."""
    stock_levels: list[StockLevel]
    """The levels that it lowered."""


@mutation(ShipGoodsPayload)
async def ship_goods(call: Call, input: ShipGoodsInput) -> facts.GoodsShipped:
    """Ships goods of an approved order (销售出库), in parts if need be: those that are reserved for it."""
    return await operations.ship_goods(
        call,
        sales_order_id=input.sales_order_id,
        lines=[line.shipped() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


@user_error(rules.OverShipment)
class OverShipmentError:
    """More is to be shipped than the order line still asks for."""

    outstanding: Quantity
    """What is outstanding of the line (未发)."""
    requested: Quantity
    """What is to leave for it, over all lines of the input."""
