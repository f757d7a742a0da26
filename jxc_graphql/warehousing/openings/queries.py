"""Whether opening balances agree with the book of goods."""

from jxc_graphql.books.goods.queries import moved_for_lines
from jxc_graphql.office.documents.comparisons import total_of_lines

COMPARISONS = (
    total_of_lines("opening_balance"),
    moved_for_lines("opening_balance", "quantity"),
    moved_for_lines("opening_balance", "value"),
)  # fmt: skip
