"""How goods are told apart, and what they cost that leave: words that the book of goods needs."""

from enum import StrEnum

from jxc_graphql.office.company.settings import ValuationMethod

__all__ = ["SkuTracking", "ValuationMethod"]


class SkuTracking(StrEnum):
    """By what the goods of a SKU are told apart (追踪方式)."""

    NONE = "NONE"
    """Not at all: one is like the other (不跟踪)."""
    LOT = "LOT"
    """By lot (按批次): goods that were made together, and expire together."""
    SERIAL = "SERIAL"
    """By serial number (按序列号): each piece has one of its own."""
