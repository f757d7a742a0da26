"""Writes of suppliers, their prices and customers; each requires MANAGE_PARTNERS and returns its fact."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.kit import db, ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import changed, given, save, save_coded, to_change
from jxc_graphql.kit.errors import Conflict, NotFound, Reason, UnknownId, reject_if
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.masters.customer_levels import queries as levels
from jxc_graphql.masters.partners import facts, models, rules
from jxc_graphql.masters.partners.terms import PIECE, AskedPrice, Profile
from jxc_graphql.masters.payment_terms import queries as payment_terms
from jxc_graphql.office.attachments.models import Attachment
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import OutOfScope

TERMS = ("unit_price", "unit_id", "currency", "minimum_quantity", "pack_quantity", "lead_time_days", "is_preferred")
"""The columns of a price that a supplier may change."""
_SET_PRICES = f"""
INSERT INTO supplier_price
    (id, supplier_id, sku_id, unit_price, unit_id, currency, minimum_quantity, pack_quantity, lead_time_days,
     is_preferred, version, updated_at)
SELECT asked.id, asked.supplier_id, asked.sku_id, asked.unit_price, asked.unit_id, asked.currency,
       asked.minimum_quantity, asked.pack_quantity, asked.lead_time_days, asked.is_preferred = 1, asked.changes, ?
FROM {{asked}} AS asked WHERE 1 = 1
ON CONFLICT (supplier_id, sku_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in TERMS)},
    updated_at = CASE WHEN excluded.version = 0 THEN supplier_price.updated_at ELSE excluded.updated_at END,
    version = supplier_price.version + excluded.version
RETURNING id
"""


@posting(Permission.MANAGE_PARTNERS)
async def create_supplier(call: Call, *, profile: Profile) -> facts.SupplierCreated:
    """Creates a supplier with at least a code and a name; raises `Rejected`, also for a code that is taken.

    Whoever sees some suppliers only makes no others.
    """
    reject_if([
        *rules.check_profile(profile, new=True), *_limited(call, Dimension.SUPPLIER),
        *await payment_terms.unknown(profile.payment_term_id),
    ])  # fmt: skip
    supplier = models.Supplier(created_at=call.at)
    await _save(supplier, call, changed(supplier, **msgspec.structs.asdict(profile)))
    return facts.SupplierCreated(supplier_id=supplier.id)


@posting(Permission.MANAGE_PARTNERS)
async def update_supplier(
    call: Call, *, supplier_id: int, profile: Profile, expected_version: int | None = None
) -> facts.SupplierUpdated:
    """Changes what is given of a supplier's data."""
    reject_if([*rules.check_profile(profile, new=False), *await payment_terms.unknown(profile.payment_term_id)])
    supplier, fact = await _supplier(call, supplier_id), facts.SupplierUpdated(supplier_id=supplier_id)
    await _save(supplier, call, to_change(supplier, fact, expected_version, **msgspec.structs.asdict(profile)))
    return fact


@posting(Permission.MANAGE_PARTNERS)
async def hold_supplier(call: Call, *, supplier_id: int, expected_version: int | None = None) -> facts.SupplierHeld:
    """Blocks new orders to a supplier (冻结供应商)."""
    supplier, fact = await _supplier(call, supplier_id), facts.SupplierHeld(supplier_id=supplier_id)
    await save(supplier, call, to_change(supplier, fact, expected_version, on_hold=True))
    return fact


@posting(Permission.MANAGE_PARTNERS)
async def release_supplier(
    call: Call, *, supplier_id: int, expected_version: int | None = None
) -> facts.SupplierReleased:
    """Allows orders to a supplier again (解冻供应商)."""
    supplier, fact = await _supplier(call, supplier_id), facts.SupplierReleased(supplier_id=supplier_id)
    await save(supplier, call, to_change(supplier, fact, expected_version, on_hold=False))
    return fact


