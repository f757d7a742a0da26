"""What is asked about recalls: a trace of one lot, and the lots of a customer or a supplier."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.insight.recalls import rules
from jxc_graphql.insight.recalls.rules import MAX_DEPTH, MAX_ROWS
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.masters.lots import queries as lots
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.office.auth.permissions import Dimension, Permission

Parts = tuple[str, list[Any]]
"""A piece of a statement and its parameters."""

_TAKEN = f"to_place_id = {VirtualPlace.ASSEMBLY:d}"
_MADE = f"from_place_id = {VirtualPlace.ASSEMBLY:d}"
_UPWARD = (_MADE, _TAKEN)
_DOWNWARD = (_TAKEN, _MADE)
"""What a lot and the one that it leads to have to do with the assembly place in the same document."""

_WALK = """
WITH RECURSIVE walk (lot_id, depth) AS (
    SELECT CAST(? AS BIGINT), 0
    UNION
    SELECT other.lot_id, walk.depth + 1
    FROM walk JOIN stock_movement AS mine ON mine.lot_id = walk.lot_id AND mine.{mine}
    JOIN stock_movement AS other ON other.document_id = mine.document_id AND other.{other}
    WHERE other.lot_id IS NOT NULL AND other.lot_id <> walk.lot_id AND walk.depth <= {depth} AND {seen})
SELECT lot_id, depth FROM walk LIMIT {rows}"""
_PARTS = """
SELECT used.depth + 1, used.lot_id, other.sku_id, other.lot_id, other.document_id, other.business_date,
    CAST(SUM(other.quantity) AS BIGINT)
FROM (SELECT DISTINCT walk.depth, mine.lot_id, mine.document_id
    FROM {walk} AS walk JOIN stock_movement AS mine ON mine.lot_id = walk.lot_id AND mine.{mine}
    WHERE walk.depth < {depth} AND {seen}) AS used
JOIN stock_movement AS other ON other.document_id = used.document_id AND other.{other}
    AND (other.lot_id IS NULL OR other.lot_id <> used.lot_id)
GROUP BY used.depth, used.lot_id, other.sku_id, other.lot_id, other.document_id, other.business_date
ORDER BY used.depth, other.business_date, other.document_id, other.sku_id, other.lot_id LIMIT {rows}"""
_SUPPLIES = """
SELECT line.lot_id, purchase_order.supplier_id, receipt.id, receipt.business_date,
    CAST(SUM(quantity_accepted + quantity_rejected + quantity_uninspected) AS BIGINT)
FROM {walk} AS walk JOIN goods_receipt_line AS line ON line.lot_id = walk.lot_id
JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id
JOIN purchase_order ON purchase_order.id = receipt.purchase_order_id
WHERE {seen} GROUP BY walk.depth, line.lot_id, purchase_order.supplier_id, receipt.id, receipt.business_date
ORDER BY walk.depth, receipt.business_date, receipt.id, line.lot_id LIMIT {rows}"""
_CUSTOMER = f"{VirtualPlace.CUSTOMER:d}"
_KEPT = f"""CAST(SUM(movement.quantity) - COALESCE((SELECT SUM(back.quantity)
        FROM shipment_line AS line JOIN stock_movement AS back ON back.of_line_id = line.id
        WHERE line.shipment_id = shipment.id AND back.lot_id = movement.lot_id
            AND back.from_place_id = {_CUSTOMER}), 0) AS BIGINT) AS quantity"""
"""What a customer still has of a lot that left with a shipment: less what came back of it, or never left."""
_DELIVERIES = f"""
SELECT lot_id, customer_id, shipment_id, sales_order_id, business_date, quantity
FROM (SELECT walk.depth, movement.lot_id, sales_order.customer_id, shipment.id AS shipment_id,
        shipment.sales_order_id, shipment.business_date, {_KEPT}
    FROM {{walk}} AS walk
    JOIN stock_movement AS movement ON movement.lot_id = walk.lot_id AND movement.to_place_id = {_CUSTOMER}
    JOIN shipment ON shipment.id = movement.document_id
    JOIN sales_order ON sales_order.id = shipment.sales_order_id
    WHERE {{seen}} GROUP BY walk.depth, movement.lot_id, sales_order.customer_id, shipment.id,
        shipment.sales_order_id, shipment.business_date) AS delivered
