"""How gains and losses are written down, for the tests that all documents have in common."""

from jxc_graphql.warehousing.adjustments import operations
from jxc_graphql.warehousing.adjustments.models import Adjustment
from tests.make.contract import Contract

CONTRACTS = (Contract(Adjustment, operations.create_adjustment, then=(operations.post_adjustment,)),)
