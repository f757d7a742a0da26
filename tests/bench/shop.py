"""Fills a database with approved purchase orders in bulk, faster than any honest posting could: for reading only."""

from datetime import UTC, date, datetime, timedelta

from jxc_graphql.buying.purchasing.models import PurchaseOrder, PurchaseOrderLine
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice, amount
from jxc_graphql.masters.payment_terms.models import USUAL
from jxc_graphql.masters.taxes.models import NONE
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.states import DocumentStatus
from tests.bench.stage import Stage

MOMENT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@db.transactional
async def fill(stage: Stage, orders: int, lines: int) -> None:
    """So many purchase orders of so many lines each, over all SKUs of the stage."""
    heads, rows, zero = [], [], Quantity(0)
    for n in range(orders):
        head = PurchaseOrder(
            number=f"PO-2026-{n:05}",
            status=DocumentStatus.APPROVED,
            business_date=date(2026, 1, 5),
            created_at=MOMENT + timedelta(minutes=n),
            created_by_id=stage.actor_id,
            supplier_id=stage.supplier_id,
            warehouse_id=stage.warehouse_id,
            expected_on=date(2026, 2, 1),
            currency="CNY",
            payment_term_id=USUAL,
        )
        heads.append(head)
        ordered = []
        for k in range(lines):
            quantity, price = Quantity.of(k + 1), UnitPrice.of(f"9.{n % 90 + 10}")
            row = PurchaseOrderLine(
                purchase_order_id=head.id,
                line_no=k + 1,
                sku_id=stage.sku_ids[(n * lines + k) % len(stage.sku_ids)],
                unit="瓶",
                quantity_in_unit=quantity,
                quantity=quantity,
                quantity_received=zero,
                quantity_rejected=zero,
                quantity_cancelled=zero,
                unit_price=price,
                tax_code_id=NONE,
                amount=amount(quantity, price),
            )
            ordered.append(row)
        assert not amounts.settle(head, ordered)
        rows += ordered
    await PurchaseOrder.bulk_create(heads, batch_size=500)
    await PurchaseOrderLine.bulk_create(rows, batch_size=500)
