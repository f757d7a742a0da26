"""The assortment (花色品种) of a product: what tells its SKUs apart, and the door through which SKUs come by the dozen.

Whoever writes through it holds the product first, in a transaction; the number of statements never grows with rows.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.kit import db, ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import save
from jxc_graphql.kit.errors import NotFound, Reason, UnknownId
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.catalog import models, searchable
from jxc_graphql.masters.catalog.rules import CODE_LIMIT, NAME_LIMIT, ProductInactive, check_base_unit, check_shelf_life
from jxc_graphql.masters.catalog.tracking import SkuTracking

__all__ = [
    "CODE_LIMIT",
    "NAME_LIMIT",
    "Attribute",
    "Combination",
    "NewSku",
    "SkuTracking",
    "Value",
    "add_skus",
    "attributes",
    "check_new",
    "combinations",
    "hold",
    "product_of",
    "set_attributes",
    "set_options",
    "sku_of",
    "used_values",
]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value of an attribute, such as 红."""

    id: int
    name: str


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """What tells the SKUs of a product apart, such as 颜色, with its values in order."""

    id: int
    name: str
    values: tuple[Value, ...]


Combination = tuple[Value, ...]
"""A value of each attribute of a product, in the order of the attributes; empty for a SKU without options."""


class NewSku(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU that there is to be, and the combination that it stands for."""

    code: str
    name: str
    combination: Combination


async def hold(product_id: int) -> models.Product:
    """The product, kept from everybody else who would change it or its SKUs; raises `NotFound`."""
    product = await models.Product.select_for_update(no_key=True).get_or_none(id=product_id)
    if product is None:
        raise NotFound(UnknownId(path=("product_id",), kind="Product"))
    return product


async def attributes(product_id: int) -> list[Attribute]:
    """The attributes of a product in order; none for one that does not exist."""
    rows = await db.fetch(
        """
        SELECT product_attribute.id, product_attribute.name, attribute_value.id, attribute_value.name
        FROM product_attribute JOIN attribute_value ON attribute_value.attribute_id = product_attribute.id
        WHERE product_attribute.product_id = ? ORDER BY product_attribute.position, attribute_value.position
        """,
        (product_id,),
    )
    found: dict[int, Attribute] = {}
    for attribute_id, name, value_id, value in rows:
        known = found.get(attribute_id, Attribute(id=attribute_id, name=name, values=()))
        values = (*known.values, Value(id=value_id, name=value))
        found[attribute_id] = msgspec.structs.replace(known, values=values)
    return list(found.values())


async def used_values(product_id: int) -> set[int]:
    """The values that SKUs of the product have."""
    rows = await db.fetch(
        """
        SELECT DISTINCT sku_option.value_id FROM product_attribute
        JOIN sku_option ON sku_option.attribute_id = product_attribute.id WHERE product_attribute.product_id = ?
        """,
        (product_id,),
    )
    return {value_id for (value_id,) in rows}


async def combinations(product_id: int) -> set[frozenset[int]]:
    """For which combinations, each as the ids of its values, a product has SKUs."""
    rows = await db.fetch("SELECT options_key FROM sku WHERE product_id = ? AND options_key IS NOT NULL", (product_id,))
    return {frozenset(map(int, key.split())) for (key,) in rows}


async def sku_of(product_id: int, combination: Combination) -> tuple[int, str] | None:
    """Id and code of the SKU that stands for a combination."""
    asked = (product_id, _key(combination))
    for sku_id, code in await db.fetch("SELECT id, code FROM sku WHERE product_id = ? AND options_key = ?", asked):
        return sku_id, code
    return None


async def product_of(sku_id: int) -> int:
    """The product of a SKU, for ever the same; raises `NotFound`."""
    rows = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (sku_id,))
    if not rows:
        raise NotFound(UnknownId(path=("sku_id",), kind="Sku"))
    return int(rows[0][0])


def check_new(
    product: models.Product, unit: str, tracking: SkuTracking, shelf_life_days: int | None
) -> Iterator[Reason]:
    """Why no SKUs of a product can be made that are counted and told apart like this."""
    if not product.is_active:
        yield ProductInactive(path=("product_id",))
    yield from check_base_unit(unit)
    yield from check_shelf_life(tracking, shelf_life_days)


async def set_attributes(product_id: int, wanted: Sequence[Attribute]) -> None:
    """Gives a product exactly these attributes and values; those that it had keep their ids and their SKUs."""
    assert db.in_transaction()
    kept = [[one.id] for one in wanted]
    kept_values = [[value.id] for one in wanted for value in one.values]
    of_product = "attribute_id IN (SELECT id FROM product_attribute WHERE product_id = ?)"
    asked = db.rows({"id": "bigint"})
    await db.execute(
        f"DELETE FROM attribute_value WHERE {of_product} AND id NOT IN (SELECT id FROM {asked} AS kept)",
        (product_id, db.json(kept_values)),
    )
    await db.execute(
        f"DELETE FROM product_attribute WHERE product_id = ? AND id NOT IN (SELECT id FROM {asked} AS kept)",
        (product_id, db.json(kept)),
    )
    # Two that swap their names would be in each other's way.
    await db.execute("UPDATE product_attribute SET name = CAST(id AS TEXT) WHERE product_id = ?", (product_id,))
    await db.execute(f"UPDATE attribute_value SET name = CAST(id AS TEXT) WHERE {of_product}", (product_id,))
    await _write("product_attribute", "product_id", [(one.id, product_id, one.name) for one in wanted])
    await _write("attribute_value", "attribute_id", [(v.id, one.id, v.name) for one in wanted for v in one.values])
    rows = await db.fetch(
        f"""
        UPDATE sku_option SET position =
            (SELECT position FROM product_attribute WHERE product_attribute.id = sku_option.attribute_id)
        WHERE {of_product} RETURNING sku_id
        """,
        (product_id,),
    )
    await searchable.refresh({sku_id for (sku_id,) in rows})


async def _write(table: str, owner: str, named: Sequence[tuple[int, int, str]]) -> None:
    """Writes names in the order in which they are given."""
    columns = {"id": "bigint", owner: "bigint", "name": "text", "position": "bigint"}
    names = ", ".join(f"asked.{column}" for column in columns)
    await db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {names} FROM {db.rows(columns)} AS asked WHERE 1 = 1 "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position",
        (db.json((*one, position) for position, one in enumerate(named)),),
    )


async def add_skus(
    call: Call, product_id: int, new: Sequence[NewSku], *, unit: str, tracking: SkuTracking, shelf_life_days: int | None
) -> dict[str, int]:
    """Makes SKUs of a product that are counted alike; gives their ids by code, without those whose code was taken."""
    assert db.in_transaction()
    columns = {"id": "bigint", "code": "text", "name": "text"}
    named = [(ids.new_id(), sku.code, sku.name) for sku in new]
    made = await db.fetch(
        f"""
        INSERT INTO sku
            (id, code, name, product_id, category_id, unit, tracking, shelf_life_days, is_active, version, search_text,
             created_at, updated_at)
        SELECT asked.id, asked.code, asked.name, product.id, product.category_id, ?, ?, ?, TRUE, 1, '', ?, ?
        FROM {db.rows(columns)} AS asked JOIN product ON product.id = ?
        WHERE 1 = 1 ON CONFLICT (code) DO NOTHING RETURNING code, id
        """,
        (unit, tracking, shelf_life_days, call.at, call.at, db.json(named), product_id),
    )
    known: dict[str, int] = dict(made)
    await set_options({known[sku.code]: sku.combination for sku in new if sku.code in known})
    return known


async def choose_options(
    call: Call, sku_id: int, combination: Combination, expected_version: int | None = None
) -> None:
    """Gives a SKU, whose product is held, exactly these options; raises `Conflict` at another version."""
    sku = await models.Sku.select_for_update(no_key=True).get(id=sku_id)
    check_version(sku, expected_version)
    await set_options({sku_id: combination})
    await save(sku, call, {})


async def set_options(options: Mapping[int, Combination]) -> None:
    """Gives each of the SKUs exactly these options."""
    assert db.in_transaction()
    await models.SkuOption.filter(sku_id__in=list(options)).delete()
    columns = {"id": "bigint", "sku_id": "bigint", "value_id": "bigint", "place": "bigint"}
    rows = [
        (ids.new_id(), sku_id, value.id, place)
        for sku_id, combination in options.items()
        for place, value in enumerate(combination)
    ]
    await db.execute(
        f"""
        INSERT INTO sku_option (id, sku_id, attribute_id, value_id, position)
        SELECT asked.id, asked.sku_id, attribute_value.attribute_id, asked.value_id, asked.place
        FROM {db.rows(columns)} AS asked JOIN attribute_value ON attribute_value.id = asked.value_id
        """,
        (db.json(rows),),
    )
    await db.execute(
        "UPDATE sku SET options_key = asked.options_key "
        f"FROM {db.rows({'id': 'bigint', 'options_key': 'text'})} AS asked WHERE sku.id = asked.id",
        (db.json((sku_id, _key(combination)) for sku_id, combination in options.items()),),
    )
    await searchable.refresh(options)


def _key(combination: Combination) -> str | None:
    """What stands for a combination in its SKU, where the database keeps it unique; it survives another order."""
    return " ".join(map(str, sorted(value.id for value in combination))) or None
