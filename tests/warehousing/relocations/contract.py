"""How goods are moved about, for the tests that all documents have in common."""

from jxc_graphql.warehousing.relocations import operations
from jxc_graphql.warehousing.relocations.models import PlaceMove
from tests.make.contract import Contract

CONTRACTS = (Contract(PlaceMove, operations.move_places),)
