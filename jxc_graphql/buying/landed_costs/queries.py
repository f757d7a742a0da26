"""Whether landed costs agree with the books: what goods bear of them, and what is owed."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Iterator

from jxc_graphql.books.dues.queries import DueKind, owed_for
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines, reversed_by, total_of_lines

_LEFT, _GONE = "changed.value + changed.in_transit_value + changed.lent_value", "changed.sold_value"


def _borne(table: str) -> Iterator[Comparison]:
    """Whether lines say what was revalued for them, and documents what their lines do."""
    for column, told in (("value", _LEFT), ("sold_value", _GONE)):
        yield total_of_lines(table, column=column, of=column)
        yield Comparison(
            f"{table}_line.{column} is what was revalued for it", Money, of_lines(table),
            f"SELECT line.id, {told} FROM {table}_line AS line JOIN stock_revaluation AS changed "
            f"ON changed.document_id = line.{table}_id AND changed.line_id = line.goods_receipt_line_id",
            f"SELECT id, {column} FROM {table}_line",
        )  # fmt: skip


COMPARISONS = (
    total_of_lines("landed_cost", column="base_net", of="share"),
    *_borne("landed_cost"),
    Comparison(
        "landed_cost.base_net is what goods bear", Money, of_document("landed_cost"),
        "SELECT id, base_net FROM landed_cost", "SELECT id, value + sold_value FROM landed_cost",
    ),
    *owed_for("landed_cost", DueKind.LANDED_COST, "-"),
    reversed_by("landed_cost"),
    total_of_lines("landed_cost_reversal", column="base_net", of="share"),
    *_borne("landed_cost_reversal"),
    Comparison(
        "landed_cost_reversal.base_net is what goods do not bear after all", Money, of_document("landed_cost_reversal"),
        "SELECT id, -base_net FROM landed_cost_reversal", "SELECT id, value + sold_value FROM landed_cost_reversal",
    ),
    *owed_for("landed_cost_reversal", DueKind.LANDED_COST),
)  # fmt: skip
