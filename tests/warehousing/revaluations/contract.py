"""How costs are corrected, for the tests that all documents have in common."""

from jxc_graphql.warehousing.revaluations import operations
from jxc_graphql.warehousing.revaluations.models import Revaluation
from tests.make.contract import Contract

CONTRACTS = (
    Contract(Revaluation, operations.create_revaluation, also=("value_change",), then=(operations.post_revaluation,)),
)
