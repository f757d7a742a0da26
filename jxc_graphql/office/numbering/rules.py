"""What numbering rules can be."""

import re
from collections.abc import Iterator

from jxc_graphql.kit.errors import Reason
from jxc_graphql.office.documents.numbers import BRANCH_LENGTH, COUNTED, SHOWN, DatePart, Numbering, NumberReset

NUMBER_LENGTH = 30
"""Characters that the number of a document may have."""
LEAST_DIGITS, MOST_DIGITS = 3, 8
_ROOM = 7
"""Digits that a count may grow to, however few it begins with."""
SEPARATORS = ("", "-", ".", "_")
_PREFIX = re.compile(r"[A-Za-z0-9\u4e00-\u9fff]{1,8}")


class NumberPrefixInvalid(Reason, frozen=True, kw_only=True):
    """A number begins with one to eight letters, digits or Chinese characters."""


class NumberSeparatorInvalid(Reason, frozen=True, kw_only=True):
    """Nothing else can stand between the parts of a number."""


class NumberDigitsOutOfRange(Reason, frozen=True, kw_only=True):
    """A count has so many digits at least, and at most."""

    least: int
    most: int


class NumberResetNotShown(Reason, frozen=True, kw_only=True):
    """Counting would begin anew while the numbers look the same, so each would be given again."""

    reset: NumberReset
    date_part: DatePart


class BranchNeedsSeparator(Reason, frozen=True, kw_only=True):
    """Nobody could tell the branch in a number from what stands beside it."""


class NumberTooLong(Reason, frozen=True, kw_only=True):
    """Numbers would be longer than documents can have."""

    limit: int


class NumbersClash(Reason, frozen=True, kw_only=True):
    """Numbers were given, or would be, that look the same and are counted otherwise: some would be given twice."""

    taken: str
    """What those begin with; `#` stands for a digit of a date."""


def check_rule(rule: Numbering) -> Iterator[Reason]:
    """What is wrong with a rule, whatever others there are."""
    if not _PREFIX.fullmatch(rule.prefix):
        yield NumberPrefixInvalid(path=("prefix",))
    if rule.separator not in SEPARATORS:
        yield NumberSeparatorInvalid(path=("separator",))
    elif rule.shows_branch and not rule.separator:
        yield BranchNeedsSeparator(path=("separator",))
    if not LEAST_DIGITS <= rule.digits <= MOST_DIGITS:
        yield NumberDigitsOutOfRange(path=("digits",), least=LEAST_DIGITS, most=MOST_DIGITS)
    if COUNTED[rule.reset] > SHOWN[rule.date_part]:
        yield NumberResetNotShown(path=("reset",), reset=rule.reset, date_part=rule.date_part)
    head = len(rule.prefix) + SHOWN[rule.date_part] + rule.shows_branch * (BRANCH_LENGTH + 1) + 2
    if head + max(rule.digits, _ROOM) > NUMBER_LENGTH:
        yield NumberTooLong(path=("prefix",), limit=NUMBER_LENGTH)