WHERE quantity > 0 ORDER BY depth, business_date, shipment_id, lot_id LIMIT {{rows}}"""
_HERE = """
SELECT level.id FROM {walk} AS walk JOIN place_level AS level ON level.lot_id = walk.lot_id AND level.quantity > 0
JOIN place ON place.id = level.place_id WHERE place.warehouse_id IS NOT NULL AND {seen}
ORDER BY walk.depth, level.lot_id, level.id LIMIT {rows}"""
_OTHER = """
SELECT movement.id FROM stock_movement AS movement
WHERE movement.lot_id = ? AND movement.from_place_id NOT IN ({supplier}, {assembly})
    AND movement.to_place_id NOT IN ({customer}, {assembly}) AND {seen}
ORDER BY movement.id DESC LIMIT {rows}"""
_RECEIVED = f"""
SELECT lot_id, CAST(SUM(quantity) AS BIGINT), MIN(business_date), MAX(business_date), COUNT(*), COUNT(*) OVER ()
FROM (SELECT movement.lot_id, shipment.business_date, {_KEPT}
    FROM sales_order JOIN shipment ON shipment.sales_order_id = sales_order.id
    JOIN stock_movement AS movement ON movement.document_id = shipment.id AND movement.to_place_id = {_CUSTOMER}
    WHERE sales_order.customer_id = ? AND movement.lot_id IS NOT NULL AND {{chosen}}
    GROUP BY movement.lot_id, shipment.id, shipment.business_date) AS delivered
WHERE quantity > 0 GROUP BY lot_id ORDER BY lot_id DESC"""
_BROUGHT = """
SELECT line.lot_id, CAST(SUM(quantity_accepted + quantity_rejected + quantity_uninspected) AS BIGINT),
    MIN(receipt.business_date), MAX(receipt.business_date), COUNT(DISTINCT receipt.id), COUNT(*) OVER ()
FROM purchase_order JOIN goods_receipt AS receipt ON receipt.purchase_order_id = purchase_order.id
JOIN goods_receipt_line AS line ON line.goods_receipt_id = receipt.id
WHERE purchase_order.supplier_id = ? AND line.lot_id IS NOT NULL AND {chosen}
GROUP BY line.lot_id ORDER BY line.lot_id DESC"""


_SELLER = {"supplier": "purchase_order.supplier_id"}
_BUYER = {"customer": "sales_order.customer_id"}
"""Who has to be in the caller's scope."""


