"""What clients see of credit limits, and how they keep them."""

from jxc_graphql.gql.declare import Connection, LimitError, Node, Versioned, connection, entity, extends, shown_as
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.actions import delete_action, document_action
from jxc_graphql.selling.credit import models, operations, rules
from jxc_graphql.selling.credit.models import SEE_CREDIT, CreditAction


@entity(models.CreditLimit, requires=SEE_CREDIT, scope={Dimension.CUSTOMER: "customer_id"})
class CreditLimit(Node, Versioned):
    """A credit limit (信用额度): how much a customer is trusted with at most, in the books' currency."""

    customer: Customer | None
    """Whose it is; null: of all customers who have none of their own."""
    amount: Money
    """How much at most (信用额度); 0: only what he paid ahead."""
    when_exceeded: CreditAction
    """What happens to orders with which he would be trusted with more (超额时)."""
    when_overdue: CreditAction
    """What happens to his orders while he is overdue (逾期时)."""
    grace_days: int
    """After how many days beyond the due day he is overdue (宽限天数)."""


@extends(Customer)
class CreditOfCustomer:
    """How much a customer is trusted with."""

    credit_limits: Connection[CreditLimit] = connection("customer_id")
    """Its own limit (信用额度); none where that of all customers holds."""


class Query:
    credit_limits: Connection[CreditLimit] = connection()
    """How much customers are trusted with (信用额度)."""


set_credit_limit = document_action(operations.set_credit_limit, CreditLimit, customer_id=Customer)
remove_credit_limit = delete_action(operations.remove_credit_limit, CreditLimit)

PROBLEMS = (shown_as(LimitError, rules.CreditExceeded, limit="limit", asked="asked", available="available"),)
