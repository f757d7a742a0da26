"""Which price a line has and what promotions take off it, decided without a database.

    list price ─▸ promotions of lines ─▸ promotions of documents ─▸ the discount that is typed

A price list of the customer goes before one of his level, that before one of the branch, and that before one of
everybody; among lists of the same kind the one of the higher priority, then the newest. The first that has a price for
the whole quantity of the SKU in the order, in the currency, the tax and the unit of the line, gives it.

Promotions of either step are measured by what goods come to before any of that step. What is taken off is the larger of
two: all that combine with others together, or the best of those that do not. It is counted for all lines of a SKU, or
of the document, together and shared by what is left of each (`kit.fen.shared`), over SKUs and then over the lines of
each, so what goods come to does not depend on how they are divided over lines, nor on the order of these.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.fen import FEN, worth
from jxc_graphql.kit.numbers import LIMIT, Money, Quantity, UnitPrice
from jxc_graphql.selling.pricing.models import PriceOutcome, PriceSource
from jxc_graphql.selling.pricing.promotions import (
    CountedLine,
    KnownPromotion,
    OrderTerms,
    PromotionLooked,
    promoted,
)


class SalesPriceMissing(Reason, frozen=True, kw_only=True):
    """No price is given, and no price list has one for so much of the SKU in this unit."""

    sku_id: int
    customer_id: int
    sku: str
    unit: str


class SalesPriceDoesNotHold(Reason, frozen=True, kw_only=True):
    """No price is given, and the price list that comes first has one on other terms (`outcome`)."""

    sku_id: int
    customer_id: int
    price_list_id: int
    sku: str
    unit: str
    price_list: str
    outcome: PriceOutcome


class KnownListPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price of a list that holds: of one `unit`, which is numerator / denominator base units."""

    price_list_id: int
    code: str
    customer_id: int | None
    level_id: int | None
    branch_id: int | None
    priority: int
    currency: str
    prices_include_tax: bool
    sku_id: int
    unit_price: UnitPrice
    from_quantity: Quantity
    numerator: int = 1
    denominator: int = 1


