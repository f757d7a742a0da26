"""Documents that are older than the register are in it."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import jxc_graphql.migrations
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.comparisons import compare
from jxc_graphql.wiring import MODEL_MODULES

HISTORY = Path(jxc_graphql.migrations.__file__).parent
THE_REGISTER = "0005"

DAY, AT = "'2026-01-05'", "'2026-01-05 08:00:00+00:00'"
NAMED = {"code": "'X'", "name": "'X'", "search_text": "''", "is_active": "true", "created_at": AT}
PARTNER = NAMED | dict.fromkeys(("contact_name", "phone", "email", "address", "tax_number"), "''") | {"payment_days": 0}
PLACES = {"stock_place_id": 1, "quality_place_id": 2, "damaged_place_id": 3, "transit_place_id": 4}
AROUND: tuple[tuple[str, dict[str, Any]], ...] = (
    ('"user"', {"id": 1, "username": "'lin'", "name": "'林'", "locale": "'en'", "is_active": "true", "created_at": AT}),
    ("warehouse", NAMED | PLACES | {"id": 10, "address": "''"}),
    ("warehouse", NAMED | PLACES | {"id": 20, "address": "''", "code": "'Y'"}),
    ("supplier", PARTNER | {"id": 30, "on_hold": "false"}),
    ("customer", PARTNER | {"id": 40}),
    ("category", {"id": 50, "code": "'X'", "name": "'X'", "search_text": "''"}),
    ("product", NAMED | {"id": 51, "category_id": 50, "description": "''", "valuation": "'FIFO'"}),
    ("sku", NAMED | {"id": 52, "product_id": 51, "unit": "'瓶'", "tracking": "'NONE'"}),
)
OWN: dict[str, dict[str, Any]] = {
    "opening_balance": {"warehouse_id": 10, "total": 5},
    "purchase_order": {"supplier_id": 30, "warehouse_id": 10, "total": 600},
    "goods_receipt": {"purchase_order_id": 101, "warehouse_id": 10, "total": 6},
    "sales_order": {"customer_id": 40, "warehouse_id": 10, "total": 700},
    "shipment": {"sales_order_id": 103, "warehouse_id": 10, "cost": 4},
    "transfer": {"from_warehouse_id": 10, "to_warehouse_id": 20, "cost": 3},
    "transfer_receipt": {"transfer_id": 105, "warehouse_id": 20, "total": 3},
    "place_move": {"warehouse_id": 10},
    "stocktake": {
        "warehouse_id": 10, "is_blind": "false", "includes_empty": "false", "approval_limit": 0, "surplus_value": 2,
        "shortage_value": 9,
    },
    "adjustment": {"warehouse_id": 10, "reason": "'FOUND'", "is_write_off": "false", "total": 8},
    "revaluation": {"warehouse_id": 10, "estimated_value": 9, "total": 1},
    "assembly": {
        "kind": "'ASSEMBLE'", "warehouse_id": 10, "sku_id": 52, "quantity": 1, "kit_version": 1, "cost": 2,
        "extra_cost": 1, "value": 3, "reason": "''",
    },
}  # fmt: skip
"""What documents of the first version say, in the order in which they were made."""
LINE = {
    "line_no": 1,
    "sku_id": 52,
    "unit": "'瓶'",
    "quantity": 10_000,
    "quantity_in_unit": 10_000,
    "quantity_cancelled": 0,
}
LINES: dict[str, dict[str, Any]] = {
    "purchase_order_line": {
        "id": 200,
        "purchase_order_id": 101,
        "quantity_received": 0,
        "quantity_rejected": 0,
        "unit_price": 60_000,
        "amount": 600,
    },
    "sales_order_line": {
        "id": 201,
        "sales_order_id": 103,
        "quantity_reserved": 0,
        "quantity_shipped": 0,
        "unit_price": 70_000,
        "amount": 700,
    },
}
"""Of which orders are made up, whose amounts have been the sums of theirs since."""
TOLD = (
    ("PurchaseOrderApproved", 101, "purchase_order_id", 101),
    ("GoodsReceived", 101, "goods_receipt_id", 102),
    ("GoodsShipped", 103, "shipment_id", 104),
    ("TransferReceived", 105, "transfer_receipt_id", 106),
)
"""Facts of the first version: name, subject, and another document that they tell of."""
EXPECTED = [
    ("OPENING_BALANCE", 10, None, None, None, 5),
    ("PURCHASE_ORDER", 10, None, 30, None, 600),
    ("GOODS_RECEIPT", 10, None, 30, None, 6),
    ("SALES_ORDER", 10, None, None, 40, 700),
    ("SHIPMENT", 10, None, None, 40, 4),
    ("TRANSFER", 10, 20, None, None, 3),
    ("TRANSFER_RECEIPT", 10, 20, None, None, 3),
    ("PLACE_MOVE", 10, None, None, None, None),
    ("STOCKTAKE", 10, None, None, None, -7),
    ("ADJUSTMENT", 10, None, None, None, 8),
    ("REVALUATION", 10, None, None, None, 1),
    ("ASSEMBLY", 10, None, None, None, 3),
]


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The package of the migrations that there were before the register."""
    folder = tmp_path / "past"
    folder.mkdir()
    for path in [HISTORY / "__init__.py", *HISTORY.glob("0*.py")]:
        if path.name < THE_REGISTER or path.stem == "__init__":
            shutil.copy(path, folder)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "past"]:
        monkeypatch.delitem(sys.modules, name)
    return "past"


