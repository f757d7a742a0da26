"""A database with a long past, written in bulk as the ledger would have left it: verification finds no difference.

    stage = await million.set_up(1_000_000)

makes 1,000 levels (250 SKUs in 4 warehouses of 2 branches, in 10 categories below 2 others; every fifth product valued
first in, first out) and so many movements of a year that ended yesterday: goods come from the supplier, many more
lines go to customers, one in two hundred is posted late. With 0 movements it is the same shop before its first day.
"""

import heapq
import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from jxc_graphql.books.accounts import balances, ledger
from jxc_graphql.books.goods import entries
from jxc_graphql.books.goods.days import month_of
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity, divide, unit_price
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.masters.warehouses.queries import warehouses as known_warehouses
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Permission
from tests.bench.stage import Stage
from tests.make.rows import insert

PRODUCTS, CATEGORIES, WAREHOUSES, BRANCHES = 250, 10, 4, 2
DAYS = 365
LINES_OF_A_DOCUMENT = 10
ONE_IS_LATE_IN = 200
ONE_COMES_IN = 5
"""Of five movements of a level one brings goods: what the other four are going to take, and a little more."""
_ONE = 10**Quantity.places
_SEED = 20260105

_MOVEMENT = {
    "sku_id": "bigint", "warehouse_id": "bigint", "from_place_id": "bigint", "to_place_id": "bigint",
    "quantity": "bigint", "value": "bigint", "business_date": "date", "origin_on": "date", "document_id": "bigint",
    "line_id": "bigint", "consignment_id": "bigint", "posted_at": "timestamptz",
}  # fmt: skip
_DOCUMENT = [*_MOVEMENT].index("document_id")
_DAY = {
    "id": "bigint", "stock_level_id": "bigint", "posted_on": "date", "business_date": "date", "quantity": "bigint",
    "value": "bigint", "received": "bigint", "received_value": "bigint", "sold": "bigint", "sold_value": "bigint",
}  # fmt: skip
_MONTH = {name: kind for name, kind in _DAY.items() if name not in {"posted_on", "business_date"}} | {"month": "date"}
_LAYER = {
    "stock_level_id": "bigint", "consignment_id": "bigint", "origin_on": "date", "line_id": "bigint",
    "quantity": "bigint", "value": "bigint",
}  # fmt: skip
_PLACE_LEVEL = {"id": "bigint", "sku_id": "bigint", "place_id": "bigint", "quantity": "bigint"}
_LEVEL = {
    "id": "bigint", "sku_id": "bigint", "warehouse_id": "bigint", "on_hand": "bigint", "sellable": "bigint",
    "available": "bigint", "value": "bigint", "unit_cost": "bigint", "valuation": "text", "changed_at": "timestamptz",
}  # fmt: skip


class Layer(msgspec.Struct):
    """What one line brought and is still there."""

    origin_on: date
    line_id: int
    quantity: int
    value: int


class Shelf(msgspec.Struct):
    """A level while its past goes by."""

    id: int
    sku_id: int
    warehouse_id: int
    place_id: int
    valuation: ValuationMethod
    on_hand: int = 0
    value: int = 0
    sold: int = 0
    came: int = 0
    moved: int = 0
    months: dict[date, list[int]] = msgspec.field(default_factory=dict)
    """What the days of a month, which stands for it by its first, add up to."""
    layers: list[Layer] = msgspec.field(default_factory=list)
    """All that ever came, in that order."""
    left: list[tuple[date, int, Layer]] = msgspec.field(default_factory=list)
    """A heap of those that are not used up: the oldest goods first, whenever they came."""

    def bring(self, quantity: int, value: int, line_id: int, on: date) -> None:
        """Goods from the supplier."""
        self.on_hand += quantity
        self.value += value
        self.came += quantity
        layer = Layer(on, line_id, quantity, value)
        heapq.heappush(self.left, (on, len(self.layers), layer))
        self.layers.append(layer)

    def take(self, quantity: int) -> int:
        """Goods for a customer, oldest first; what they cost."""
        worth, left = 0, quantity
        while left:
            *_, layer = self.left[0]
            part = min(left, layer.quantity)
            cost = layer.value if part == layer.quantity else divide(layer.value * part, layer.quantity)
            layer.quantity -= part
            layer.value -= cost
            left -= part
            worth += cost
            if not layer.quantity:
                heapq.heappop(self.left)
        if self.valuation is ValuationMethod.MOVING_AVERAGE:
            worth = self.value if quantity == self.on_hand else divide(self.value * quantity, self.on_hand)
        self.on_hand -= quantity
        self.value -= worth
        self.sold += quantity
        return worth


