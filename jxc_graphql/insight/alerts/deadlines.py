"""How many days before their expiry goods are told of, and after how many without a sale they are dead."""

import msgspec


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """Days, counted on the calendar."""

    expiry_alert_days: int = 30
    dead_stock_days: int = 90


_deadlines = Deadlines()


def use_deadlines(*, expiry_alert_days: int, dead_stock_days: int) -> None:
    """Makes every later review of this process go by these."""
    global _deadlines  # noqa: PLW0603  (an installation has one set of them)
    _deadlines = Deadlines(expiry_alert_days=expiry_alert_days, dead_stock_days=dead_stock_days)


def deadlines() -> Deadlines:
    """Those of this installation."""
    return _deadlines
