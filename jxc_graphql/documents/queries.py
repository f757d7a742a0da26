"""What a comparison of the books reports."""

import msgspec


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is kept does not agree with what it was made from."""

    what: str
    """Which value, such as `stock_level.on_hand`."""
    key: str
    """Of which row."""
    expected: str
    actual: str
