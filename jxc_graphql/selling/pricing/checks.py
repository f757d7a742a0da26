"""What is right for price lists, promotions and minimum prices as they are kept."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.fen import check_whole_fen
from jxc_graphql.kit.numbers import (
    OutOfBounds,
    Quantity,
    Ratio,
    UnitPrice,
    check_not_negative,
    check_positive,
)
from jxc_graphql.kit.text import check_text
from jxc_graphql.kit.versions import HasVersion, StaleVersion
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines
from jxc_graphql.selling.pricing.models import PromotionKind, PromotionStep

CODE_LIMIT = 40
NAME_LIMIT = 100
PRIORITY_MOST = 1_000
PRICES_LIMIT = 500
_OF_KIND = {
    PromotionKind.PERCENT: ("percent",),
    PromotionKind.AMOUNT: ("amount",),
    PromotionKind.FREE_GOODS: ("buy_quantity", "free_quantity"),
}
"""What a promotion of each kind says, and no other does."""


class HoldsForNoDay(Reason, frozen=True, kw_only=True):
    """What holds from one day to another cannot end before it starts."""

    starts_on: date
    ends_on: date


class NotOfThisPromotion(Reason, frozen=True, kw_only=True):
    """Promotions of this kind, or of this step, say no such thing."""


class PriceGivenTwice(Reason, frozen=True, kw_only=True):
    """The same SKU is listed a second time from the same quantity on."""

    first: int
    """At which position it stands already, from 1."""


class AskedListPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a price list asks for a SKU."""

    sku_id: int
    """For what."""
    unit_price: Annotated[UnitPrice, check_not_negative]
    """Price of one unit (单价)."""
    from_quantity: Annotated[Quantity, check_not_negative] = Quantity(0)
    """From how many base units of it in an order on (起始数量); 0: always."""
    sku_unit_id: Change[int | None] = UNSET
    """Of which other unit of the SKU it is the price; of its base unit in a new price."""
    expected_version: int | None = None
    """The version that the change is made for, 0 where there is none yet; another one is refused."""


class AskedMinimumPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The least that a SKU is to be sold for."""

    sku_id: int
    """What."""
    net_price: Annotated[UnitPrice, check_not_negative]
    """The least for one base unit without tax, in the books' currency (最低售价); 0: no least."""
    expected_version: int | None = None
    """The version that the change is made for, 0 where there is none yet; another one is refused."""


def check_named(code: Change[str], name: Change[str], priority: Change[int]) -> Iterator[Reason]:
    """What is wrong with how a price list or a promotion is called, and with its turn."""
    yield from check_text(("code",), code, limit=CODE_LIMIT, required=True)
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if isinstance(priority, int) and not 0 <= priority <= PRIORITY_MOST:
        yield OutOfBounds(path=("priority",), least=Decimal(0), most=Decimal(PRIORITY_MOST), decimals=0)


def check_days(starts_on: date, ends_on: date | None) -> Iterator[Reason]:
    """Whether it holds on any day."""
    if ends_on is not None and ends_on < starts_on:
        yield HoldsForNoDay(path=("ends_on",), starts_on=starts_on, ends_on=ends_on)


def check_promotion(step: PromotionStep, kind: PromotionKind, said: Mapping[str, Any]) -> Iterator[Reason]:
    """What is wrong with what a promotion takes off, by the names of its columns."""
    for name in (name for names in _OF_KIND.values() for name in names):
        number = said[name]
        if name in _OF_KIND[kind]:
            yield from check_positive(number, (name,))
        elif number:
            yield NotOfThisPromotion(path=(name,))
    if said["percent"] > Ratio.of(1):
        yield OutOfBounds(path=("percent",), least=Decimal("0.0001"), most=Decimal(1), decimals=Ratio.places)
    for name in ("minimum_quantity", "minimum_amount"):
        yield from check_not_negative(said[name], (name,))
    for name in ("amount", "minimum_amount"):
        yield from check_whole_fen(said[name], (name,))
    if step is PromotionStep.DOCUMENT and said["minimum_quantity"]:
        yield NotOfThisPromotion(path=("minimum_quantity",))
    if step is PromotionStep.DOCUMENT and kind is PromotionKind.FREE_GOODS:
        yield NotOfThisPromotion(path=("kind",))


def check_count(name: str, count: int) -> Iterator[Reason]:
    """Whether a list is empty or too long."""
    if not count:
        yield EmptyDocument(path=(name,))
    if count > PRICES_LIMIT:
        yield TooManyLines(path=(name,), lines=count, limit=PRICES_LIMIT)


def check_list_prices(
    prices: Sequence[AskedListPrice], known_sku_ids: Collection[int], units: Mapping[int, int]
) -> Iterator[Reason]:
    """What is wrong with prices of a list, one by one; `units` are those that exist, with their SKUs."""
    first: dict[tuple[int, int], int] = {}
    for index, price in enumerate(prices):
        path: Path = ("prices", index)
        if price.sku_id not in known_sku_ids:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        yield from check_not_negative(price.unit_price, (*path, "unit_price"))
        yield from check_not_negative(price.from_quantity, (*path, "from_quantity"))
        if isinstance(price.sku_unit_id, int) and units.get(price.sku_unit_id) != price.sku_id:
            yield UnknownId(path=(*path, "sku_unit_id"), kind="SkuUnit")
        if (at := first.setdefault((price.sku_id, price.from_quantity), index)) != index:
            yield PriceGivenTwice(path=path, first=at + 1)


def check_minimum_prices(prices: Sequence[AskedMinimumPrice], known_sku_ids: Collection[int]) -> Iterator[Reason]:
    """What is wrong with minimum prices, one by one."""
    first: dict[int, int] = {}
    for index, price in enumerate(prices):
        path: Path = ("prices", index)
        if price.sku_id not in known_sku_ids:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        yield from check_not_negative(price.net_price, (*path, "net_price"))
        if (at := first.setdefault(price.sku_id, index)) != index:
            yield PriceGivenTwice(path=path, first=at + 1)


def check_versions(
    prices: Iterable[AskedListPrice | AskedMinimumPrice], known: Iterable[HasVersion | None]
) -> Iterator[Reason]:
    """Which of the prices are not at the version that was seen; 0 is the version of none."""
    for index, (price, one) in enumerate(zip(prices, known, strict=True)):
        present = one.version if one else 0
        if price.expected_version not in {None, present}:
            path = ("prices", index, "expected_version")
            yield StaleVersion(path=path, current=present, expected=price.expected_version)


def later(starts_on: date, starts: Change[date], ends_on: date | None, ends: Change[date | None]) -> Iterator[Reason]:
    """Whether it holds on any day after a change."""
    yield from check_days(
        starts_on if starts is UNSET or starts is None else starts, ends_on if ends is UNSET else ends
    )
