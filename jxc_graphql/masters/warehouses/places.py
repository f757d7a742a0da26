"""Kinds of places, the places that no warehouse has, and where goods may lie: what every movement of goods needs."""

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from types import MappingProxyType

import msgspec

from jxc_graphql.kit.errors import Path, Reason, UnknownId


class PlaceKind(StrEnum):
    """What goods at a place are: ours to sell, ours but not to be sold, or not ours."""

    STOCK = "STOCK"
    """Sellable stock (可用库存) of a warehouse."""
    QUALITY = "QUALITY"
    """Waiting for inspection (待检) in a warehouse."""
    DAMAGED = "DAMAGED"
    """Damaged or rejected (次品) in a warehouse."""
    TRANSIT = "TRANSIT"
    """On the way to a warehouse (在途): sent from another one, not yet received."""
    LENT = "LENT"
    """With a partner (借出、寄售、委外): of a warehouse, ours and worth what it cost, wherever he has it."""
    CONSIGNED = "CONSIGNED"
    """A supplier's goods in a warehouse (代销): worth nothing to us until we sell, use or take them over."""
    SUPPLIER = "SUPPLIER"
    """With suppliers: where receipts come from."""
    CUSTOMER = "CUSTOMER"
    """With customers: where shipments go."""
    VARIANCE = "VARIANCE"
    """Count differences (盘盈盘亏)."""
    SCRAP = "SCRAP"
    """Written off (报废)."""
    OPENING = "OPENING"
    """Where opening balances (期初) come from."""
    ASSEMBLY = "ASSEMBLY"
    """Assembly (组装): where components go and kits come from, and the other way round."""


class BinKind(StrEnum):
    """What a bin (库位) is for."""

    STOCK = "STOCK"
    """Sellable stock (可用库存)."""
    QUALITY = "QUALITY"
    """Goods that wait for inspection (待检)."""
    DAMAGED = "DAMAGED"
    """Damaged or rejected goods (次品)."""


BUILT_IN = (
    PlaceKind.STOCK, PlaceKind.QUALITY, PlaceKind.DAMAGED, PlaceKind.TRANSIT, PlaceKind.LENT, PlaceKind.CONSIGNED,
)  # fmt: skip
"""The kinds of which every warehouse has a place from the beginning."""

AWAY = frozenset({PlaceKind.TRANSIT, PlaceKind.LENT})
"""Goods at places of these kinds are ours and belong to a warehouse, but do not lie in it."""


THEIRS = frozenset({PlaceKind.CONSIGNED})
"""Goods at places of these kinds lie in a warehouse, and are a supplier's."""


class VirtualPlace(IntEnum):
    """The ids of the places that no warehouse has; a migration inserts them."""

    SUPPLIER = 1
    CUSTOMER = 2
    VARIANCE = 3
    SCRAP = 4
    OPENING = 5
    ASSEMBLY = 6


class KnownPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place as documents need it; a virtual one has no warehouse."""

    id: int
    kind: PlaceKind
    warehouse_id: int | None
    code: str
    is_active: bool
    is_bin: bool


VIRTUAL = MappingProxyType(
    {
        int(place): KnownPlace(
            id=place.value,
            kind=PlaceKind[place.name],
            warehouse_id=None,
            code=place.name,
            is_active=True,
            is_bin=False,
        )
        for place in VirtualPlace
    }
)
"""The places that no warehouse has, by their ids; they never change."""


class NoStockPlace(Reason, frozen=True, kw_only=True):
    """Goods that can be sold lie at stock places only; this one is for others."""

    place: str


def check_shelf(place: KnownPlace | None, warehouse_id: int, path: Path) -> Iterator[Reason]:
    """Whether it is a place of the warehouse at which goods can lie, and not one for those that are away."""
    if place is None or place.warehouse_id != warehouse_id or place.kind in AWAY | THEIRS:
        yield UnknownId(path=path, kind="Place")


def check_stock_place(place: KnownPlace | None, warehouse_id: int, path: Path) -> Iterator[Reason]:
    """Whether goods that can be sold may lie at a place: it is in the warehouse, and one of its stock places."""
    if place is None or place.warehouse_id != warehouse_id:
        yield UnknownId(path=path, kind="Place")
    elif place.kind is not PlaceKind.STOCK:
        yield NoStockPlace(path=path, place=place.code)
