"""What happens to payment terms."""

from jxc_graphql.kit.journal import Fact


class PaymentTermCreated(Fact, frozen=True, kw_only=True):
    """There is a payment term."""

    payment_term_id: int


class PaymentTermUpdated(Fact, frozen=True, kw_only=True):
    """A payment term has another name."""

    payment_term_id: int
