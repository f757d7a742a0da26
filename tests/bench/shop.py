"""Fills an empty database with made-up documents in bulk, faster than any honest posting could: for reading only."""

from datetime import UTC, date, datetime, timedelta

from jxc_graphql.auth.models import User
from jxc_graphql.catalog.models import Category, Product, Sku
from jxc_graphql.documents.models import DocumentStatus
from jxc_graphql.kit import db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice, amount
from jxc_graphql.partners.models import Supplier
from jxc_graphql.purchasing.models import PurchaseOrder, PurchaseOrderLine
from jxc_graphql.stock.models import Place, PlaceKind, Warehouse

MOMENT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
ZERO = Quantity(0)


async def warehouse() -> Warehouse:
    """A warehouse with its three places."""
    kinds = (PlaceKind.STOCK, PlaceKind.QUALITY, PlaceKind.DAMAGED)
    ids = [new_id() for _ in kinds]
    made = await Warehouse.create(
        code="W1", name="一号仓", stock_place_id=ids[0], quality_place_id=ids[1], damaged_place_id=ids[2],
        created_at=MOMENT,
    )  # fmt: skip
    await Place.bulk_create([Place(id=i, kind=kind, warehouse=made) for i, kind in zip(ids, kinds, strict=True)])
    return made


@db.transactional
async def fill(orders: int, lines: int, skus: int = 200, suppliers: int = 20) -> None:
    """So many purchase orders of so many lines each."""
    user = await User.create(username="bench", name="Bench", created_at=MOMENT)
    place = await warehouse()
    category = await Category.create(code="C", name="饮料")
    products = [
        Product(code=f"P{n}", name=f"商品 {n}", category=category, created_at=MOMENT) for n in range(skus)
    ]
    await Product.bulk_create(products)
    goods = [Sku(product=p, code=f"S{n}", name=f"规格 {n}", unit="瓶", created_at=MOMENT) for n, p in enumerate(products)]
    await Sku.bulk_create(goods)
    sellers = [Supplier(code=f"V{n}", name=f"供应商 {n}", created_at=MOMENT) for n in range(suppliers)]
    await Supplier.bulk_create(sellers)
    heads, rows = [], []
    for n in range(orders):
        head = PurchaseOrder(
            number=f"PO-2026-{n:05}", status=DocumentStatus.APPROVED, business_date=date(2026, 1, 5),
            created_at=MOMENT + timedelta(minutes=n), created_by=user, supplier=sellers[n % suppliers],
            warehouse=place, expected_on=date(2026, 2, 1), total=Money.of("100"),
        )  # fmt: skip
        heads.append(head)
        for k in range(lines):
            quantity, price = Quantity.of(k + 1), UnitPrice.of(f"9.{n % 90 + 10}")
            rows.append(PurchaseOrderLine(
                purchase_order=head, line_no=k + 1, sku=goods[(n * lines + k) % skus], unit="瓶",
                quantity_in_unit=quantity, quantity=quantity, quantity_received=ZERO, quantity_rejected=ZERO,
                quantity_cancelled=ZERO, unit_price=price, amount=amount(quantity, price),
            ))  # fmt: skip
    await PurchaseOrder.bulk_create(heads, batch_size=500)
    await PurchaseOrderLine.bulk_create(rows, batch_size=500)
