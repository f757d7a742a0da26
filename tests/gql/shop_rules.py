"""What the small schema computes."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from jxc_graphql.buying.purchasing.models import EDIT_PURCHASE_ORDERS
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.states import DocumentStatus

THINGS = (1000, 900_001, 403, 7, 100)
"""Ids of an order, a receipt, a SKU, nothing, and a supplier."""


class Asker(msgspec.Struct, frozen=True):
    locale: str
    permissions: list[Permission]
    warehouse_ids: tuple[int, ...]
    thing_ids: tuple[int, ...]


class TooMuch(Reason, frozen=True, kw_only=True):
    """More than there is."""

    sku_id: int
    asked: Quantity


class Renamed(msgspec.Struct, frozen=True):
    order_id: int
    sku_ids: tuple[int, ...]
    paper_id: int
    thing_ids: tuple[int, ...]
    key: str | None


class Looked(msgspec.Struct, frozen=True):
    cursor: str
    order_id: int


class Progress(StrEnum):
    """How far a line is."""

    NOTHING = "NOTHING"
    """Nothing came."""
    SOME = "SOME"
    """Some of it came."""
    ALL = "ALL"
    """All of it came."""


def progress(quantity: Quantity, received: Quantity) -> Progress:
    if received == 0:
        return Progress.NOTHING
    return Progress.ALL if received >= quantity else Progress.SOME


class Step(msgspec.Struct, frozen=True):
    name: str
    allowed: bool
    reasons: tuple[str, ...]


def steps(call: Call, status: DocumentStatus) -> list[Step]:
    may = EDIT_PURCHASE_ORDERS in call.permissions
    return [
        Step("SUBMIT", may and status == DocumentStatus.DRAFT, () if may else ("FORBIDDEN",)),
        Step("LOOK", True, ()),
    ]


async def line_counts(_call: Call, ids: Sequence[int]) -> list[int]:
    asked = db.ids(ids)
    rows = await db.fetch(
        f"SELECT purchase_order_id, count(*) FROM {asked.table} AS asked "
        "JOIN purchase_order_line ON purchase_order_id = asked.id GROUP BY purchase_order_id",
        asked.params,
    )
    found = dict(rows)
    return [found.get(key, 0) for key in ids]


async def first_skus(_call: Call, ids: Sequence[int]) -> list[int | None]:
    asked = db.ids(ids)
    rows = await db.fetch(
        f"SELECT purchase_order_id, sku_id FROM {asked.table} AS asked "
        "JOIN purchase_order_line ON purchase_order_id = asked.id AND line_no = 1",
        asked.params,
    )
    found = dict(rows)
    return [found.get(key) for key in ids]


async def papers(_call: Call, ids: Sequence[int]) -> list[list[int]]:
    tables = ("purchase_order", "goods_receipt")
    rows = [row for table in tables for row in await db.fetch(f"SELECT warehouse_id, id FROM {table} ORDER BY id")]
    return [[paper for warehouse, paper in rows if warehouse == key] for key in ids]


async def pause() -> None:
    """What makes a slow renaming slow."""
    await asyncio.sleep(0.05)


@db.transactional
async def set_remark(order_id: int, remark: str) -> None:
    await db.execute("UPDATE purchase_order SET note = ? WHERE id = ?", (remark, order_id))


def grumble(code: str) -> str:
    if code.endswith("3"):
        raise ValueError("an inner text that must not leave the server")
    return f"!{code}"
