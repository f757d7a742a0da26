"""A shop made for a demo, written down in TOML, and the days it would have: no database here.

The days follow from what is written down alone: what a good sells on a usual day, whom it comes from, how long that
takes. The same shop has the same days whenever it is asked, so that what was loaded in part is loaded to its end.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec

SAMPLES = Path(__file__).parent / "samples"
_TAKES_PER_ORDER = 3
"""How many goods a customer orders at once, at most."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Something with a code and a name."""

    code: str
    name: str


class Colleague(Named, frozen=True, kw_only=True):
    """Somebody who works there; the code is the user name."""

    role: str


class House(Named, frozen=True, kw_only=True):
    """A warehouse, and the bins in it."""

    branch: str
    bins: list[str] = []


class Trader(Named, frozen=True, kw_only=True):
    """A supplier or customer; how many days goods of a supplier take."""

    contact_name: str = ""
    phone: str = ""
    address: str = ""
    days: int = 3


class Good(Named, frozen=True, kw_only=True):
    """A product, which is its own only SKU."""

    category: str
    unit: str
    cost: str
    price: str
    supplier: str
    opening: int
    """How many there were on the first day."""
    sells: int
    """How many a customer takes, about; nobody buys what sells 0."""
    limit: int = 0
    target: int = 0
    box: str = ""
    """What a box of it is called, where it comes in boxes."""
    box_of: int = 0
    barcode: str = ""
    tracking: str = "NONE"
    shelf_life_days: int | None = None
    bin: str = ""


class Hamper(Named, frozen=True, kw_only=True):
    """A kit (套装), what one is made of, and how many are made on the last day."""

    category: str
    unit: str
    of: dict[str, int]
    made: int


class Branching(msgspec.Struct, frozen=True, kw_only=True):
    """What goes from the first warehouse to the other one every week, and how much."""

    weekday: int
    goods: dict[str, int]


class Lent(msgspec.Struct, frozen=True, kw_only=True):
    """What was lent to a customer, so many days before the last one and for how long."""

    customer: str
    goods: dict[str, int]
    days_ago: int
    for_days: int


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """Who and what there is."""

    source: str
    days: int
    """How long it has been open."""
    orders_a_day: int
    seed: int
    branches: list[Named]
    warehouses: list[House]
    """The first one buys and sells; the second gets its goods from there."""
    colleagues: list[Colleague]
    """A manager, a buyer, a seller and a keeper, in this order."""
    categories: list[Named]
    suppliers: list[Trader]
    customers: list[Trader]
    goods: list[Good]
    kits: list[Hamper] = []
    branching: Branching
    loan: Lent
    counted: str
    """The category of the stocktake that is under way."""

    def opened_on(self, last: date) -> date:
        """The day before its first one."""
        return last - timedelta(days=self.days)

    def lent_on(self, last: date) -> date:
        """When it lent what it lent."""
        return last - timedelta(days=self.loan.days_ago)


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase: what, and when it came; without that day it has not yet come, and some of it was damaged."""

    number: int
    day: date
    supplier: str
    goods: dict[str, int]
    came_on: date | None
    damaged: dict[str, int]


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """A sale: what, and when it left; without that day it is only promised."""

    number: int
    day: date
    customer: str
    goods: dict[str, int]
    left_on: date | None


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that went to the other warehouse; those without a day of arrival are on the road."""

    number: int
    day: date
    goods: dict[str, int]
    came_on: date | None


Event = Bought | Sold | Moved


def read_shop(path: Path) -> Shop:
    """The shop in a file of ours."""
    return msgspec.toml.decode(path.read_bytes(), type=Shop)


def days_of(shop: Shop, last: date) -> list[Event]:
    """What happens until the end of a day, in the order in which it does."""
    return list(_Days(shop, last).all())


class _Days:
    """One run through the days: what there is of each good, and what is on its way."""

    def __init__(self, shop: Shop, last: date) -> None:
        self._shop, self._last = shop, last
        self._by_chance = random.Random(shop.seed)  # noqa: S311  (a demo, not a secret)
        self._here = Counter({one.code: one.opening for one in shop.goods})
        self._here.subtract(shop.loan.goods)  # they are set aside until they are lent
        self._coming: Counter[str] = Counter()
        self._arriving: list[Bought] = []
        self._number = 0

    def all(self) -> Iterator[Event]:
        """Day by day: what came is there, what is short is ordered, then it is sold and sent to the other house."""
        for ahead in range(self._shop.days):
            day = self._last - timedelta(days=self._shop.days - 1 - ahead)
            self._arrive(day)
            yield from self._buy(day)
            yield from self._sell(day)
            if day.weekday() == self._shop.branching.weekday or day == self._last:
                yield from self._branch_out(day)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _arrive(self, day: date) -> None:
        for one in [one for one in self._arriving if one.came_on == day]:
            self._arriving.remove(one)
            self._here.update(one.goods)
            self._here.subtract(one.damaged)
            self._coming.subtract(one.goods)

    def _buy(self, day: date) -> Iterator[Bought]:
        for supplier in self._shop.suppliers:
            short = {
                one.code: _boxes(one, one.target - self._here[one.code])
                for one in self._shop.goods
                if one.supplier == supplier.code and self._here[one.code] + self._coming[one.code] <= one.limit
            }
            if short := {code: count for code, count in short.items() if count}:
                came_on = day + timedelta(days=supplier.days)
                number = self._next()
                damaged = {next(iter(short)): 1} if number % 4 == 0 else {}
                bought = Bought(
                    number=number,
                    day=day,
                    supplier=supplier.code,
                    goods=short,
                    came_on=came_on if came_on <= self._last else None,
                    damaged=damaged,
                )
                self._coming.update(short)
                self._arriving.append(bought)
                yield bought

    def _sell(self, day: date) -> Iterator[Sold]:
        for _ in range(self._by_chance.randint(1, self._shop.orders_a_day)):
            customer = self._by_chance.choice(self._shop.customers).code
            asked = self._by_chance.sample([one for one in self._shop.goods if one.sells], _TAKES_PER_ORDER)
            wanted = {one.code: self._by_chance.randint(1, 2 * one.sells) for one in asked}
            if goods := {code: min(count, self._here[code]) for code, count in wanted.items() if self._here[code] > 0}:
                self._here.subtract(goods)
                yield Sold(
                    number=self._next(),
                    day=day,
                    customer=customer,
                    goods=goods,
                    left_on=day if day < self._last - timedelta(days=1) else None,
                )

    def _branch_out(self, day: date) -> Iterator[Moved]:
        asked = self._shop.branching.goods
        if goods := {code: min(count, self._here[code]) for code, count in asked.items() if self._here[code] > 0}:
            self._here.subtract(goods)
            arrives = day + timedelta(days=1)
            yield Moved(number=self._next(), day=day, goods=goods, came_on=arrives if arrives <= self._last else None)


def _boxes(good: Good, missing: int) -> int:
    size = good.box_of or 1
    return max(-(-missing // size), 0) * size
