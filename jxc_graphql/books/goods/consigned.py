"""Suppliers' goods with us (代销): theirs here, without value, as goods that are lent or in transit are ours elsewhere.

They lie at the consigned place of a warehouse, apart from ours, each part of them in the name of the line that brought
it, which says whose they are and what they will cost. They come, and go back, at no value. Whatever else happens to
them makes them ours first, at their price, in the same movement: sold, they go straight to the customer and cost that.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence
from datetime import date

from jxc_graphql.books.goods.book import BookLevel, Carried
from jxc_graphql.books.goods.rules import LevelKey
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import THEIRS
from jxc_graphql.masters.warehouses.queries import KnownPlace

_NEW = {
    "id": "bigint", "stock_level_id": "bigint", "supplier_id": "bigint", "lot_id": "bigint",
    "unit_price": "bigint", "quantity": "bigint",
}  # fmt: skip


def write(
    carried: Sequence[Carried],
    found: Mapping[LevelKey, BookLevel],
    known: Mapping[int, KnownPlace],
    business_date: date,
) -> None:
    """Writes what suppliers brought, and what is left where some of theirs was taken."""
    legs = [one.leg for one in carried]
    brought = [
        (leg.move.line_id, found[leg.move.level_key].id, one.supplier_id, leg.lot_id, one.price, leg.quantity)
        for leg in legs
        if known[leg.move.to_place_id].kind in THEIRS and (one := leg.move.brings)
    ]
    if brought:
        db.later(
            f"INSERT INTO consigned_stock ({', '.join(_NEW)}, came_on) "
            f"SELECT {', '.join(f'line.{name}' for name in _NEW)}, ? FROM {db.rows(_NEW)} AS line",
            (business_date, db.json(brought)),
        )
    before, taken = dict[int, Quantity](), dict[int, Quantity]()
    for leg in legs:
        if leg.consigned:
            before.setdefault(leg.consigned.line_id, leg.consigned.quantity)
            taken[leg.consigned.line_id] = taken.get(leg.consigned.line_id, Quantity(0)) + leg.quantity
    if taken:
        columns = {"id": "bigint", "old_quantity": "bigint", "quantity": "bigint"}
        db.later(
            f"UPDATE consigned_stock SET quantity = line.quantity FROM {db.rows(columns)} AS line "
            "WHERE consigned_stock.id = line.id AND consigned_stock.quantity = line.old_quantity",
            (db.json((line_id, before[line_id], before[line_id] - quantity) for line_id, quantity in taken.items()),),
            rows=len(taken),
        )
