"""Writes of the catalogue; each requires MANAGE_CATALOG and returns its fact."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from tortoise.expressions import F

from jxc_graphql.kit import db, ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId, reject_if
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.catalog import assortment, facts, models, rules, searchable
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.catalog.units import Label, Unit
from jxc_graphql.masters.categories import queries as categories
from jxc_graphql.masters.taxes import queries as taxes
from jxc_graphql.office.attachments.models import Attachment
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.posting import posting


@posting(Permission.MANAGE_CATALOG)
async def create_product(
    call: Call,
    *,
    code: str,
    name: str,
    category_id: int,
    brand: str = "",
    description: str = "",
    valuation: ValuationMethod | None = None,
    tax_code_id: int | None = None,
) -> facts.ProductCreated:
    """Creates a product in a category; it has no SKUs yet. Its goods are valued as the company says by default."""
    reject_if(rules.check_product(code, name, brand, description))
    product = models.Product(created_at=call.at, valuation=valuation or (await company.present()).valuation)
    asked = {"code": code, "name": name, "category_id": category_id, "brand": brand, "description": description}
    await _save_product(product, call, changed(product, **asked, tax_code_id=tax_code_id))
    return facts.ProductCreated(product_id=product.id)


@posting(Permission.MANAGE_CATALOG)
async def update_product(
    call: Call,
    *,
    product_id: int,
    code: Change[str] = UNSET,
    name: Change[str] = UNSET,
    category_id: Change[int] = UNSET,
    brand: Change[str | None] = UNSET,
    description: Change[str | None] = UNSET,
    valuation: Change[ValuationMethod] = UNSET,
    tax_code_id: Change[int | None] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.ProductUpdated:
    """Changes a product, and the category of its SKUs with it.

    With one that is deactivated all its SKUs are, and stay so until each is activated again.

    Another `valuation` takes hold of each stock level at its next movement: the ledger sees to that.
    """
    reject_if(rules.check_product(code, name, brand, description))
    product, fact = await assortment.hold(product_id), facts.ProductUpdated(product_id=product_id)
    asked: dict[str, Any] = {"code": code, "name": name, "category_id": category_id}
    asked |= {"brand": brand, "description": description}
    asked |= {"valuation": valuation, "tax_code_id": tax_code_id, "is_active": is_active}
    changes = to_change(product, fact, expected_version, **asked)
    await _save_product(product, call, changes)
    of_skus = {"category_id": changes["category_id"]} if "category_id" in changes else {}
    if changes.get("is_active") is False:
        of_skus["is_active"] = False
    if of_skus:
        next_version = {"version": F("version") + 1, "updated_at": call.at}
        await models.Sku.filter(product_id=product_id).exclude(**of_skus).update(**of_skus, **next_version)
    if "brand" in changes:
        await searchable.refresh([sku.id for sku in await models.Sku.filter(product_id=product_id).only("id")])
    return fact


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
    product = await assortment.hold(product_id)
    if not product.is_active:
        raise Rejected(rules.ProductInactive(path=("product_id",)))
    sku = models.Sku(
        product_id=product_id,
        category_id=product.category_id,
        unit=unit,
        tracking=tracking,
        shelf_life_days=shelf_life_days,
        created_at=call.at,
    )
    await save_coded(sku, call, changed(sku, code=code, name=name), found_by=())
    await _write_units(sku, units, barcodes)
    await searchable.refresh([sku.id])
    return facts.SkuCreated(sku_id=sku.id)


@posting(Permission.MANAGE_CATALOG)
async def update_sku(
    call: Call,
    *,
    sku_id: int,
    code: Change[str] = UNSET,
    name: Change[str] = UNSET,
    shelf_life_days: Change[int | None] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.SkuUpdated:
    """Changes a SKU; without `shelf_life_days` (None) it does not expire any more.

    Its base unit and its tracking never change, and it cannot be activated while its product is deactivated.
    """
    reject_if(rules.check_named(code, name))
    sku, fact = await _sku(sku_id), facts.SkuUpdated(sku_id=sku_id)
    asked = {"code": code, "name": name, "shelf_life_days": shelf_life_days, "is_active": is_active}
    changes = to_change(sku, fact, expected_version, **asked)
    reject_if(rules.check_shelf_life(sku.tracking, changes.get("shelf_life_days")))
    if "is_active" in changes:
        product = await assortment.hold(sku.product_id)
        reject_if(rules.check_activation(changes["is_active"], product_active=product.is_active))
    await save_coded(sku, call, changes, found_by=())
    await searchable.refresh([sku_id])
    return fact


@posting(Permission.MANAGE_CATALOG)
async def set_sku_units(
    call: Call,
    *,
    sku_id: int,
    units: Sequence[Unit],
    barcodes: Sequence[Label],
    expected_version: int | None = None,
) -> facts.SkuUnitsSet:
    """Gives a SKU exactly these other units and barcodes; documents keep the quantities that they were written with."""
    sku = await _sku(sku_id)
    check_version(sku, expected_version)
    reject_if(chain(rules.check_units(sku.unit, units), rules.check_barcodes(sku.unit, units, barcodes)))
    kept = await _keep_units(sku_id, units)
    await models.Barcode.filter(sku_id=sku_id).delete()
    await _write_units(sku, [unit for unit in units if unit.name not in kept], barcodes)
    await save(sku, call, {})
    await searchable.refresh([sku_id])
    return facts.SkuUnitsSet(sku_id=sku_id)


_OF_PRODUCT = {
    models.AttributeValue: "attribute__product_id", models.ProductAttribute: "product_id", Attachment: "product_id",
}  # fmt: skip
_OF_SKU = dict.fromkeys((models.SkuUnit, models.Barcode, models.SkuOption, Attachment), "sku_id")


@posting(Permission.MANAGE_CATALOG)
async def delete_product(call: Call, *, product_id: int, expected_version: int | None = None) -> facts.ProductDeleted:
    """Deletes a product that nothing refers to (删除商品), with its attributes: no SKU is of it any more."""
    product = await references.delete(
        call, models.Product, product_id, ("product_id",), owned=_OF_PRODUCT, expected_version=expected_version
    )
    return facts.ProductDeleted(product_id=product_id, code=product.code)


@posting(Permission.MANAGE_CATALOG)
async def delete_sku(call: Call, *, sku_id: int, expected_version: int | None = None) -> facts.SkuDeleted:
    """Deletes a SKU that nothing refers to (删除规格), with its units, barcodes and options."""
    sku = await references.delete(
        call, models.Sku, sku_id, ("sku_id",), owned=_OF_SKU, expected_version=expected_version
    )
    return facts.SkuDeleted(sku_id=sku_id, code=sku.code)


@posting(Permission.MANAGE_CATALOG)
async def delete_sku_unit(call: Call, *, sku_unit_id: int, expected_version: int | None = None) -> facts.SkuUnitDeleted:
    """Deletes a unit of a SKU that nothing refers to (删除单位): no price, and no barcode; documents keep its name.

    The version is that of the SKU.
    """
    path = ("sku_unit_id",)
    known = await models.SkuUnit.get_or_none(id=sku_unit_id)
    if known is None:
        raise NotFound(UnknownId(path=path, kind="SkuUnit"))
    sku = await _sku(known.sku_id)
    check_version(sku, expected_version)
    if await models.Barcode.exists(sku_id=sku.id, unit=known.name):
        raise Rejected(references.InUse(path=path, kinds=("Barcode",)))
    await references.delete(call, models.SkuUnit, sku_unit_id, path)
    await save(sku, call, {})
    return facts.SkuUnitDeleted(sku_id=sku.id, name=known.name)


async def _save_product(product: models.Product, call: Call, changes: Mapping[str, Any]) -> None:
    if "category_id" in changes and not await categories.known(changes["category_id"]):
        raise NotFound(UnknownId(path=("category_id",), kind="Category"))
    if (tax_code_id := changes.get("tax_code_id")) is not None and not await taxes.there_is(tax_code_id):
        raise NotFound(UnknownId(path=("tax_code_id",), kind="TaxCode"))
    await save_coded(product, call, changes, found_by=("code", "name", "brand"))


async def _keep_units(sku_id: int, units: Sequence[Unit]) -> set[str]:
    """Gives the units that a SKU has already what they count now, takes those away that it has no more; names the rest.

    Raises `Rejected` where something refers to one that it is to have no more.
    """
    wanted = {unit.name: unit for unit in units}
    known = await models.SkuUnit.filter(sku_id=sku_id)
    gone = [one.id for one in known if one.name not in wanted]
    reject_if(await references.check(models.SkuUnit, gone, ("units",)))
    await models.SkuUnit.filter(id__in=gone).delete()
    for one in known:
        asked = wanted.get(one.name)
        if asked and (asked.numerator, asked.denominator) != (one.numerator, one.denominator):
            one.numerator, one.denominator = asked.numerator, asked.denominator
            await one.save(update_fields=["numerator", "denominator"])
    return {one.name for one in known} & wanted.keys()


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
