"""What a level held at the end of a day that is over, while a late document takes of it."""

from collections.abc import Sequence
from datetime import date

import msgspec

from jxc_graphql.books.goods.valuation import Pool, Portion, part_of, with_values
from jxc_graphql.kit.numbers import Money, Quantity


class Held(msgspec.Struct, frozen=True):
    """How much, and what it cost; or by how much both changed."""

    quantity: Quantity = Quantity(0)
    value: Money = Money(0)

    def add(self, other: "Held") -> "Held":
        """Both together."""
        return Held(self.quantity + other.quantity, self.value + other.value)


class Then(msgspec.Struct):
    """The goods of a level on the day of a late document."""

    by_layer: bool
    """Whether they leave first in, first out; else there is one layer, of all of them."""
    held: Held
    """What there was before the document."""
    since: dict[date, Held]
    """By how much that changed on each later day."""
    pool: Pool

    @property
    def value(self) -> Money:
        """What is left of the value."""
        return Money.total(layer.value or Money(0) for layer in self.pool.layers)

    def worth(self, quantity: Quantity) -> Money:
        """What a part of the goods cost on average."""
        there = Quantity.total(layer.quantity for layer in self.pool.layers)
        return part_of(self.value, quantity, there) if there > 0 else Money(0)

    def take(self, portions: Sequence[Portion], quantity: Quantity) -> list[Portion]:
        """The portions that leave the level of today, worth what goods cost on that day."""
        taken = self.pool.take(quantity)
        return with_values(portions, Money.total(one.value for one in taken))

    def bear(self, cost: Money, quantity: Quantity) -> Money:
        """How much left with goods that cost so much: at most what all were worth, which went where nothing stayed."""
        there = Quantity.total(layer.quantity for layer in self.pool.layers)
        return min(cost, self.value) if quantity < there else self.value

    def take_at_cost(self, portions: Sequence[Portion], quantity: Quantity) -> list[Portion]:
        """The portions that leave the level of today, worth what they cost, as far as the level of that day was."""
        there = self.value
        value = self.bear(Money.total(one.value for one in portions), quantity)
        self.pool.take(quantity)
        self.pool.scale(there - value)
        return with_values(portions, value)

    def put(self, portions: Sequence[Portion]) -> None:
        """Adds what the document brings itself."""
        if self.by_layer:
            self.pool.put(portions, valued=True)
            return
        (layer,) = self.pool.layers
        layer.value = self.value + Money.total(one.value for one in portions)
        layer.quantity += Quantity.total(one.quantity for one in portions)

    def corrections(self, before: Held, after: Held, today: date) -> dict[date, Money]:
        """By how much more the level is worth from some days on than what the document moved makes of it.

        `before` and `after` are the level of today without the document and with it. What is left for today goes
        there, but no day between keeps a value without goods, or less than none.
        """
        held, more, moved = self.held, after.quantity - before.quantity, self.value - self.held.value
        found: dict[date, Money] = {}
        for on, change in sorted(self.since.items()):
            held = held.add(change)
            left = held.value + moved
            if held.quantity + more == 0 or left < 0:
                right = part_of(held.value, held.quantity + more, held.quantity) if held.quantity > 0 else Money(0)
                found[on] = right - left
                moved += right - left
        if rest := after.value - before.value - moved:
            found[today] = found.get(today, Money(0)) + rest
        return {on: value for on, value in found.items() if value}

    def first_day_to_revalue(self, by: Money, day: date) -> date:
        """The first day, from the given one on, from which goods that cost so much more are there on all days since."""
        held, first, fits = self.held, day, _can_cost(self.held, by)
        for on, change in sorted(self.since.items()):
            held = held.add(change)
            if not _can_cost(held, by):
                fits = False
            elif not fits:
                first, fits = on, True
        return first


def _can_cost(held: Held, more: Money) -> bool:
    return not more or (held.quantity > 0 and held.value + more >= 0)
