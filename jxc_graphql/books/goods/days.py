"""Days (日报): how each level changed under which business date, and by what, kept with each posting.

Whatever is asked of the past is a sum over days and never over movements: `posted_on` says when the books learnt of
it, `business_date` for which day it counts.

Months (月报) are the days of a business month added up, for whoever asks for years; they are written with the days, so
a late document is in its month at once, and nothing is folded at midnight. As of when the books knew what, only days
say.

What a level owns, on hand, in transit to it and lent from it, changes by what comes and what goes (`WAYS`), at the
value that the movements have, and by `revalued`; so for each day, in quantity and in value,

    quantity + in_transit + lent = Σ ways in − Σ ways out        (+ revalued, in value)

What is carried between places of one level, or lent and brought back, neither comes nor goes. Goods sent to another
warehouse go there on the day on which they are sent, as they are in transit to its level from then on.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, Protocol

import msgspec

from jxc_graphql.books.goods import levels as stock_levels
from jxc_graphql.books.goods.book import BookLevel, Carried
from jxc_graphql.books.goods.rules import LevelKey, LostDemand
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Fixed, Money, Quantity
from jxc_graphql.masters.warehouses.places import THEIRS, VIRTUAL, PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

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


class TwoWays(NamedTuple):
    """The columns of what comes from a place outside the level, and of what goes there."""

    comes: str
    goes: str


WAYS: Mapping[int, TwoWays] = MappingProxyType(
    {
        VirtualPlace.SUPPLIER.value: TwoWays("received", "supplier_returned"),
        VirtualPlace.CUSTOMER.value: TwoWays("customer_returned", "sold"),
        VirtualPlace.VARIANCE.value: TwoWays("found", "missing"),
        VirtualPlace.SCRAP.value: TwoWays("found", "scrapped"),
        VirtualPlace.OPENING.value: TwoWays("opened", "missing"),
        VirtualPlace.ASSEMBLY.value: TwoWays("assembled", "used"),
    }
)
"""By the place that no warehouse has; what was written off and is there after all was found."""
BETWEEN = TwoWays("transferred_in", "transferred_out")
"""From and to other warehouses."""
INS = tuple(dict.fromkeys([*(way.comes for way in WAYS.values()), BETWEEN.comes]))
OUTS = tuple(dict.fromkeys([*(way.goes for way in WAYS.values()), BETWEEN.goes]))
FIGURES: Mapping[str, type[Fixed]] = MappingProxyType(
    {
        **HELD,
        **{name: kind for way in (*INS, *OUTS) for name, kind in ((way, Quantity), (f"{way}_value", Money))},
        "revenue": Money,
        "revalued": Money,
        "sold_revalued": Money,
        "lost_demand": Quantity,
        "lost_revenue": Money,
    }
)
"""All that a day says; what did not happen is 0."""
COLUMNS = tuple(FIGURES)
_HELD = attrgetter("on_hand", *[name for name in HELD if name != "quantity"])


class Flow(msgspec.Struct, frozen=True, gc=False):
    """A part of a movement that came to a level, or left it."""

    level_key: LevelKey
    way: str
    quantity: Quantity
    value: Money


class Tally:
    """What documents make of levels and days: figures that are added up."""

    def __init__(self) -> None:
        self._figures: dict[LevelKey, dict[date, dict[str, int]]] = {}

    def add(self, key: LevelKey, day: date, **figures: int) -> None:
        """Counts so much more for a level and a day."""
        there = self._figures.setdefault(key, {}).setdefault(day, {})
        for name, figure in figures.items():
            there[name] = there.get(name, 0) + int(figure)

    def flow(self, day: date, flows: Iterable[Flow]) -> None:
        """Counts what came to levels and what left them."""
        for one in flows:
            self.add(one.level_key, day, **{one.way: one.quantity, f"{one.way}_value": one.value})

    def changed(self, before: Mapping[LevelKey, BookLevel], after: Mapping[LevelKey, BookLevel], day: date) -> None:
        """Counts by how much what levels hold changed."""
        for key, new in after.items():
            pairs = zip(HELD, _HELD(new), _HELD(before[key]), strict=True)
            if changed := {name: is_now - was for name, is_now, was in pairs if is_now != was}:
                self.add(key, day, **changed)

    def corrected(self, corrections: Corrections, business_date: date) -> None:
        """Counts for their days what was already counted for that of a late document."""
        for key, changes in corrections.items():
            for on, value in changes.items():
                self.add(key, business_date, value=-value)
                self.add(key, on, value=value, revalued=value, sold_revalued=-value)

    def by_month(self) -> "Tally":
        """The same by month, under its first day."""
        months = Tally()
        for key, day, figures in self.rows():
            months.add(key, month_of(day), **figures)
        return months

    def rows(self) -> Iterator[tuple[LevelKey, date, dict[str, int]]]:
        """By level and day what is not nothing."""
        for key, by_day in self._figures.items():
            for day, figures in by_day.items():
                if told := {name: figure for name, figure in figures.items() if figure}:
                    yield key, day, told


def tally(
    before: Mapping[LevelKey, BookLevel],
    after: Mapping[LevelKey, BookLevel],
    business_date: date,
    corrections: Corrections = MappingProxyType({}),
) -> Tally:
    """What a document changed of what levels hold, and what that corrects to later days."""
    counted = Tally()
    counted.changed(before, after, business_date)
    counted.corrected(corrections, business_date)
    return counted


class Where(Protocol):
    """A place; a virtual one has no warehouse."""

    @property
    def id(self) -> int:
        """Which."""

    @property
    def warehouse_id(self) -> int | None:
        """Of which warehouse."""

    @property
    def kind(self) -> PlaceKind:
        """What goods are there."""


def way_of(from_place: Where, to_place: Where, warehouse_id: int) -> Iterator[tuple[int, str]]:
    """By which way goods leave a warehouse, and by which they come to one; nothing where they stay with it.

    Goods that never lie with us (直运) come to the warehouse that trades them, and leave it, all the same. A supplier's
    goods that lie with us are as if they were with him.
    """
    source, target = _owner(from_place), _owner(to_place)
    if source.warehouse_id is None and target.warehouse_id is None:
        if source.id != target.id:
            yield warehouse_id, WAYS[source.id].comes
            yield warehouse_id, WAYS[target.id].goes
        return
    if source.warehouse_id == target.warehouse_id:
        return
    if source.warehouse_id is not None:
        yield source.warehouse_id, WAYS.get(target.id, BETWEEN).goes
    if target.warehouse_id is not None:
        yield target.warehouse_id, WAYS.get(source.id, BETWEEN).comes


def _owner(place: Where) -> Where:
    return VIRTUAL[VirtualPlace.SUPPLIER] if place.kind in THEIRS else place


def flows(carried: Sequence[Carried], known: Mapping[int, KnownPlace]) -> Iterator[Flow]:
    """What a document brought to levels and took from them."""
    for each in carried:
        move = each.leg.move
        for warehouse_id, way in way_of(known[each.leg.from_place_id], known[move.to_place_id], move.warehouse_id):
            yield Flow((move.sku_id, warehouse_id), way, each.leg.quantity, each.value)


def write_posted(
    before: Mapping[LevelKey, BookLevel],
    after: Mapping[LevelKey, BookLevel],
    flows: Iterable[Flow],
    corrections: Corrections,
    revenue: Mapping[LevelKey, Money],
    *,
    on: tuple[date, datetime],
) -> None:
    """Adds what a document did; `on`: the day that it counts for, and the moment at which it is posted."""
    business_date, at = on
    counted = tally(before, after, business_date, corrections)
    counted.flow(business_date, flows)
    for key, net in revenue.items():
        counted.add(key, business_date, revenue=net)
    write(counted, after, clock.day_of(at))


def write(tally: Tally, levels: Mapping[LevelKey, BookLevel], posted_on: date) -> None:
    """Adds what was counted to the days and months of levels, whose rows are locked."""
    write_days(tally, levels, posted_on)
    _add("stock_month", "month", tally.by_month(), levels)


def write_days(tally: Tally, levels: Mapping[LevelKey, BookLevel], posted_on: date) -> None:
    """Adds what was counted to days alone."""
    _add("stock_day", "business_date", tally, levels, posted_on=posted_on)


def month_of(day: date) -> date:
    """The month of a day, by its first."""
    return day.replace(day=1)


def _add(table: str, on: str, tally: Tally, levels: Mapping[LevelKey, BookLevel], **same: date) -> None:
    found = sorted((levels[key].id, day, figures) for key, day, figures in tally.rows())
    if not found:
        return
    told = {name for _, _, figures in found for name in figures}
    told |= {"value" if name == "quantity" else f"{name}_value" for name in told}
    columns = tuple(name for name in COLUMNS if name in told)
    rows = [(new_id(), level_id, day, *(figures.get(name, 0) for name in columns)) for level_id, day, figures in found]
    sent = db.rows({"id": "bigint", "stock_level_id": "bigint", on: "date"} | dict.fromkeys(columns, "bigint"))
    db.later(_upsert(table, sent, (on, *same), columns), (*same.values(), db.json(rows)))


async def miss(missed: Sequence[tuple[LevelKey, LostDemand]], *, business_date: date, at: datetime) -> None:
    """Counts what customers asked for on a day and nobody will ship (流失需求), and what it would have come to."""
    if not missed:
        return
    found = await stock_levels.lock_or_make({key for key, _ in missed}, at)
    tally = Tally()
    for key, lost in missed:
        tally.add(key, business_date, lost_demand=lost.quantity, lost_revenue=lost.net)
    write(tally, found, business_date)


@lru_cache(maxsize=1_024)
def _upsert(table: str, rows: str, dates: tuple[str, ...], figures: tuple[str, ...]) -> str:
    """Sends what changes and nothing else: all that a day says would be five times as much."""
    on, *same = dates
    told = ("id", "stock_level_id", on, *figures)
    nothing = [name for name in COLUMNS if name not in figures]
    return f"""
        INSERT INTO {table} ({", ".join((*told, *nothing, *same))})
        SELECT {", ".join((*(f"line.{name}" for name in told), *("0" for _ in nothing), *("?" for _ in same)))}
        FROM {rows} AS line WHERE true ORDER BY line.stock_level_id, line.{on}
        ON CONFLICT (stock_level_id, {", ".join((*same, on))}) DO UPDATE
        SET {", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in figures)}"""
