"""Prices of suppliers may be those of another unit of the SKU."""

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.models import SkuUnit
from jxc_graphql.masters.catalog.units import Unit
from jxc_graphql.masters.partners import operations, queries
from jxc_graphql.masters.partners.models import SupplierPrice
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from tests.make.trade import make_trade
from tests.operations import send
from tests.refusals import codes


async def test_a_price_of_a_box_is_compared_with_that_of_a_bottle(call: Call) -> None:
    trade = await make_trade(call, skus=2)
    sku, box = trade.shop.skus[0], await SkuUnit.get(sku_id=trade.shop.skus[0], name="箱")
    other = (await operations.create_supplier(call, profile=Profile(code="B", name="B"))).supplier_id
    by_box = AskedPrice(sku_id=sku, unit_price=UnitPrice.of("100"), unit_id=box.id)
    await operations.set_supplier_prices(call, supplier_id=trade.supplier_id, prices=[by_box])
    by_bottle = [AskedPrice(sku_id=sku, unit_price=UnitPrice.of("9"))]
    await operations.set_supplier_prices(call, supplier_id=other, prices=by_bottle)
    found = (await queries.preferred_prices([sku]))[sku]
    assert (found.supplier_id, str(found.unit_price)) == (trade.supplier_id, "8.333333")
    dearer = [AskedPrice(sku_id=sku, unit_price=UnitPrice.of("109"))]
    await operations.set_supplier_prices(call, supplier_id=trade.supplier_id, prices=dearer)
    assert (await SupplierPrice.get(supplier_id=trade.supplier_id)).unit_id == box.id
    assert (await queries.preferred_prices([sku]))[sku].supplier_id == other
    plain = [AskedPrice(sku_id=sku, unit_price=UnitPrice.of("8"), unit_id=None)]
    await operations.set_supplier_prices(call, supplier_id=trade.supplier_id, prices=plain)
    assert (await SupplierPrice.get(supplier_id=trade.supplier_id)).unit_id is None


async def test_a_unit_is_of_the_sku_and_stays_while_a_price_is_in_it(call: Call) -> None:
    trade = await make_trade(call, skus=2)
    sku, box = trade.shop.skus[0], await SkuUnit.get(sku_id=trade.shop.skus[0], name="箱")
    wrong = [AskedPrice(sku_id=trade.shop.skus[1], unit_price=UnitPrice.of("1"), unit_id=box.id)]
    refused = operations.set_supplier_prices(call, supplier_id=trade.supplier_id, prices=wrong)
    assert await codes(refused) == [("UNKNOWN_ID", ("prices", 0, "unit_id"))]
    by_box = [AskedPrice(sku_id=sku, unit_price=UnitPrice.of("100"), unit_id=box.id)]
    await operations.set_supplier_prices(call, supplier_id=trade.supplier_id, prices=by_box)
    assert await codes(catalog.set_sku_units(call, sku_id=sku, units=[], barcodes=[])) == [("IN_USE", ("units",))]
    larger = [Unit(name="箱", numerator=24), Unit(name="托", numerator=960)]
    await catalog.set_sku_units(call, sku_id=sku, units=larger, barcodes=[])
    kept = await SkuUnit.filter(sku_id=sku).order_by("numerator")
    assert [(one.name, one.numerator) for one in kept] == [("箱", 24), ("托", 960)]
    assert kept[0].id == box.id


async def test_what_keeps_a_unit_is_told(client: httpx.AsyncClient, call: Call) -> None:
    trade = await make_trade(call, skus=1)
    box = await SkuUnit.get(sku_id=trade.shop.skus[0], name="箱")
    sku, unit = global_id("Sku", trade.shop.skus[0]), global_id("SkuUnit", box.id)
    price = {"skuId": sku, "unitPrice": "100", "unitId": unit}
    given = {"input": {"id": global_id("Supplier", trade.supplier_id), "prices": [price]}}
    answer = await send(client, "partners", "SetSupplierPrices", given)
    (shown,) = answer["data"]["setSupplierPrices"]["supplierPrices"]
    assert (shown["unit"], shown["unitPrice"]) == ({"id": unit, "name": "箱"}, "100")
    text = """mutation($input: SetSkuUnitsInput!) { setSkuUnits(input: $input) {
        sku { id } userErrors { code path ... on InUseError { kinds documents { id } } } } }"""
    body = {"query": text, "variables": {"input": {"id": sku, "units": [], "barcodes": []}}}
    payload = (await client.post("/graphql", json=body)).json()["data"]["setSkuUnits"]
    told = {"code": "IN_USE", "path": ["input", "units"], "kinds": ["SupplierPrice"], "documents": []}
    assert payload == {"sku": None, "userErrors": [told]}
