"""What lists are asked for most reads hardly more rows than it shows, however large the tables are."""

import pytest

from jxc_graphql.kit import db
from tests.bench import filled, lists
from tests.bench.lists import Probe

SKUS = 3_000
LED = {
    "purchaseOrders": "NUMBER STATUS BUSINESS_DATE CREATED_AT EXPECTED_ON TOTAL",
    "goodsReceipts": "NUMBER STATUS BUSINESS_DATE TOTAL",
    "salesOrders": "NUMBER STATUS BUSINESS_DATE TOTAL",
    "shipments": "NUMBER STATUS BUSINESS_DATE COST",
    "documents": "NUMBER STATUS BUSINESS_DATE AMOUNT",
    "stockMovements": "QUANTITY VALUE BUSINESS_DATE POSTED_AT",
    "stockLevels": "ON_HAND AVAILABLE RESERVED WAITING INCOMING IN_TRANSIT LENT VALUE CHANGED_AT",
    "costLayers": "ORIGIN_ON QUANTITY VALUE",
    "skus": "CODE IS_ACTIVE CREATED_AT",
    "products": "CODE IS_ACTIVE CREATED_AT",
    "suppliers": "CODE CREATED_AT",
    "customers": "CODE CREATED_AT",
    "lots": "NUMBER EXPIRES_ON PRODUCED_ON",
}
KEYS = {"id", "code", "number", "status", "isActive", "businessDate", "total", "amount", "quantity", "value"}
"""By a value of these, and by the id of whatever a row is about."""


def is_led(probe: Probe) -> bool:
    """Whether it is one of those that must be fast on both databases."""
    name, _, rest = probe.name.partition(" ")
    if name not in LED:
        return False
    match rest.split():
        case []:
            return True
        case ["search", _]:  # PostgreSQL prefers to look through tables as small as these
            return db.dialect() == "sqlite" or name in {"skus", "products", "stockLevels"}
        case ["by", order, _]:
            nullable = {"EXPECTED_ON", "AMOUNT", "EXPIRES_ON", "PRODUCED_ON"} if db.dialect() == "sqlite" else set()
            return order in LED[name].split() and (name, order) != ("costLayers", "VALUE") and order not in nullable
        case ["where", key, "eq"]:
            return key in KEYS or (key.endswith("Id") and key not in {"createdById", "reversesId"})
    return False


async def test_reads_hardly_more_rows_than_it_shows(database: db.Database, database_url: str) -> None:
    await filled.fill(database_url, SKUS, lists.tables())
    found = await lists.outcomes(database_url, is_led)
    assert len(found) > 120
    assert not [str(one) for one in found if not one.is_good]


async def test_what_no_index_leads_to_is_noticed(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled.fill(database_url, SKUS, {"stock_movement", "sku", "warehouse", "place", "lot", "stock_level"})
    monkeypatch.setattr(lists, "LARGE", 5_000)
    (one,) = await lists.outcomes(database_url, lambda probe: probe.name == "stockMovements by SKU_CODE ASC")
    assert one.returned == 20
    assert one.read > 0
