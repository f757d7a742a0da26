"""What was traded is kept with each posting, by day and by month."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from jxc_graphql.books.goods.days import month_of
from jxc_graphql.books.goods.ledger import Posted
from jxc_graphql.books.trade.rules import CUSTOMERS, SUPPLIERS, Figures, Key, Side, date_of, traded
from jxc_graphql.books.trades import Trade
from jxc_graphql.kit import db
from jxc_graphql.kit.ids import new_id


def write(posted: Posted, business_date: date, *, bought: Trade | None, sold: Trade | None) -> None:
    """Adds what a document traded, whose levels are locked."""
    for side, trade in ((SUPPLIERS, bought), (CUSTOMERS, sold)):
        if trade is not None:
            who, found = side.who(trade), sorted(traded(side, trade, posted).items())
            add(side, "day", [((level_id, *who, business_date), figures) for level_id, figures in found])
            add(side, "month", [((level_id, *who, month_of(business_date)), figures) for level_id, figures in found])


def add(side: Side, span: str, rows: Iterable[tuple[Key, Figures]], *, anew: bool = False) -> None:
    """Adds so much to days or months; `anew`: makes it so much."""
    sent = [(new_id(), *key, *(figures.get(name, 0) for name in side.figures)) for key, figures in rows]
    if sent:
        columns = dict.fromkeys(("id", *side.keys), "bigint") | {date_of(span): "date"}
        told = db.rows(columns | dict.fromkeys(side.figures, "bigint"))
        db.later(_upsert(side, span, told, anew), (db.json(sent),))


@lru_cache
def _upsert(side: Side, span: str, rows: str, anew: bool) -> str:
    table = f"{side.name}_{span}"
    columns = ("id", *side.keys, date_of(span), *side.figures)
    unique = ", ".join((side.keys[0], *(f"coalesce({one}, 0)" for one in side.whose), date_of(span)))
    more = "" if anew else f"{table}.{{0}} + "
    return f"""
        INSERT INTO {table} ({", ".join(columns)}) SELECT {", ".join(f"line.{name}" for name in columns)}
        FROM {rows} AS line WHERE true ON CONFLICT ({unique}) DO UPDATE
        SET {", ".join(f"{name} = {more.format(name)}excluded.{name}" for name in side.figures)}"""
