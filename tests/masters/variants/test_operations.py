from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Rejected
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.assortment import SkuTracking
from jxc_graphql.masters.catalog.units import Label
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.variants import operations, queries
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue, OptionChoice
from tests.refusals import codes, everything


def asked(name: str, *values: str) -> AskedAttribute:
    return AskedAttribute(name=name, values=tuple(AskedValue(name=value) for value in values))


def choices(**chosen: str) -> list[OptionChoice]:
    return [OptionChoice(attribute=attribute, value=value) for attribute, value in chosen.items()]


async def codes_of(product: int) -> list[str]:
    return [code for (code,) in await db.fetch("SELECT code FROM sku WHERE product_id = ? ORDER BY id", (product,))]


async def attributes(product: int) -> list[tuple[Any, ...]]:
    return await db.fetch(
        """SELECT a.name, v.name FROM product_attribute AS a JOIN attribute_value AS v ON v.attribute_id = a.id
        WHERE a.product_id = ? ORDER BY a.position, v.position""",
        (product,),
    )


async def found(words: str) -> list[str]:
    rows = await db.fetch("SELECT code FROM sku WHERE search_text LIKE ? ORDER BY id", (f"%{words}%",))
    return [code for (code,) in rows]


@pytest.fixture
async def product(call: Call) -> int:
    category = await categories.create_category(call, code="C", name="服装")
    made = await catalog.create_product(call, code="T", name="短袖", category_id=category.category_id)
    return made.product_id


@pytest.fixture
async def shirts(call: Call, product: int) -> int:
    """A product with a SKU for each of four combinations."""
    both = [asked("颜色", "红", "蓝"), asked("尺码", "M", "L")]
    await operations.set_product_attributes(call, product_id=product, attributes=both)
    await operations.generate_skus(call, product_id=product, unit="件")
    return product


async def test_every_missing_combination_becomes_a_sku(call: Call, shirts: int) -> None:
    assert await codes_of(shirts) == ["T-红-M", "T-红-L", "T-蓝-M", "T-蓝-L"]
    wider = [asked("颜色", "红", "蓝", "绿"), asked("尺码", "M", "L")]
    await operations.set_product_attributes(call, product_id=shirts, attributes=wider)
    more = await operations.generate_skus(
        call, product_id=shirts, unit="件", tracking=SkuTracking.LOT, shelf_life_days=9
    )
    rows = await db.fetch("SELECT id, code, name, unit, tracking, shelf_life_days FROM sku WHERE tracking = 'LOT'")
    assert sorted(rows) == [
        (more.sku_ids[0], "T-绿-M", "短袖 绿 M", "件", "LOT", 9),
        (more.sku_ids[1], "T-绿-L", "短袖 绿 L", "件", "LOT", 9),
    ]
    assert (await operations.generate_skus(call, product_id=shirts, unit="件")).sku_ids == ()


async def test_named_combinations_only_are_made_where_they_are_named(call: Call, product: int) -> None:
    wide = [asked("颜色", *map(str, range(50))), asked("尺码", *map(str, range(50)))]
    await operations.set_product_attributes(call, product_id=product, attributes=wide)
    every = operations.generate_skus(call, product_id=product, unit="件")
    assert await codes(every) == [("TOO_MANY_COMBINATIONS", ("combinations",))]
    some = [choices(颜色="7", 尺码="8"), choices(尺码="9", 颜色="7")]
    await operations.generate_skus(call, product_id=product, unit="件", combinations=some)
    await operations.generate_skus(call, product_id=product, unit="件", combinations=some[1:])
    assert await codes_of(product) == ["T-7-8", "T-7-9"]


async def test_two_hundred_skus_cost_as_many_statements_as_one(call: Call, product: int) -> None:
    counts = []
    for colours, sizes in ((1, 1), (10, 1), (10, 20)):
        wide = [asked("颜色", *map(str, range(colours))), asked("尺码", *map(str, range(sizes)))]
        with db.statements() as setting:
            await operations.set_product_attributes(call, product_id=product, attributes=wide)
        with db.statements() as making:
            await operations.generate_skus(call, product_id=product, unit="件")
        counts.append((len(setting), len(making)))
    assert len(await codes_of(product)) == 200
    assert counts[0] == counts[1] == counts[2]


