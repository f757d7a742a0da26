"""What happened to periods."""

from datetime import date
from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class PeriodClosed(Fact, frozen=True, kw_only=True):
    """Nothing is posted under these days any more; None begins with the books."""

    subject: ClassVar[str] = "period_id"
    period_id: int
    starts_on: date | None
    ends_on: date


class PeriodReopened(Fact, frozen=True, kw_only=True):
    """The newest close was taken back: its days are open again."""

    subject: ClassVar[str] = "period_id"
    period_id: int
    starts_on: date | None
    ends_on: date
    note: str
