"""How goods are sold, for the tests that all documents have in common."""

from jxc_graphql.selling.sales import operations
from jxc_graphql.selling.sales.models import SalesOrder
from tests.make.contract import Contract

CONTRACTS = (
    Contract(
        SalesOrder,
        operations.create_sales_order,
        then=(operations.submit_sales_order, operations.approve_sales_order),
    ),
)
