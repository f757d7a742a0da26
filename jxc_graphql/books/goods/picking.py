"""Which goods are taken when a document does not say: soonest to expire first (FEFO, 先到期先出).

Among lots that expire on the same day, or never, goods are taken from the warehouse's own stock place before its bins,
and from bins in the order of their codes.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeVar

import msgspec

from jxc_graphql.kit import fen
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.warehouses.places import PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

Name = TypeVar("Name", bound=Hashable)

NO_LIMITS: Mapping[int, Quantity] = MappingProxyType({})

USED_UP = frozenset({VirtualPlace.CUSTOMER, VirtualPlace.ASSEMBLY})
"""Where goods go that must still be good, named or not: to customers, and into kits."""
ONLY_GOOD = frozenset({PlaceKind.CUSTOMER, PlaceKind.ASSEMBLY, PlaceKind.TRANSIT, PlaceKind.LENT})
"""Whither only good lots are picked; another warehouse, or who borrows, gets bad ones when they are named."""

BY_CHOICE = ONLY_GOOD | {PlaceKind.SUPPLIER}
"""Where goods go because somebody wants it so: never those that are kept for others."""


class Consigned(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of what a supplier's line brought (代销), and what it costs once it is ours."""

    line_id: int
    supplier_id: int
    price: UnitPrice
    quantity: Quantity

    def worth(self, quantity: Quantity) -> Money:
        """What so much of it costs, in whole fen, so that all parts of it cost what it costs whole."""
        return fen.worth(self.quantity, self.price) - fen.worth(self.quantity - quantity, self.price)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What is of a SKU at a place, of one lot or of none."""

    sku_id: int
    place: KnownPlace
    lot_id: int | None
    lot: str | None
    quantity: Quantity
    expires_on: date | None
    is_blocked: bool
    consigned: Consigned | None = None
    """Whose they are, where they are a supplier's."""
    came_on: date = date.min
    """Of a supplier's goods the day on which they came."""

    @property
    def line_id(self) -> int:
        """The line that brought a supplier's goods; 0 of ours."""
        return self.consigned.line_id if self.consigned else 0

    @property
    def key(self) -> tuple[int, int, int]:
        """The place level."""
        return self.sku_id, self.place.id, self.lot_id or 0

    def is_good(self, on: date) -> bool:
        """Whether a customer may have it on a day: a lot that is neither blocked nor expired."""
        return not self.is_blocked and (self.expires_on is None or self.expires_on >= on)

    def serves(self, place: KnownPlace, *, or_bins: bool) -> bool:
        """Whether it lies where goods are asked for: at a place, or at any of its kind in the warehouse.

        A supplier's goods serve wherever ours may come from any place for sale.
        """
        if self.consigned and place.kind is PlaceKind.STOCK:
            return or_bins and self.place.warehouse_id == place.warehouse_id
        same_kind = or_bins and (self.place.warehouse_id, self.place.kind) == (place.warehouse_id, place.kind)
        return same_kind or self.place.id == place.id

    @property
    def turn(self) -> tuple[date, bool, str, int]:
        """When it is taken: sorts candidates."""
        return self.expires_on or date.max, self.place.is_bin, self.place.code, self.lot_id or 0


class Shelf:
    """What may still be taken, while one document takes from it."""

    def __init__(
        self, candidates: Iterable[Candidate], *, theirs_first: bool = False, ours: Mapping[int, Quantity] = NO_LIMITS
    ) -> None:
        """`theirs_first`: whether suppliers' goods go before ours; `ours`: how much of ours may go, by SKU."""
        self._of_sku: dict[int, list[Candidate]] = {}
        for one in sorted(candidates, key=lambda one: ((one.consigned is None) is theirs_first, *one.turn)):
            self._of_sku.setdefault(one.sku_id, []).append(one)
        self._left = {(one.key, one.line_id): one.quantity for some in self._of_sku.values() for one in some}
        self._ours = dict(ours)

    def pick(
        self,
        sku_id: int,
        quantity: Quantity,
        place: KnownPlace,
        *,
        or_bins: bool,
        lot_id: int | None,
        good_on: date | None,
        line_id: int | None = None,
    ) -> Iterator[tuple[Candidate, Quantity]]:
        """Takes so much, of one lot or of any; gives less where there is less.

        `good_on` says on which day the goods must still be good; None takes any. `line_id`: of which supplier's goods;
        0 takes none of any supplier's, None any.
        """
        for one in self._of_sku.get(sku_id, ()):
            fits = one.serves(place, or_bins=or_bins) and lot_id in (None, one.lot_id)
            if not fits or not (good_on is None or one.is_good(good_on)) or line_id not in (None, one.line_id):
                continue
            part = min(quantity, self._left[one.key, one.line_id])
            if one.consigned is None and line_id is None:
                part = min(part, self._ours.get(sku_id, part))
            if part > 0:
                yield self._take(one, part), part
                quantity -= part

    def named(self, sku_id: int, quantity: Quantity, line_id: int) -> Consigned | None:
        """Takes pieces that are named, of what a supplier's line brought; None of ours."""
        for one in self._of_sku.get(sku_id, ()) if line_id else ():
            if one.line_id == line_id:
                return self._take(one, quantity).consigned
        return None

    def _take(self, one: Candidate, quantity: Quantity) -> Candidate:
        left = self._left[one.key, one.line_id]
        self._left[one.key, one.line_id] = left - quantity
        if one.consigned:
            return msgspec.structs.replace(one, consigned=msgspec.structs.replace(one.consigned, quantity=left))
        if one.sku_id in self._ours:
            self._ours[one.sku_id] -= quantity
        return one


def repeated(names: Iterable[Name]) -> set[Name]:
    """Whatever is named more than once."""
    return {name for name, count in Counter(names).items() if count > 1}
