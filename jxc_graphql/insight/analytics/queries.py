"""Reports on stock: how it was, what it is worth, how old it is. How fast it goes is told by `speed`."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from jxc_graphql.books.goods.days import HELD
from jxc_graphql.books.goods.valuation import shares
from jxc_graphql.insight.analytics import levels_as_of, rules
from jxc_graphql.insight.analytics.levels_as_of import OWNED, OWNED_VALUE
from jxc_graphql.insight.analytics.rules import DAY, StockChoice, StockGrouping
from jxc_graphql.kit import clock, db, messages
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice, ratio, unit_price
from jxc_graphql.kit.pages import WHOLE, Page, Slice
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.office.auth.permissions import Permission

KEYS = {
    StockGrouping.CATEGORY: "category_id",
    StockGrouping.WAREHOUSE: "warehouse_id",
    StockGrouping.BRANCH: "branch_id",
    StockGrouping.PRODUCT: "product_id",
}


class GoodsHeld(msgspec.Struct, frozen=True, kw_only=True):
    """What the company has of something, and what that cost: in its warehouses, on the way to them, with partners."""

    on_hand: Quantity
    value: Money
    in_transit: Quantity
    in_transit_value: Money
    lent: Quantity
    lent_value: Money

    @property
    def owned(self) -> Quantity:
        """All of it."""
        return self.on_hand + self.in_transit + self.lent

    @property
    def owned_value(self) -> Money:
        """What all of it cost."""
        return self.value + self.in_transit_value + self.lent_value


class LevelThen(GoodsHeld, frozen=True, kw_only=True):
    """What a level was."""

    stock_level_id: int

    @property
    def unit_cost(self) -> UnitPrice | None:
        """What one unit cost on average; None without goods."""
        return unit_price(self.value, self.on_hand) if self.on_hand > 0 else None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What is added up together: one of these, or none for warehouses without a branch."""

    name: str
    category_id: int | None = None
    warehouse_id: int | None = None
    branch_id: int | None = None
    product_id: int | None = None


class ValuedGroup(GoodsHeld, frozen=True, kw_only=True):
    """What the goods of a group are worth; `share` is of the value of all groups."""

    group: Group
    sku_count: int
    share: Ratio | None


class Valuation(GoodsHeld, frozen=True, kw_only=True):
    """What all that was asked for is worth, and how that divides."""

    sku_count: int
    groups: Callable[[Slice], Awaitable[Page[ValuedGroup]]]


class Aged(msgspec.Struct, frozen=True, kw_only=True):
    """The goods of an age in days, both limits included; without an upper one all that are older."""

    from_days: int
    to_days: int | None
    owned: Quantity
    owned_value: Money
    share: Ratio | None


class AgedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """How old the goods of a group are."""

    group: Group
    owned: Quantity
    owned_value: Money
    ages: Sequence[Aged]


class Ageing(msgspec.Struct, frozen=True, kw_only=True):
    """How old all is that was asked for, and how that divides."""

    owned: Quantity
    owned_value: Money
    ages: Sequence[Aged]
    groups: Callable[[Slice], Awaitable[Page[AgedGroup]]]


async def stock_as_of(
    call: Call, choice: StockChoice, *, at: datetime | None, business_date: date | None, page: Slice
) -> Page[LevelThen]:
    """A page of levels as they were, by SKU code."""
    call.require(Permission.SEE_STOCK)
    reject_if([*rules.check_moment(at, business_date), *rules.check_choice(choice)])
    chosen = levels_as_of.chosen(call, choice)

    async def count() -> int:
        ((found,),) = await db.fetch(f"SELECT COUNT(*) FROM ({chosen.text}) AS chosen", chosen.params)
        return int(found)

    if page.from_end:
        page = page.placed(await count())
    then = await levels_as_of.past(levels_as_of.page(chosen, page), rules.past(at, business_date, call.at))
    rows = await db.fetch(f"{then.text} SELECT id, {', '.join(_HELD)} FROM past ORDER BY code, id", then.params)
    levels = [LevelThen(stock_level_id=level_id, **_held(figures)) for level_id, *figures in rows]
    return Page(nodes=levels[: page.size], start=page.start, goes_on=len(levels) > page.size, count=count)