async def set_up(movements: int) -> Stage:
    """The shop after so many movements; ready for more."""
    stage, shelves = await _shop()
    first = clock.day_of(clock.now()) - timedelta(days=DAYS)
    fate, moved = random.Random(_SEED), 0
    await insert("stock_level", _LEVEL, [_level(shelf, clock.now()) for shelf in shelves])
    for day in range(DAYS):
        until = movements * (day + 1) // DAYS
        await _one_day(
            first, first + timedelta(days=day), [shelves[n % len(shelves)] for n in range(moved, until)], fate
        )
        moved = until
    await _sum_up(shelves)
    await _analyze()
    return stage


async def _shop() -> tuple[Stage, list[Shelf]]:
    system = auth.system_call()
    await auth.ensure_roles(system)
    user = await auth.create_user(system, username="million", name="Proof", roles=["ADMIN"])
    call = Call(actor_id=user.user_id, permissions=frozenset(Permission))
    branches = [await warehouses.create_branch(call, code=f"B{n}", name=f"门店 {n}") for n in range(BRANCHES)]
    houses = [
        await warehouses.create_warehouse(
            call, code=f"W{n}", name=f"仓库 {n}", branch_id=branches[n % BRANCHES].branch_id
        )
        for n in range(WAREHOUSES)
    ]
    places = await known_warehouses([house.warehouse_id for house in houses])
    above = [await categories.create_category(call, code=f"G{n}", name=f"大类 {n}") for n in range(2)]
    below = [
        await categories.create_category(call, code=f"C{n}", name=f"小类 {n}", parent_id=above[n % 2].category_id)
        for n in range(CATEGORIES)
    ]
    shelves, sku_ids = [], []
    for n in range(PRODUCTS):
        valuation = ValuationMethod.MOVING_AVERAGE if n % 5 else ValuationMethod.FIFO
        product = await catalog.create_product(
            call, code=f"P{n}", name=f"茶 {n}", category_id=below[n % CATEGORIES].category_id, valuation=valuation
        )
        sku = await catalog.create_sku(call, product_id=product.product_id, code=f"S{n:03}", name=f"茶 {n}", unit="瓶")
        sku_ids.append(sku.sku_id)
        shelves += [Shelf(new_id(), sku.sku_id, one.id, one.stock_place_id, valuation) for one in places.values()]
    supplier = await partners.create_supplier(call, profile=Profile(code="V1", name="供应商"))
    customer = await partners.create_customer(call, profile=Profile(code="K1", name="客户"))
    stage = Stage(
        actor_id=user.user_id,
        warehouse_id=houses[0].warehouse_id,
        supplier_id=supplier.supplier_id,
        customer_id=customer.customer_id,
        sku_ids=tuple(sku_ids),
    )
    return stage, shelves


async def _one_day(first: date, day: date, moving: Sequence[Shelf], fate: random.Random) -> None:
    """One movement of each shelf that is named, one after the other through the day."""
    begin, step = clock.start_of(day), timedelta(days=1) / (len(moving) + 1)
    movements: list[tuple[Any, ...]] = []
    days: dict[tuple[int, date], list[int]] = {}
    document_id = 0
    for n, shelf in enumerate(moving):
        if n % LINES_OF_A_DOCUMENT == 0:
            document_id = new_id()
        late = timedelta(days=fate.randrange(1, 20)) if fate.randrange(ONE_IS_LATE_IN) == 0 else timedelta()
        counts_for, line_id, sold = max(day - late, first), new_id(), 0
        if shelf.moved % ONE_COMES_IN == 0:
            quantity = fate.randrange(40, 50) * _ONE
            value = quantity * fate.randrange(500, 900) // 100
            shelf.bring(quantity, value, line_id, counts_for)
            source, target, sign = VirtualPlace.SUPPLIER.value, shelf.place_id, 1
        else:
            quantity = sold = fate.randrange(8, 11) * _ONE
            value = shelf.take(quantity)
            source, target, sign = shelf.place_id, VirtualPlace.CUSTOMER.value, -1
        shelf.moved += 1
        movements.append(
            (shelf.sku_id, shelf.warehouse_id, source, target, quantity, value, counts_for, counts_for, document_id,
             line_id, 0, begin + step * (n + 1))
        )  # fmt: skip
        came = (0, 0) if sold else (quantity, value)
        changes = (sign * quantity, sign * value, *came, sold, value if sold else 0)
        for changed in (
            days.setdefault((shelf.id, counts_for), [0] * 6),
            shelf.months.setdefault(month_of(counts_for), [0] * 6),
        ):
            for place, change in enumerate(changes):
                changed[place] += change
    await insert("stock_movement", _MOVEMENT, movements)
    if movements:
        await _enter(movements[0][_DOCUMENT], document_id)
    await insert(
        "stock_day", _DAY, [(new_id(), level_id, day, on, *changed) for (level_id, on), changed in days.items()]
    )


