"""What clients see of shipments, and how they send goods out."""

from jxc_graphql.books.goods.api import SerialNumber, StockLevel, StockMovement
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.gql.declare import Connection, LimitError, Node, batched, column, connection, extends, many, shown_as
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.selling.sales.api import SalesOrder
from jxc_graphql.selling.shipping import models, operations, rules

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "customer_id"}


@document_line(models.ShipmentLine, scope=_SCOPE)
class ShipmentLine(Node):
    """A line of a shipment (出库单行): what left for one order line, in the SKU's base unit."""

    cost: Money = column(requires=Permission.SEE_COST)
    """What these goods had cost us (成本)."""
    base_net: Money
    """What that is without tax in the books' currency (本位币不含税金额)."""
    serials: list[SerialNumber] = batched(pieces_of_lines, "id")
    """The pieces that left (序列号), the first 1,000; `movements` has all of them."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): of which lots and from which places the goods were taken."""


@document(models.Shipment, scope=_SCOPE)
class Shipment(Document, Node):
    """Shipment (销售出库): what left for a sales order at one time."""

    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods had cost us (成本)."""
    reversed_by: list["ShipmentReversal"] = many("shipment_id")
    """What takes it back (冲销单据), nothing or one: `where: { status: REVERSED }` finds those that are taken back."""
    base_net: Money
    """What that is without tax in the books' currency (本位币不含税金额)."""
    lines: list[ShipmentLine] = many("shipment_id", order_by="line_no")
    """What left."""


@document_line(models.ShipmentReversalLine, scope=_SCOPE)
class ShipmentReversalLine(Node):
    """A line of a shipment reversal (出库冲销单行): what of one shipment line came back."""

    cost: Money = column(requires=Permission.SEE_COST)
    """What these goods had cost us when they left, and cost again (成本)."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): from the customer to where the goods had left from."""


@document(models.ShipmentReversal, scope=_SCOPE)
class ShipmentReversal(Document, Node):
    """Shipment reversal (出库冲销): a shipment was taken back, whole or what the customer still had of it."""

    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods had cost us when they left (成本)."""
    lines: list[ShipmentReversalLine] = many("shipment_reversal_id", order_by="line_no")
    """What came back."""


@extends(SalesOrder)
class SalesOrderShipments:
    """What left for a sales order."""

    shipments: Connection[Shipment] = connection("sales_order_id")
    """What left so far (出库单)."""


@extends(Customer)
class ShipmentsToCustomer:
    """What left for a customer."""

    shipments: Connection[Shipment] = connection("customer_id", order_by="-id")
    """Its shipments (销售出库), newest first."""


Query = lists(Shipment, ShipmentLine, ShipmentReversal, ShipmentReversalLine)

ship_goods = document_action(operations.ship_goods, Shipment, SalesOrder, StockLevel)
reverse_shipment = document_action(operations.reverse_shipment, Shipment, ShipmentReversal, StockLevel)

PROBLEMS = (shown_as(LimitError, rules.OverShipment, limit="outstanding", asked="requested", available="outstanding"),)
