"""How goods are ordered, for the tests that all documents have in common."""

from jxc_graphql.buying.purchasing import operations
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from tests.make.contract import Contract

CONTRACTS = (
    Contract(
        PurchaseOrder,
        operations.create_purchase_order,
        then=(operations.submit_purchase_order, operations.approve_purchase_order),
    ),
)