async def test_a_sku_is_found_by_its_options(call: Call, shirts: int) -> None:
    blue = await queries.sku_by_options(call, product_id=shirts, choices=choices(尺码="L", 颜色="蓝"))
    assert blue is not None
    assert await db.fetch("SELECT code FROM sku WHERE id = ?", (blue,)) == [("T-蓝-L",)]
    with pytest.raises(Rejected):
        await queries.sku_by_options(call, product_id=shirts, choices=choices(颜色="蓝"))
    await operations.set_sku_options(call, sku_id=blue, choices=[])
    assert await queries.sku_by_options(call, product_id=shirts, choices=choices(尺码="L", 颜色="蓝")) is None


async def test_search_follows_options_barcodes_and_new_names(call: Call, shirts: int) -> None:
    assert await found("hong") == ["T-红-M", "T-红-L"]
    ((sku_id,),) = await db.fetch("SELECT id FROM sku WHERE code = 'T-红-M'")
    await catalog.update_sku(call, sku_id=sku_id, code="RED-M", name="Shirt")
    await catalog.set_sku_units(call, sku_id=sku_id, units=[], barcodes=[Label(code="6901")])
    assert await found("hong") == ["RED-M", "T-红-L"]
    assert await found("6901") == ["RED-M"]
    colours = dict(await db.fetch("SELECT name, id FROM attribute_value"))
    pink = AskedAttribute(name="颜色", values=(AskedValue(id=colours["红"], name="粉"), AskedValue(name="蓝")))
    await operations.set_product_attributes(call, product_id=shirts, attributes=[asked("尺码", "L", "M"), pink])
    assert await found("fen") == ["RED-M", "T-红-L"]
    ((text,),) = await db.fetch("SELECT search_text FROM sku WHERE id = ?", (sku_id,))
    assert text == "red-m shirt m 粉 6901 fen F"


async def test_names_can_be_swapped_and_orders_changed(call: Call, shirts: int) -> None:
    ids = dict(await db.fetch("SELECT name, id FROM attribute_value"))
    swapped = AskedAttribute(
        name="颜色", values=(AskedValue(id=ids["蓝"], name="红"), AskedValue(id=ids["红"], name="蓝"))
    )
    await operations.set_product_attributes(call, product_id=shirts, attributes=[asked("尺码", "L", "M"), swapped])
    assert await attributes(shirts) == [("尺码", "L"), ("尺码", "M"), ("颜色", "红"), ("颜色", "蓝")]
    red = await queries.sku_by_options(call, product_id=shirts, choices=choices(颜色="红", 尺码="M"))
    assert (await db.fetch("SELECT code FROM sku WHERE id = ?", (red,))) == [("T-蓝-M",)]
    options = "SELECT v.name FROM sku_option AS o JOIN attribute_value AS v ON v.id = o.value_id WHERE o.sku_id = ?"
    assert await db.fetch(f"{options} ORDER BY o.position", (red,)) == [("M",), ("红",)]


async def test_what_skus_have_stays(call: Call, shirts: int) -> None:
    fewer = [asked("颜色", "红"), asked("材质", "棉")]
    refused = operations.set_product_attributes(call, product_id=shirts, attributes=fewer)
    assert await codes(refused) == [
        ("VALUE_IN_USE", ("attributes", 0, "values")),
        ("ATTRIBUTES_IN_USE", ("attributes", 1)),
        ("ATTRIBUTES_IN_USE", ("attributes",)),
    ]
    for (sku_id,) in await db.fetch("SELECT id FROM sku"):
        await operations.set_sku_options(call, sku_id=sku_id, choices=[])
    await operations.set_product_attributes(call, product_id=shirts, attributes=fewer)
    assert await attributes(shirts) == [("颜色", "红"), ("材质", "棉")]
    await operations.set_product_attributes(call, product_id=shirts, attributes=[])
    assert await attributes(shirts) == []


