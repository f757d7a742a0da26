"""Categories, products, SKUs, their units and barcodes, suppliers and customers, each by its code."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from jxc_graphql.exchange.imports.cells import CellStays, SentRow, given
from jxc_graphql.exchange.imports.taking import Done, find, is_so, referred
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.operations import Label, Unit
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.models import CreditGrade
from jxc_graphql.masters.partners.terms import Profile

Write = Callable[..., Awaitable[object]]
_PROFILE = ("name", "contact_name", "phone", "email", "address", "tax_number")


async def category(call: Call, row: SentRow) -> Done:
    """A category, below another one if the file says so."""
    asked = given(row, code=row.read_text, name=row.read_text)
    above: dict[str, Any] = {}
    if row.has("parent"):
        above["parent_id"] = await referred(row, "parent", "category", "Category")
    known = await find("category", row.need_text("code"), "code", "name", "parent_id")
    if known is None:
        await categories.create_category(call, **_named(row, asked), **above)
        return Done.CREATED
    if not is_so(known, asked):
        await categories.update_category(call, category_id=known["id"], **asked)
    if not is_so(known, above):
        await categories.move_category(call, category_id=known["id"], **above)
    return Done.UNCHANGED if is_so(known, asked | above) else Done.UPDATED


async def product(call: Call, row: SentRow) -> Done:
    """A product; a new one needs a category."""
    asked = given(row, code=row.read_text, name=row.read_text, description=row.read_text)
    if row.has("valuation"):
        asked["valuation"] = row.choice("valuation", ValuationMethod)
    if row.has("category"):
        asked["category_id"] = await referred(row, "category", "category", "Category")
    active = given(row, is_active=row.yes)
    columns = ("code", "name", "description", "valuation", "category_id", "is_active")
    known = await find("product", row.need_text("code"), *columns)
    if known is not None:
        return await _changed(known, asked | active, partial(catalog.update_product, call, product_id=known["id"]))
    row.need_text("category")
    made = await catalog.create_product(call, **_named(row, asked))
    if active.get("is_active") is False:
        await catalog.update_product(call, product_id=made.product_id, is_active=False)
    return Done.CREATED


async def sku(call: Call, row: SentRow) -> Done:
    """A SKU; a new one is of the product with the code that the file says, or with its own."""
    asked, active = (
        given(row, code=row.read_text, name=row.read_text, shelf_life_days=row.integer),
        given(row, is_active=row.yes),
    )
    fixed = given(row, unit=row.read_text)
    if row.has("tracking"):
        fixed["tracking"] = row.choice("tracking", SkuTracking)
    columns = ("code", "name", "shelf_life_days", "is_active", "unit", "tracking", "product_id")
    known = await find("sku", row.need_text("code"), *columns)
    if known is None:
        product_id = await referred(row, "product" if row.has("product") else "code", "product", "Product")
        row.need_text("unit")
        made = await catalog.create_sku(call, product_id=product_id, **_named(row, asked), **fixed)
        if active.get("is_active") is False:
            await catalog.update_sku(call, sku_id=made.sku_id, is_active=False)
        return Done.CREATED
    if row.has("product"):
        fixed["product_id"] = await referred(row, "product", "product", "Product")
    for column, value in fixed.items():
        if not is_so(known, {column: value}):
            raise Rejected(CellStays(cell=row.at(column.removesuffix("_id"))))
    return await _changed(known, asked | active, partial(catalog.update_sku, call, sku_id=known["id"]))


async def unit(call: Call, row: SentRow) -> Done:
    """Another unit of a SKU, beside those that it has."""
    sku_id = await referred(row, "sku", "sku", "Sku")
    units, labels = await _units(sku_id)
    told = given(row, numerator=row.integer, denominator=row.integer)
    wanted = Unit(name=row.need_text("unit"), **{"numerator": row.integer("numerator"), **told})
    before = next((one for one in units if one.name == wanted.name), None)
    if before == wanted:
        return Done.UNCHANGED
    others = [one for one in units if one.name != wanted.name]
    await catalog.set_sku_units(call, sku_id=sku_id, units=[*others, wanted], barcodes=labels)
    return Done.UPDATED if before else Done.CREATED


async def barcode(call: Call, row: SentRow) -> Done:
    """A barcode of a SKU, beside those that it has."""
    sku_id = await referred(row, "sku", "sku", "Sku")
    units, labels = await _units(sku_id)
    ((base,),) = await db.fetch("SELECT unit FROM sku WHERE id = ?", (sku_id,))
    code = row.need_text("barcode")
    wanted = Label(code=code, unit=(row.read_text("unit") if row.has("unit") else "") or base)
    before = next((one for one in labels if one.code == code), None)
    if before == wanted:
        return Done.UNCHANGED
    others = [one for one in labels if one.code != code]
    await catalog.set_sku_units(call, sku_id=sku_id, units=units, barcodes=[*others, wanted])
    return Done.UPDATED if before else Done.CREATED


async def supplier(call: Call, row: SentRow) -> Done:
    """A supplier."""
    return await _partner(call, row, "supplier", partners.create_supplier, partners.update_supplier)


async def customer(call: Call, row: SentRow) -> Done:
    """A customer."""
    return await _partner(call, row, "customer", partners.create_customer, partners.update_customer)


async def _partner(call: Call, row: SentRow, table: str, create: Write, update: Write) -> Done:
    texts = given(row, code=row.read_text, **dict.fromkeys(_PROFILE, row.read_text))
    asked = texts | given(row, is_active=row.yes)
    if row.has("payment_term"):
        asked["payment_term_id"] = await referred(row, "payment_term", "payment_term", "PaymentTerm")
    if row.has("customer_level"):
        asked["level_id"] = await referred(row, "customer_level", "customer_level", "CustomerLevel")
    if row.has("credit_grade"):
        asked["credit_grade"] = row.choice("credit_grade", CreditGrade)
    of_kind = ["level_id"] if table == "customer" else ["credit_grade"]
    known = await find(table, row.need_text("code"), "code", *_PROFILE, "payment_term_id", "is_active", *of_kind)
    if known is None:
        await create(call, profile=Profile(**_named(row, asked)))
        return Done.CREATED
    if is_so(known, asked):
        return Done.UNCHANGED
    await update(call, **{f"{table}_id": known["id"]}, profile=Profile(**asked))
    return Done.UPDATED


async def _changed(known: Mapping[str, Any], asked: dict[str, Any], update: Write) -> Done:
    if is_so(known, asked):
        return Done.UNCHANGED
    await update(**asked)
    return Done.UPDATED


async def _units(sku_id: int) -> tuple[list[Unit], list[Label]]:
    units = await db.fetch("SELECT name, numerator, denominator FROM sku_unit WHERE sku_id = ? ORDER BY id", (sku_id,))
    labels = await db.fetch("SELECT code, unit FROM barcode WHERE sku_id = ? ORDER BY id", (sku_id,))
    return (
        [Unit(name=name, numerator=above, denominator=below) for name, above, below in units],
        [Label(code=code, unit=of) for code, of in labels],
    )


def _named(row: SentRow, asked: dict[str, Any]) -> dict[str, Any]:
    """What a new thing is made of: it has a name."""
    return {**asked, "name": row.need_text("name")}
