"""What documents and alerts ask about suppliers, their prices and customers."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice, divide
from jxc_graphql.office.auth.permissions import Dimension


class KnownSupplier(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier as purchasing needs it."""

    id: int
    code: str
    name: str
    is_active: bool
    on_hold: bool


class KnownCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as sales needs it."""

    id: int
    code: str
    name: str
    is_active: bool


class KnownPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier asks for one base unit of a SKU, and on which terms; quantities in base units."""

    supplier_id: int
    sku_id: int
    unit_price: UnitPrice
    minimum_quantity: Quantity
    pack_quantity: Quantity
    lead_time_days: int


_PRICE = ", ".join(f"price.{name}" for name in KnownPrice.__struct_fields__)
_RATIO = "coalesce(unit.numerator, 1), coalesce(unit.denominator, 1)"
_PER_BASE_UNIT = "price.unit_price * 1.0 * coalesce(unit.denominator, 1) / coalesce(unit.numerator, 1)"


async def supplier(call: Call, supplier_id: int) -> KnownSupplier | None:
    """The supplier, if the caller sees one with this id."""
    if not call.sees(Dimension.SUPPLIER, supplier_id):
        return None
    rows = await db.fetch("SELECT id, code, name, is_active, on_hold FROM supplier WHERE id = ?", (supplier_id,))
    return next(
        (KnownSupplier(id=i, code=c, name=n, is_active=bool(a), on_hold=bool(h)) for i, c, n, a, h in rows), None
    )


async def customer(call: Call, customer_id: int) -> KnownCustomer | None:
    """The customer, if the caller sees one with this id."""
    if not call.sees(Dimension.CUSTOMER, customer_id):
        return None
    rows = await db.fetch("SELECT id, code, name, is_active FROM customer WHERE id = ?", (customer_id,))
    return next((KnownCustomer(id=i, code=c, name=n, is_active=bool(a)) for i, c, n, a in rows), None)


async def preferred_prices(sku_ids: Collection[int]) -> dict[int, KnownPrice]:
    """For each SKU that can be bought now the preferred price, else the lowest one; one statement.

    Deactivated suppliers and those on hold do not count.
    """
    rows = await db.fetch(
        f"SELECT {_PRICE}, {_RATIO} FROM {db.rows({'sku_id': 'bigint'})} AS asked "
        "JOIN supplier_price AS price ON price.sku_id = asked.sku_id "
        "JOIN supplier ON supplier.id = price.supplier_id LEFT JOIN sku_unit AS unit ON unit.id = price.unit_id "
        "WHERE supplier.is_active AND NOT supplier.on_hold "
        f"ORDER BY price.sku_id, price.is_preferred, {_PER_BASE_UNIT} DESC, price.supplier_id DESC",
        (_asked(sku_ids),),
    )
    return {row[1]: _price(row) for row in rows}


def _asked(sku_ids: Collection[int]) -> str:
    return db.json([[sku_id] for sku_id in set(sku_ids)])


def _price(row: tuple[Any, ...]) -> KnownPrice:
    supplier_id, sku_id, unit_price, minimum_quantity, pack_quantity, lead_time_days, numerator, denominator = row
    return KnownPrice(
        supplier_id=supplier_id,
        sku_id=sku_id,
        unit_price=UnitPrice(divide(unit_price * denominator, numerator)),
        minimum_quantity=Quantity(minimum_quantity),
        pack_quantity=Quantity(pack_quantity),
        lead_time_days=lead_time_days,
    )
