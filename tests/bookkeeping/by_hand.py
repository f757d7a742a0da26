"""The ledger worked out once more, movement by movement, by somebody who does not know our code.

What goods cost that left, what is left and since when, and what that is worth must be what the tables say. Amounts are
fractions, rounded half-even where the books say that they round.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from typing import Any, Protocol

from jxc_graphql.kit import clock, db
from jxc_graphql.masters.catalog.tracking import ValuationMethod

_SHELVES = ("STOCK", "QUALITY", "DAMAGED")
_APART = ("TRANSIT", "LENT")
"""Where goods keep what they cost, consignment by consignment; those lent have numbers below zero."""
_LEDGER = """
    SELECT movement.document_id, movement.posted_at, sku_id, movement.warehouse_id, source.kind, source.warehouse_id,
        target.kind, target.warehouse_id, quantity, value, consignment_id, origin_on, business_date, line_id, of_line_id
    FROM stock_movement AS movement JOIN place_with_owner AS source ON source.id = from_place_id
    JOIN place_with_owner AS target ON target.id = to_place_id ORDER BY movement.id"""
_WORTH = """
    SELECT document_id, sku_id, warehouse_id, business_date, value FROM stock_revaluation ORDER BY id"""
_REVALUED = """
    SELECT journal.at, line.line_no, line.sku_id, revaluation.warehouse_id, unit_cost, value_change, value,
        revaluation.business_date
    FROM revaluation_line AS line JOIN revaluation ON revaluation.id = revaluation_id
    JOIN journal ON journal.subject_id = revaluation.id AND journal.name = 'RevaluationPosted'"""
_LAYERS = """
    SELECT level.sku_id, level.warehouse_id, layer.consignment_id, layer.origin_on, layer.quantity, layer.value
    FROM cost_layer AS layer JOIN stock_level AS level ON level.id = layer.stock_level_id
    WHERE layer.quantity > 0 ORDER BY layer.origin_on, layer.id"""


def with_owners(ledger: str) -> str:
    """A supplier's goods with us are as if they were with him."""
    place = """(SELECT id, CASE kind WHEN 'CONSIGNED' THEN 'SUPPLIER' ELSE kind END AS kind,
        CASE kind WHEN 'CONSIGNED' THEN NULL ELSE warehouse_id END AS warehouse_id FROM place)"""
    return ledger.replace("place_with_owner", place)


class Method(Protocol):
    """From this moment on a SKU is valued so."""

    @property
    def at(self) -> datetime:
        """The moment."""

    @property
    def sku_id(self) -> int:
        """The SKU."""

    @property
    def method(self) -> ValuationMethod:
        """How."""


Layer = tuple[date, int, int, int]
"""When, how many, what they cost, and of which line; the cost says nothing where all goods cost the same."""


class Heap:
    """Goods in one warehouse, or of one consignment: what they cost, and when they came (oldest first)."""

    def __init__(self, *, by_layer: bool) -> None:
        self.by_layer = by_layer
        self.layers: list[Layer] = []
        self.quantity = self.value = 0

    def take(self, quantity: int, line: int | None = None, worth: int | None = None) -> list[Layer]:
        """Takes the oldest goods out, those of a line first; where all cost the same, for so much if that is said."""
        out: list[Layer] = []
        left = quantity
        for layer in sorted(self.layers, key=lambda layer: layer[3] != line) if line else [*self.layers]:
            on, there, cost, of = layer
            part = min(there, left)
            if not part:
                break
            share = cost if part == there else round(Fraction(cost * part, there))
            out.append((on, part, share, of))
            at = next(n for n, one in enumerate(self.layers) if one is layer)
            self.layers[at : at + 1] = [(on, there - part, cost - share, of)] if part < there else []
            left -= part
        if not self.by_layer:
            mean = self.value if quantity == self.quantity else round(Fraction(self.value * quantity, self.quantity))
            out = spread(mean if worth is None or quantity == self.quantity else min(worth, self.value), out)
        self.quantity -= quantity
        self.value -= sum(cost for _, _, cost, _ in out)
        return out

    def put(self, goods: Sequence[Layer]) -> None:
        """Adds goods; those of the same day come behind those that are there."""
        self.layers = sorted([*self.layers, *goods], key=lambda layer: layer[0])
        self.quantity += sum(quantity for _, quantity, _, _ in goods)
        self.value += sum(cost for _, _, cost, _ in goods)

    def adopt(self, method: ValuationMethod) -> None:
        """Values the goods so from now on; what they are worth together stays."""
        if self.by_layer != (method is ValuationMethod.FIFO):
            self.by_layer = not self.by_layer
            self.layers = spread(self.value, self.layers)


