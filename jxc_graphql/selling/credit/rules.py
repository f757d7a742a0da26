"""Whether a customer is trusted with more: decided without a database."""

from collections.abc import Iterator, Mapping

import msgspec

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.fen import check_whole_fen
from jxc_graphql.kit.numbers import Money, check_not_negative
from jxc_graphql.selling.credit.models import CreditAction

MOST_DAYS = 3650


class CreditExceeded(Reason, frozen=True, kw_only=True):
    """The customer would be trusted with more than his credit limit."""

    limit: Money
    asked: Money
    """How much more is asked for."""
    available: Money
    """How much more he is trusted with."""


class CustomerOverdue(Reason, frozen=True, kw_only=True):
    """The customer should have paid what he owes long ago."""

    overdue: Money
    """How much of it, less what he paid ahead."""
    days: int
    """Since how many days the oldest of it."""


class GraceOutOfRange(Reason, frozen=True, kw_only=True):
    """There are no days of grace below 0, and none of more than ten years."""

    least: int
    most: int


class CreditTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a customer."""

    limit: Money
    when_exceeded: CreditAction
    when_overdue: CreditAction


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """How much a customer is trusted with: what binding orders still ship, and what he owes less what he paid ahead."""

    orders: Money = Money(0)
    receivable: Money = Money(0)
    credits: Money = Money(0)

    @property
    def exposure(self) -> Money:
        """All of it together."""
        return self.orders + self.receivable - self.credits


class CreditStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a customer stands who has a limit."""

    terms: CreditTerms
    exposure: Exposure
    overdue: Money
    """What he should have paid before the days of grace began, less what he paid ahead; 0 at least."""
    overdue_days: int
    agreed: Mapping[str, object] | None = None
    """The facts of the order to which all agreed whom it waited for; None where nobody was asked."""

    @property
    def available(self) -> Money:
        """How much more he is trusted with, 0 at least."""
        return max(self.terms.limit - self.exposure.exposure, Money(0))


def check(
    standing: CreditStanding | None, asked: Money, path: Path = ("id",), *, is_handed_in: bool = False
) -> Iterator[Reason]:
    """Whether a customer is trusted with so much more; whoever asks for no more than before always passes.

    `is_handed_in`: others may yet be asked to agree.
    """
    if standing is None or asked <= 0:
        return
    terms, excess = standing.terms, standing.exposure.exposure + asked - standing.terms.limit
    if excess > 0 and _stands_in_the_way(standing, terms.when_exceeded, "CREDIT_EXCEEDED", excess, is_handed_in):
        yield CreditExceeded(path=path, limit=terms.limit, asked=asked, available=standing.available)
    days = standing.overdue_days
    if standing.overdue > 0 and _stands_in_the_way(
        standing, terms.when_overdue, "OVERDUE_DAYS", Money.of(str(days)), is_handed_in
    ):
        yield CustomerOverdue(path=path, overdue=standing.overdue, days=days)


def _stands_in_the_way(
    standing: CreditStanding, action: CreditAction, fact: str, now: Money, is_handed_in: bool
) -> bool:
    """Whether something is refused: those who agreed to an order knew by how much."""
    if action is CreditAction.ASK and not is_handed_in:
        known = (standing.agreed or {}).get(fact)
        return not isinstance(known, int) or known < int(now)
    return action is CreditAction.REFUSE


def check_limit(amount: Money, grace_days: int) -> Iterator[Reason]:
    """Whether a limit can be kept."""
    yield from (*check_not_negative(amount, ("amount",)), *check_whole_fen(amount, ("amount",)))
    if not 0 <= grace_days <= MOST_DAYS:
        yield GraceOutOfRange(path=("grace_days",), least=0, most=MOST_DAYS)
