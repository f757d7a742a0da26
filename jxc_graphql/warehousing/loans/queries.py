"""What partners have of loans, and whether what loans keep agrees with the books."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence
from datetime import date

from jxc_graphql.books.goods.queries import LEVEL, moved_for_lines
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines, total_of_lines
from jxc_graphql.warehousing.loans.rules import OPEN, LotLent

OUT = "quantity_lent - quantity_returned - quantity_sold - quantity_used - quantity_lost"
"""What the partner has of a line."""
_LENT = """
    JOIN stock_movement AS movement ON movement.consignment_id = -asked.id AND movement.consignment_id <> 0
    JOIN place ON place.id = movement.to_place_id"""
_LEFT = "SUM(CASE place.kind WHEN 'LENT' THEN movement.quantity ELSE -movement.quantity END)"


def overdue_on(day: date) -> str:
    """A select of what partners have of loans on a day after it was due: one row per loan and SKU."""
    open_ones = ", ".join(f"'{one}'" for one in sorted(OPEN))
    return f"""
        SELECT loan.id AS loan_id, loan.warehouse_id, line.sku_id, CAST(SUM({OUT}) AS BIGINT) AS quantity
        FROM loan JOIN loan_line AS line ON line.loan_id = loan.id
        WHERE loan.status IN ({open_ones}) AND loan.due_on < '{day}'
        GROUP BY loan.id, loan.warehouse_id, line.sku_id HAVING SUM({OUT}) > 0"""


async def lots_lent(loan_line_ids: Collection[int]) -> list[LotLent]:
    """What the partner has of these lines, by lot, first to expire first; one statement however many."""
    asked = db.ids(loan_line_ids)
    rows = await db.fetch(
        f"""
        SELECT asked.id, lot.id, lot.number, CAST({_LEFT} AS BIGINT)
        FROM {asked.table} AS asked {_LENT} LEFT JOIN lot ON lot.id = movement.lot_id
        GROUP BY asked.id, lot.id, lot.number, lot.expires_on HAVING {_LEFT} > 0
        ORDER BY coalesce(lot.expires_on, '9999-12-31'), lot.id, asked.id""",
        asked.params,
    )
    return [
        LotLent(loan_line_id=line_id, lot_id=lot_id, lot_number=number, quantity=Quantity(left))
        for line_id, lot_id, number, left in rows
    ]


async def pieces_lent(loan_line_ids: Collection[int]) -> dict[int, list[str]]:
    """The serial numbers of the pieces that the partner has of these lines; one statement however many."""
    asked = db.ids(loan_line_ids)
    rows = await db.fetch(
        f"""
        SELECT asked.id, serial.number FROM {asked.table} AS asked {_LENT} AND place.kind = 'LENT'
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


async def lots(call: Call, loan_line_ids: Sequence[int]) -> list[list[LotLent]]:  # noqa: ARG001
    """What the partner has of each line, first to expire first."""
    found: dict[int, list[LotLent]] = {}
    for one in await lots_lent(loan_line_ids):
        found.setdefault(one.loan_line_id, []).append(one)
    return [found.get(line_id, []) for line_id in loan_line_ids]


async def serial_numbers(call: Call, loan_line_ids: Sequence[int]) -> list[list[str]]:  # noqa: ARG001
    """The serial numbers of the pieces that the partner has of each line."""
    found = await pieces_lent(loan_line_ids)
    return [found.get(line_id, []) for line_id in loan_line_ids]


_LOAN = of_document("loan")
_LINE = of_lines("loan")
_MOVED = "FROM stock_movement AS movement JOIN place ON place.id = to_place_id WHERE consignment_id < 0"
_PROGRESS = f"""
    SELECT loan_id AS id, SUM(quantity_lent) AS lent, SUM(quantity_returned) AS returned, SUM({OUT}) AS still
    FROM loan_line GROUP BY loan_id"""
_FITTING_STATUS = """CASE
    WHEN lent = 0 THEN status IN ('DRAFT', 'CANCELLED')
    WHEN still = lent THEN status = 'LENT'
    WHEN still > 0 THEN status = 'PARTIALLY_RETURNED'
    WHEN returned = lent THEN status = 'RETURNED'
    ELSE status = 'CLOSED' END"""


def _went(column: str, *kinds: str) -> Comparison:
    there = ", ".join(f"'{kind}'" for kind in kinds)
    return Comparison(
        f"loan_line.{column} is what was moved for it", Quantity, _LINE,
        f"SELECT -consignment_id, movement.quantity {_MOVED} AND place.kind IN ({there})",
        f"SELECT id, {column} FROM loan_line",
    )  # fmt: skip


COMPARISONS = (
    total_of_lines("loan", column="cost", of="cost"),
    Comparison(
        "loan.status agrees with its lines", Quantity, _LOAN,
        "SELECT id, 0 FROM loan",
        f"SELECT loan.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM loan JOIN ({_PROGRESS}) AS progress ON progress.id = loan.id",
    ),
    _went("quantity_lent", "LENT"),
    _went("quantity_returned", "STOCK", "QUALITY", "DAMAGED"),
    _went("quantity_sold", "CUSTOMER"),
    _went("quantity_used", "ASSEMBLY"),
    _went("quantity_lost", "VARIANCE", "SCRAP"),
    Comparison(
        "loan_line.cost is what the goods cost that were lent", Money, _LINE,
        f"SELECT -consignment_id, movement.value {_MOVED} AND place.kind = 'LENT'", "SELECT id, cost FROM loan_line",
    ),
    Comparison(
        "loan_line: what is lent is in its cost layers", Quantity, _LINE,
        "SELECT -consignment_id, quantity FROM cost_layer WHERE consignment_id < 0",
        f"SELECT id, {OUT} FROM loan_line",
    ),
    total_of_lines("loan_return"),
    moved_for_lines("loan_return", "quantity", "was moved to its place"),
    moved_for_lines("loan_return", "value"),
    Comparison(
        "stock_level.lent is what partners have of its loans", Quantity, LEVEL,
        f"SELECT sku_id, warehouse_id, {OUT} FROM loan_line AS line JOIN loan ON loan.id = line.loan_id",
        "SELECT sku_id, warehouse_id, lent FROM stock_level",
    ),
)  # fmt: skip
