"""How goods are told apart, and what they cost that leave: words that the book of goods needs."""

from enum import StrEnum


class ValuationMethod(StrEnum):
    """What goods cost that leave a warehouse (计价方法)."""

    MOVING_AVERAGE = "MOVING_AVERAGE"
    """Their share of what all goods on hand cost (移动平均)."""
    FIFO = "FIFO"
    """What the goods cost that came in first (先进先出)."""


class SkuTracking(StrEnum):
    """By what the goods of a SKU are told apart (追踪方式)."""

    NONE = "NONE"
    """Not at all: one is like the other (不跟踪)."""
    LOT = "LOT"
    """By lot (按批次): goods that were made together, and expire together."""
    SERIAL = "SERIAL"
    """By serial number (按序列号): each piece has one of its own."""
