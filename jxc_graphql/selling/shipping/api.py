"""What clients see of shipments, and how they send goods out."""

from jxc_graphql.books.goods.api import SerialNumber, StockLevel, StockMovement
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.gql.declare import (
    Connection,
    Node,
    batched,
    column,
    connection,
    entity,
    extends,
    many,
    user_error,
)
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.selling.sales.api import SalesOrder, SalesOrderLine
from jxc_graphql.selling.shipping import models, operations, rules


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


ship_goods = document_action(operations.ship_goods, Shipment, SalesOrder, StockLevel)


@user_error(rules.OverShipment)
class OverShipmentError:
    """More is to be shipped than the order line still asks for."""

    outstanding: Quantity
    """What is outstanding of the line (未发)."""
    requested: Quantity
    """What is to leave for it, over all lines of the input."""