@posting(Permission.MANAGE_PARTNERS)
async def set_supplier_prices(
    call: Call,
    *,
    supplier_id: int,
    prices: Sequence[AskedPrice],
) -> facts.SupplierPricesSet:
    """Sets what a supplier asks for these SKUs; all lines or none. Terms that are left out stay as they are.

    A price that is preferred takes this from every other supplier of the SKU.
    """
    await _supplier(call, supplier_id)
    sku_ids = [price.sku_id for price in prices]
    units = await catalog.skus_of_units({price.unit_id for price in prices if isinstance(price.unit_id, int)})
    base, codes = (await company.settled()).currency, await currencies.codes()
    known = {one.sku_id: one for one in await models.SupplierPrice.filter(supplier_id=supplier_id, sku_id__in=sku_ids)}
    reject_if(rules.check_prices(prices, await catalog.skus(sku_ids), units, codes))
    if stale := [*rules.check_versions(prices, known)]:
        raise Conflict(*stale)
    preferred = [[price.sku_id] for price in prices if price.is_preferred is True]
    await db.execute(
        "UPDATE supplier_price SET is_preferred = FALSE, version = version + 1, updated_at = ? "
        "WHERE is_preferred AND supplier_id <> ? "
        f"AND sku_id IN (SELECT sku_id FROM {db.rows({'sku_id': 'bigint'})} AS asked)",
        (call.at, supplier_id, db.json(preferred)),
    )
    asked = [
        [ids.new_id(), supplier_id, price.sku_id, *_terms(price, known.get(price.sku_id), base)]
        for price in sorted(prices, key=lambda price: price.sku_id)
    ]
    columns = dict.fromkeys(("id", "supplier_id", "sku_id", *TERMS, "changes"), "bigint") | {"currency": "text"}
    told = (call.at, db.json(asked))
    rows = await db.fetch(_SET_PRICES.format(asked=db.rows(columns)), told)
    return facts.SupplierPricesSet(supplier_id=supplier_id, supplier_price_ids=tuple(row[0] for row in rows))


@posting(Permission.MANAGE_PARTNERS)
async def remove_supplier_prices(
    call: Call,
    *,
    supplier_id: int,
    sku_ids: Sequence[int],
) -> facts.SupplierPricesRemoved:
    """Forgets what a supplier asks for these SKUs; those it has no price for are passed over."""
    reject_if(rules.check_sku_list("sku_ids", sku_ids))
    await _supplier(call, supplier_id)
    await models.SupplierPrice.filter(supplier_id=supplier_id, sku_id__in=sku_ids).delete()
    return facts.SupplierPricesRemoved(supplier_id=supplier_id, sku_ids=tuple(sku_ids))


@posting(Permission.MANAGE_PARTNERS)
async def create_customer(call: Call, *, profile: Profile) -> facts.CustomerCreated:
    """Creates a customer with at least a code and a name; raises `Rejected`, also for a code that is taken.

    Whoever sees some customers only makes no others.
    """
    reject_if([
        *rules.check_profile(profile, new=True), *_limited(call, Dimension.CUSTOMER),
        *await payment_terms.unknown(profile.payment_term_id), *await levels.unknown(profile.level_id),
    ])  # fmt: skip
    customer = models.Customer(created_at=call.at)
    await _save(customer, call, changed(customer, **msgspec.structs.asdict(profile)))
    return facts.CustomerCreated(customer_id=customer.id)


@posting(Permission.MANAGE_PARTNERS)
async def update_customer(
    call: Call, *, customer_id: int, profile: Profile, expected_version: int | None = None
) -> facts.CustomerUpdated:
    """Changes what is given of a customer's data."""
    reject_if([
        *rules.check_profile(profile, new=False), *await payment_terms.unknown(profile.payment_term_id),
        *await levels.unknown(profile.level_id),
    ])  # fmt: skip
    customer, fact = await _customer(call, customer_id), facts.CustomerUpdated(customer_id=customer_id)
    await _save(customer, call, to_change(customer, fact, expected_version, **msgspec.structs.asdict(profile)))
    return fact


