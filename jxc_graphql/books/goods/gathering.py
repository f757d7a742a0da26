"""Goods as they lie, for who takes some by choice and says from which places first.

It is asked before anything is locked, in the trip of what else is read; the ledger has the last word: what others took
meanwhile is missing there.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from jxc_graphql.books.goods.rules import SHELVES, LevelKey, totals
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

Goods = tuple[int, int | None]
"""A SKU, and a lot of it; without a lot those that are kept without lots."""
ANYWHERE = (PlaceKind.DAMAGED, PlaceKind.QUALITY, PlaceKind.STOCK)
"""What is no good to anybody else first."""
_ON_SHELVES = ", ".join(f"'{kind}'" for kind in sorted(SHELVES))


class LyingGoods(msgspec.Struct, kw_only=True):
    """So much of some goods at a place, while it is taken from."""

    place: KnownPlace
    quantity: Quantity


class TakenGoods(msgspec.Struct, frozen=True, kw_only=True):
    """So much from a place, and which pieces."""

    place_id: int
    quantity: Quantity
    serials: tuple[str, ...] = ()


def merged(taken: Iterable[TakenGoods]) -> list[TakenGoods]:
    """The same without their pieces, each place once."""
    return [
        TakenGoods(place_id=place_id, quantity=quantity)
        for place_id, quantity in totals((one.place_id, one.quantity) for one in taken).items()
    ]


class BroughtPiece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece that a line brought: where it came to, and where it is."""

    number: str
    came_to: int
    came_as: PlaceKind
    """Whether it was accepted, rejected or to be inspected: the kind of the place to which it came."""
    place: KnownPlace

    def lies_in(self, warehouse_id: int) -> bool:
        """Whether it is on the shelves of a warehouse."""
        return self.place.warehouse_id == warehouse_id and self.place.kind in SHELVES


class Gathering:
    """What lies where of some goods, while a document takes from it; what is kept for others stays."""

    def __init__(self, lying: Iterable[tuple[Goods, LyingGoods]], free: dict[LevelKey, Quantity]) -> None:
        self._lying: dict[Goods, list[LyingGoods]] = {}
        for goods, one in lying:
            self._lying.setdefault(goods, []).append(one)
        self._free = free

    def take(
        self, goods: Goods, warehouse_id: int, quantity: Quantity, kinds: Sequence[PlaceKind], first: int | None = None
    ) -> Iterator[TakenGoods]:
        """Takes so much at places of these kinds in their turn, of one place `first`; less where there is less."""
        here = [one for one in self._of(goods, warehouse_id) if one.place.kind in kinds or one.place.id == first]
        for one in sorted(here, key=lambda one: (one.place.id != first, _turn(one.place, kinds))):
            key = goods[0], warehouse_id
            most = self._free[key] if one.place.kind is PlaceKind.STOCK else one.quantity
            if (part := min(quantity, one.quantity, most)) > 0:
                one.quantity -= part
                quantity -= part
                if one.place.kind is PlaceKind.STOCK:
                    self._free[key] -= part
                yield TakenGoods(place_id=one.place.id, quantity=part)

    def elsewhere(self, goods: Goods, warehouse_id: int) -> dict[int, Quantity]:
        """How much is on the shelves of other warehouses."""
        found: dict[int, Quantity] = {}
        for one in self._lying.get(goods, ()):
            if (there := one.place.warehouse_id) not in {None, warehouse_id}:
                assert there is not None
                found[there] = found.get(there, Quantity(0)) + one.quantity
        return found

    def _of(self, goods: Goods, warehouse_id: int) -> Iterator[LyingGoods]:
        return (one for one in self._lying.get(goods, ()) if one.place.warehouse_id == warehouse_id)


def _turn(place: KnownPlace, kinds: Sequence[PlaceKind]) -> tuple[int, bool, str]:
    return kinds.index(place.kind) if place.kind in kinds else -1, place.is_bin, place.code


async def lying(goods: Collection[Goods]) -> Gathering:
    """Where these goods lie, in whatever warehouses; one statement."""
    rows = await db.fetch(
        f"""
        SELECT level.sku_id, level.lot_id, level.quantity, stock.available, {warehouses.PLACE_COLUMNS}
        FROM {db.rows({"sku_id": "bigint", "lot_id": "bigint"})} AS line
        JOIN place_level AS level ON level.sku_id = line.sku_id AND coalesce(level.lot_id, 0) = line.lot_id
            AND level.quantity > 0
        JOIN place ON place.id = level.place_id AND place.kind IN ({_ON_SHELVES})
        JOIN stock_level AS stock ON stock.sku_id = level.sku_id AND stock.warehouse_id = place.warehouse_id""",
        (db.json(sorted({(sku_id, lot_id or 0) for sku_id, lot_id in goods})),),
    )
    found, free = [], dict[LevelKey, Quantity]()
    for sku_id, lot_id, quantity, available, *place in rows:
        known = warehouses.known_place(place)
        assert known.warehouse_id is not None
        free[sku_id, known.warehouse_id] = Quantity(available)
        found.append(((sku_id, lot_id), LyingGoods(place=known, quantity=Quantity(quantity))))
    return Gathering(found, free)


async def pieces_brought(line_ids: Collection[int]) -> dict[int, list[BroughtPiece]]:
    """The pieces that lines brought and no other line since, by their numbers; one statement."""
    asked = db.ids(line_ids)
    rows = await db.fetch(
        f"""
        SELECT movement.line_id, serial.number, movement.to_place_id, target.kind, {warehouses.PLACE_COLUMNS}
        FROM {asked.table} AS asked JOIN stock_movement AS movement ON movement.line_id = asked.id
        JOIN place AS target ON target.id = movement.to_place_id
        JOIN serial_movement AS step ON step.movement_id = movement.id
        JOIN serial_number AS serial ON serial.id = step.serial_id
        JOIN place ON place.id = serial.place_id
        WHERE NOT EXISTS (SELECT 1 FROM serial_movement AS later
            JOIN stock_movement AS again ON again.id = later.movement_id
            WHERE later.serial_id = step.serial_id AND later.movement_id > step.movement_id
            AND again.from_place_id = {VirtualPlace.SUPPLIER:d} AND coalesce(again.of_line_id, 0) <> asked.id)
        ORDER BY serial.number""",
        asked.params,
    )
    found: dict[int, list[BroughtPiece]] = {}
    for line_id, number, came_to, kind, *place in rows:
        known = warehouses.known_place(place)
        piece = BroughtPiece(number=number, came_to=came_to, came_as=PlaceKind(kind), place=known)
        found.setdefault(line_id, []).append(piece)
    return found
