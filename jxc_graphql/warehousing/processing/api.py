"""What clients see of processing: how they take in what processors made."""

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import LimitError, shown_as
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.warehousing.assembly.api import Assembly
from jxc_graphql.warehousing.loans.api import Loan
from jxc_graphql.warehousing.processing import operations, rules

receive_processed = document_action(operations.receive_processed, Loan, Assembly, StockLevel)

PROBLEMS = (shown_as(LimitError, rules.NotEnoughLent, limit="lent", asked="quantity", available="lent"),)
