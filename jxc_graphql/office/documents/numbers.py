"""What numbers of documents look like (编号规则), as a value: what stands before the count, and when that begins anew.

    Numbering(prefix="CG", date_part=DatePart.DAY, separator="", digits=4, reset=NumberReset.DAILY)
        CG20261130-0001         its head is CG20261130-, its series CG########-|20261130

What is counted together is a series: how the head looks, a date in it as `#`, and the time for which it counts. Two
kinds whose series is the same share it. The last character of a head is never a digit, so a number says itself where
its count begins, and numbers of different heads differ.
"""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

NO_BRANCH = "0"
"""What stands for the branch of a document that has none."""
BRANCH_LENGTH = 7
"""Characters that it has at most there."""
_DIGITS = "0123456789"


class DatePart(StrEnum):
    """What a number shows of the day that its document counts for (编号日期)."""

    NONE = "NONE"
    """Nothing (无)."""
    YEAR = "YEAR"
    """The year (年), such as 2026."""
    YEAR_MONTH = "YEAR_MONTH"
    """Year and month (年月), such as 202611."""
    DAY = "DAY"
    """The day (年月日), such as 20261130."""


class NumberReset(StrEnum):
    """When counting begins anew (编号归零)."""

    NEVER = "NEVER"
    """Never (不归零)."""
    YEARLY = "YEARLY"
    """Every year (按年)."""
    MONTHLY = "MONTHLY"
    """Every month (按月)."""
    DAILY = "DAILY"
    """Every day (按日)."""


SHOWN = {DatePart.NONE: 0, DatePart.YEAR: 4, DatePart.YEAR_MONTH: 6, DatePart.DAY: 8}
"""How many digits of a day such as 20261130 are shown."""
COUNTED = {NumberReset.NEVER: 0, NumberReset.YEARLY: 4, NumberReset.MONTHLY: 6, NumberReset.DAILY: 8}
"""How many of them say what is counted together."""


class Numbering(msgspec.Struct, frozen=True, kw_only=True):
    """How numbers of a kind are made, as all were before there were rules."""

    prefix: str
    date_part: DatePart = DatePart.YEAR
    separator: str = "-"
    shows_branch: bool = False
    digits: int = 5
    reset: NumberReset = NumberReset.YEARLY

    def head(self, at: date, branch: str = NO_BRANCH) -> str:
        """What stands before the count."""
        return self._head(_day(at)[: SHOWN[self.date_part]], branch)

    def series(self, at: date, branch: str = NO_BRANCH) -> str:
        """What its count belongs to."""
        return f"{self._head('#' * SHOWN[self.date_part], branch)}|{_day(at)[: COUNTED[self.reset]]}"

    def number(self, at: date, count: int | str, branch: str = NO_BRANCH) -> str:
        """The number of a document of a day."""
        return f"{self.head(at, branch)}{count if isinstance(count, str) else f'{count:0{self.digits}d}'}"

    def clashes(self, series: Iterable[str]) -> str | None:
        """The first of these series of which a number may be one of its own too, unless it is counted together."""
        alike, own = _pattern(self, "[{}#]", r"[\d#]"), _pattern(self, "{}", "#")
        period = COUNTED[self.reset]
        for one in series:
            head, _, when = one.partition("|")
            if alike.fullmatch(head) and not (own.fullmatch(head) and len(when) == period):
                return one
        return None

    def _head(self, day: str, branch: str) -> str:
        parts = (self.prefix, _branch_part(branch) if self.shows_branch else "", day)
        text = self.separator.join(part for part in parts if part)
        return text + (self.separator or ("-" if text[-1] in f"#{_DIGITS}" else ""))


def _day(at: date) -> str:
    return f"{at.year:04d}{at.month:02d}{at.day:02d}"


def _branch_part(code: str) -> str:
    """A branch in a number: letters and digits, which nobody takes for a date."""
    part = "".join(one for one in code if one.isalnum())[: BRANCH_LENGTH - 1] or NO_BRANCH
    return f"B{part}" if re.fullmatch(r"\d{4}|\d{6}|\d{8}", part) else part


def _pattern(rule: Numbering, digit: str, dated: str) -> re.Pattern[str]:
    """The heads of series that look like those of a rule; how a digit of its own and one of a date may look there."""
    prefix = "".join(digit.format(one) if one in _DIGITS else re.escape(one) for one in rule.prefix)
    day, between = dated * SHOWN[rule.date_part], re.escape(rule.separator)
    text = between.join(part for part in (prefix, r"[^\W_]+" if rule.shows_branch else "", day) if part)
    ends_in_digit = rule.date_part is not DatePart.NONE or rule.prefix[-1:] in _DIGITS
    return re.compile(text + (between or ("-" if ends_in_digit else "")))
