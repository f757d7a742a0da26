"""Which goods are taken when a document does not say: soonest to expire first (FEFO, 先到期先出).

Among lots that expire on the same day, or never, goods are taken from the warehouse's own stock place before its bins,
and from bins in the order of their codes.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from typing import TypeVar

import msgspec

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

Name = TypeVar("Name", bound=Hashable)

USED_UP = frozenset({VirtualPlace.CUSTOMER, VirtualPlace.ASSEMBLY})
"""Where goods go that must still be good, named or not: to customers, and into kits."""
ONLY_GOOD = frozenset({PlaceKind.CUSTOMER, PlaceKind.ASSEMBLY, PlaceKind.TRANSIT, PlaceKind.LENT})
"""Whither only good lots are picked; another warehouse, or who borrows, gets bad ones when they are named."""

BY_CHOICE = ONLY_GOOD | {PlaceKind.SUPPLIER}
"""Where goods go because somebody wants it so: never those that are kept for others."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What is of a SKU at a place, of one lot or of none."""

    sku_id: int
    place: KnownPlace
    lot_id: int | None
    lot: str | None
    quantity: Quantity
    expires_on: date | None
    is_blocked: bool

    @property
    def key(self) -> tuple[int, int, int]:
        """The place level."""
        return self.sku_id, self.place.id, self.lot_id or 0

    def is_good(self, on: date) -> bool:
        """Whether a customer may have it on a day: a lot that is neither blocked nor expired."""
        return not self.is_blocked and (self.expires_on is None or self.expires_on >= on)

    def serves(self, place: KnownPlace, *, or_bins: bool) -> bool:
        """Whether it lies where goods are asked for: at a place, or at any of its kind in the warehouse."""
        same_kind = or_bins and (self.place.warehouse_id, self.place.kind) == (place.warehouse_id, place.kind)
        return same_kind or self.place.id == place.id

    @property
    def turn(self) -> tuple[date, bool, str, int]:
        """When it is taken: sorts candidates."""
        return self.expires_on or date.max, self.place.is_bin, self.place.code, self.lot_id or 0


class Shelf:
    """What may still be taken, while one document takes from it."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._of_sku: dict[int, list[Candidate]] = {}
        for one in sorted(candidates, key=lambda one: one.turn):
            self._of_sku.setdefault(one.sku_id, []).append(one)
        self._left = {one.key: one.quantity for some in self._of_sku.values() for one in some}

    def pick(
        self,
        sku_id: int,
        quantity: Quantity,
        place: KnownPlace,
        *,
        or_bins: bool,
        lot_id: int | None,
        good_on: date | None,
    ) -> Iterator[tuple[Candidate, Quantity]]:
        """Takes so much, of one lot or of any; gives less where there is less.

        `good_on` says on which day the goods must still be good; None takes any.
        """
        for one in self._of_sku.get(sku_id, ()):
            fits = one.serves(place, or_bins=or_bins) and lot_id in (None, one.lot_id)
            if not fits or not (good_on is None or one.is_good(good_on)):
                continue
            part = min(quantity, self._left[one.key])
            if part > 0:
                self._left[one.key] -= part
                quantity -= part
                yield one, part


def repeated(names: Iterable[Name]) -> set[Name]:
    """Whatever is named more than once."""
    return {name for name, count in Counter(names).items() if count > 1}
