"""What clients see of customer levels, and how they keep them."""

from jxc_graphql.gql.declare import Connection, Node, Versioned, connection, entity
from jxc_graphql.masters.customer_levels import models, operations
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.actions import document_action


@entity(models.CustomerLevel, requires=Permission.SEE_PARTNERS, search="search_text", texts=("code", "name"), few=True)
class CustomerLevel(Node, Versioned):
    """A customer level (客户等级): customers of one level have the same prices."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""


class Query:
    customer_levels: Connection[CustomerLevel] = connection(order_by="code")
    """Customer levels (客户等级) by code."""


create_customer_level = document_action(operations.create_customer_level, CustomerLevel)
update_customer_level = document_action(operations.update_customer_level, CustomerLevel)
