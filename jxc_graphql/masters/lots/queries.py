"""What documents and the ledger ask about lots."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.text import printable
from jxc_graphql.office.auth.permissions import Permission

SAME_NUMBER_MOST = 100
"""How many lots a scanned number is answered with."""


class KnownLot(msgspec.Struct, frozen=True, kw_only=True):
    """A lot as documents and the ledger need it."""

    id: int
    sku_id: int
    number: str
    produced_on: date | None
    expires_on: date | None
    is_blocked: bool


_LOT = ", ".join(f"lot.{name}" for name in KnownLot.__struct_fields__)


async def lots(lot_ids: Collection[int]) -> dict[int, KnownLot]:
    """Those of the lots that exist, by id; one statement however many, none for none."""
    if not lot_ids:
        return {}
    rows = await db.fetch(
        f"SELECT {_LOT} FROM {db.rows({'id': 'bigint'})} AS asked JOIN lot ON lot.id = asked.id",
        (db.json([lot_id] for lot_id in set(lot_ids)),),
    )
    return {lot.id: lot for lot in map(_known, rows)}


async def by_number(keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], KnownLot]:
    """Those of the lots that exist, by SKU and number; one statement however many, none for none."""
    if not keys:
        return {}
    rows = await db.fetch(
        f"SELECT {_LOT} FROM {db.rows({'sku_id': 'bigint', 'number': 'text'})} AS asked "
        "JOIN lot ON lot.sku_id = asked.sku_id AND lot.number = asked.number",
        (db.json(set(keys)),),
    )
    return {(lot.sku_id, lot.number): lot for lot in map(_known, rows)}


async def scan(call: Call, number: str) -> list[int]:
    """The lots with the number that a scanner read, newest first; of several SKUs, since a number is unique in its own.

    Requires SEE_STOCK.
    """
    call.require(Permission.SEE_STOCK)
    if not printable(number):
        return []
    rows = await db.fetch(
        f"SELECT id FROM lot WHERE number = ? ORDER BY id DESC LIMIT {SAME_NUMBER_MOST:d}", (number.strip(),)
    )
    return [lot_id for (lot_id,) in rows]


def _known(row: tuple[Any, ...]) -> KnownLot:
    lot_id, sku_id, number, produced_on, expires_on, is_blocked = row
    return KnownLot(
        id=lot_id,
        sku_id=sku_id,
        number=number,
        produced_on=_day(produced_on),
        expires_on=_day(expires_on),
        is_blocked=bool(is_blocked),
    )


def _day(raw: str | date | None) -> date | None:
    """A day as the database gives it: SQLite as text."""
    return date.fromisoformat(raw) if isinstance(raw, str) else raw
