"""How movements change levels and what they are worth: the arithmetic of the book of goods."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from jxc_graphql.books.goods.picking import BY_CHOICE
from jxc_graphql.books.goods.rules import (
    SHELVES,
    InsufficientStock,
    Leg,
    LevelKey,
    Move,
    PlaceInactive,
    PlaceKey,
    StockOutOfBounds,
    totals,
)
from jxc_graphql.books.goods.then import Then
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, LineCost, Pool, PoolKey, Portion, part_of, with_values
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import LIMIT, Money, Quantity, UnitPrice, amount, unit_price
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.warehouses.places import AWAY, THEIRS, PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace

Demand = tuple[int, int, bool, int]
"""SKU, place, whether its bins serve as well, and lot: moves with the same demand take the same goods."""


class BookLevel(msgspec.Struct, kw_only=True, gc=False):
    """A stock level while it changes."""

    id: int
    sku: str
    tracking: SkuTracking
    valuation: ValuationMethod
    product_valuation: ValuationMethod
    sellable: Quantity
    unfit: Quantity
    quality: Quantity
    damaged: Quantity
    reserved: Quantity
    waiting: Quantity
    incoming: Quantity
    in_transit: Quantity
    lent: Quantity
    consigned: Quantity
    value: Money
    in_transit_value: Money
    lent_value: Money
    last_unit_cost: UnitPrice

    @property
    def on_hand(self) -> Quantity:
        """All that is in the warehouse."""
        return Quantity(int(self.sellable) + int(self.quality) + int(self.damaged))

    @property
    def available(self) -> Quantity:
        """What may be sold and is kept for nobody; below zero while more is kept than there is."""
        return self.sellable - self.unfit - self.reserved

    @property
    def unit_cost(self) -> UnitPrice:
        """What one unit costs on average; without goods, what the last ones cost."""
        on_hand = self.on_hand
        return unit_price(self.value, on_hand) if on_hand > 0 else self.last_unit_cost

    def worth(self, quantity: Quantity) -> Money:
        """What a part of the goods costs, so that all of them cost the whole value; without goods, at the last cost."""
        on_hand = self.on_hand
        return part_of(self.value, quantity, on_hand) if on_hand > 0 else amount(quantity, self.last_unit_cost)

    def bear(self, cost: Money, quantity: Quantity) -> Money:
        """How much leaves with goods that cost so much: at most what all are worth, which goes where nothing stays."""
        return min(cost, self.value) if quantity < self.on_hand else self.value

    def add(self, kind: PlaceKind, quantity: Quantity, *, is_bad: bool) -> None:
        """Adds goods at a place of its warehouse, or takes them away; bad ones may not be sold."""
        match kind:
            case PlaceKind.STOCK:
                self.sellable += quantity
                self.unfit += quantity if is_bad else Quantity(0)
            case PlaceKind.QUALITY:
                self.quality += quantity
            case PlaceKind.DAMAGED:
                self.damaged += quantity
            case PlaceKind.TRANSIT:
                self.in_transit += quantity
            case PlaceKind.CONSIGNED:
                self.consigned += quantity
            case _:
                assert kind is PlaceKind.LENT
                self.lent += quantity

    def add_value(self, kind: PlaceKind, value: Money) -> None:
        """Adds to what goods at a place of its warehouse are worth, or takes away."""
        match kind:
            case PlaceKind.TRANSIT:
                self.in_transit_value += value
            case PlaceKind.LENT:
                self.lent_value += value
            case _:
                self.value += value

    @property
    def in_bounds(self) -> bool:
        """Whether its numbers fit the books."""
        quantities = (self.on_hand, self.incoming, self.in_transit, self.lent, self.consigned)
        values = (self.value, self.in_transit_value, self.lent_value, self.unit_cost)
        return max(map(int, (*quantities, *values))) <= LIMIT


class Carried(msgspec.Struct, frozen=True):
    """A leg that was carried out, and what its goods were worth."""

    leg: Leg
    value: Money


class Book(msgspec.Struct, frozen=True):
    """The part of the book that a document touches."""

    known: Mapping[int, KnownPlace]
    levels: Mapping[LevelKey, BookLevel]
    places: dict[PlaceKey, Quantity]
    """What is of a SKU, and of a lot, at each place."""
    pools: Mapping[PoolKey, Pool]
    bad_lots: Collection[int]
    """The lots whose goods may not be sold."""
    then: Mapping[int, Then]
    """Of a late document the levels that it takes from, by their ids, as they were on its day."""
    lines: dict[int, LineCost] = msgspec.field(default_factory=dict)
    """The lines of which goods go back."""

    def carry_out(self, legs: Sequence[Leg], business_date: date) -> tuple[list[Carried], set[int]]:
        """Changes the levels leg by leg; gives what each was worth, and for which moves goods ran out."""
        posted, short = [], set()
        for leg in legs:
            source, target = self.known[leg.from_place_id], self.known[leg.move.to_place_id]
            value = self._carry(leg, source, target, business_date)
            self.places[leg.source] -= leg.quantity
            self.places[leg.target] += leg.quantity
            is_nobodys = source.kind in THEIRS and leg.consigned is None
            if is_nobodys or (source.warehouse_id is not None and self._left([leg.source], leg.move) < 0):
                short.add(leg.index)
            posted.append(Carried(leg, value))
        return posted, short

    def _carry(self, leg: Leg, source: KnownPlace, target: KnownPlace, business_date: date) -> Money:
        """Takes the goods of a leg out of one pool and puts them into another; gives what they were worth."""
        move, quantity = leg.move, leg.quantity
        assert quantity > 0
        assert move.of_line_id is None or source.warehouse_id is None or target.warehouse_id is None
        for place, change in ((source, -quantity), (target, quantity)):
            if place.kind in THEIRS:
                self.levels[move.level_key].add(place.kind, change, is_bad=False)
        giver, taker = self._owner(move, source), self._owner(move, target)
        if giver and giver is taker and source.kind in SHELVES and target.kind in SHELVES:
            then = self.then.get(giver.id)
            value = then.worth(quantity) if then else giver.worth(quantity)
            giver.add(source.kind, -quantity, is_bad=leg.lot_id in self.bad_lots)
            taker.add(target.kind, quantity, is_bad=leg.lot_id in self.bad_lots)
            return value
        portions = (
            self._take(leg, giver, source.kind)
            if giver
            else self._bring(leg, self.levels[move.level_key], business_date)
        )
        if taker:
            self._put(leg, taker, target.kind, portions)
        return Money.total(portion.value for portion in portions)

    def _owner(self, move: Move, place: KnownPlace) -> BookLevel | None:
        """The level that has what is at a place; None where that is not ours."""
        if place.warehouse_id is None or place.kind in THEIRS:
            return None
        return self.levels[move.sku_id, place.warehouse_id]

    def _bring(self, leg: Leg, level: BookLevel, business_date: date) -> list[Portion]:
        """Goods from outside: at the value that the move names, else at the level's cost; a supplier's at their price.

        Those cost nothing that he brings us on consignment, or takes back.
        """
        move, target = leg.move, self.known[leg.move.to_place_id]
        if self.known[leg.from_place_id].kind in THEIRS:
            bought = None if target.kind is PlaceKind.SUPPLIER else leg.consigned
            value = bought.worth(leg.quantity) if bought else Money(0)
        elif target.kind in THEIRS:
            value = Money(0)
        else:
            assert move.value is not None or target.warehouse_id is not None
            assert leg.quantity == move.quantity
            value = level.worth(leg.quantity) if move.value is None else move.value
        assert value >= 0
        return [
            Portion(
                origin_on=move.origin_on or business_date,
                line_id=move.of_line_id or move.line_id,
                quantity=leg.quantity,
                value=value,
            )
        ]

    def _take(self, leg: Leg, level: BookLevel, kind: PlaceKind) -> list[Portion]:
        """Goods off the shelves of a warehouse, or of those that are away, at what they cost there."""
        is_away, of_line_id = kind in AWAY, leg.move.of_line_id
        pool = self.pools[level.id, leg.move.consignment_id if is_away else ON_THE_SHELVES]
        portions = pool.take(leg.quantity, of_line_id)
        if not is_away and level.valuation is ValuationMethod.MOVING_AVERAGE:
            portions = with_values(portions, self._average(level, leg.quantity, of_line_id))
        value = Money.total(portion.value for portion in portions)
        level.add(kind, -leg.quantity, is_bad=leg.lot_id in self.bad_lots)
        level.add_value(kind, -value)
        if not is_away and (then := self.then.get(level.id)):
            take = then.take if of_line_id is None else then.take_at_cost
            portions = take(portions, leg.quantity)
        return portions

    def _average(self, level: BookLevel, quantity: Quantity, of_line_id: int | None) -> Money:
        """What goods of a level cost that leave, where all cost the same; what goes back costs what its line does."""
        if of_line_id is None:
            return level.worth(quantity)
        cost, then = self.lines[of_line_id].take(quantity), self.then.get(level.id)
        return level.bear(then.bear(cost, quantity) if then else cost, quantity)

    def _put(self, leg: Leg, level: BookLevel, kind: PlaceKind, portions: Sequence[Portion]) -> None:
        is_away = kind in AWAY
        level.add(kind, leg.quantity, is_bad=leg.lot_id in self.bad_lots)
        level.add_value(kind, Money.total(portion.value for portion in portions))
        if not is_away and (then := self.then.get(level.id)):
            then.put(portions)
        pool = self.pools[level.id, leg.move.consignment_id if is_away else ON_THE_SHELVES]
        pool.put(portions, valued=is_away or level.valuation is ValuationMethod.FIFO)

    def problems(self, moves: Sequence[Move], legs: Sequence[Leg], short: Collection[int]) -> Iterator[Reason]:
        """What is wrong after the legs were carried out: first whatever ran out, then whatever grew too large.

        Several lines that take the same goods are one request, and each of them is told the whole of it.
        """
        available = self._available(legs, {_demand(moves[index]) for index in short})
        taken = totals((_demand(move), move.quantity) for move in moves)
        for move in moves:
            if not self.known[move.to_place_id].is_active:
                yield PlaceInactive(path=move.path, place=self.known[move.to_place_id].code)
            if _demand(move) in available:
                yield InsufficientStock(
                    path=move.path,
                    sku_id=move.sku_id,
                    sku=self.levels[move.level_key].sku,
                    lot_id=move.lot_id,
                    place_id=None if move.or_bins else move.from_place_id,
                    available=max(available[_demand(move)] + taken[_demand(move)], Quantity(0)),
                    requested=taken[_demand(move)],
                )
        levels = {key for key, level in self.levels.items() if not level.in_bounds}
        places = {key for key, quantity in self.places.items() if abs(int(quantity)) > LIMIT}
        for leg in legs if levels or places else ():
            if leg.move.level_key in levels or not places.isdisjoint((leg.source, leg.target)):
                yield StockOutOfBounds(path=leg.move.path, sku=self.levels[leg.move.level_key].sku)

    def _available(self, legs: Sequence[Leg], short: Collection[Demand]) -> dict[Demand, Quantity]:
        """What was left for each demand that was not met, before anything that the document itself brought in."""
        brought = totals((leg.target, leg.quantity) for leg in legs)
        sources: dict[Demand, dict[PlaceKey, Leg]] = {demand: {} for demand in short}
        for leg in legs:
            if (demand := _demand(leg.move)) in sources:
                sources[demand][leg.source] = leg
        return {
            demand: self._left(found, leg.move) - Quantity.total(brought.get(key, Quantity(0)) for key in found)
            for demand, found in sources.items()
            for leg in [next(iter(found.values()))]
        }

    def _left(self, sources: Iterable[PlaceKey], move: Move) -> Quantity:
        """What may still be taken where a move takes from: by choice, only what is kept for nobody else.

        What was counted, lost or set apart is a fact, and stronger than any promise. Nothing of a supplier's is kept.
        """
        by_choice = self.known[move.to_place_id].kind in BY_CHOICE
        ours, left, is_kept = Quantity(0), Quantity(0), False
        for key in sources:
            kind = self.known[key[1]].kind
            if by_choice and kind is PlaceKind.STOCK:
                ours, is_kept = ours + self.places[key], True
            else:
                left += self.places[key]
        return left + min(ours, self.levels[move.level_key].available) if is_kept else left


def _demand(move: Move) -> Demand:
    return move.sku_id, move.from_place_id, move.or_bins, move.lot_id or 0
