"""What happened to periods."""

from datetime import date

from jxc_graphql.kit.journal import Fact


class PeriodClosed(Fact, frozen=True, kw_only=True):
    """Nothing is posted under these days any more; None begins with the books."""

    period_id: int
    starts_on: date | None
    ends_on: date


class PeriodReopened(Fact, frozen=True, kw_only=True):
    """The newest close was taken back: its days are open again."""

    period_id: int
    starts_on: date | None
    ends_on: date
    note: str
