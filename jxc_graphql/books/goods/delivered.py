"""What customers have of the lines of documents with which goods left: of which lots, and which pieces.

What comes back names the line with which it left (`of_line_id`), so the books know what is left of that; goods that
came back and leave again name it as well.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import VirtualPlace

_OURS, _THEIRS = "from_place_id", "to_place_id"


class DeliveredGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer has of a line, of one lot or of none, that left from one place."""

    line_id: int
    lot_id: int | None
    lot_number: str | None
    from_place_id: int
    quantity: Quantity
    serials: tuple[str, ...] = ()
    """The number of each piece that he has; of a line whose goods have numbers these are all there is."""


async def still_there(line_ids: Collection[int]) -> list[DeliveredGoods]:
    """What customers have of these lines, first what would expire first; three statements, however many lines."""
    asked = db.ids(line_ids)
    left, back, pieces = await db.together(
        db.fetch(
            f"""
            SELECT asked.id, lot.id, lot.number, movement.from_place_id, CAST(SUM(movement.quantity) AS BIGINT)
            FROM {asked.table} AS asked
            JOIN stock_movement AS movement ON movement.line_id = asked.id AND {_THEIRS} = {VirtualPlace.CUSTOMER:d}
            LEFT JOIN lot ON lot.id = movement.lot_id
            GROUP BY asked.id, lot.id, lot.number, lot.expires_on, movement.from_place_id
            ORDER BY asked.id, coalesce(lot.expires_on, '9999-12-31'), lot.id, movement.from_place_id""",
            asked.params,
        ),
        _back(line_ids),
        _pieces(line_ids),
    )
    found = [
        DeliveredGoods(
            line_id=line_id,
            lot_id=None,
            lot_number=None,
            from_place_id=place_id,
            quantity=Quantity.of(len(numbers)),
            serials=tuple(numbers),
        )
        for (line_id, place_id), numbers in pieces.items()
    ]
    counted = {one.line_id for one in found}
    for line_id, lot_id, number, place_id, quantity in left:
        came = min(Quantity(quantity), back.get((line_id, lot_id), Quantity(0)))
        back[line_id, lot_id] = back.get((line_id, lot_id), Quantity(0)) - came
        if quantity > came and line_id not in counted:
            found.append(
                DeliveredGoods(
                    line_id=line_id,
                    lot_id=lot_id,
                    lot_number=number,
                    from_place_id=place_id,
                    quantity=Quantity(quantity) - came,
                )
            )
    return found


async def _back(line_ids: Collection[int]) -> dict[tuple[int, int | None], Quantity]:
    asked = db.ids(line_ids)
    rows = await db.fetch(
        f"""
        SELECT asked.id, movement.lot_id,
            CAST(SUM(CASE {_OURS} WHEN {VirtualPlace.CUSTOMER:d} THEN quantity ELSE -quantity END) AS BIGINT)
        FROM {asked.table} AS asked JOIN stock_movement AS movement ON movement.of_line_id = asked.id
        WHERE {VirtualPlace.CUSTOMER:d} IN ({_OURS}, {_THEIRS}) GROUP BY asked.id, movement.lot_id""",
        asked.params,
    )
    return {(line_id, lot_id): Quantity(quantity) for line_id, lot_id, quantity in rows}


async def _pieces(line_ids: Collection[int]) -> dict[tuple[int, int], list[str]]:
    """The pieces that left with a line, or left again for it, from a place, and did not move since."""
    asked = db.ids(line_ids)
    rows = await db.fetch(
        f"""
        SELECT asked.id, movement.from_place_id, serial.number FROM {asked.table} AS asked
        JOIN stock_movement AS movement ON {_THEIRS} = {VirtualPlace.CUSTOMER:d}
            AND (movement.line_id = asked.id OR movement.of_line_id = asked.id)
        JOIN serial_movement AS step ON step.movement_id = movement.id
        JOIN serial_number AS serial ON serial.id = step.serial_id AND serial.place_id = {VirtualPlace.CUSTOMER:d}
        WHERE NOT EXISTS (SELECT 1 FROM serial_movement AS later
            WHERE later.serial_id = step.serial_id AND later.movement_id > step.movement_id)
        ORDER BY serial.number""",
        asked.params,
    )
    found: dict[tuple[int, int], list[str]] = {}
    for line_id, place_id, number in rows:
        found.setdefault((line_id, place_id), []).append(number)
    return found