async def test_a_combination_belongs_to_one_sku(call: Call, shirts: int) -> None:
    ((sku_id,),) = await db.fetch("SELECT id FROM sku WHERE code = 'T-红-M'")
    taken = operations.set_sku_options(call, sku_id=sku_id, choices=choices(颜色="蓝", 尺码="M"))
    assert await codes(taken) == [("COMBINATION_TAKEN", ("options",))]
    await operations.set_sku_options(call, sku_id=sku_id, choices=choices(颜色="红", 尺码="M"))
    other = await catalog.create_sku(call, product_id=shirts, code="X", name="x", unit="件")
    await operations.set_sku_options(call, sku_id=sku_id, choices=[])
    await operations.set_sku_options(call, sku_id=other.sku_id, choices=choices(颜色="红", 尺码="M"))
    with pytest.raises(IntegrityError):
        await db.transactional(db.execute)(
            "UPDATE sku SET options_key = (SELECT options_key FROM sku WHERE code = 'X') WHERE id = ?", (sku_id,)
        )


async def test_all_taken_codes_are_told_at_once(call: Call, product: int) -> None:
    for code in ("T-红", "T-蓝"):
        await catalog.create_sku(call, product_id=product, code=code, name="x", unit="件")
    await operations.set_product_attributes(call, product_id=product, attributes=[asked("颜色", "红", "绿", "蓝")])
    refused = operations.generate_skus(call, product_id=product, unit="件")
    assert await codes(refused) == [("CODE_TAKEN", ("product_id",)), ("CODE_TAKEN", ("product_id",))]
    named: Sequence[list[OptionChoice]] = [choices(颜色="绿"), choices(颜色="蓝")]
    refused = operations.generate_skus(call, product_id=product, unit="件", combinations=named)
    assert await codes(refused) == [("CODE_TAKEN", ("combinations", 1))]


async def test_all_that_is_wrong_with_new_skus_is_told_at_once(call: Call, product: int) -> None:
    await operations.set_product_attributes(call, product_id=product, attributes=[asked("颜色", "红")])
    await catalog.update_product(call, product_id=product, is_active=False)
    refused = operations.generate_skus(
        call, product_id=product, unit=" ", shelf_life_days=3, combinations=[choices(颜色="绿")]
    )
    assert await codes(refused) == [
        ("PRODUCT_INACTIVE", ("product_id",)),
        ("REQUIRED", ("unit",)),
        ("SHELF_LIFE_WITHOUT_LOTS", ("shelf_life_days",)),
        ("UNKNOWN_VALUE", ("combinations", 0, "options", 0, "value")),
    ]
    assert await codes(operations.generate_skus(call, product_id=7, unit="件")) == [("UNKNOWN_ID", ("product_id",))]
    unknown = operations.set_sku_options(call, sku_id=7, choices=[])
    assert await codes(unknown) == [("UNKNOWN_ID", ("sku_id",))]


async def test_a_repeat_with_the_same_key_answers_with_the_first(call: Call, product: int) -> None:
    await operations.set_product_attributes(call, product_id=product, attributes=[asked("颜色", "红", "蓝")])
    keyed = msgspec.structs.replace(call, idempotency_key="k")
    first = await operations.generate_skus(keyed, product_id=product, unit="件")
    assert await operations.generate_skus(keyed, product_id=product, unit="件") == first
    assert len(first.sku_ids) == 2


async def test_needs_the_permission(call: Call, shirts: int) -> None:
    before = await everything()
    reader = msgspec.structs.replace(call, permissions=frozenset({"SEE_CATALOG"}))
    with pytest.raises(Forbidden):
        await operations.set_product_attributes(reader, product_id=shirts, attributes=[])
    with pytest.raises(Forbidden):
        await operations.generate_skus(reader, product_id=shirts, unit="件")
    with pytest.raises(Forbidden):
        await queries.sku_by_options(msgspec.structs.replace(call, permissions=frozenset()), product_id=1, choices=[])
    assert await everything() == before