class PricesAndPromotions(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a customer on a day; `unit` is the smallest part of the currency, in steps of money.

    `base`: the currency of the books.
    """

    customer_id: int
    currency: str
    base: str
    unit: int = FEN
    prices: Mapping[int, Sequence[KnownListPrice]] = msgspec.field(default_factory=dict)
    promotions: Sequence[KnownPromotion] = ()


class GoodsToPrice(Protocol):
    """A SKU as its price needs it."""

    @property
    def id(self) -> int:
        """Which."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def unit(self) -> str:
        """Its base unit."""

    @property
    def units(self) -> Mapping[str, tuple[int, int]]:
        """Its other units, each so many base units."""

    def in_base(self, unit: str | None, quantity: Quantity, path: Path = ()) -> Quantity | Reason:
        """A quantity in the base unit, exactly, or why it cannot be."""


class LineAsked(Protocol):
    """What is asked for of a line."""

    @property
    def sku_id(self) -> int:
        """What."""

    @property
    def quantity(self) -> Quantity:
        """How much, in `unit`."""

    @property
    def unit_price(self) -> UnitPrice | None:
        """What was typed; None where the rules are to give it."""

    @property
    def unit(self) -> str | None:
        """In which unit; None: in the base unit."""


class ListLooked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a price list; with the price of the line's unit where it has one."""

    price_list_id: int
    code: str
    outcome: PriceOutcome
    unit_price: UnitPrice | None = None


class RulePrice(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of a line: its price, None where there is none, and why."""

    lists: Sequence[ListLooked] = ()
    promotions: Sequence[PromotionLooked] = ()

    @property
    def used(self) -> ListLooked | None:
        """The list that gives its price."""
        return next((one for one in self.lists if one.outcome is PriceOutcome.USED), None)

    @property
    def given(self) -> Sequence[PromotionLooked]:
        """The promotions that take something off it."""
        return [one for one in self.promotions if one.discount]

    @property
    def discount(self) -> Money:
        """What promotions take off it."""
        return Money.total(one.discount for one in self.promotions)


def price_source(price_list_id: int | None, list_price: UnitPrice, unit_price: UnitPrice) -> PriceSource:
    """Where the price of a line is from, by what it has."""
    if price_list_id is None:
        return PriceSource.TYPED
    return PriceSource.PRICE_LIST if list_price == unit_price else PriceSource.TYPED_OVER


def order_of(one: KnownListPrice) -> tuple[Any, ...]:
    """How early a list has its turn: the largest comes first."""
    whose = (one.customer_id is not None, one.level_id is not None, one.branch_id is not None)
    return (*whose, one.priority, one.price_list_id)


def rule_prices(
    asked: Sequence[LineAsked],
    goods: Mapping[int, GoodsToPrice],
    known: PricesAndPromotions,
    *,
    prices_include_tax: bool,
) -> list[RulePrice | None]:
    """What the rules say of each line that leaves its price out; None for others, and for what cannot be priced."""
    quantities = [_in_base(line, goods) for line in asked]
    ordered: dict[int, Quantity] = defaultdict(lambda: Quantity(0))
    for line, quantity in zip(asked, quantities, strict=True):
        if quantity:
            ordered[line.sku_id] += quantity
    found: list[RulePrice | None] = [None] * len(asked)
    counted = dict[int, CountedLine]()
    for at, (line, quantity) in enumerate(zip(asked, quantities, strict=True)):
        if quantity and line.unit_price is None:
            prices, ratio = known.prices.get(line.sku_id, ()), _ratio(line, goods[line.sku_id])
            lists = [*_looked(prices, ratio, ordered[line.sku_id], known.currency, with_tax=prices_include_tax)]
            found[at] = one = RulePrice(lists=lists)
            if one.used and one.used.unit_price is not None:
                worth_of = worth(line.quantity, one.used.unit_price, known.unit)
                counted[at] = CountedLine(sku_id=line.sku_id, quantity=quantity, worth=worth_of)
    terms = OrderTerms(currency=known.currency, prices_include_tax=prices_include_tax, unit=known.unit)
    given = promoted(counted, known.promotions, terms)
    return [one and msgspec.structs.replace(one, promotions=given.get(at, ())) for at, one in enumerate(found)]


def missing(line: LineAsked, sku: GoodsToPrice, found: RulePrice, customer_id: int, path: Path) -> Reason:
    """That a line has no price."""
    named: dict[str, Any] = {
        "path": path, "sku_id": sku.id, "customer_id": customer_id, "sku": sku.code, "unit": line.unit or sku.unit,
    }  # fmt: skip
    for one in found.lists:
        return SalesPriceDoesNotHold(**named, price_list_id=one.price_list_id, price_list=one.code, outcome=one.outcome)
    return SalesPriceMissing(**named)


def _in_base(line: LineAsked, goods: Mapping[int, GoodsToPrice]) -> Quantity | None:
    sku = goods.get(line.sku_id)
    quantity = sku.in_base(line.unit, line.quantity) if sku else None
    return quantity if isinstance(quantity, Quantity) and quantity > 0 else None


def _ratio(line: LineAsked, sku: GoodsToPrice) -> tuple[int, int]:
    return sku.units.get(line.unit or sku.unit, (1, 1))


def _looked(
    prices: Iterable[KnownListPrice], ratio: tuple[int, int], ordered: Quantity, currency: str, *, with_tax: bool
) -> Iterator[ListLooked]:
    by_list: dict[int, list[KnownListPrice]] = defaultdict(list)
    for one in sorted(prices, key=order_of, reverse=True):
        by_list[one.price_list_id].append(one)
    is_given = False
    for price_list_id, breaks in by_list.items():
        first = breaks[0]
        held = [one for one in breaks if one.from_quantity <= ordered]
        price = _per_unit(max(held, key=lambda one: one.from_quantity), ratio) if held else None
        if first.currency != currency:
            outcome = PriceOutcome.OTHER_CURRENCY
        elif first.prices_include_tax != with_tax:
            outcome = PriceOutcome.OTHER_TAX
        elif not held:
            outcome = PriceOutcome.TOO_LITTLE
        elif price is None:
            outcome = PriceOutcome.OTHER_UNIT
        else:
            outcome = PriceOutcome.ANOTHER_FIRST if is_given else PriceOutcome.USED
            is_given = True
        yield ListLooked(price_list_id=price_list_id, code=first.code, outcome=outcome, unit_price=price)


def _per_unit(price: KnownListPrice, ratio: tuple[int, int]) -> UnitPrice | None:
    """The price of a unit that is so many base units, if it is an exact one."""
    numerator, denominator = ratio
    steps, rest = divmod(int(price.unit_price) * numerator * price.denominator, denominator * price.numerator)
    return None if rest or steps > LIMIT else UnitPrice(steps)


def sku_ids_without_price(asked: Iterable[LineAsked]) -> Collection[int]:
    """The SKUs of lines that leave their price out."""
    return {line.sku_id for line in asked if line.unit_price is None}
