import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Reason, Unauthenticated
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations, queries
from jxc_graphql.masters.catalog.gs1 import ScanFault
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.catalog.units import Label, Unit
from jxc_graphql.masters.categories import operations as categories
from tests.refusals import codes, everything


@pytest.fixture
async def product(call: Call) -> int:
    category = await categories.create_category(call, code="C1", name="饮料")
    made = await operations.create_product(call, code="P1", name="可口可乐", category_id=category.category_id)
    return made.product_id


@pytest.fixture
async def sku(call: Call, product: int) -> int:
    made = await operations.create_sku(
        call,
        product_id=product,
        code=" S1 ",
        name="可乐 330ml",
        unit="瓶",
        units=[Unit(name="箱", numerator=24)],
        barcodes=[Label(code="6901"), Label(code="6902", unit="箱")],
    )
    return made.sku_id


async def test_a_sku_is_known_with_its_units_by_one_statement(sku: int) -> None:
    with db.statements() as seen:
        known = await queries.skus([sku, sku, 7])
    assert len(seen) == 1
    assert known == {
        sku: queries.KnownSku(
            id=sku,
            code="S1",
            name="可乐 330ml",
            unit="瓶",
            tracking=SkuTracking.NONE,
            shelf_life_days=None,
            is_active=True,
            units={"箱": (24, 1)},
        )
    }
    assert await queries.skus([]) == {}


async def test_a_quantity_is_converted_exactly(sku: int) -> None:
    known = (await queries.skus([sku]))[sku]
    assert known.in_base("箱", Quantity.of("2.5")) == Quantity.of("60")
    unknown = known.in_base("桶", Quantity.of("1"), ("quantity",))
    assert isinstance(unknown, Reason)
    assert (unknown.code, unknown.path) == ("UNKNOWN_UNIT", ("quantity",))


async def test_a_barcode_names_sku_and_unit(call: Call, sku: int) -> None:
    box = queries.Scan(sku_id=sku, unit="箱", numerator=24, denominator=1, quantity=Quantity.of(24))
    with db.statements() as seen:
        assert await queries.scan(call, " 6902\r\n") == box
    assert len(seen) == 1
    for nothing in ("nothing", "69\x0002", "6" * 1000, "", "\ud800"):
        assert await queries.scan(call, nothing) is None


async def test_a_scan_is_a_barcode_before_it_is_a_sku_code(call: Call, product: int, sku: int) -> None:
    other = await operations.create_sku(call, product_id=product, code="6901", name="x", unit="瓶")
    found = await queries.scan(call, "6901")
    assert found is not None
    assert found.sku_id == sku
    await operations.set_sku_units(call, sku_id=sku, units=[Unit(name="三分", numerator=1, denominator=3)], barcodes=[])
    found = await queries.scan(call, "6901")
    assert found is not None
    assert (found.sku_id, found.unit, found.quantity) == (other.sku_id, "瓶", Quantity.of(1))


async def test_a_unit_that_is_no_exact_quantity_is_told_by_its_ratio(call: Call, sku: int) -> None:
    third = [Unit(name="三分", numerator=1, denominator=3)]
    await operations.set_sku_units(call, sku_id=sku, units=third, barcodes=[Label(code="6903", unit="三分")])
    found = await queries.scan(call, "6903")
    assert found == queries.Scan(sku_id=sku, unit="三分", numerator=1, denominator=3, quantity=None)


async def test_a_gtin_is_the_same_with_other_zeros_in_front(call: Call, sku: int) -> None:
    await operations.set_sku_units(call, sku_id=sku, units=[], barcodes=[Label(code="0012345678905")])
    for code in ("012345678905", "00012345678905", "(01)00012345678905(10)A7", "0100012345678905"):
        found = await queries.scan(call, code)
        assert found is not None
        assert found.sku_id == sku
    assert await queries.scan(call, "12345678905") is None


