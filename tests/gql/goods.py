"""Rows for the small schema: plain, with ties, NULLs, Chinese, several warehouses."""

from datetime import UTC, date, datetime, timedelta

from tortoise.connection import get_connections

from jxc_graphql.buying.purchasing.models import PurchaseOrder, PurchaseOrderLine
from jxc_graphql.buying.receiving.models import GoodsReceipt
from jxc_graphql.kit import db
from jxc_graphql.kit.journal import JournalEntry
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.masters.catalog.models import Barcode, Product, Sku
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.masters.partners.models import Supplier
from jxc_graphql.masters.payment_terms.models import USUAL
from jxc_graphql.masters.taxes import models as taxes
from jxc_graphql.masters.warehouses.models import Warehouse
from jxc_graphql.office.auth.models import User
from jxc_graphql.office.documents.states import DocumentStatus
from tests.gql import papers

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FIRST = {
    "user": 1,
    "warehouse": 10,
    "supplier": 100,
    "category": 200,
    "product": 300,
    "sku": 400,
    "barcode": 600,
    "order": 1000,
    "line": 2000,
    "receipt": 900_000,
    "note": 5_000_000,
}
STATUSES = list(DocumentStatus)


async def fill(orders: int, lines: int = 3, skus: int = 7) -> None:
    """So many orders, each with so many lines at most, and what they need."""
    await make_view()
    if not await User.exists(id=1):
        await User.create(id=1, username="maker", name="Maker", created_at=START)
    await Warehouse.bulk_create(
        Warehouse(
            id=FIRST["warehouse"] + i,
            code=f"W{i}",
            name=("东仓", "West", "North")[i],
            stock_place_id=0,
            quality_place_id=0,
            damaged_place_id=0,
            transit_place_id=0,
            lent_place_id=0,
            consigned_place_id=0,
            created_at=START,
        )
        for i in range(3)
    )
    await Supplier.bulk_create(
        Supplier(
            id=FIRST["supplier"] + i,
            code=f"S{i}",
            name=("可口可乐", "Acme", "百事")[i % 3],
            payment_term_id=1 + i % 3,
            on_hold=i % 2 == 0,
            search_text=search_text(("可口可乐", "Acme", "百事")[i % 3], f"S{i}"),
            created_at=START + timedelta(microseconds=i // 2 * 10),
        )
        for i in range(5)
    )
    await Category.bulk_create(
        Category(
            id=FIRST["category"] + i,
            code=f"C{i}",
            name=f"Category {i}",
            parent_id=FIRST["category"] + i // 2 if i else None,
        )
        for i in range(4)
    )
    await Product.bulk_create(
        Product(
            id=FIRST["product"] + i,
            code=f"P{i}",
            name=f"Product {i % 2}",
            category_id=FIRST["category"] + i % 3,
            is_active=i % 3 != 0,
            search_text=search_text(f"Product {i % 2}", f"P{i}"),
            created_at=START,
        )
        for i in range((skus + 1) // 2)
    )
    await Sku.bulk_create(
        Sku(
            id=FIRST["sku"] + i,
            code=f"K{i}",
            name=f"Kind {i}",
            unit="件",
            product_id=FIRST["product"] + i // 2,
            category_id=FIRST["category"] + i // 2 % 3,
            created_at=START,
        )
        for i in range(skus)
    )
    await Barcode.bulk_create(
        Barcode(id=FIRST["barcode"] + i, code=f"69{i:05}", unit="件", sku_id=FIRST["sku"] + i % max(skus - 2, 1))
        for i in range(skus * 2)
    )
    await _orders(orders, lines, skus)


async def _orders(orders: int, lines: int, skus: int, start: int = 0) -> None:
    await PurchaseOrder.bulk_create(
        PurchaseOrder(
            id=FIRST["order"] + i,
            number=f"PO-{i:05}",
            status=STATUSES[i % 5],
            version=1 + i % 3,
            business_date=date(2026, 1, 1) + timedelta(days=i // 3),
            created_at=START,
            created_by_id=1,
            note=("", "Eilig", "eilig", "加急")[i % 4],
            supplier_id=FIRST["supplier"] + i % 5,
            warehouse_id=FIRST["warehouse"] + i % 3,
            expected_on=None if i % 4 == 0 else date(2026, 2, 1 + i % 5),
            currency="CNY",
            net=Money(i * 12300),
            total=Money(i * 12300),
            base_net=Money(i * 12300),
            base_gross=Money(i * 12300),
            payment_term_id=USUAL,
        )
        for i in range(start, orders)
    )
    made = [(i, n) for i in range(start, orders) for n in range(1, 1 + (lines if lines == 5 else i % (lines + 1)))]
    await PurchaseOrderLine.bulk_create(
        PurchaseOrderLine(
            id=FIRST["line"] + 5 * start + at,
            purchase_order_id=FIRST["order"] + i,
            line_no=n,
            sku_id=FIRST["sku"] + (i + n) % skus,
            unit="件",
            quantity_in_unit=Quantity.of(n),
            quantity=Quantity.of(n),
            quantity_received=Quantity.of(i % (n + 1)),
            quantity_rejected=Quantity(0),
            quantity_cancelled=Quantity(0),
            unit_price=UnitPrice.of("1.25"),
            amount=Money.of(f"{n}.5"),
            tax_code_id=taxes.NONE,
        )
        for at, (i, n) in enumerate(made)
    )
    await GoodsReceipt.bulk_create(
        GoodsReceipt(
            id=FIRST["receipt"] + i,
            number=f"GR-{i:05}",
            status=DocumentStatus.POSTED,
            business_date=date(2026, 1, 5),
            created_at=START,
            created_by_id=1,
            purchase_order_id=FIRST["order"] + i // 2,
            supplier_id=FIRST["supplier"] + i // 2 % 5,
            warehouse_id=FIRST["warehouse"] + i % 3,
            currency="CNY",
            total=Money(i),
        )
        for i in range(start, orders)
    )
    await _notes(orders, start)


async def _notes(orders: int, start: int) -> None:
    """Notes about orders, receipts, SKUs, suppliers, nothing, and what is no thing."""
    kinds = ("order", "receipt", "sku", "supplier", "note", "product")
    await JournalEntry.bulk_create(
        JournalEntry(
            id=FIRST["note"] + i,
            xid=0,
            at=START,
            name=f"Note {i}",
            subject_id=FIRST[kinds[i % 6]] + i % 4,
            actor_id=None if i % 3 == 0 else FIRST[kinds[i % 5]] + i,
            body="{}",
        )
        for i in range(start, orders)
    )


async def make_view() -> None:
    await get_connections().get(db.dialect()).execute_script(papers.VIEW)


async def more_orders(have: int, wanted: int) -> None:
    """Brings the orders to so many."""
    await _orders(wanted, 3, 7, start=have)
