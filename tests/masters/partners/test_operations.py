from typing import Any

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations, queries
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.masters.payment_terms.models import USUAL
from tests.refusals import codes, everything


@pytest.fixture
async def supplier(call: Call) -> int:
    made = await operations.create_supplier(call, profile=Profile(code="S1", name="上海可乐厂", phone="021-1"))
    return made.supplier_id


@pytest.fixture
async def skus(call: Call) -> list[int]:
    category = await categories.create_category(call, code="C", name="c")
    product = await catalog.create_product(call, code="P", name="p", category_id=category.category_id)
    return [
        (await catalog.create_sku(call, product_id=product.product_id, code=f"K{n}", name="k", unit="瓶")).sku_id
        for n in range(3)
    ]


def price(sku_id: int, unit_price: str, **terms: Any) -> AskedPrice:
    return AskedPrice(sku_id=sku_id, unit_price=UnitPrice.of(unit_price), **terms)


async def test_a_supplier_is_known_and_found_by_pinyin(call: Call, supplier: int) -> None:
    known = await queries.supplier(call, supplier)
    assert known == queries.KnownSupplier(
        id=supplier, code="S1", name="上海可乐厂", is_active=True, on_hold=False, payment_term_id=USUAL
    )
    assert await queries.supplier(call, 7) is None
    ((text,),) = await db.fetch("SELECT search_text FROM supplier")
    for wanted in ("s1", "SHKLC", "shanghaikelechang", "021-1"):
        assert wanted in text


async def test_an_update_changes_what_is_given(call: Call, supplier: int) -> None:
    await operations.update_supplier(
        call, supplier_id=supplier, profile=Profile(name=" 北京可乐厂 ", phone="", is_active=False)
    )
    ((code, name, phone, text),) = await db.fetch("SELECT code, name, phone, search_text FROM supplier")
    assert (code, name, phone) == ("S1", "北京可乐厂", "")
    assert "beijing" in text
    known = await queries.supplier(call, supplier)
    assert known
    assert not known.is_active


async def test_hold_and_release(call: Call, supplier: int) -> None:
    for operation, held in ((operations.hold_supplier, True), (operations.release_supplier, False)):
        await operation(call, supplier_id=supplier)
        known = await queries.supplier(call, supplier)
        assert known
        assert known.on_hold is held


async def test_a_code_is_unique_among_suppliers_and_among_customers(call: Call, supplier: int) -> None:
    assert supplier
    assert await codes(operations.create_supplier(call, profile=Profile(code="S1", name="x"))) == [
        ("CODE_TAKEN", ("code",))
    ]
    made = await operations.create_customer(call, profile=Profile(code="S1", name="王先生"))
    assert await queries.customer(call, made.customer_id) == queries.KnownCustomer(
        id=made.customer_id, code="S1", name="王先生", is_active=True, payment_term_id=USUAL
    )
    other = await operations.create_customer(call, profile=Profile(code="S2", name="x"))
    renamed = operations.update_customer(call, customer_id=other.customer_id, profile=Profile(code="S1"))
    assert await codes(renamed) == [("CODE_TAKEN", ("code",))]


async def test_prices_are_added_and_replaced(call: Call, supplier: int, skus: list[int]) -> None:
    first = await operations.set_supplier_prices(
        call,
        supplier_id=supplier,
        prices=[price(skus[1], "2"), price(skus[0], "1.5", minimum_quantity=Quantity.of("10"))],
    )
    again = await operations.set_supplier_prices(
        call, supplier_id=supplier, prices=[price(skus[1], "3", lead_time_days=7, pack_quantity=Quantity.of("12"))]
    )
    assert len(first.supplier_price_ids) == 2
    assert set(again.supplier_price_ids) < set(first.supplier_price_ids)
    known = await queries.preferred_prices(skus)
    assert set(known) == set(skus[:2])
    assert known[skus[0]].minimum_quantity == Quantity.of("10")
    assert known[skus[1]] == queries.KnownPrice(
        supplier_id=supplier,
        sku_id=skus[1],
        unit_price=UnitPrice.of("3"),
        currency="CNY",
        minimum_quantity=Quantity(0),
        pack_quantity=Quantity.of("12"),
        lead_time_days=7,
    )


async def test_the_cost_of_a_price_list_does_not_grow_with_it(call: Call, supplier: int, skus: list[int]) -> None:
    lengths = []
    for chosen in (skus[:1], skus):
        with db.statements() as seen:
            await operations.set_supplier_prices(call, supplier_id=supplier, prices=[price(one, "1") for one in chosen])
        lengths.append(len(seen))
    assert lengths[0] == lengths[1]


async def test_the_preferred_price_is_one_and_else_the_lowest(call: Call, supplier: int, skus: list[int]) -> None:
    other = (await operations.create_supplier(call, profile=Profile(code="S2", name="x"))).supplier_id
    await operations.set_supplier_prices(
        call,
        supplier_id=supplier,
        prices=[price(skus[0], "9", is_preferred=True), price(skus[1], "5"), price(skus[2], "1")],
    )
    await operations.set_supplier_prices(call, supplier_id=other, prices=[price(skus[0], "1"), price(skus[1], "4")])

    async def chosen() -> list[int]:
        found = await queries.preferred_prices(skus)
        return [found[sku].supplier_id for sku in skus if sku in found]

    assert await chosen() == [supplier, other, supplier]
    await operations.set_supplier_prices(call, supplier_id=other, prices=[price(skus[0], "9", is_preferred=True)])
    ((preferred,),) = await db.fetch("SELECT count(*) FROM supplier_price WHERE is_preferred")
    assert preferred == 1
    assert await chosen() == [other, other, supplier]
    await operations.hold_supplier(call, supplier_id=supplier)
    assert await chosen() == [other, other]


async def test_one_bad_price_refuses_the_list(call: Call, supplier: int, skus: list[int]) -> None:
    prices = [price(skus[0], "1", is_preferred=True), price(7, "1")]
    set_prices = operations.set_supplier_prices(call, supplier_id=supplier, prices=prices)
    assert await codes(set_prices) == [("UNKNOWN_ID", ("prices", 1, "sku_id"))]
    elsewhere = operations.set_supplier_prices(call, supplier_id=7, prices=[price(skus[0], "1")])
    assert await codes(elsewhere) == [("UNKNOWN_ID", ("supplier_id",))]


async def test_prices_are_removed(call: Call, supplier: int, skus: list[int]) -> None:
    await operations.set_supplier_prices(call, supplier_id=supplier, prices=[price(sku, "1") for sku in skus])
    await operations.remove_supplier_prices(call, supplier_id=supplier, sku_ids=skus[:2])
    assert set(await queries.preferred_prices(skus)) == {skus[2]}


async def test_needs_the_permission(call: Call, supplier: int) -> None:
    before = await everything()
    reader = msgspec.structs.replace(call, permissions=frozenset({"SEE_PARTNERS"}))
    with pytest.raises(Forbidden):
        await operations.hold_supplier(reader, supplier_id=supplier)
    assert await everything() == before