async def test_a_code_in_another_case_is_taken_for_what_it_is_if_only_one_sku_has_it(
    call: Call, product: int, sku: int
) -> None:
    other = await operations.create_sku(call, product_id=product, code="s1", name="x", unit="瓶")
    await operations.set_sku_units(call, sku_id=sku, units=[], barcodes=[Label(code="Ab-1"), Label(code="6901")])
    for code, sku_id in (("S1", sku), ("s1", other.sku_id), ("ab-1", sku), ("ＡＢ－１", sku), ("]C0aB-1", sku)):
        found = await queries.scan(call, code)
        assert found is not None
        assert found.sku_id == sku_id
    third = await operations.create_sku(call, product_id=product, code="aB-1", name="x", unit="瓶")
    assert await queries.scan(call, "AB-1") is None
    found = await queries.scan(call, "aB-1")
    assert found is not None
    assert found.sku_id == third.sku_id


async def test_a_label_says_how_much_of_what_there_is(call: Call, sku: int) -> None:
    box = [Unit(name="箱", numerator=24, denominator=1)]
    await operations.set_sku_units(call, sku_id=sku, units=box, barcodes=[Label(code="16901234567899", unit="箱")])
    inside = await queries.scan(call, "02169012345678993703\x1d3103001500")
    assert inside is not None
    assert (inside.unit, inside.contained_count, inside.total_quantity) == ("箱", 3, Quantity.of(72))
    assert (inside.content_gtin, inside.net_weight) == ("16901234567899", Quantity.of("1.5"))
    varying = await queries.scan(call, "(01)16901234567899(30)7(3922)1999(17)260231")
    assert varying is not None
    assert (varying.variable_count, varying.total_quantity, varying.price) == (7, Quantity.of(7), Money.of("19.99"))
    assert [(one.identifier, one.fault) for one in varying.problems] == [("17", ScanFault.IMPOSSIBLE_DATE)]
    assert [one.identifier for one in varying.elements] == ["01", "30", "3922", "17"]


async def test_search_text_knows_code_name_barcodes_and_pinyin(sku: int) -> None:
    ((text,),) = await db.fetch("SELECT search_text FROM sku WHERE id = ?", (sku,))
    for wanted in ("s1", "可乐 330ml", "6901", "6902", "kele", "KL"):
        assert wanted in text


async def test_a_code_is_unique(call: Call, product: int, sku: int) -> None:
    assert sku
    taken = [("CODE_TAKEN", ("code",))]
    other = operations.create_product(call, code="P1", name="x", category_id=await _category())
    assert await codes(other) == taken
    assert await codes(operations.create_sku(call, product_id=product, code="S1", name="x", unit="瓶")) == taken
    second = await operations.create_sku(call, product_id=product, code="S2", name="x", unit="瓶")
    assert await codes(operations.update_sku(call, sku_id=second.sku_id, code="S1")) == taken
    await operations.update_sku(call, sku_id=second.sku_id, code="S2", name="y")


async def _category() -> int:
    ((found,),) = await db.fetch("SELECT id FROM category WHERE code = 'C1'")
    return int(found)


async def test_a_barcode_of_another_sku_is_refused(call: Call, product: int, sku: int) -> None:
    assert sku
    made = operations.create_sku(
        call, product_id=product, code="S2", name="x", unit="瓶", barcodes=[Label(code="1"), Label(code="6901")]
    )
    assert await codes(made) == [("BARCODE_TAKEN", ("barcodes", 1, "code"))]


async def test_many_barcodes_cost_as_many_statements_as_one(call: Call, sku: int) -> None:
    counts = []
    await operations.set_sku_units(call, sku_id=sku, units=[], barcodes=[])
    for many in (1, 10, 50):
        labels = [Label(code=f"B{many}-{n}") for n in range(many)]
        with db.statements() as seen:
            await operations.set_sku_units(call, sku_id=sku, units=[], barcodes=labels)
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]


async def test_units_and_barcodes_are_replaced_together(call: Call, sku: int) -> None:
    await operations.set_sku_units(
        call, sku_id=sku, units=[Unit(name="提", numerator=6)], barcodes=[Label(code="6901", unit="提")]
    )
    assert (await queries.skus([sku]))[sku].units == {"提": (6, 1)}
    six = queries.Scan(sku_id=sku, unit="提", numerator=6, denominator=1, quantity=Quantity.of(6))
    assert await queries.scan(call, "6901") == six
    assert await queries.scan(call, "6902") is None
    lost = operations.set_sku_units(call, sku_id=sku, units=[], barcodes=[Label(code="6901", unit="提")])
    assert await codes(lost) == [("UNKNOWN_UNIT", ("barcodes", 0, "unit"))]


