"""What documents and alerts ask about suppliers, their prices and customers."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import LIMIT, Quantity, RateOfExchange, UnitPrice, divide
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.register import table_of

P = TypeVar("P", "KnownSupplier", "KnownCustomer")


class KnownSupplier(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier as purchasing needs it."""

    id: int
    code: str
    name: str
    is_active: bool
    on_hold: bool
    payment_term_id: int


class KnownCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as sales needs it."""

    id: int
    code: str
    name: str
    is_active: bool
    payment_term_id: int


class KnownPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier asks for one base unit of a SKU, and on which terms; quantities in base units."""

    supplier_id: int
    sku_id: int
    unit_price: UnitPrice
    currency: str
    minimum_quantity: Quantity
    pack_quantity: Quantity
    lead_time_days: int


class OfferedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier asks for one `unit` of a SKU, which is numerator / denominator base units.

    So it is from `minimum_quantity` base units on; without a unit the price is that of one base unit.
    """

    unit_price: UnitPrice
    currency: str
    unit: str | None
    numerator: int
    denominator: int
    minimum_quantity: Quantity


class SupplierOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier asks, by SKU; `is_seen` says whether the caller may know what that is.

    `currency`: in which it was asked for.
    """

    supplier_id: int
    supplier: str
    currency: str
    is_seen: bool
    prices: dict[int, OfferedPrice]


_PRICE = ", ".join(f"price.{name}" for name in KnownPrice.__struct_fields__)
_RATIO = "coalesce(unit.numerator, 1), coalesce(unit.denominator, 1)"
_PER_BASE_UNIT = "price.unit_price * 1.0 * coalesce(unit.denominator, 1) / coalesce(unit.numerator, 1)"
_WORTH = f"{_PER_BASE_UNIT} * ({currencies.worth_of_one('price.currency')}) / {10**RateOfExchange.places}"


async def supplier(call: Call, supplier_id: int) -> KnownSupplier | None:
    """The supplier, if the caller sees one with this id."""
    rows = await db.fetch(f"SELECT {_names(KnownSupplier)} FROM supplier WHERE id = ?", (supplier_id,))
    return _seen(call, Dimension.SUPPLIER, KnownSupplier, rows)


async def seen_suppliers(call: Call, supplier_ids: Collection[int]) -> set[int]:
    """Those of these suppliers that there are and the caller sees; one statement."""
    if not supplier_ids:
        return set()
    asked = db.ids(supplier_ids)
    rows = await db.fetch(
        f"SELECT supplier.id FROM {asked.table} AS asked JOIN supplier ON supplier.id = asked.id", asked.params
    )
    return {supplier_id for (supplier_id,) in rows if call.sees(Dimension.SUPPLIER, supplier_id)}


async def supplier_of(call: Call, document: type[DocumentHeader], document_id: int) -> KnownSupplier | None:
    """The supplier of a document, if the caller sees it."""
    rows = await db.fetch(_of_document("supplier", KnownSupplier, document), (document_id,))
    return _seen(call, Dimension.SUPPLIER, KnownSupplier, rows)


async def customer(call: Call, customer_id: int) -> KnownCustomer | None:
    """The customer, if the caller sees one with this id."""
    rows = await db.fetch(f"SELECT {_names(KnownCustomer)} FROM customer WHERE id = ?", (customer_id,))
    return _seen(call, Dimension.CUSTOMER, KnownCustomer, rows)


async def customer_of(call: Call, document: type[DocumentHeader], document_id: int) -> KnownCustomer | None:
    """The customer of a document, if the caller sees it."""
    rows = await db.fetch(_of_document("customer", KnownCustomer, document), (document_id,))
    return _seen(call, Dimension.CUSTOMER, KnownCustomer, rows)


def seen_customer(call: Call, row: Sequence[Any]) -> KnownCustomer | None:
    """The customer of a row of its columns, if the caller sees it."""
    return _seen(call, Dimension.CUSTOMER, KnownCustomer, [tuple(row)])


