"""What left with lines of shipments, at what cost and for how much, and how much of it came back."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.books.goods.valuation import shares
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.fen import Amounts, unit_of
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.amounts import COLUMNS, IN_CURRENCY, AmountsInBoth


class DeliveredLine(msgspec.Struct, kw_only=True):
    """A line of a shipment; what comes back of it is counted in `quantity_returned` while a document takes it back."""

    id: int
    shipment_id: int
    customer_id: int
    warehouse_id: int
    seller_id: int
    """Whose sale it was."""
    payment_term_id: int
    tax_code_id: int
    """How it was taxed."""
    sku_id: int
    left_on: date
    quantity: Quantity
    quantity_returned: Quantity
    cost: Money
    currency: str
    exchange_rate: RateOfExchange
    currency_places: int
    base_places: int
    amounts: AmountsInBoth
    """What it came to."""

    @property
    def sale(self) -> tuple[object, ...]:
        """What lines have in common that come back together: who bought them, of whom, and in which money."""
        return self.customer_id, self.seller_id, self.currency, self.exchange_rate

    @property
    def left(self) -> Quantity:
        """How much of it may come back."""
        return self.quantity - self.quantity_returned

    def comes_to(self, quantity: Quantity) -> AmountsInBoth:
        """What so much of it that comes back next was sold for."""
        return self.amounts.part_back(self.quantity_returned, quantity, self.quantity)

    def costs(self, quantity: Quantity) -> Money:
        """What so much of it that comes back next had cost us."""
        return shares(self.cost, [self.quantity_returned, quantity, self.left - quantity])[1]


_TOLD = (
    "line.id", "line.shipment_id", "shipment.customer_id", "shipment.warehouse_id", "sales_order.seller_id",
    "sales_order.payment_term_id", "ordered.tax_code_id", "line.sku_id", "shipment.business_date", "line.quantity",
    "line.quantity_returned", "line.cost",
)  # fmt: skip
_NAMES = tuple(DeliveredLine.__struct_fields__[: len(_TOLD)])
_FOUND = f"""
    SELECT {", ".join((*_TOLD, *(f"shipment.{one}" for one in IN_CURRENCY), *(f"line.{one}" for one in COLUMNS)))}
    FROM {{asked}} AS asked JOIN shipment_line AS line ON line.id = asked.id
    JOIN shipment ON shipment.id = line.shipment_id JOIN sales_order ON sales_order.id = shipment.sales_order_id
    JOIN sales_order_line AS ordered ON ordered.id = line.sales_order_line_id"""


async def lines(line_ids: Collection[int], *, kept: bool = False) -> dict[int, DeliveredLine]:
    """Those of these lines of shipments that there are, by their ids; one statement.

    `kept`: their shipments are kept from others until the transaction ends, and so is what came back of them.
    """
    asked = db.ids(line_ids)
    if kept:
        of_them = f"SELECT shipment_id FROM {asked.table} AS asked JOIN shipment_line AS line ON line.id = asked.id"
        await db.lock(f"SELECT id FROM shipment WHERE id IN ({of_them}) ORDER BY id FOR NO KEY UPDATE", asked.params)
    found = map(_sold, await db.fetch(_FOUND.format(asked=asked.table), asked.params))
    return {one.id: one for one in found}


def seen(call: Call, found: Mapping[int, DeliveredLine]) -> dict[int, DeliveredLine]:
    """Those of lines whose shipments the caller sees."""
    return {
        one.id: one
        for one in found.values()
        if call.sees(Dimension.WAREHOUSE, one.warehouse_id) and call.sees(Dimension.CUSTOMER, one.customer_id)
    }


def _sold(row: tuple[Any, ...]) -> DeliveredLine:
    told = dict(zip((*_NAMES, *IN_CURRENCY), row, strict=False))
    told |= {one: Quantity(told[one]) for one in ("quantity", "quantity_returned")}
    net, tax, gross, *base = map(Money, row[len(told) :])
    both = AmountsInBoth(
        own=Amounts(net=net, tax=tax, gross=gross),
        base=Amounts(net=base[0], tax=base[1], gross=base[2]),
        units=(unit_of(told["currency_places"]), unit_of(told["base_places"])),
    )
    told |= {"left_on": db.day(told["left_on"]), "cost": Money(told["cost"]), "amounts": both}
    return DeliveredLine(**told | {"exchange_rate": RateOfExchange(told["exchange_rate"])})