class LotSupply(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier brought so much of a lot with one receipt, rejected goods included."""

    lot_id: int
    depth: int
    supplier_id: int
    goods_receipt_id: int
    business_date: date
    quantity: Quantity


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A customer has so much of a lot that he received with one shipment."""

    lot_id: int
    depth: int
    customer_id: int
    shipment_id: int
    sales_order_id: int
    business_date: date
    quantity: Quantity


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A document used up goods to make others: `quantity` is that of the component or the kit at its far end."""

    depth: int
    from_lot_id: int
    """The lot at its near end."""
    sku_id: int
    lot_id: int | None
    document_id: int
    business_date: date
    quantity: Quantity


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the goods of a lot came from, and where they went."""

    lot_id: int
    suppliers: list[LotSupply]
    customers: list[Delivery]
    components: list[Link]
    kits: list[Link]
    place_level_ids: list[int]
    other_movement_ids: list[int]
    is_complete: bool


class TradedLot(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a lot a customer has or a supplier brought, from when to when, with how many documents."""

    lot_id: int
    quantity: Quantity
    first_on: date
    last_on: date
    documents: int


class LotsChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Which lots: of a SKU, and traded within some days; None chooses all."""

    sku_id: int | None = None
    since: date | None = None
    until: date | None = None


ALL_LOTS = LotsChoice()


async def trace(call: Call, lot_id: int) -> Trace | None:
    """The trace of a lot; None where there is no such lot. A fixed number of statements; requires SEE_STOCK."""
    call.require(Permission.SEE_STOCK)
    if not await lots.lots([lot_id]):
        return None
    tracing = _Tracing(call, lot_id)
    above, below = await tracing.walk(_UPWARD), await tracing.walk(_DOWNWARD)
    return Trace(
        lot_id=lot_id,
        suppliers=await tracing.supplies(above),
        customers=await tracing.deliveries(below),
        components=await tracing.links(above, _UPWARD),
        kits=await tracing.links(below, _DOWNWARD),
        place_level_ids=await tracing.here(below),
        other_movement_ids=await tracing.other_movements(),
        is_complete=tracing.is_complete,
    )


class _Tracing:
    """One trace while it is made: each step is a statement, and notes whether it had to leave something out."""

    def __init__(self, call: Call, lot_id: int) -> None:
        self._call = call
        self._lot_id = lot_id
        self.is_complete = True

    async def walk(self, way: tuple[str, str]) -> dict[int, int]:
        """The lots that this one leads to in a direction, itself included, with their depth."""
        seen, scope = _seen(self._call, "mine.warehouse_id")
        text = _WALK.format(mine=way[0], other=way[1], depth=MAX_DEPTH, seen=seen, rows=MAX_ROWS + 1)
        steps = await db.fetch(text, [self._lot_id, *scope])
        self.is_complete &= len(steps) <= MAX_ROWS
        found, all_of_them = rules.within_reach(rules.nearest((lot_id, depth) for lot_id, depth in steps))
        self.is_complete &= all_of_them
        return found

    async def supplies(self, walked: Mapping[int, int]) -> list[LotSupply]:
        """What suppliers brought of the lots, nearest first, then oldest first."""
        rows = await self._rows(_SUPPLIES, walked, "receipt.warehouse_id", _SELLER)
        return [
            LotSupply(
                lot_id=lot_id,
                depth=walked[lot_id],
                supplier_id=supplier_id,
                goods_receipt_id=receipt_id,
                business_date=db.day(day),
                quantity=Quantity(quantity),
            )
            for lot_id, supplier_id, receipt_id, day, quantity in rows
        ]

    async def deliveries(self, walked: Mapping[int, int]) -> list[Delivery]:
        """What customers received of the lots and did not bring back, nearest first, then oldest first."""
        rows = await self._rows(_DELIVERIES, walked, "movement.warehouse_id", _BUYER)
        return [
            Delivery(
                lot_id=lot_id,
                depth=walked[lot_id],
                customer_id=customer_id,
                shipment_id=shipment_id,
                sales_order_id=order_id,
                business_date=db.day(day),
                quantity=Quantity(quantity),
            )
            for lot_id, customer_id, shipment_id, order_id, day, quantity in rows
        ]

    async def links(self, walked: Mapping[int, int], way: tuple[str, str]) -> list[Link]:
        """What the lots were made of, or what was made of them, goods without lots included."""
        rows = await self._rows(_PARTS, walked, "mine.warehouse_id", mine=way[0], other=way[1], depth=MAX_DEPTH)
        return [
            Link(
                depth=depth,
                from_lot_id=from_lot_id,
                sku_id=sku_id,
                lot_id=lot_id,
                document_id=document_id,
                business_date=db.day(day),
                quantity=Quantity(quantity),
            )
            for depth, from_lot_id, sku_id, lot_id, document_id, day, quantity in rows
        ]

    async def here(self, walked: Mapping[int, int]) -> list[int]:
        """What is of the lots at our places, goods on their way to them included."""
        return [level_id for (level_id,) in await self._rows(_HERE, walked, "place.warehouse_id")]

    async def other_movements(self) -> list[int]:
        """What else was done with the lot itself, newest first: moved, counted, adjusted, written off, brought back."""
        seen, scope = _seen(self._call, "movement.warehouse_id")
        places = {place.name.lower(): int(place) for place in VirtualPlace}
        rows = await db.fetch(_OTHER.format(seen=seen, rows=MAX_ROWS + 1, **places), [self._lot_id, *scope])
        return [movement_id for (movement_id,) in self._told(rows)]

    async def _rows(
        self, text: str, walked: Mapping[int, int], warehouse: str, partner: Mapping[str, str] = {}, **others: str | int
    ) -> list[tuple[Any, ...]]:
        walk = db.rows({"lot_id": "bigint", "depth": "bigint"})
        seen, scope = _seen(self._call, warehouse, **partner)
        rows = await db.fetch(
            text.format(walk=walk, seen=seen, rows=MAX_ROWS + 1, **others), [db.json(walked.items()), *scope]
        )
        return self._told(rows)

    def _told(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        told, more = rules.page_of(rows, MAX_ROWS)
        self.is_complete &= not more
        return told


async def lots_of_customer(call: Call, customer_id: int, choice: LotsChoice, page: Slice) -> Page[TradedLot]:
    """Which lots a customer received and did not bring back, newest lots first; requires SEE_SALES."""
    call.require(Permission.SEE_SALES)
    chosen, values = _chosen(call, choice, movement="movement", document="shipment", **_BUYER)
    text = _RECEIVED.format(chosen=chosen)
    return await _traded(text, [customer_id, *values], page)


async def lots_of_supplier(call: Call, supplier_id: int, choice: LotsChoice, page: Slice) -> Page[TradedLot]:
    """Which lots a supplier brought, newest lots first; requires SEE_PURCHASING."""
    call.require(Permission.SEE_PURCHASING)
    chosen, values = _chosen(call, choice, movement="line", document="receipt", **_SELLER)
    return await _traded(_BROUGHT.format(chosen=chosen), [supplier_id, *values], page)


async def _traded(text: str, values: list[Any], page: Slice) -> Page[TradedLot]:
    rows, total = await page.read(text, values)
    nodes = [
        TradedLot(
            lot_id=lot_id,
            quantity=Quantity(quantity),
            first_on=db.day(first_on),
            last_on=db.day(last_on),
            documents=documents,
        )
        for lot_id, quantity, first_on, last_on, documents in rows
    ]
    return page.page(nodes, total)


def _chosen(call: Call, choice: LotsChoice, *, movement: str, document: str, **partner: str) -> Parts:
    """The conditions of a list; `movement` names the lot and the SKU, `document` the day and the warehouse."""
    call.require(Permission.SEE_STOCK)
    seen, scope = _seen(call, f"{document}.warehouse_id", **partner)
    wanted = {
        f"{movement}.sku_id = ?": choice.sku_id,
        f"{document}.business_date >= ?": choice.since,
        f"{document}.business_date <= ?": choice.until,
    }
    given = {condition: value for condition, value in wanted.items() if value is not None}
    return " AND ".join([*given, seen]), [*given.values(), *scope]


def _seen(call: Call, warehouse: str, **partner: str) -> Parts:
    """Whether a row's warehouse is in the caller's scope, and its `customer` or `supplier` as well."""
    columns = {Dimension.WAREHOUSE: warehouse} | {Dimension(name.upper()): column for name, column in partner.items()}
    reach = call.reach
    limits = {column: sorted(reach[one]) for one, column in columns.items() if one in reach}
    named = db.rows({"id": "bigint"})
    conditions = [f"{column} IN (SELECT id FROM {named} AS seen)" for column in limits]
    return " AND ".join(conditions) or "true", [db.json([one] for one in ids) for ids in limits.values()]