def _names(kind: type[msgspec.Struct]) -> str:
    return ", ".join(kind.__struct_fields__)


def _of_document(table: str, kind: type[msgspec.Struct], document: type[DocumentHeader]) -> str:
    return f"SELECT {_names(kind)} FROM {table} WHERE id = (SELECT {table}_id FROM {table_of(document)} WHERE id = ?)"


def _seen(call: Call, dimension: Dimension, kind: type[P], rows: Sequence[tuple[Any, ...]]) -> P | None:
    made = (msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind, strict=False) for row in rows)
    return next((one for one in made if call.sees(dimension, one.id)), None)


async def preferred_prices(sku_ids: Collection[int]) -> dict[int, KnownPrice]:
    """For each SKU that can be bought now the preferred price, else the lowest one; one statement.

    Deactivated suppliers and those on hold do not count. Prices in another currency are compared at its newest rate,
    and are the highest where it has none.
    """
    rows = await db.fetch(
        f"SELECT {_PRICE}, {_RATIO} FROM {db.rows({'sku_id': 'bigint'})} AS asked "
        "JOIN supplier_price AS price ON price.sku_id = asked.sku_id "
        "JOIN supplier ON supplier.id = price.supplier_id LEFT JOIN sku_unit AS unit ON unit.id = price.unit_id "
        "JOIN company ON 1 = 1 WHERE supplier.is_active AND NOT supplier.on_hold "
        f"ORDER BY price.sku_id, price.is_preferred, coalesce({_WORTH}, {LIMIT}) DESC, price.supplier_id DESC",
        (_asked(sku_ids),),
    )
    return {row[1]: _price(row) for row in rows}


async def offer(call: Call, supplier_id: int, sku_ids: Collection[int], currency: str | None) -> SupplierOffer | None:
    """What a supplier asks for these SKUs; None where there are none, or the caller sees no such supplier.

    Without a currency it is asked for in that of the books.
    """
    if not sku_ids or not call.sees(Dimension.SUPPLIER, supplier_id):
        return None
    rows = await db.fetch(
        "SELECT supplier.name, company.currency, price.sku_id, price.unit_price, price.currency, "
        f"price.minimum_quantity, unit.name, {_RATIO} "
        f"FROM {db.rows({'sku_id': 'bigint'})} AS asked JOIN supplier ON supplier.id = ? JOIN company ON 1 = 1 "
        "LEFT JOIN supplier_price AS price ON price.supplier_id = supplier.id AND price.sku_id = asked.sku_id "
        "LEFT JOIN sku_unit AS unit ON unit.id = price.unit_id",
        (_asked(sku_ids), supplier_id),
    )
    prices = {
        sku_id: OfferedPrice(
            unit_price=UnitPrice(unit_price),
            currency=priced_in,
            unit=unit,
            numerator=numerator,
            denominator=denominator,
            minimum_quantity=Quantity(minimum_quantity),
        )
        for _, _, sku_id, unit_price, priced_in, minimum_quantity, unit, numerator, denominator in rows
        if sku_id is not None
    }
    return next(
        (
            SupplierOffer(
                supplier_id=supplier_id,
                supplier=name,
                currency=currency or base,
                is_seen=Permission.SEE_COST in call.permissions,
                prices=prices,
            )
            for name, base, *_ in rows
        ),
        None,
    )


def _asked(sku_ids: Collection[int]) -> str:
    return db.json([[sku_id] for sku_id in set(sku_ids)])


def _price(row: tuple[Any, ...]) -> KnownPrice:
    supplier_id, sku_id, unit_price, currency, *terms, numerator, denominator = row
    minimum_quantity, pack_quantity, lead_time_days = terms
    return KnownPrice(
        supplier_id=supplier_id,
        sku_id=sku_id,
        unit_price=UnitPrice(divide(unit_price * denominator, numerator)),
        currency=currency,
        minimum_quantity=Quantity(minimum_quantity),
        pack_quantity=Quantity(pack_quantity),
        lead_time_days=lead_time_days,
    )
