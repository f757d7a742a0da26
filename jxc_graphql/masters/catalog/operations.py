"""Writes of the catalogue; each requires MANAGE_CATALOG and returns its fact; None leaves a thing as it is."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence
from itertools import chain

from jxc_graphql.kit import db, ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected, reject_if
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.kit.text import CodeTaken, tidied, unique
from jxc_graphql.masters.catalog import assortment, facts, models, rules, searchable
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.catalog.units import Label, Unit
from jxc_graphql.masters.categories import queries as categories
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import UnknownId


@posting(Permission.MANAGE_CATALOG)
async def create_product(
    call: Call,
    *,
    code: str,
    name: str,
    category_id: int,
    description: str = "",
    valuation: ValuationMethod | None = None,
) -> facts.ProductCreated:
    """Creates a product in a category; it has no SKUs yet. Its goods are valued as the company says by default."""
    reject_if(rules.check_product(code, name, description))
    product = models.Product(created_at=call.at, valuation=valuation or (await company.present()).valuation)
    await _save_product(product, code, name, category_id, description)
    return facts.ProductCreated(product_id=product.id)


@posting(Permission.MANAGE_CATALOG)
async def update_product(
    call: Call,  # noqa: ARG001
    *,
    product_id: int,
    code: str | None = None,
    name: str | None = None,
    category_id: int | None = None,
    description: str | None = None,
    valuation: ValuationMethod | None = None,
    is_active: bool | None = None,
) -> facts.ProductUpdated:
    """Changes a product; with one that is deactivated all its SKUs are, and stay so until each is activated again.

    Another `valuation` takes hold of each stock level at its next movement: the ledger sees to that.
    """
    reject_if(rules.check_product(code, name, description))
    product = await assortment.hold(product_id)
    if valuation is not None:
        product.valuation = valuation
    if is_active is not None:
        product.is_active = is_active
    if is_active is False:
        await models.Sku.filter(product_id=product_id).update(is_active=False)
    await _save_product(product, code, name, category_id, description)
    return facts.ProductUpdated(product_id=product_id)


@posting(Permission.MANAGE_CATALOG)
async def create_sku(
    call: Call,
    *,
    product_id: int,
    code: str,
    name: str,
    unit: str,
    tracking: SkuTracking = SkuTracking.NONE,
    shelf_life_days: int | None = None,
    units: Sequence[Unit] = (),
    barcodes: Sequence[Label] = (),
) -> facts.SkuCreated:
    """Creates a SKU of a product, counted in `unit` and told apart by `tracking` for ever."""
    unit = unit.strip()
    reject_if(
        chain(
            rules.check_named(code, name),
            rules.check_base_unit(unit),
            rules.check_shelf_life(tracking, shelf_life_days),
            rules.check_units(unit, units),
            rules.check_barcodes(unit, units, barcodes),
        )
    )
    if not (await assortment.hold(product_id)).is_active:
        raise Rejected(rules.ProductInactive(path=("product_id",)))
    sku = models.Sku(
        product_id=product_id, unit=unit, tracking=tracking, shelf_life_days=shelf_life_days, created_at=call.at
    )
    await _save_sku(sku, code, name)
    await _write_units(sku, units, barcodes)
    await searchable.refresh([sku.id])
    return facts.SkuCreated(sku_id=sku.id)


@posting(Permission.MANAGE_CATALOG)
async def update_sku(
    call: Call,  # noqa: ARG001
    *,
    sku_id: int,
    code: str | None = None,
    name: str | None = None,
    shelf_life_days: int | None = None,
    is_active: bool | None = None,
) -> facts.SkuUpdated:
    """Changes a SKU; 0 as `shelf_life_days` says that it does not expire any more.

    Its base unit and its tracking never change, and it cannot be activated while its product is deactivated.
    """
    reject_if(rules.check_named(code, name))
    sku = await _sku(sku_id)
    if shelf_life_days is not None:
        sku.shelf_life_days = shelf_life_days or None
        reject_if(rules.check_shelf_life(sku.tracking, sku.shelf_life_days))
    if is_active is not None:
        reject_if(rules.check_activation(is_active, product_active=(await assortment.hold(sku.product_id)).is_active))
        sku.is_active = is_active
    await _save_sku(sku, code, name)
    await searchable.refresh([sku_id])
    return facts.SkuUpdated(sku_id=sku_id)


@posting(Permission.MANAGE_CATALOG)
async def set_sku_units(
    call: Call,  # noqa: ARG001
    *,
    sku_id: int,
    units: Sequence[Unit],
    barcodes: Sequence[Label],
) -> facts.SkuUnitsSet:
    """Gives a SKU exactly these other units and barcodes; documents keep the quantities that they were written with."""
    sku = await _sku(sku_id)
    reject_if(chain(rules.check_units(sku.unit, units), rules.check_barcodes(sku.unit, units, barcodes)))
    await models.SkuUnit.filter(sku_id=sku_id).delete()
    await models.Barcode.filter(sku_id=sku_id).delete()
    await _write_units(sku, units, barcodes)
    await searchable.refresh([sku_id])
    return facts.SkuUnitsSet(sku_id=sku_id)


async def _save_product(
    product: models.Product, code: str | None, name: str | None, category_id: int | None, description: str | None
) -> None:
    if category_id is not None:
        if not await categories.known(category_id):
            raise NotFound(UnknownId(path=("category_id",), kind="Category"))
        product.category_id = category_id
    product.code, product.name = tidied(code, product.code), tidied(name, product.name)
    product.description = tidied(description, product.description)
    product.search_text = search_text(product.code, product.name)
    taken = CodeTaken(path=("code",), taken=product.code)
    async with unique(models.Product, taken, own_id=product.id, code=product.code):
        await product.save()


async def _save_sku(sku: models.Sku, code: str | None, name: str | None) -> None:
    sku.code, sku.name = tidied(code, sku.code), tidied(name, sku.name)
    taken = CodeTaken(path=("code",), taken=sku.code)
    async with unique(models.Sku, taken, own_id=sku.id, code=sku.code):
        await sku.save()


async def _write_units(sku: models.Sku, units: Sequence[Unit], barcodes: Sequence[Label]) -> None:
    await models.SkuUnit.bulk_create(
        [
            models.SkuUnit(sku_id=sku.id, name=unit.name, numerator=unit.numerator, denominator=unit.denominator)
            for unit in units
        ]
    )
    columns = {"id": "bigint", "code": "text", "unit": "text"}
    labels = [(ids.new_id(), barcode.code, barcode.unit or sku.unit) for barcode in barcodes]
    written = await db.fetch(
        f"INSERT INTO barcode (id, code, unit, sku_id) SELECT asked.id, asked.code, asked.unit, sku.id "
        f"FROM {db.rows(columns)} AS asked JOIN sku ON sku.id = ? WHERE 1 = 1 "
        "ON CONFLICT (code) DO NOTHING RETURNING code",
        (db.json(labels), sku.id),
    )
    free = {code for (code,) in written}
    reject_if(
        rules.BarcodeTaken(path=("barcodes", place, "code"), barcode=barcode.code)
        for place, barcode in enumerate(barcodes)
        if barcode.code not in free
    )


async def _sku(sku_id: int) -> models.Sku:
    sku = await models.Sku.select_for_update(no_key=True).get_or_none(id=sku_id)
    if sku is None:
        raise NotFound(UnknownId(path=("sku_id",), kind="Sku"))
    return sku
