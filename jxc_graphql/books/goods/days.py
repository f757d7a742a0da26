"""Days (日结): by how much each level changed under which business date, kept with each posting.

Whatever is asked of the past is a sum over days and never over movements: `posted_on` says when the books learnt of
it, `business_date` for which day it counts.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from jxc_graphql.books.goods.book import BookLevel, Carried
from jxc_graphql.books.goods.rules import LevelKey, totals
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Fixed, Money, Quantity
from jxc_graphql.masters.warehouses.places import VirtualPlace

Corrections = Mapping[LevelKey, Mapping[date, Money]]
"""By how much more levels are worth from a day on than what a late document moved makes of it."""

HELD: Mapping[str, type[Fixed]] = MappingProxyType(
    {
        "quantity": Quantity,
        "value": Money,
        "in_transit": Quantity,
        "in_transit_value": Money,
        "lent": Quantity,
        "lent_value": Money,
    }
)
"""What a day says of all that is the company's: on hand, on its way to the level, and lent from it."""
COLUMNS = (*HELD, "sold")
_HELD = attrgetter("on_hand", *[name for name in HELD if name != "quantity"])
_NONE: Corrections = MappingProxyType({})


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


def write(
    before: Mapping[LevelKey, BookLevel],
    after: Mapping[LevelKey, BookLevel],
    sold: Mapping[LevelKey, Quantity],
    business_date: date,
    at: datetime,
    *,
    corrections: Corrections = _NONE,
) -> None:
    """Adds what a document changed to its day, and what that corrects to later ones."""
    rows: list[tuple[Any, ...]] = []
    for key, new in after.items():
        quantity, value, *away = (is_now - was for is_now, was in zip(_HELD(new), _HELD(before[key]), strict=True))
        value -= Money.total(corrections.get(key, {}).values())
        if any(changed := (quantity, value, *away, sold.get(key, Quantity(0)))):
            rows.append((new_id(), new.id, business_date, *changed))
    nothing = (0,) * (len(COLUMNS) - 2)
    rows += [
        (new_id(), after[key].id, on, 0, value, *nothing)
        for key, changes in corrections.items()
        for on, value in changes.items()
    ]
    if not rows:
        return
    columns = {"id": "bigint", "stock_level_id": "bigint", "business_date": "date"} | dict.fromkeys(COLUMNS, "bigint")
    db.later(
        f"""
        INSERT INTO stock_day ({", ".join(columns)}, posted_on)
        SELECT {", ".join(f"line.{name}" for name in columns)}, ?
        FROM {db.rows(columns)} AS line WHERE true ORDER BY line.stock_level_id, line.business_date
        ON CONFLICT (stock_level_id, posted_on, business_date) DO UPDATE
        SET {", ".join(f"{name} = stock_day.{name} + excluded.{name}" for name in COLUMNS)}""",
        (clock.day_of(at), db.json(rows)),
    )