@posting(Permission.MANAGE_PARTNERS)
async def delete_supplier(
    call: Call, *, supplier_id: int, expected_version: int | None = None
) -> facts.SupplierDeleted:
    """Deletes a supplier that nothing refers to (删除供应商): no price, no document, and no user's scope."""
    path, dimension = ("supplier_id",), Dimension.SUPPLIER
    supplier = await references.delete(
        call, models.Supplier, supplier_id, path, owned={Attachment: "supplier_id"}, dimension=dimension,
        expected_version=expected_version,
    )  # fmt: skip
    return facts.SupplierDeleted(supplier_id=supplier_id, code=supplier.code)


@posting(Permission.MANAGE_PARTNERS)
async def delete_customer(
    call: Call, *, customer_id: int, expected_version: int | None = None
) -> facts.CustomerDeleted:
    """Deletes a customer that nothing refers to (删除客户): no document, and no user's scope."""
    path, dimension = ("customer_id",), Dimension.CUSTOMER
    customer = await references.delete(
        call, models.Customer, customer_id, path, owned={Attachment: "customer_id"}, dimension=dimension,
        expected_version=expected_version,
    )  # fmt: skip
    return facts.CustomerDeleted(customer_id=customer_id, code=customer.code)


@posting(Permission.MANAGE_PARTNERS)
async def delete_supplier_price(
    call: Call, *, supplier_price_id: int, expected_version: int | None = None
) -> facts.SupplierPriceDeleted:
    """Deletes what a supplier asks for a SKU (删除供货价)."""
    path, known = ("supplier_price_id",), await models.SupplierPrice.get_or_none(id=supplier_price_id)
    if known is None or not call.sees(Dimension.SUPPLIER, known.supplier_id):
        raise NotFound(UnknownId(path=path, kind="SupplierPrice"))
    price = await references.delete(
        call, models.SupplierPrice, supplier_price_id, path, expected_version=expected_version
    )
    return facts.SupplierPriceDeleted(supplier_id=price.supplier_id, sku_id=price.sku_id)


async def put_in_currency(currency: str) -> None:
    """Has all prices be in a currency, which came before anybody said what the books are in."""
    await db.execute("UPDATE supplier_price SET currency = ? WHERE currency <> ?", (currency, currency))


def _terms(asked: AskedPrice, known: models.SupplierPrice | None, base: str) -> list[int | str | None]:
    """The terms of a price: what is asked, what is cleared as in a new price, the others as they are.

    Behind them stands how many versions further the price is: one where there is something new.
    """
    new = {
        "unit_id": None, "currency": base, "minimum_quantity": 0, "pack_quantity": PIECE, "lead_time_days": 0,
        "is_preferred": False,
    }  # fmt: skip
    present = {name: getattr(known, name) for name in new} if known else new
    told = given(**msgspec.structs.asdict(asked))
    terms = {**present, **{name: new.get(name) if value is None else value for name, value in told.items()}}
    is_new = known is None or any(terms[name] != getattr(known, name) for name in TERMS)
    return [*(said if isinstance(said := terms[name], str | None) else int(said) for name in TERMS), int(is_new)]


def _limited(call: Call, dimension: Dimension) -> Iterator[Reason]:
    if dimension in call.scopes:
        yield OutOfScope(path=())


async def _save(partner: models.Supplier | models.Customer, call: Call, changes: Mapping[str, Any]) -> None:
    await save_coded(partner, call, changes, found_by=("code", "name", "contact_name", "phone"))


async def _supplier(call: Call, supplier_id: int) -> models.Supplier:
    supplier = await models.Supplier.select_for_update(no_key=True).get_or_none(id=supplier_id)
    if supplier is None or not call.sees(Dimension.SUPPLIER, supplier_id):
        raise NotFound(UnknownId(path=("supplier_id",), kind="Supplier"))
    return supplier


async def _customer(call: Call, customer_id: int) -> models.Customer:
    customer = await models.Customer.select_for_update(no_key=True).get_or_none(id=customer_id)
    if customer is None or not call.sees(Dimension.CUSTOMER, customer_id):
        raise NotFound(UnknownId(path=("customer_id",), kind="Customer"))
    return customer
