"""Days (日结): by how much each level changed under which business date, kept with each posting.

Whatever is asked of the past is a sum over days and never over movements: `posted_on` says when the books learnt of
it, `business_date` for which day it counts.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from jxc_graphql.books.goods.book import Carried, Level
from jxc_graphql.books.goods.rules import LevelKey, totals
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import VirtualPlace

_COLUMNS = ("quantity", "value", "sold")


def sold(posted: Sequence[Carried]) -> dict[LevelKey, Quantity]:
    """How much went to customers, less what came back from them."""
    return totals(
        (
            each.leg.move.level_key,
            each.leg.quantity
            * (
                (each.leg.move.to_place_id == VirtualPlace.CUSTOMER) - (each.leg.from_place_id == VirtualPlace.CUSTOMER)
            ),
        )
        for each in posted
    )


async def write(
    before: Mapping[LevelKey, Level],
    after: Mapping[LevelKey, Level],
    sold: Mapping[LevelKey, Quantity],
    business_date: date,
    at: datetime,
) -> None:
    """Adds what a document changed to the day."""
    rows = [
        (new_id(), new.id, new.on_hand - old.on_hand, new.value - old.value, sold.get(key, Quantity(0)))
        for key, new in after.items()
        for old in [before[key]]
        if (new.on_hand, new.value) != (old.on_hand, old.value) or sold.get(key)
    ]
    if not rows:
        return
    columns = ("id", "stock_level_id", *_COLUMNS)
    await db.execute(
        f"""
        INSERT INTO stock_day ({", ".join(columns)}, posted_on, business_date)
        SELECT {", ".join(f"line.{name}" for name in columns)}, ?, ?
        FROM {db.rows(dict.fromkeys(columns, "bigint"))} AS line WHERE true ORDER BY line.stock_level_id
        ON CONFLICT (stock_level_id, posted_on, business_date) DO UPDATE
        SET {", ".join(f"{name} = stock_day.{name} + excluded.{name}" for name in _COLUMNS)}""",
        (clock.day_of(at), business_date, db.json(rows)),
    )