async def stock_valuation(
    call: Call,
    choice: StockChoice,
    *,
    group_by: StockGrouping,
    at: datetime | None,
    business_date: date | None,
) -> Valuation:
    """What stock was worth at a moment, or is worth now, by group: those first that are worth most."""
    call.require(Permission.SEE_STOCK)
    reject_if([*rules.check_moment(at, business_date), *rules.check_choice(choice)])
    then = await levels_as_of.past(levels_as_of.chosen(call, choice), rules.past(at, business_date, call.at))
    text = f"""
        {then.text},
        added AS (SELECT {KEYS[group_by]} AS grouped_by, {_SKUS},
            {", ".join(f"SUM({name}) AS {name}" for name in _HELD)} FROM past GROUP BY 1),
        there AS (SELECT added.*, COUNT(*) OVER () AS groups, {", ".join(f"SUM({name}) OVER ()" for name in _HELD)}
            FROM added WHERE {" OR ".join(f"{name} <> 0" for name in _HELD)})
        SELECT there.*, (SELECT {_SKUS} FROM past) FROM there
        ORDER BY {most_first(call, OWNED_VALUE, OWNED)}, coalesce(grouped_by, 0) LIMIT ? OFFSET ?"""
    known = await db.fetch(text, (*then.params, WHOLE.size, 0))
    groups, *figures, skus = known[0][2 + len(_HELD) :] if known else (0,) * (2 + len(_HELD))
    whole = GoodsHeld(**_held(figures))

    async def page_of(page: Slice) -> Page[ValuedGroup]:
        page = page.placed(groups)
        rows = known[page.start : page.start + page.size]
        if len(known) < min(page.start + page.size, groups):
            rows = await db.fetch(text, (*then.params, page.size, page.start))
        named = await groups_of(call, group_by, [row[0] for row in rows])
        return page.page([_valued(row, named, whole) for row in rows], groups)

    return Valuation(sku_count=skus, groups=page_of, **msgspec.structs.asdict(whole))


_HELD = {"on_hand" if name == "quantity" else name: kind for name, kind in HELD.items()}
_SKUS = f"COUNT(DISTINCT CASE WHEN {OWNED} > 0 THEN sku_id END) AS skus"


def _held(figures: Sequence[Any]) -> dict[str, Any]:
    return {name: kind(figure) for (name, kind), figure in zip(_HELD.items(), figures, strict=True)}


async def groups_of(call: Call, group_by: StockGrouping, ids: Sequence[int | None]) -> dict[int | None, Group]:
    """What these ids stand for in a report, with their names, by one statement."""
    key = KEYS[group_by]
    named = f"{db.rows({'id': 'bigint'})} AS asked JOIN {key.removesuffix('_id')} AS thing ON thing.id = asked.id"
    rows = await db.fetch(f"SELECT thing.id, thing.name FROM {named}", (db.json([one] for one in ids if one),))
    names = {**dict(rows), None: messages.render_code("NO_BRANCH", call.locale)}
    return {one: Group(name=names[one], **{key: one}) for one in ids}


def _valued(row: Sequence[Any], named: Mapping[int | None, Group], whole: GoodsHeld) -> ValuedGroup:
    grouped_by, sku_count, *figures = row[: 2 + len(_HELD)]
    held = GoodsHeld(**_held(figures))
    share = share_of(held.owned_value, whole.owned_value)
    return ValuedGroup(group=named[grouped_by], sku_count=sku_count, share=share, **msgspec.structs.asdict(held))


