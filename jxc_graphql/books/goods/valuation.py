"""What goods are worth: cost layers, and how much of them goods take along when they leave.

A layer (成本层) is what one receipt brought and is still there, with the day on which the company first had it. Goods
leave the oldest layer first. Where a product is valued first in, first out (先进先出) a layer has a value of its own,
and goods cost what their layers cost. Under the moving average (移动平均) all goods of a level cost the same, and a
layer only tells their age. Goods that are away, in transit or lent, are a pool of their own for each consignment, and
take value and age along: they come back as they left.

Value is posted as amounts, never as rates: a part costs round(value × part / whole), so the last part takes the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from jxc_graphql.kit.numbers import Money, Quantity, divide, share
from jxc_graphql.masters.warehouses.places import PlaceKind

ON_THE_SHELVES = 0
"""The consignment of goods that are not away."""

PoolKey = tuple[int, int]
"""Stock level and consignment."""


class Portion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """So much of one layer; `line_id` is the document line with which the goods came into the company."""

    origin_on: date
    line_id: int
    quantity: Quantity
    value: Money


class Layer(msgspec.Struct, kw_only=True, gc=False):
    """A cost layer while it changes; without an id it is new. `value` is None under the moving average."""

    id: int | None
    origin_on: date
    line_id: int
    quantity: Quantity
    value: Money | None
    changed: bool = False


class Pool(msgspec.Struct):
    """The layers of a stock level's shelves, or of one consignment, as far as a document may need them."""

    layers: list[Layer]
    """Oldest first."""
    short: bool = False
    """Whether more was taken than there is, which only a document does that is going to be refused."""

    def take(self, quantity: Quantity, of_line_id: int | None = None) -> list[Portion]:
        """Takes so much out of the oldest layers, or first of those of a line.

        Portions of layers without a value are worth nothing yet.
        """
        taken = []
        for layer in self._in_turn(of_line_id):
            if quantity <= 0:
                break
            part = min(layer.quantity, quantity)
            if part <= 0:
                continue
            value = None if layer.value is None else part_of(layer.value, part, layer.quantity)
            taken.append(
                Portion(origin_on=layer.origin_on, line_id=layer.line_id, quantity=part, value=value or Money(0))
            )
            layer.quantity -= part
            layer.value = None if value is None or layer.value is None else layer.value - value
            layer.changed = True
            quantity -= part
        self.short |= quantity > 0
        return taken

    def _in_turn(self, of_line_id: int | None) -> Sequence[Layer]:
        if of_line_id is None:
            return self.layers
        return sorted(self.layers, key=lambda layer: layer.line_id != of_line_id)

    def put(self, portions: Iterable[Portion], *, valued: bool) -> None:
        """Adds portions as new layers, in the order of their age."""
        for portion in portions:
            layer = Layer(
                id=None,
                origin_on=portion.origin_on,
                line_id=portion.line_id,
                quantity=portion.quantity,
                value=portion.value if valued else None,
                changed=True,
            )
            self.layers.append(layer)
        self.layers.sort(key=lambda layer: layer.origin_on)

    def revalue(self, whole: Money | None) -> None:
        """Makes the layers worth so much together, each in proportion to its quantity; None takes their values."""
        parts = [None] * len(self.layers) if whole is None else shares(whole, [one.quantity for one in self.layers])
        for layer, value in zip(self.layers, parts, strict=True):
            if layer.quantity and layer.value != value:
                layer.value, layer.changed = value, True

    def scale(self, whole: Money) -> None:
        """Makes the layers worth so much together, each in proportion to what it is worth now, if that is anything."""
        if not any(layer.value for layer in self.layers):
            self.revalue(whole)
            return
        parts = share(whole, [layer.value or 0 for layer in self.layers])
        for layer, value in zip(self.layers, parts, strict=True):
            if layer.quantity and layer.value != value:
                layer.value, layer.changed = value, True


class LineCost(msgspec.Struct):
    """What goods cost, with all that was charged on them since, that a line brought and that did not go back."""

    quantity: Quantity
    value: Money

    def take(self, quantity: Quantity) -> Money:
        """What a part of them costs that goes back; the last part takes the rest."""
        part = part_of(self.value, quantity, self.quantity) if quantity < self.quantity else self.value
        self.quantity -= quantity
        self.value -= part
        return max(part, Money(0))


def is_in_transit(consignment_id: int) -> bool:
    """Whether goods of a consignment are on their way: it is the line of a transfer."""
    return consignment_id > ON_THE_SHELVES


def is_lent(consignment_id: int) -> bool:
    """Whether goods of a consignment are with a partner: it is the line of a loan."""
    return consignment_id < ON_THE_SHELVES


def lent_by(line_id: int) -> int:
    """The consignment of goods that the line of a loan lent: below zero, so that it is told from a transfer's."""
    return -line_id


def place_kind_of(consignment_id: int) -> PlaceKind:
    """At which place of their level goods of a consignment are; `STOCK` stands for all shelves."""
    if consignment_id == ON_THE_SHELVES:
        return PlaceKind.STOCK
    return PlaceKind.TRANSIT if is_in_transit(consignment_id) else PlaceKind.LENT


def part_of(value: Money, part: Quantity, whole: Quantity) -> Money:
    """What a part of goods cost that cost so much as a whole, rounded half-even."""
    return value if part == whole else Money(divide(int(value) * int(part), int(whole)))


def shares(value: Money, quantities: Sequence[Quantity]) -> list[Money]:
    """A value shared out over quantities, exactly: each share is the difference of two rounded running totals.

    Nothing has a share where there is no quantity, so the value of no goods is lost: there is none.
    """
    if len(quantities) == 1:
        return [value if quantities[0] else Money(0)]
    whole = int(Quantity.total(quantities))
    return [Money(after - before) for before, after in _running(int(value), whole, quantities)]


def with_values(portions: Sequence[Portion], value: Money) -> list[Portion]:
    """The portions, worth so much together."""
    parts = shares(value, [portion.quantity for portion in portions])
    return [msgspec.structs.replace(one, value=part) for one, part in zip(portions, parts, strict=True)]


def _running(value: int, whole: int, quantities: Sequence[Quantity]) -> Iterator[tuple[int, int]]:
    so_far = before = 0
    for quantity in quantities:
        so_far += int(quantity)
        after = divide(value * so_far, whole) if whole else 0
        yield before, after
        before = after