@db.transactional
async def insert(table: str, row: dict[str, Any]) -> None:
    await db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(map(str, row.values()))})")


async def make_old_documents() -> None:
    for table, row in AROUND:
        await insert(table, row)
    header = {"status": "'POSTED'", "version": 2, "business_date": DAY, "created_at": AT, "created_by_id": 1}
    for at, (table, own) in enumerate(OWN.items(), start=100):
        await insert(table, {"id": at, "number": f"'N-{at}'", "note": "'Alt 加急'", **header, **own})
    for table, own in LINES.items():
        await insert(table, {**LINE, **own})
    for name, order, field, document in TOLD:
        body = f"""'{{"{field}": {document}}}'"""
        fact = {"name": f"'{name}'", "subject_id": order, "request_id": "''", "body": body}
        await insert("journal", {"xid": 0, "at": AT, **fact})


async def test_they_are_found_under_what_they_say(empty_url: str, before: str) -> None:
    async with db.open(empty_url, MODEL_MODULES) as database:
        await migrate(database, before)
        await make_old_documents()
        assert await migrate(database)
        told = await db.fetch(
            "SELECT document_kind, warehouse_id, to_warehouse_id, supplier_id, customer_id, amount "
            "FROM document ORDER BY id"
        )
        assert told == EXPECTED
        assert await db.fetch("SELECT DISTINCT status, version, note FROM document") == [("POSTED", 2, "Alt 加急")]
        assert await db.fetch("SELECT search_text FROM document WHERE id = 100") == [("n-100 alt 加急",)]
        links = await db.fetch("SELECT source_id, target_id, kind FROM document_link ORDER BY 1")
        assert links == [(101, 102, "FULFILMENT"), (103, 104, "FULFILMENT"), (105, 106, "FULFILMENT")]
        assert await compare(register.comparisons()) == []
        told = await db.fetch("SELECT subject_id, name, is_echo FROM journal WHERE subject_id <> 101 ORDER BY 1")
        assert [(subject, name, bool(is_echo)) for subject, name, is_echo in told] == [
            (102, "GoodsReceived", True),
            (103, "GoodsShipped", False),
            (104, "GoodsShipped", True),
            (105, "TransferReceived", False),
            (106, "TransferReceived", True),
        ]
        assert await db.fetch("SELECT count(*) FROM journal WHERE subject_id = 101") == [(2,)]
