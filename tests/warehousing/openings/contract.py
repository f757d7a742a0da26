"""How the books are opened, for the tests that all documents have in common."""

from jxc_graphql.warehousing.openings import operations
from jxc_graphql.warehousing.openings.models import OpeningBalance
from tests.make.contract import Contract

CONTRACTS = (Contract(OpeningBalance, operations.post_opening_balance),)
