"""What is on its way, what open transfers mean for levels, and whether what transfers keep agrees with the books."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence

import msgspec

from jxc_graphql.books.goods.fitness import BAD
from jxc_graphql.books.goods.queries import LEVEL
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, Grain, of_document, of_lines, total_of_lines
from jxc_graphql.warehousing.transfers.consignments import LotInTransit

LevelKey = tuple[int, int]
"""SKU and warehouse."""

IN_TRANSIT_FOR_SALE = f"""CASE WHEN level.in_transit = 0 THEN level.in_transit ELSE level.in_transit - (
    SELECT CAST(coalesce(SUM(CASE WHEN transfer.goods <> 'STOCK'
        THEN quantity_dispatched - quantity_received - quantity_missing
        ELSE (SELECT coalesce(SUM(CASE place.kind WHEN 'TRANSIT' THEN movement.quantity ELSE -movement.quantity END), 0)
            FROM stock_movement AS movement JOIN place ON place.id = movement.to_place_id
            JOIN lot ON lot.id = movement.lot_id AND {BAD}
            WHERE movement.consignment_id = transfer_line.id AND movement.consignment_id <> 0) END), 0) AS bigint)
    FROM transfer_line JOIN transfer ON transfer.id = transfer_line.transfer_id
        AND transfer.status IN ('IN_TRANSIT', 'PARTIALLY_RECEIVED') AND transfer.to_warehouse_id = level.warehouse_id
    WHERE transfer_line.sku_id = level.sku_id) END"""
"""What is on its way to a stock level and may be sold: no damaged goods, none that wait for inspection, no bad lots."""

_ON_ITS_WAY = """
    JOIN stock_movement AS movement ON movement.consignment_id = asked.id AND movement.consignment_id <> 0
    JOIN place ON place.id = movement.to_place_id"""


CLAIMS = """
    SELECT line.id AS owner_id, transfer_id AS document_id, 'TRANSFER' AS kind, line.sku_id,
        from_warehouse_id AS warehouse_id, transfer.created_at AS approved_at, quantity_approved AS wanted,
        '9999-12-31' AS lasts_through
    FROM transfer_line AS line JOIN transfer ON transfer.id = line.transfer_id
    WHERE status = 'APPROVED' AND goods = 'STOCK' AND quantity_approved > 0"""
"""What transfers ask of the book of goods; of one whose claim was lost it is only known when it was drafted."""


class OpenTransfers(msgspec.Struct, frozen=True, kw_only=True):
    """What transfers that are not over mean for a stock level."""

    outgoing: Quantity
    """What was approved to leave and has not left; goods that may be sold are reserved."""
    approved: Quantity
    """What was approved to come and has not been sent."""
    in_transit: Quantity
    """What was sent here and has neither arrived nor been found missing."""


async def open_transfers(levels: Collection[LevelKey]) -> dict[LevelKey, OpenTransfers]:
    """What open transfers mean for these levels; only those that have any. One statement however many."""
    columns = {"sku_id": "bigint", "warehouse_id": "bigint"}
    rows = await db.fetch(
        f"""
        SELECT asked.sku_id, asked.warehouse_id,
            CAST(SUM(CASE WHEN status = 'APPROVED' AND from_warehouse_id = asked.warehouse_id
                THEN quantity_approved ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN status = 'APPROVED' AND to_warehouse_id = asked.warehouse_id
                THEN quantity_approved ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN to_warehouse_id = asked.warehouse_id
                THEN quantity_dispatched - quantity_received - quantity_missing ELSE 0 END) AS BIGINT)
        FROM {db.rows(columns)} AS asked
        JOIN transfer_line AS line ON line.sku_id = asked.sku_id
        JOIN transfer ON transfer.id = line.transfer_id AND status IN ('APPROVED', 'IN_TRANSIT', 'PARTIALLY_RECEIVED')
            AND asked.warehouse_id IN (from_warehouse_id, to_warehouse_id)
        GROUP BY asked.sku_id, asked.warehouse_id""",
        (db.json(set(levels)),),
    )
    found = {
        (sku_id, warehouse_id): OpenTransfers(
            outgoing=Quantity(outgoing), approved=Quantity(approved), in_transit=Quantity(in_transit)
        )
        for sku_id, warehouse_id, outgoing, approved, in_transit in rows
    }
    return {key: one for key, one in found.items() if one.outgoing or one.approved or one.in_transit}


async def lots_in_transit(transfer_line_ids: Collection[int]) -> list[LotInTransit]:
    """What is on its way with these lines, by lot; one statement however many."""
    asked = db.ids(transfer_line_ids)
    rows = await db.fetch(
        f"""
        SELECT asked.id, lot.id, lot.number, lot.expires_on,
            CAST(SUM(CASE place.kind WHEN 'TRANSIT' THEN movement.quantity ELSE -movement.quantity END) AS BIGINT)
        FROM {asked.table} AS asked {_ON_ITS_WAY}
        LEFT JOIN lot ON lot.id = movement.lot_id
        GROUP BY asked.id, lot.id, lot.number, lot.expires_on
        HAVING SUM(CASE place.kind WHEN 'TRANSIT' THEN movement.quantity ELSE -movement.quantity END) > 0""",
        asked.params,
    )
    return [
        LotInTransit(
            transfer_line_id=line_id,
            lot_id=lot_id,
            lot_number=number,
            expires_on=None if expires_on is None else db.day(expires_on),
            quantity=Quantity(left),
        )
        for line_id, lot_id, number, expires_on, left in rows
    ]


async def pieces_in_transit(transfer_line_ids: Collection[int]) -> dict[int, list[str]]:
    """The serial numbers of the pieces that are on their way with these lines; one statement however many."""
    asked = db.ids(transfer_line_ids)
    rows = await db.fetch(
        f"""
        SELECT asked.id, serial.number
        FROM {asked.table} AS asked {_ON_ITS_WAY} AND place.kind = 'TRANSIT'
        JOIN serial_movement AS step ON step.movement_id = movement.id
        JOIN serial_number AS serial ON serial.id = step.serial_id AND serial.place_id = place.id
        WHERE NOT EXISTS (SELECT 1 FROM serial_movement AS later
            WHERE later.serial_id = step.serial_id AND later.movement_id > step.movement_id)
        ORDER BY serial.number""",
        asked.params,
    )
    found: dict[int, list[str]] = {}
    for line_id, number in rows:
        found.setdefault(line_id, []).append(number)
    return found


async def consignments(call: Call, transfer_line_ids: Sequence[int]) -> list[list[LotInTransit]]:  # noqa: ARG001
    """What is on its way with each line, first to expire first."""
    found: dict[int, list[LotInTransit]] = {}
    for one in sorted(await lots_in_transit(transfer_line_ids), key=lambda one: one.turn):
        found.setdefault(one.transfer_line_id, []).append(one)
    return [found.get(line_id, []) for line_id in transfer_line_ids]


async def serial_numbers(call: Call, transfer_line_ids: Sequence[int]) -> list[list[str]]:  # noqa: ARG001
    """The serial numbers of the pieces on their way with each line."""
    found = await pieces_in_transit(transfer_line_ids)
    return [found.get(line_id, []) for line_id in transfer_line_ids]


async def warehouse_names(call: Call, warehouse_ids: Sequence[int]) -> list[str]:  # noqa: ARG001
    """What warehouses are called: who sees a transfer may know it of both, also of the one out of scope."""
    asked = db.ids(warehouse_ids)
    names = dict(
        await db.fetch(
            f"SELECT warehouse.id, name FROM {asked.table} AS asked JOIN warehouse ON warehouse.id = asked.id",
            asked.params,
        )
    )
    return [names[warehouse_id] for warehouse_id in warehouse_ids]


_TRANSFER = of_document("transfer")
_LINE = of_lines("transfer")
_RECEIPT_LINE = of_lines("transfer_receipt")
_DISCREPANCY = Grain(
    "id",
    "transfer.number || ' ' || discrepancy.reason",
    "JOIN transfer_discrepancy AS discrepancy ON discrepancy.id = found.id "
    "JOIN transfer ON transfer.id = discrepancy.transfer_id",
)

_SENT = (
    "FROM stock_movement AS movement JOIN transfer ON transfer.id = movement.document_id "
    "JOIN place ON place.id = to_place_id WHERE place.kind = 'TRANSIT'"
)
_MISSED = (
    "FROM stock_movement AS movement JOIN transfer ON transfer.id = movement.document_id "
    "JOIN place ON place.id = from_place_id WHERE place.kind = 'TRANSIT'"
)
_CAME = (
    "FROM stock_movement AS movement JOIN transfer_receipt ON transfer_receipt.id = movement.document_id "
    "JOIN place ON place.id = to_place_id"
)
_PROGRESS = """
    SELECT transfer_id AS id, SUM(quantity_approved) AS approved, SUM(quantity_dispatched) AS dispatched,
        SUM(quantity_received) AS received, SUM(quantity_missing) AS missing
    FROM transfer_line GROUP BY transfer_id"""
_FITTING_STATUS = """CASE
    WHEN missing > 0 THEN status = 'CLOSED' AND received + missing = dispatched
    WHEN received > 0 AND received = dispatched THEN status = 'RECEIVED'
    WHEN received > 0 THEN status = 'PARTIALLY_RECEIVED'
    WHEN dispatched > 0 THEN status = 'IN_TRANSIT'
    WHEN approved > 0 THEN status IN ('APPROVED', 'CANCELLED')
    ELSE status IN ('DRAFT', 'SUBMITTED', 'CANCELLED') END"""


def _line(column: str) -> str:
    return f"SELECT id, {column} FROM transfer_line"


COMPARISONS = (
    total_of_lines("transfer", column="cost", of="cost"),
    Comparison(
        "transfer.status agrees with its lines", Quantity, _TRANSFER,
        "SELECT id, 0 FROM transfer",
        f"SELECT transfer.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM transfer JOIN ({_PROGRESS}) AS progress ON progress.id = transfer.id",
    ),
    Comparison(
        "transfer_line.quantity_approved is claimed until the goods leave", Quantity, _LINE,
        f"SELECT owner_id, wanted FROM ({CLAIMS}) AS due",
        "SELECT owner_id, wanted FROM claim WHERE kind = 'TRANSFER'",
    ),
    Comparison(
        "transfer_line.quantity_dispatched is what was moved into transit", Quantity, _LINE,
        f"SELECT line_id, movement.quantity {_SENT}", _line("quantity_dispatched"),
    ),
    Comparison(
        "transfer_line.cost is what the goods cost that were sent", Money, _LINE,
        f"SELECT line_id, movement.value {_SENT}", _line("cost"),
    ),
    Comparison(
        "transfer_line.quantity_received is what its receipts brought", Quantity, _LINE,
        "SELECT transfer_line_id, quantity_accepted + quantity_damaged FROM transfer_receipt_line",
        _line("quantity_received"),
    ),
    Comparison(
        "transfer_line.quantity_damaged is what its receipts brought damaged", Quantity, _LINE,
        "SELECT transfer_line_id, quantity_damaged FROM transfer_receipt_line", _line("quantity_damaged"),
    ),
    Comparison(
        "transfer_line.quantity_missing is the sum of its discrepancies", Quantity, _LINE,
        "SELECT transfer_line_id, quantity FROM transfer_discrepancy", _line("quantity_missing"),
    ),
    Comparison(
        "transfer_line: what is in transit is in its cost layers", Quantity, _LINE,
        "SELECT consignment_id, quantity FROM cost_layer WHERE consignment_id > 0",
        _line("quantity_dispatched - quantity_received - quantity_missing"),
    ),
    total_of_lines("transfer_receipt"),
    Comparison(
        "transfer_receipt_line.quantity_accepted was moved to its place", Quantity, _RECEIPT_LINE,
        f"SELECT line_id, movement.quantity {_CAME} WHERE place.kind <> 'DAMAGED'",
        "SELECT id, quantity_accepted FROM transfer_receipt_line",
    ),
    Comparison(
        "transfer_receipt_line.quantity_damaged was moved to the damaged place", Quantity, _RECEIPT_LINE,
        f"SELECT line_id, movement.quantity {_CAME} WHERE place.kind = 'DAMAGED'",
        "SELECT id, quantity_damaged FROM transfer_receipt_line",
    ),
    Comparison(
        "transfer_receipt_line.value is what was moved for it", Money, _RECEIPT_LINE,
        f"SELECT line_id, movement.value {_CAME}", "SELECT id, value FROM transfer_receipt_line",
    ),
    Comparison(
        "transfer_discrepancy.quantity was moved out of transit", Quantity, _DISCREPANCY,
        f"SELECT line_id, movement.quantity {_MISSED}", "SELECT id, quantity FROM transfer_discrepancy",
    ),
    Comparison(
        "transfer_discrepancy.value is what was moved for it", Money, _DISCREPANCY,
        f"SELECT line_id, movement.value {_MISSED}", "SELECT id, value FROM transfer_discrepancy",
    ),
    Comparison(
        "stock_level.in_transit is what transfers still bring", Quantity, LEVEL,
        "SELECT sku_id, to_warehouse_id, quantity_dispatched - quantity_received - quantity_missing "
        "FROM transfer_line AS line JOIN transfer ON transfer.id = line.transfer_id",
        "SELECT sku_id, warehouse_id, in_transit FROM stock_level",
    ),
)  # fmt: skip
