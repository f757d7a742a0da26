"""What clients see of payment terms, and how they keep them."""

from jxc_graphql.gql.declare import Connection, Node, Versioned, connection, entity
from jxc_graphql.masters.payment_terms import models, operations
from jxc_graphql.masters.payment_terms.models import PaymentBasis
from jxc_graphql.office.documents.actions import document_action


@entity(models.PaymentTerm, search="search_text", texts=("code", "name"), few=True)
class PaymentTerm(Node, Versioned):
    """A payment term (付款条件): when what a document is about has to be paid."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    basis: PaymentBasis
    """From when the time is counted (起算)."""
    months: int
    """Months (月) from there on; they come before the days."""
    days: int
    """Days (天) from there on."""


class Query:
    payment_terms: Connection[PaymentTerm] = connection(order_by="code")
    """Payment terms (付款条件) by code."""


create_payment_term = document_action(operations.create_payment_term, PaymentTerm)
update_payment_term = document_action(operations.update_payment_term, PaymentTerm)
