"""How goods are counted, for the tests that all documents have in common."""

from jxc_graphql.warehousing.stocktakes import operations
from jxc_graphql.warehousing.stocktakes.models import Stocktake
from tests.make.contract import Contract

CONTRACTS = (Contract(Stocktake, operations.plan_stocktake, then=(operations.start_stocktake,)),)
