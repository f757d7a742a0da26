"""What is allowed when goods are moved within a warehouse."""

from collections.abc import Iterator, Mapping, Sequence

from jxc_graphql.books.goods.named import KnownGoods, NamedGoods, check_named
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES
from jxc_graphql.office.documents.rules import check_line_count

_SHELVES = frozenset({PlaceKind.STOCK, PlaceKind.QUALITY, PlaceKind.DAMAGED})


class NotOnShelves(Reason, frozen=True, kw_only=True):
    """Goods are not moved to or from this place by hand: they get into transit, and out of it, by a transfer."""

    place: str


class SamePlace(Reason, frozen=True, kw_only=True):
    """A line that leads to where it starts."""

    place: str


class WantedMove(NamedGoods, frozen=True, kw_only=True):
    """What to move from where to where."""

    from_place_id: int
    """From which place or bin (库位) of the warehouse."""
    to_place_id: int
    """To which other one; from quality (待检) to stock releases goods that were inspected."""


def check_moves(
    wanted: Sequence[WantedMove], known: KnownGoods, places: Mapping[int, KnownPlace], warehouse_id: int
) -> Iterator[Reason]:
    """Everything wrong with a move but the stock, line by line."""
    yield from check_line_count(len(wanted), MAX_ORDER_LINES)
    for index, one in enumerate(wanted[:MAX_ORDER_LINES]):
        path = ("lines", index)
        yield from check_named(one, path, known)
        yield from _check_place(places.get(one.from_place_id), warehouse_id, (*path, "from_place_id"))
        yield from _check_place(places.get(one.to_place_id), warehouse_id, (*path, "to_place_id"))
        if one.from_place_id == one.to_place_id and one.to_place_id in places:
            yield SamePlace(path=(*path, "to_place_id"), place=places[one.to_place_id].code)


def _check_place(place: KnownPlace | None, warehouse_id: int, path: Path) -> Iterator[Reason]:
    if place is None or place.warehouse_id != warehouse_id:
        yield UnknownId(path=path, kind="Place")
    elif place.kind not in _SHELVES:
        yield NotOnShelves(path=path, place=place.code)