def scaled(worth: int, goods: Sequence[Layer]) -> list[Layer]:
    """The goods, worth so much together, in proportion to what they are worth: the largest remainders get the rest."""
    whole = sum(cost for _, _, cost, _ in goods)
    if not whole:
        return spread(worth, goods)
    exact = [Fraction(worth * cost, whole) for _, _, cost, _ in goods]
    parts = [part.__floor__() for part in exact]
    by_remainder = sorted(range(len(goods)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_remainder[: worth - sum(parts)]:
        parts[n] += 1
    return [(on, quantity, part, line) for (on, quantity, _, line), part in zip(goods, parts, strict=True)]


def spread(worth: int, goods: Sequence[Layer]) -> list[Layer]:
    """The goods, worth so much together: up to each of them so much that the sum so far is right."""
    whole, so_far, found = sum(quantity for _, quantity, _, _ in goods), 0, []
    for on, quantity, _, line in goods:
        before, so_far = so_far, so_far + quantity
        part = round(Fraction(worth * so_far, whole)) - round(Fraction(worth * before, whole))
        found.append((on, quantity, part, line))
    return found


class Bookkeeper:
    """Goes through the ledger, and says where it is wrong."""

    def __init__(self, methods: Sequence[Method]) -> None:
        self._methods = methods
        self.heaps: dict[tuple[int, int, int], Heap] = {}
        self._lines: dict[int, tuple[int, int]] = {}
        """How much each line brought from outside that did not go back there, and what that cost."""
        self._days: dict[tuple[int, int], list[tuple[date, int, int]]] = {}
        """By how much, in quantity and value, each level changed under which day."""
        self.wrong: list[str] = []

    def document(self, movements: Sequence[tuple[Any, ...]], worth: Sequence[tuple[Any, ...]]) -> None:
        """Works one document out; the levels that it touches first adopt the method of their product.

        `worth`: from when on which level is worth how much more, since a late document took goods at another cost.
        """
        at = moment(movements[0][1])
        for _, _, sku_id, own, _, source, _, target, *_ in movements:
            for warehouse_id in {own, source, target} - {None}:
                self._heap(sku_id, warehouse_id, 0, at).adopt(self._method(sku_id, at))
        for _, _, *movement in movements:
            self._move(at, *movement)
        for sku_id, warehouse_id, on, value in worth:
            self._count(sku_id, warehouse_id, day(on), 0, value)

    def revaluation(self, at: datetime, sku_id: int, warehouse_id: int, *asked: Any) -> None:
        """Works out what goods cost from now on: so much each, or so much more together."""
        unit_cost, more, told, on = asked
        self._count(sku_id, warehouse_id, day(on), 0, told or 0)
        heap = self._heap(sku_id, warehouse_id, 0, at)
        heap.adopt(self._method(sku_id, at))
        before = heap.value
        heap.value = before + (more or 0) if unit_cost is None else round(Fraction(heap.quantity * unit_cost, 10**6))
        if heap.by_layer:
            heap.layers = (scaled if unit_cost is None else spread)(heap.value, heap.layers)
        if heap.value - before != told:
            self.wrong.append(f"{sku_id} in {warehouse_id} was revalued by {heap.value - before}, not {told}")

    def _move(self, at: datetime, sku_id: int, _own: int, *rest: Any) -> None:
        kind, source, target_kind, target, quantity, value, consignment_id, origin_on, on, line, of_line = rest
        is_late = day(on) < clock.day_of(at) and source is not None and kind in _SHELVES
        if source is not None and source == target and kind in _SHELVES and target_kind in _SHELVES:
            heap = self._heap(sku_id, source, 0, at)
            cost = round(Fraction(heap.value * quantity, heap.quantity))
            cost = self._cost_then(sku_id, source, day(on), quantity) if is_late else cost
        else:
            goods = [(day(origin_on), quantity, value, of_line or line)]
            if source is not None:
                heap = self._heap(sku_id, source, consignment_id if kind in _APART else 0, at)
                own = self._cost_of(of_line, quantity)
                then = self._cost_then(sku_id, source, day(on), quantity, own) if is_late and not heap.by_layer else 0
                goods = heap.take(quantity, of_line, then if is_late and own is not None else own)
                if is_late and (own is None or heap.by_layer):
                    goods = spread(value if heap.by_layer else then, goods)
            cost = sum(each for _, _, each, _ in goods)
            for come, there in ((1, source), (-1, target)):
                if there is None and (come > 0 or of_line):
                    self._bring(of_line or line, come * quantity, come * value)
            if target is not None:
                self._heap(sku_id, target, consignment_id if target_kind in _APART else 0, at).put(goods)
            if source is not None and kind in _SHELVES:
                self._count(sku_id, source, day(on), -quantity, -value)
            if target is not None and target_kind in _SHELVES:
                self._count(sku_id, target, day(on), quantity, value)
        if cost != value:
            self.wrong.append(f"{quantity} of {sku_id} from {kind} to {target_kind} cost {cost}, not {value}")

    def _bring(self, line: int, quantity: int, value: int) -> None:
        had, cost = self._lines.get(line, (0, 0))
        self._lines[line] = had + quantity, cost + value

    def _cost_of(self, line: int | None, part: int) -> int | None:
        """What so much of a line costs that goes back where it came from; the last part of it takes the rest."""
        if line is None:
            return None
        quantity, cost = self._lines[line]
        return max(cost if part >= quantity else round(Fraction(cost * part, quantity)), 0)

    def _count(self, sku_id: int, warehouse_id: int, on: date, quantity: int, value: int) -> None:
        self._days.setdefault((sku_id, warehouse_id), []).append((on, quantity, value))

    def _cost_then(self, sku_id: int, warehouse_id: int, on: date, part: int, own: int | None = None) -> int:
        """What goods cost on a day, of all that counts for it or an earlier one; `own`: what their line says."""
        days = [one for one in self._days[sku_id, warehouse_id] if one[0] <= on]
        quantity, value = sum(one[1] for one in days), sum(one[2] for one in days)
        return round(Fraction(value * part, quantity)) if own is None or part == quantity else min(own, value)

    def _heap(self, sku_id: int, warehouse_id: int, consignment_id: int, at: datetime) -> Heap:
        by_layer = consignment_id != 0 or self._method(sku_id, at) is ValuationMethod.FIFO
        return self.heaps.setdefault((sku_id, warehouse_id, consignment_id), Heap(by_layer=by_layer))

    def _method(self, sku_id: int, at: datetime) -> ValuationMethod:
        return [one.method for one in self._methods if one.sku_id == sku_id and one.at <= at][-1]

    def compare(self, layers: Sequence[tuple[Any, ...]]) -> None:
        """Compares what is left with the layers in the tables."""
        there: dict[tuple[int, int, int], list[tuple[date, int, int | None]]] = {}
        for sku_id, warehouse_id, consignment_id, origin_on, quantity, value in layers:
            there.setdefault((sku_id, warehouse_id, consignment_id), []).append((day(origin_on), quantity, value))
        for key in there.keys() | self.heaps.keys():
            heap = self.heaps.get(key, Heap(by_layer=False))
            mine = [(on, quantity, cost if heap.by_layer else None) for on, quantity, cost, _ in heap.layers]
            if mine != there.get(key, []):
                self.wrong.append(f"layers of {key} are {mine}, not {there.get(key, [])}")

    def values(self) -> Iterator[tuple[int, int, int, int, int]]:
        """SKU, warehouse, and what is worth how much there, on the way to it, and lent by it."""
        for sku_id, warehouse_id in sorted({(sku_id, warehouse_id) for sku_id, warehouse_id, _ in self.heaps}):
            of_level = [(key[2], heap.value) for key, heap in self.heaps.items() if key[:2] == (sku_id, warehouse_id)]
            on_the_way = sum(value for consignment_id, value in of_level if consignment_id > 0)
            lent = sum(value for consignment_id, value in of_level if consignment_id < 0)
            yield sku_id, warehouse_id, sum(value for _, value in of_level) - on_the_way - lent, on_the_way, lent


async def differences(methods: Sequence[Method]) -> list[str]:
    """Where the tables are not what the ledger comes to; `methods` says how each SKU was valued since when."""
    keeper = Bookkeeper(methods)
    worth: dict[int, list[tuple[Any, ...]]] = {}
    for document_id, *row in await db.fetch(_WORTH):
        worth.setdefault(document_id, []).append(tuple(row))
    documents = groupby(await db.fetch(with_owners(_LEDGER)), key=lambda movement: (movement[0], moment(movement[1])))
    posted: list[tuple[datetime, int, list[Any]]] = [(at, 0, [*movements]) for (_, at), movements in documents]
    posted += [(moment(at), number, what) for at, number, *what in await db.fetch(_REVALUED)]
    for at, number, what in sorted(posted, key=lambda one: one[:2]):
        if number:
            keeper.revaluation(at, *what)
        else:
            keeper.document(what, worth.get(what[0][0], ()))
    keeper.compare(await db.fetch(_LAYERS))
    levels = await db.fetch("SELECT sku_id, warehouse_id, value, in_transit_value, lent_value FROM stock_level")
    told = {(sku_id, warehouse_id): values for sku_id, warehouse_id, *values in levels}
    for sku_id, warehouse_id, *values in keeper.values():
        if told[sku_id, warehouse_id] != values:
            found = told[sku_id, warehouse_id]
            keeper.wrong.append(f"{sku_id} in {warehouse_id} is worth {values}, not {found}")
    return keeper.wrong


def moment(value: Any) -> datetime:
    """A moment out of a column."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def day(value: Any) -> date:
    """A day out of a column."""
    return value if isinstance(value, date) else date.fromisoformat(value)
