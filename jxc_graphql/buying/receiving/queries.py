"""What came of an order so far, and whether what receiving keeps agrees with the orders and the book of goods.

What went back to be replaced is told by `supplier_returns`, whose tables are read here: it did not come after all.
"""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.books.dues.queries import DueKind, owed_for
from jxc_graphql.books.goods.queries import moved_for_lines
from jxc_graphql.books.goods.valuation import shares
from jxc_graphql.kit import db
from jxc_graphql.kit.fen import unit_of
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange
from jxc_graphql.office.documents.amounts import COLUMNS, IN_CURRENCY, AmountsInBoth
from jxc_graphql.office.documents.comparisons import (
    Comparison,
    Grain,
    of_lines,
    parts_of_orders,
    reversed_by,
    total_of_lines,
    totals_of_parts,
    went_back,
)

_ORDER_LINE = of_lines("purchase_order")
_LINE = of_lines("goods_receipt")
_LINE_AND_LOT = Grain("id, lot_id", _LINE.name, _LINE.joins)
_MOVED = (
    "FROM stock_movement AS movement JOIN goods_receipt_line AS line ON line.id = movement.line_id "
    "JOIN goods_receipt ON goods_receipt.id = movement.document_id "
    "JOIN warehouse ON warehouse.id = goods_receipt.warehouse_id"
)


