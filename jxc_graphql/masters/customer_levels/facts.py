"""What happens to customer levels."""

from jxc_graphql.kit.journal import Fact


class CustomerLevelCreated(Fact, frozen=True, kw_only=True):
    """There is a customer level."""

    customer_level_id: int


class CustomerLevelUpdated(Fact, frozen=True, kw_only=True):
    """A customer level has another code or name."""

    customer_level_id: int
