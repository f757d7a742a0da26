"""Movements as rows: the book itself, which is only added to."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence
from datetime import date, datetime

from jxc_graphql.books.goods.book import Carried
from jxc_graphql.kit import db


def write(carried: Sequence[Carried], document_id: int, business_date: date, at: datetime) -> None:
    """Writes what was carried out, in its order; what it was worth and, of goods from outside, how old they are."""
    columns = {
        "sku_id": "bigint", "warehouse_id": "bigint", "from_place_id": "bigint", "to_place_id": "bigint",
        "lot_id": "bigint", "quantity": "bigint", "value": "bigint", "line_id": "bigint", "consignment_id": "bigint",
        "origin_on": "date", "of_line_id": "bigint",
    }  # fmt: skip
    names = ", ".join(columns)
    db.later(
        f"""
        INSERT INTO stock_movement ({names}, document_id, business_date, posted_at)
        SELECT {", ".join(f"line.{name}" for name in columns)}, ?, ?, ?
        FROM {db.rows({"place_in_order": "bigint"} | columns)} AS line ORDER BY line.place_in_order""",
        (
            document_id,
            business_date,
            at,
            db.json(
                (
                    index,
                    leg.move.sku_id,
                    leg.move.warehouse_id,
                    leg.from_place_id,
                    leg.move.to_place_id,
                    leg.lot_id,
                    leg.quantity,
                    each.value,
                    leg.move.line_id,
                    leg.consignment_id,
                    leg.move.origin_on or business_date,
                    leg.move.of_line_id,
                )
                for index, each in enumerate(carried)
                for leg in [each.leg]
            ),
        ),
    )