def _moved(column: str, where: str, place: str) -> Comparison:
    return Comparison(
        f"goods_receipt_line.{column} was moved to {place}", Quantity, _LINE,
        f"SELECT line.id, movement.quantity {_MOVED} WHERE movement.to_place_id = {where}",
        f"SELECT id, {column} FROM goods_receipt_line",
    )  # fmt: skip


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What the goods cost that came of a line of an order, and what they have of what it comes to.

    `owed`: what is owed for the line so far, that for goods included which went back and are to be replaced.
    """

    value: Money = Money(0)
    amounts: AmountsInBoth = AmountsInBoth()
    owed: AmountsInBoth = AmountsInBoth()


class WentBack(msgspec.Struct, frozen=True, kw_only=True):
    """What a part of a line that goes back has of it."""

    amounts: AmountsInBoth
    value_received: Money
    """What it was worth when it came."""
    rejected: Quantity
    """How much of it had been rejected: that goes back first."""


class ReceivedGoods(msgspec.Struct, kw_only=True):
    """A line of a receipt, while some of it goes back to the supplier; `terms`: its currency, by columns."""

    id: int
    goods_receipt_id: int
    purchase_order_id: int
    purchase_order_line_id: int
    supplier_id: int
    warehouse_id: int
    sku_id: int
    lot_id: int | None
    business_date: date
    quantity: Quantity
    rejected: Quantity
    returned: Quantity
    value: Money
    terms: Mapping[str, Any]
    amounts: AmountsInBoth

    def take(self, quantity: Quantity) -> WentBack:
        """Has so much more of it go back."""
        before, self.returned = self.returned, self.returned + quantity
        return WentBack(
            amounts=self.amounts.part_back(before, quantity, self.quantity),
            value_received=shares(self.value, [before, quantity, self.quantity - self.returned])[1],
            rejected=min(quantity, max(self.rejected - before, Quantity(0))),
        )

    def take_back(self, quantity: Quantity) -> WentBack:
        """Has so much of what went back of it be here again: the last part of that."""
        self.returned -= quantity
        part = self.take(quantity)
        self.returned -= quantity
        return part


_REPLACED = (
    "JOIN supplier_return_line AS back ON back.goods_receipt_line_id = came.id "
    "JOIN supplier_return ON supplier_return.id = back.supplier_return_id "
    "AND supplier_return.status = 'POSTED' AND supplier_return.resolution = 'REPLACE'"
)


def _told(of: str, value: str, owed: str, joins: str = "", sign: str = "") -> str:
    """What lines of an order have of it, or what went back has; `owed`: whether that is owed, or not any more."""
    told = [f"{sign}{of}.{value} AS value"]
    told += [f"{sign}{of}.{one} AS {one}" for one in COLUMNS]
    told += [f"CASE WHEN {owed} THEN {sign}{of}.{one} ELSE 0 END AS owed_{one}" for one in COLUMNS]
    return (
        f"SELECT line.id, {', '.join(told)} FROM purchase_order_line AS line "
        f"JOIN goods_receipt_line AS came ON came.purchase_order_line_id = line.id {joins} "
        "WHERE line.purchase_order_id = ?"
    )


_CAME = (
    _told("came", "value", "NOT came.is_replacement"),
    _told(
        "back", "value_received", "NOT came.is_replacement",
        "JOIN goods_receipt_reversal_line AS back ON back.goods_receipt_line_id = came.id", "-",
    ),
    _told("back", "value_received", "1 = 0", _REPLACED, "-"),
)  # fmt: skip


async def came(purchase_order_id: int) -> dict[int, Came]:
    """What there is of each line of an order of which something came, less what went back; the order is locked.

    That is what was taken back, and what is to be replaced: what was given back for credit came all the same.
    """
    sums = ("value", *COLUMNS, *(f"owed_{one}" for one in COLUMNS))
    rows = await db.fetch(
        f"SELECT id, {', '.join(f'CAST(SUM({one}) AS BIGINT)' for one in sums)} "
        f"FROM ({' UNION ALL '.join(_CAME)}) AS told GROUP BY id",
        (purchase_order_id,) * len(_CAME),
    )
    return {
        line_id: Came(
            value=Money(value),
            amounts=AmountsInBoth.read(told[: len(COLUMNS)]),
            owed=AmountsInBoth.read(told[len(COLUMNS) :]),
        )
        for line_id, value, *told in rows
    }


async def received_goods(line_ids: Collection[int], *, held: bool = False) -> dict[int, ReceivedGoods]:
    """Those of these lines of receipts that there are; `held`: kept from others until the transaction ends."""
    asked = db.ids(line_ids)
    of_them = f"goods_receipt_line AS line WHERE line.id IN (SELECT id FROM {asked.table} AS asked)"
    if held:
        receipts = f"SELECT line.goods_receipt_id FROM {of_them}"
        await db.lock(
            f"SELECT id FROM goods_receipt WHERE id IN ({receipts}) ORDER BY id FOR NO KEY UPDATE", asked.params
        )
    rows = await db.fetch(
        "SELECT line.id, line.goods_receipt_id, receipt.purchase_order_id, line.purchase_order_line_id, "
        "receipt.supplier_id, receipt.warehouse_id, line.sku_id, line.lot_id, receipt.business_date, "
        "quantity_accepted + quantity_rejected + quantity_uninspected, quantity_rejected, quantity_returned, "
        f"line.value, {', '.join(f'receipt.{one}' for one in IN_CURRENCY)}, "
        f"{', '.join(f'line.{one}' for one in COLUMNS)} "
        f"FROM {asked.table} AS asked JOIN goods_receipt_line AS line ON line.id = asked.id "
        "JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id",
        asked.params,
    )
    return {one.id: one for one in map(_received, rows)}


def _received(row: Any) -> ReceivedGoods:
    (
        line_id, receipt_id, order_id, order_line_id, supplier_id, warehouse_id, sku_id, lot_id, on,
        quantity, rejected, returned, value, currency, rate, places, base_places, *told,
    ) = row  # fmt: skip
    terms = {"currency": currency, "exchange_rate": RateOfExchange(rate)}
    terms |= {"currency_places": places, "base_places": base_places}
    amounts = AmountsInBoth.read(told)
    return ReceivedGoods(
        id=line_id,
        goods_receipt_id=receipt_id,
        purchase_order_id=order_id,
        purchase_order_line_id=order_line_id,
        supplier_id=supplier_id,
        warehouse_id=warehouse_id,
        sku_id=sku_id,
        lot_id=lot_id,
        business_date=db.day(on),
        quantity=Quantity(quantity),
        rejected=Quantity(rejected),
        returned=Quantity(returned),
        value=Money(value),
        terms=terms,
        amounts=msgspec.structs.replace(amounts, units=(unit_of(places), unit_of(base_places))),
    )


_BACK = (
    "FROM goods_receipt_reversal_line AS back JOIN goods_receipt_line AS line ON line.id = back.goods_receipt_line_id"
)
_WHOLE_FEN = "amount % 100 = 0"
"""Of other lines goods may have come, at that value, before what lines come to was whole fen."""

_RETURNED = (
    "SELECT goods_receipt_line_id, quantity FROM supplier_return_line AS line "
    "JOIN supplier_return ON supplier_return.id = line.supplier_return_id AND status = 'POSTED'"
)
_TO_REPLACE = f"FROM goods_receipt_line AS came {_REPLACED}"
_OF_REPLACEMENT = "JOIN goods_receipt_line AS came ON came.id = line.goods_receipt_line_id"

BOUGHT = tuple(
    "SELECT line.id AS line_id, document.supplier_id AS partner_id, "
    f"CASE WHEN {of}.is_replacement THEN 0 ELSE {sign}line.base_net END AS net "
    f"FROM {table}_line AS line JOIN {table} AS document ON document.id = line.{table}_id {joins}"
    for table, of, sign, joins in (
        ("goods_receipt", "line", "", ""), ("goods_receipt_reversal", "came", "-", _OF_REPLACEMENT),
    )
)  # fmt: skip
"""Of whom its lines were bought, and what they come to."""

COMPARISONS = (
    Comparison(
        "purchase_order_line.quantity_received is what its receipts brought", Quantity, _ORDER_LINE,
        "SELECT purchase_order_line_id, quantity_accepted + quantity_rejected + quantity_uninspected "
        f"FROM goods_receipt_line UNION ALL SELECT purchase_order_line_id, -back.quantity {_BACK} "
        f"UNION ALL SELECT came.purchase_order_line_id, -back.quantity {_TO_REPLACE}",
        "SELECT id, quantity_received FROM purchase_order_line",
    ),
    Comparison(
        "purchase_order_line.quantity_rejected is what its receipts rejected", Quantity, _ORDER_LINE,
        "SELECT purchase_order_line_id, quantity_rejected FROM goods_receipt_line "
        f"UNION ALL SELECT purchase_order_line_id, -back.quantity_rejected {_BACK} "
        f"UNION ALL SELECT came.purchase_order_line_id, -back.quantity_rejected {_TO_REPLACE}",
        "SELECT id, quantity_rejected FROM purchase_order_line",
    ),
    Comparison(
        "purchase_order_line.quantity_to_replace is what went back for that and did not come again", Quantity,
        _ORDER_LINE,
        f"SELECT came.purchase_order_line_id, back.quantity {_TO_REPLACE} "
        "UNION ALL SELECT purchase_order_line_id, -quantity_accepted - quantity_rejected - quantity_uninspected "
        "FROM goods_receipt_line WHERE is_replacement "
        f"UNION ALL SELECT purchase_order_line_id, back.quantity {_BACK} WHERE line.is_replacement",
        "SELECT id, quantity_to_replace FROM purchase_order_line",
    ),
    Comparison(
        "purchase_order_line.base_net is the value of its receipts when all is received", Money, _ORDER_LINE,
        "SELECT line.id, came.value - coalesce(back.value_received, 0) FROM purchase_order_line AS line "
        "JOIN goods_receipt_line AS came ON came.purchase_order_line_id = line.id "
        "LEFT JOIN goods_receipt_reversal_line AS back ON back.goods_receipt_line_id = came.id "
        f"WHERE line.quantity_received = line.quantity AND {_WHOLE_FEN} "
        f"UNION ALL SELECT line.id, -back.value_received {_TO_REPLACE} "
        "JOIN purchase_order_line AS line ON line.id = came.purchase_order_line_id "
        f"WHERE line.quantity_received = line.quantity AND {_WHOLE_FEN}",
        f"SELECT id, base_net FROM purchase_order_line WHERE quantity_received = quantity AND {_WHOLE_FEN}",
    ),
    *owed_for("goods_receipt", DueKind.PURCHASE, "-", less="WHERE line.is_replacement"),
    total_of_lines("goods_receipt"),
    *parts_of_orders("goods_receipt", "purchase_order", "quantity_received", less=_TO_REPLACE),
    _moved("quantity_accepted", "line.place_id", "its stock place"),
    _moved("quantity_rejected", "damaged_place_id", "the damaged place"),
    _moved("quantity_uninspected", "quality_place_id", "the quality place"),
    Comparison(
        "goods_receipt_line.lot is that of what was moved for it", Quantity, _LINE_AND_LOT,
        f"SELECT DISTINCT line.id, movement.lot_id, 10000 {_MOVED}", "SELECT id, lot_id, 10000 FROM goods_receipt_line",
    ),
    went_back(
        "goods_receipt", ["SELECT goods_receipt_line_id, quantity FROM goods_receipt_reversal_line", _RETURNED]
    ),
    reversed_by("goods_receipt"),
    *owed_for("goods_receipt_reversal", DueKind.RETURN, less=f"{_OF_REPLACEMENT} WHERE came.is_replacement"),
    total_of_lines("goods_receipt_reversal"),
    *totals_of_parts("goods_receipt_reversal"),
    moved_for_lines("goods_receipt_reversal", "quantity", "was moved to the supplier"),
    moved_for_lines("goods_receipt_reversal", "value", "is what the goods cost that were moved"),
    Comparison(
        "goods_receipt_line.value is what was moved for it", Money, _LINE,
        f"SELECT line.id, movement.value {_MOVED}", "SELECT id, value FROM goods_receipt_line",
    ),
)  # fmt: skip
