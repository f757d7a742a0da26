"""What happens to credit limits."""

from jxc_graphql.kit.journal import Fact


class CreditLimitSet(Fact, frozen=True, kw_only=True):
    """A customer, or whoever has no limit of his own, is trusted with so much from now on."""

    credit_limit_id: int


class CreditLimitRemoved(Fact, frozen=True, kw_only=True):
    """A customer, or whoever has no limit of his own, is not limited any more."""

    credit_limit_id: int