async def test_only_lots_have_a_shelf_life(call: Call, product: int, sku: int) -> None:
    lots = await operations.create_sku(
        call, product_id=product, code="L", name="l", unit="瓶", tracking=SkuTracking.LOT, shelf_life_days=30
    )
    known = (await queries.skus([lots.sku_id]))[lots.sku_id]
    assert (known.tracking, known.shelf_life_days) == (SkuTracking.LOT, 30)
    await operations.update_sku(call, sku_id=lots.sku_id, shelf_life_days=None)
    assert (await queries.skus([lots.sku_id]))[lots.sku_id].shelf_life_days is None
    for days in (-1, 0, 36_501):
        refused = operations.update_sku(call, sku_id=lots.sku_id, shelf_life_days=days)
        assert await codes(refused) == [("SHELF_LIFE_OUT_OF_BOUNDS", ("shelf_life_days",))]
    refused = operations.update_sku(call, sku_id=sku, shelf_life_days=30)
    assert await codes(refused) == [("SHELF_LIFE_WITHOUT_LOTS", ("shelf_life_days",))]


async def test_skus_of_a_deactivated_product_are_deactivated(call: Call, product: int, sku: int) -> None:
    await operations.update_product(call, product_id=product, is_active=False)
    assert not (await queries.skus([sku]))[sku].is_active
    inactive = [("PRODUCT_INACTIVE", ("is_active",))]
    assert await codes(operations.update_sku(call, sku_id=sku, is_active=True)) == inactive
    another = operations.create_sku(call, product_id=product, code="S2", name="x", unit="瓶")
    assert await codes(another) == [("PRODUCT_INACTIVE", ("product_id",))]
    await operations.update_product(call, product_id=product, is_active=True)
    assert not (await queries.skus([sku]))[sku].is_active
    await operations.update_sku(call, sku_id=sku, is_active=True)
    assert (await queries.skus([sku]))[sku].is_active


async def test_unknown_ids_are_told_by_their_place(call: Call, product: int, sku: int) -> None:
    assert sku
    for work, path in (
        (operations.create_product(call, code="X", name="x", category_id=7), "category_id"),
        (operations.update_product(call, product_id=product, category_id=7), "category_id"),
        (operations.create_sku(call, product_id=7, code="X", name="x", unit="个"), "product_id"),
        (operations.update_sku(call, sku_id=7, name="x"), "sku_id"),
    ):
        assert await codes(work) == [("UNKNOWN_ID", (path,))]


async def test_bad_texts_are_refused_all_at_once(call: Call, product: int) -> None:
    made = operations.create_sku(call, product_id=product, code=" ", name="x" * 201, unit="\x00")
    assert await codes(made) == [
        ("REQUIRED", ("code",)),
        ("TEXT_TOO_LONG", ("name",)),
        ("TEXT_NOT_PRINTABLE", ("unit",)),
    ]


async def test_needs_the_permission(call: Call) -> None:
    before = await everything()
    reader = msgspec.structs.replace(call, permissions=frozenset({"SEE_CATALOG"}))
    with pytest.raises(Forbidden):
        await operations.create_product(reader, code="X", name="x", category_id=7)
    with pytest.raises(Unauthenticated):
        await operations.create_product(Call(), code="X", name="x", category_id=7)
    assert await everything() == before


async def test_a_sku_is_of_the_category_of_its_product(call: Call, product: int) -> None:
    (low, high) = [
        (await categories.create_category(call, code=code, name=code)).category_id for code in ("LOW", "HIGH")
    ]
    await operations.update_product(call, product_id=product, category_id=low)
    sku = await operations.create_sku(call, product_id=product, code="S-NEW", name="x", unit="瓶")

    async def known() -> list[tuple[int, int, bool]]:
        rows = await db.fetch("SELECT category_id, version, is_active FROM sku WHERE id = ?", (sku.sku_id,))
        return [(category, version, bool(active)) for category, version, active in rows]

    assert await known() == [(low, 1, True)]
    await operations.update_product(call, product_id=product, name="y")
    assert await known() == [(low, 1, True)]
    await operations.update_product(call, product_id=product, category_id=high)
    assert await known() == [(high, 2, True)]
    await operations.update_product(call, product_id=product, category_id=low, is_active=False)
    assert await known() == [(low, 3, False)]
