"""Whose goods what was brought are, what became ours of them, and whether documents agree with the books."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection
from datetime import date

import msgspec

from jxc_graphql.books.goods.queries import moved_for_lines
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.comparisons import total_of_lines
from jxc_graphql.warehousing.consignments.rules import OwnedLine


class ConsignedSale(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a supplier's goods became ours."""

    id: int
    movement_id: int
    supplier_id: int
    sku_id: int
    warehouse_id: int
    consignment_receipt_line_id: int
    document_id: int
    business_date: date
    quantity: Quantity
    amount: Money


def overdue_on(day: date) -> str:
    """A select of what is left of borrowed goods on a day after they were due: one row per receipt and level."""
    return f"""
        SELECT receipt.id AS consignment_receipt_id, stock.stock_level_id,
            CAST(SUM(stock.quantity) AS BIGINT) AS quantity
        FROM consignment_receipt AS receipt
        JOIN consignment_receipt_line AS line ON line.consignment_receipt_id = receipt.id
        JOIN consigned_stock AS stock ON stock.id = line.id AND stock.quantity > 0
        WHERE receipt.due_on < '{day}' GROUP BY receipt.id, stock.stock_level_id"""


async def brought(call: Call, line_ids: Collection[int]) -> dict[int, OwnedLine]:
    """Those of the lines that the caller sees."""
    rows = await db.fetch(
        f"""
        SELECT line.id, line.sku_id, supplier_id, warehouse_id FROM {db.rows({"id": "bigint"})} AS asked
        JOIN consignment_receipt_line AS line ON line.id = asked.id
        JOIN consignment_receipt AS receipt ON receipt.id = line.consignment_receipt_id""",
        (db.json([one] for one in sorted(line_ids)),),
    )
    found = [
        OwnedLine(id=line_id, sku_id=sku_id, supplier_id=supplier_id, warehouse_id=warehouse_id)
        for line_id, sku_id, supplier_id, warehouse_id in rows
    ]
    return {
        one.id: one
        for one in found
        if call.sees(Dimension.SUPPLIER, one.supplier_id) and call.sees(Dimension.WAREHOUSE, one.warehouse_id)
    }


async def settlements(
    call: Call, page: Slice, *, supplier_id: int, first_day: date, last_day: date
) -> Page[ConsignedSale]:
    """What of a supplier's goods became ours under the days of a time, oldest first."""
    call.require(Permission.SEE_COST)
    if not call.sees(Dimension.SUPPLIER, supplier_id):
        return page.of([])
    places = call.within(Dimension.WAREHOUSE)
    scope = "" if places is None else f"AND movement.warehouse_id IN ({', '.join(map(str, sorted(places))) or 'NULL'})"
    rows, total = await page.read(
        f"""
        SELECT movement.id, one.supplier_id, movement.sku_id, movement.warehouse_id, one.id, movement.document_id,
            movement.business_date, movement.quantity, movement.value, COUNT(*) OVER ()
        FROM consigned_stock AS one
        JOIN stock_movement AS movement ON movement.consignment_id = one.id AND movement.consignment_id <> 0
            AND movement.business_date >= ? AND movement.business_date <= ? {scope}
        JOIN place AS target ON target.id = movement.to_place_id AND target.kind NOT IN ('SUPPLIER', 'CONSIGNED')
        WHERE one.supplier_id = ? ORDER BY movement.business_date, movement.id""",
        (first_day, last_day, supplier_id),
    )
    found = [
        ConsignedSale(
            id=movement_id,
            movement_id=movement_id,
            supplier_id=owner_id,
            sku_id=sku_id,
            warehouse_id=warehouse_id,
            consignment_receipt_line_id=line_id,
            document_id=document_id,
            business_date=db.day(on),
            quantity=Quantity(quantity),
            amount=Money(value),
        )
        for movement_id, owner_id, sku_id, warehouse_id, line_id, document_id, on, quantity, value in rows
    ]
    return page.page(found, total)


COMPARISONS = (
    total_of_lines("consignment_receipt", of="amount"),
    total_of_lines("consignment_issue"),
    moved_for_lines("consignment_receipt", "quantity"),
    moved_for_lines("consignment_issue", "quantity"),
    moved_for_lines("consignment_issue", "value"),
)  # fmt: skip
