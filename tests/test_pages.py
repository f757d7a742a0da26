"""What a page shows in one request: from master data to what is about it, and lists of lines with their documents."""

import json
from typing import Any

import pytest

from jxc_graphql import schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import DocumentLine
from jxc_graphql.office.documents.register import table_of
from tests.matrix.world import make_world
from tests.operations import documents

ADMIN = Call(actor_id=1, permissions=frozenset(Permission))


pytestmark = [pytest.mark.filled.with_args(make_world), pytest.mark.usefixtures("database")]
"""There is one of everything."""


async def asked(name: str, **variables: Any) -> Any:
    executor = schema.executor(introspection=False)
    text = documents().get(name, name)
    found = json.loads((await executor.run(executor.prepare(text), variables, ADMIN)).encode("r"))
    assert "errors" not in found, found
    (value,) = found["data"].values()
    return value


async def ids(table: str) -> list[int]:
    return [key for (key,) in await db.fetch(f'SELECT id FROM "{table}" ORDER BY id')]


async def count(table: str, column: str, key: int) -> int:
    rows = await db.fetch(f'SELECT count(*) FROM "{table}" WHERE {column} = ?', (key,))
    found: int = rows[0][0]
    return found


async def test_partners_lead_to_their_documents() -> None:
    pages = {"Supplier": ("purchaseOrders", "goodsReceipts"), "Customer": ("salesOrders", "shipments")}
    tables = {
        "purchaseOrders": "purchase_order", "goodsReceipts": "goods_receipt",
        "salesOrders": "sales_order", "shipments": "shipment",
    }  # fmt: skip
    for kind, lists in pages.items():
        seen = dict.fromkeys(lists, 0)
        for key in await ids(kind.lower()):
            page = await asked(f"{kind}Page", id=global_id(kind, key))
            for name in lists:
                seen[name] += page[name]["totalCount"]
                assert page[name]["totalCount"] == await count(tables[name], f"{kind.lower()}_id", key)
        assert all(seen.values()), seen


async def test_a_receipt_is_of_the_supplier_of_its_order_and_a_shipment_of_its_customer() -> None:
    for made, order, partner in (
        ("goods_receipt", "purchase_order", "supplier"),
        ("shipment", "sales_order", "customer"),
    ):
        of_order = f"SELECT count(*) FROM {made} m JOIN {order} o ON o.id = m.{order}_id"
        same = await db.fetch(f"{of_order} WHERE o.{partner}_id = m.{partner}_id")
        assert same == await db.fetch(of_order)
        assert same[0][0]


async def test_a_sku_leads_to_all_that_is_about_it() -> None:
    seen = set()
    for key in await ids("sku"):
        page = await asked("SkuPage", id=global_id("Sku", key))
        assert page["stockLevels"]["totalCount"] == await count("stock_level", "sku_id", key)
        for name in ("supplierPrices", "stockLimits", "movements"):
            seen |= {name} if page[name]["nodes"] else set()
        for level in page["stockLevels"]["nodes"]:
            seen |= {name for name in ("limit", "openAlerts") if level[name]}
    assert seen == {"supplierPrices", "stockLimits", "movements", "limit", "openAlerts"}


async def test_a_level_has_the_limit_that_is_in_force_and_its_open_alerts() -> None:
    text = """{ stockLevels(first: 100) { nodes { id sku { id } warehouse { id }
        limit { isInForce sku { id } warehouse { id } } openAlerts { status stockLevel { id } } } } }"""
    levels = (await asked(text))["nodes"]
    for level in levels:
        if level["limit"]:
            here = {"sku": level["sku"], "warehouse": level["warehouse"]}
            assert level["limit"] == {"isInForce": True} | here
        assert all(one["stockLevel"] == {"id": level["id"]} for one in level["openAlerts"])
        assert all(one["status"] != "RESOLVED" for one in level["openAlerts"])
    standing = await db.fetch("SELECT count(*) FROM stock_alert WHERE status <> 'RESOLVED'")
    assert sum(len(level["openAlerts"]) for level in levels) == standing[0][0]


async def test_warehouses_and_categories_lead_to_what_is_in_them() -> None:
    for key in await ids("warehouse"):
        page = await asked("WarehousePage", id=global_id("Warehouse", key))
        assert page["stockLevels"]["totalCount"] == await count("stock_level", "warehouse_id", key)
    for key in await ids("category"):
        page = await asked("CategoryPage", id=global_id("Category", key))
        assert page["products"]["totalCount"] == await count("product", "category_id", key)


async def test_lines_are_listed_with_their_documents() -> None:
    for model in DocumentLine.__subclasses__():
        document = model.__name__.removesuffix("Line")
        lines = await asked(f"{document}Lines", first=100)
        rows = await db.fetch(f"SELECT count(*) FROM {table_of(model)}")
        assert lines["totalCount"] == rows[0][0]
        assert all(line[document[0].lower() + document[1:]]["id"] for line in lines["nodes"])


async def test_a_stock_table_is_one_request() -> None:
    ((code, name, category_id),) = await db.fetch(
        "SELECT sku.code, sku.name, product.category_id FROM stock_level JOIN sku ON sku.id = sku_id "
        "JOIN product ON product.id = product_id ORDER BY stock_level.id LIMIT 1"
    )
    where = {"sku": {"product": {"category": {"within": [global_id("Category", category_id)]}}}}
    order = [{"field": "SKU_CODE"}]
    table = await asked("StockTable", first=100, search=name, where=where, orderBy=order)
    codes = [node["sku"]["code"] for node in table["nodes"]]
    assert code in codes
    assert codes == sorted(codes)
    assert not (await asked("StockTable", search="nobody has such a name"))["nodes"]
