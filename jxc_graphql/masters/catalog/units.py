"""The units and labels of a SKU, as they are given to its operations."""

import msgspec


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """Another unit of a SKU: one of it is numerator / denominator base units."""

    name: str
    numerator: int
    denominator: int = 1


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode and the unit that it is on; None means the base unit."""

    code: str
    unit: str | None = None