async def stock_ageing(call: Call, choice: StockChoice, *, group_by: StockGrouping, buckets: Sequence[int]) -> Ageing:
    """How old the company's goods are, by group: those first that are worth most.

    `buckets` are the last days of all ages but the oldest. Under the moving average the value of what is on hand is
    shared out over its layers by their quantity, as when goods leave it; what is away has values of its own.
    """
    call.require(Permission.SEE_STOCK)
    reject_if([*rules.check_choice(choice), *rules.check_limits(buckets)])
    levels = levels_as_of.chosen(call, choice)
    today = clock.day_of(call.at)
    limits = " ".join(f"WHEN layer.origin_on >= ? THEN {n}" for n in range(len(buckets)))
    rows = await db.fetch(
        f"""
        WITH chosen AS ({levels.text})
        SELECT {KEYS[group_by]}, chosen.id,
            CASE WHEN layer.consignment_id <> 0 THEN 'AWAY' ELSE valuation END AS valued, chosen.value,
            CASE {limits} ELSE {len(buckets)} END AS age,
            SUM(layer.quantity), SUM(coalesce(layer.value, 0))
        FROM chosen JOIN cost_layer AS layer ON layer.stock_level_id = chosen.id AND layer.quantity > 0
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 5 DESC""",
        (*levels.params, *(today - limit * DAY for limit in buckets)),
    )
    added: dict[int | None, list[tuple[int, int]]] = {}
    for key, age, quantity, value in _aged(rows):
        ages = added.setdefault(key, [(0, 0)] * (len(buckets) + 1))
        ages[age] = ages[age][0] + quantity, ages[age][1] + value
    order = _worth_most_first(call, added)

    async def page_of(page: Slice) -> Page[AgedGroup]:
        some = page.cut(order)
        named = await groups_of(call, group_by, some)
        return page.page([_aged_group(named[one], added[one], buckets) for one in some], len(order))

    whole = [(sum(q for q, _ in ages), sum(v for _, v in ages)) for ages in zip(*added.values(), strict=True)]
    whole = whole or [(0, 0)] * (len(buckets) + 1)
    return Ageing(
        owned=Quantity(sum(quantity for quantity, _ in whole)),
        owned_value=Money(sum(value for _, value in whole)),
        ages=_ages(whole, buckets),
        groups=page_of,
    )


def _aged(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int | None, int, int, int]]:
    """Group, age, quantity and value, level by level; a level's rows stand from the oldest to the youngest."""
    for _, of_level in groupby(rows, key=itemgetter(1, 2)):
        some = list(of_level)
        values: Sequence[int] = [int(row[6]) for row in some]
        if some[0][2] == ValuationMethod.MOVING_AVERAGE:
            values = shares(Money(some[0][3]), [Quantity(row[5]) for row in some])
        yield from ((row[0], row[4], int(row[5]), int(value)) for row, value in zip(some, values, strict=True))


Ages = Mapping[int | None, list[tuple[int, int]]]
"""By group, the quantity and the value of each age."""


def _worth_most_first(call: Call, added: Ages) -> list[int | None]:
    place = 1 if Permission.SEE_COST in call.permissions else 0
    return sorted(added, key=lambda one: (-sum(age[place] for age in added[one]), one or 0))


def _aged_group(group: Group, sums: Sequence[tuple[int, int]], buckets: Sequence[int]) -> AgedGroup:
    return AgedGroup(
        group=group,
        owned=Quantity(sum(quantity for quantity, _ in sums)),
        owned_value=Money(sum(value for _, value in sums)),
        ages=_ages(sums, buckets),
    )


def _ages(sums: Sequence[tuple[int, int]], buckets: Sequence[int]) -> list[Aged]:
    whole = sum(value for _, value in sums)
    begins = (0, *(limit + 1 for limit in buckets))
    return [
        Aged(
            from_days=begin,
            to_days=end,
            owned=Quantity(quantity),
            owned_value=Money(value),
            share=share_of(value, whole),
        )
        for begin, end, (quantity, value) in zip(begins, (*buckets, None), sums, strict=True)
    ]


def share_of(value: int, whole: int) -> Ratio | None:
    """Which part of the whole that is; None of nothing."""
    return ratio(value, whole) if whole > 0 else None


def most_first(call: Call, value: str, quantity: str) -> str:
    """What a list is sorted by: who may not see values learns nothing of them from its order."""
    return f"{value if Permission.SEE_COST in call.permissions else quantity} DESC"