async def _sum_up(shelves: Sequence[Shelf]) -> None:
    """Levels, places, layers and months as all those movements left them."""
    await _finish_levels(shelves)
    layers = [
        (shelf.id, 0, one.origin_on, one.line_id, one.quantity,
         one.value if shelf.valuation is ValuationMethod.FIFO else None)
        for shelf in shelves
        for one in shelf.layers
    ]  # fmt: skip
    await insert("cost_layer", _LAYER, layers)
    await insert("place_level", _PLACE_LEVEL, [(new_id(), *one) for one in _place_levels(shelves)])
    months = [
        (new_id(), shelf.id, *changed, month) for shelf in shelves for month, changed in sorted(shelf.months.items())
    ]
    await insert("stock_month", _MONTH, months)


def _place_levels(shelves: Sequence[Shelf]) -> Iterator[tuple[int, int, int]]:
    outside: dict[tuple[int, int], int] = {}
    for shelf in shelves:
        yield shelf.sku_id, shelf.place_id, shelf.on_hand
        for place, change in ((VirtualPlace.SUPPLIER, -shelf.came), (VirtualPlace.CUSTOMER, shelf.sold)):
            outside[shelf.sku_id, place.value] = outside.get((shelf.sku_id, place.value), 0) + change
    yield from ((sku_id, place_id, quantity) for (sku_id, place_id), quantity in outside.items())


def _level(shelf: Shelf, at: datetime) -> tuple[Any, ...]:
    on_hand = shelf.on_hand
    cost = unit_price(Money(shelf.value), Quantity(on_hand)) if on_hand else 0
    return (
        shelf.id, shelf.sku_id, shelf.warehouse_id, on_hand, on_hand, on_hand, shelf.value, cost, shelf.valuation, at,
    )  # fmt: skip


@db.transactional
async def _finish_levels(shelves: Sequence[Shelf]) -> None:
    changed = ("on_hand", "sellable", "available", "value", "unit_cost")
    await db.execute(
        f"UPDATE stock_level SET {', '.join(f'{name} = line.{name}' for name in changed)} "
        f"FROM {db.rows(_LEVEL)} AS line WHERE stock_level.id = line.id",
        (db.json(_level(shelf, clock.now()) for shelf in shelves),),
    )


@db.transactional
async def _enter(first_id: int, last_id: int) -> None:
    """What the movements of these documents say in the book of accounts."""
    nobody = ", ".join(f"CAST(NULL AS BIGINT) AS {whose}" for whose in ledger.WHOSE)
    legs = entries.LEGS.format(nobody, "stock_movement AS movement")
    told = f"""
        SELECT {entries.ROLE} AS role, amount, document_id, business_date, {", ".join(ledger.WHOSE)},
            sku.category_id, warehouse_id FROM ({legs}) AS leg JOIN sku ON sku.id = leg.sku_id
        WHERE leg.document_id BETWEEN ? AND ?"""
    await db.execute(ledger.insert_of(told), (clock.now(), first_id, last_id))
    await balances.fold()


@db.transactional
async def _analyze() -> None:
    """What PostgreSQL does by itself after a minute."""
    if db.dialect() == "postgres":
        await db.fetch("ANALYZE")
