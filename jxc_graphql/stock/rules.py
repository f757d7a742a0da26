"""How moves change levels, what goods are worth, and who gets what: the arithmetic of the book of goods."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from jxc_graphql.documents.rules import UnknownId, check_line_count
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import LIMIT, InvalidNumber, Money, Quantity, UnitPrice, amount, divide, unit_price
from jxc_graphql.kit.text import check_text
from jxc_graphql.warehouses.places import PlaceKind

NOTE_LIMIT = 500
MAX_OPENING_LINES = 1_000
"""Lines that one opening balance may have; a warehouse can have several balances."""

OWN = frozenset({PlaceKind.STOCK, PlaceKind.QUALITY, PlaceKind.DAMAGED})
"""Goods at places of these kinds are in a warehouse; all other places are virtual."""

LevelKey = tuple[int, int]
"""SKU and warehouse."""
PlaceKey = tuple[int, int]
"""SKU and place."""
Key = TypeVar("Key", bound=Hashable)


class InsufficientStock(Reason, frozen=True, kw_only=True):
    """A document asks for more of a SKU than there is for it; both quantities are of the whole document."""

    sku_id: int
    sku: str
    available: Quantity
    requested: Quantity


class StockOutOfBounds(Reason, frozen=True, kw_only=True):
    """A quantity, value or unit cost of a SKU would pass what the books can hold."""

    sku: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Goods go from a place to a place; at least one of them belongs to the warehouse, none to another one.

    `value` is what goods that come in are worth; None says at the level's present cost, which is how goods leave.
    `path` leads to the input that asked for the quantity.
    """

    sku_id: int
    warehouse_id: int
    from_place_id: int
    to_place_id: int
    quantity: Quantity
    line_id: int
    value: Money | None = None
    path: Path = ()

    @property
    def level_key(self) -> LevelKey:
        """The level that changes."""
        return self.sku_id, self.warehouse_id

    @property
    def source(self) -> PlaceKey:
        """The place level it takes from."""
        return self.sku_id, self.from_place_id

    @property
    def target(self) -> PlaceKey:
        """The place level it adds to."""
        return self.sku_id, self.to_place_id


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a SKU shall be kept in a warehouse for an owner, such as a sales order line."""

    owner_id: int
    sku_id: int
    warehouse_id: int
    quantity: Quantity


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """So much more (or, below zero, less) of a SKU is on its way to a warehouse."""

    sku_id: int
    warehouse_id: int
    quantity: Quantity


class OpeningLine(msgspec.Struct, frozen=True, kw_only=True):
    """What there was of a SKU, in its base unit, and what one unit had cost."""

    sku_id: int
    quantity: Quantity
    unit_cost: UnitPrice

    @property
    def value(self) -> Money:
        """What these goods had cost."""
        return amount(self.quantity, self.unit_cost)


class Level(msgspec.Struct, kw_only=True):
    """A stock level while it changes."""

    id: int
    sku: str
    on_hand: Quantity
    sellable: Quantity
    reserved: Quantity
    incoming: Quantity
    value: Money

    @property
    def available(self) -> Quantity:
        """What may be sold and is kept for nobody."""
        return self.sellable - self.reserved

    @property
    def unit_cost(self) -> UnitPrice:
        """What one unit cost on average; 0 without goods."""
        return unit_price(self.value, self.on_hand) if self.on_hand > 0 else UnitPrice(0)

    def worth(self, quantity: Quantity) -> Money:
        """What a part of the goods cost, so that all of them cost the whole value; 0 without goods."""
        return Money(divide(int(self.value) * int(quantity), int(self.on_hand))) if self.on_hand > 0 else Money(0)

    @property
    def in_bounds(self) -> bool:
        """Whether its numbers fit the books."""
        return max(map(int, (self.on_hand, self.incoming, self.value, self.unit_cost))) <= LIMIT


class PlaceLevel(msgspec.Struct, kw_only=True):
    """What is of a SKU at a place, while it changes."""

    id: int
    kind: PlaceKind
    warehouse_id: int | None
    quantity: Quantity


class Book(msgspec.Struct, frozen=True):
    """The part of the book that a document touches."""

    levels: Mapping[LevelKey, Level]
    places: Mapping[PlaceKey, PlaceLevel]

    def carry_out(self, moves: Sequence[Move]) -> tuple[list[Money], set[PlaceKey]]:
        """Changes the levels move by move; gives what each move was worth, and which places ran out on the way."""
        values, empty = [], set()
        for move in moves:
            level, source, target = self.levels[move.level_key], self.places[move.source], self.places[move.target]
            leaves, enters = source.kind in OWN, target.kind in OWN
            assert move.quantity > 0
            assert leaves or enters
            assert move.value is None or (not leaves and move.value >= 0)
            assert {source.warehouse_id, target.warehouse_id} <= {move.warehouse_id, None}
            value = level.worth(move.quantity) if move.value is None else move.value
            level.on_hand += move.quantity * (enters - leaves)
            level.value += value * (enters - leaves)
            level.sellable += move.quantity * ((target.kind is PlaceKind.STOCK) - (source.kind is PlaceKind.STOCK))
            source.quantity -= move.quantity
            target.quantity += move.quantity
            if leaves and self._left(move) < 0:
                empty.add(move.source)
            values.append(value)
        return values, empty

    def problems(self, moves: Sequence[Move], empty: Collection[PlaceKey]) -> Iterator[Reason]:
        """What is wrong after the moves were carried out: first whatever ran out, then whatever grew too large.

        Several lines that take the same goods are one request, and each of them is told the whole of it.
        """
        taken = totals((move.source, move.quantity) for move in moves)
        brought = totals((move.target, move.quantity) for move in moves)
        for move in moves:
            if move.source in empty:
                requested = taken[move.source]
                available = self._left(move) + requested - brought.get(move.source, Quantity(0))
                yield InsufficientStock(
                    path=move.path,
                    sku_id=move.sku_id,
                    sku=self.levels[move.level_key].sku,
                    available=available,
                    requested=requested,
                )
        for move in moves:
            quantities = (self.places[move.source].quantity, self.places[move.target].quantity)
            if not self.levels[move.level_key].in_bounds or any(abs(int(quantity)) > LIMIT for quantity in quantities):
                yield StockOutOfBounds(path=move.path, sku=self.levels[move.level_key].sku)

    def _left(self, move: Move) -> Quantity:
        """What may still be taken where a move takes from: at a stock place, only what is kept for nobody else."""
        source, level = self.places[move.source], self.levels[move.level_key]
        return min(source.quantity, level.available) if source.kind is PlaceKind.STOCK else source.quantity


def check_opening(lines: Sequence[OpeningLine], known: Collection[int], note: str) -> Iterator[Reason]:
    """What is wrong with an opening balance: the note, how many lines, then line by line; `known` SKUs exist."""
    yield from check_text(("note",), note, limit=NOTE_LIMIT)
    yield from check_line_count(len(lines), MAX_OPENING_LINES)
    for index, line in enumerate(lines[:MAX_OPENING_LINES]):
        path = ("lines", index)
        if line.sku_id not in known:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        if line.quantity <= 0:
            yield InvalidNumber(path=(*path, "quantity"), problem=str(line.quantity))
        if line.unit_cost < 0:
            yield InvalidNumber(path=(*path, "unit_cost"), problem=str(line.unit_cost))


def allot(wishes: Sequence[Wish], levels: Mapping[LevelKey, Level]) -> dict[int, Quantity]:
    """Reserves what is available for each wish, first come first served; gives how much each owner got, 0 included."""
    got = []
    for wish in wishes:
        level = levels.get((wish.sku_id, wish.warehouse_id))
        quantity = min(wish.quantity, level.available) if level else Quantity(0)
        if level:
            level.reserved += quantity
        got.append((wish.owner_id, quantity))
    return totals(got)


def totals(quantities: Iterable[tuple[Key, Quantity]]) -> dict[Key, Quantity]:
    """The sum of the quantities of each key."""
    sums: dict[Key, Quantity] = {}
    for key, quantity in quantities:
        sums[key] = sums.get(key, Quantity(0)) + quantity
    return sums
