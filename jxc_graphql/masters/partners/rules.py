"""What is right for suppliers, customers and supplier prices."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from jxc_graphql.kit.changes import UNSET
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import InvalidNumber, Quantity
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines, UnknownId

LIMITS = {
    "code": 40,
    "name": 200,
    "contact_name": 100,
    "phone": 40,
    "email": 200,
    "address": 400,
    "tax_number": 40,
}
"""Most characters of each text of a partner."""
PAYMENT_DAYS_MOST = 365
LEAD_TIME_DAYS_MOST = 730
PRICES_LIMIT = 500


class DaysOutOfBounds(Reason, frozen=True, kw_only=True):
    """A number of days is from 0 to `most`."""

    most: int


class DuplicateSku(Reason, frozen=True, kw_only=True):
    """A SKU is named twice."""


def check_profile(profile: Profile, *, new: bool) -> Iterator[Reason]:
    """What is wrong with a partner's data; a new one has a code and a name."""
    for field, limit in LIMITS.items():
        required = field in {"code", "name"}
        text = getattr(profile, field)
        yield from check_text((field,), "" if text is UNSET and new else text, limit=limit, required=required)
    if isinstance(profile.payment_days, int) and not 0 <= profile.payment_days <= PAYMENT_DAYS_MOST:
        yield DaysOutOfBounds(path=("payment_days",), most=PAYMENT_DAYS_MOST)


def check_prices(
    prices: Sequence[AskedPrice], known_sku_ids: Collection[int], units: Mapping[int, int]
) -> Iterator[Reason]:
    """What is wrong with a list of prices, line by line; `units` are those that exist, with their SKUs."""
    yield from check_sku_list("prices", [price.sku_id for price in prices])
    if len(prices) > PRICES_LIMIT:
        return
    for index, price in enumerate(prices):
        path = ("prices", index)
        if price.sku_id not in known_sku_ids:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        if price.unit_price < 0:
            yield InvalidNumber(path=(*path, "unit_price"), problem="negative")
        if isinstance(price.unit_id, int) and units.get(price.unit_id) != price.sku_id:
            yield UnknownId(path=(*path, "unit_id"), kind="SkuUnit")
        if isinstance(price.minimum_quantity, Quantity) and price.minimum_quantity < 0:
            yield InvalidNumber(path=(*path, "minimum_quantity"), problem="negative")
        if isinstance(price.pack_quantity, Quantity) and price.pack_quantity <= 0:
            yield InvalidNumber(path=(*path, "pack_quantity"), problem="not positive")
        if isinstance(price.lead_time_days, int) and not 0 <= price.lead_time_days <= LEAD_TIME_DAYS_MOST:
            yield DaysOutOfBounds(path=(*path, "lead_time_days"), most=LEAD_TIME_DAYS_MOST)


def check_sku_list(name: str, sku_ids: Sequence[int]) -> Iterator[Reason]:
    """Whether a list of SKUs is empty, too long, or names one twice."""
    if not sku_ids:
        yield EmptyDocument(path=(name,))
    if len(sku_ids) > PRICES_LIMIT:
        yield TooManyLines(path=(name,), lines=len(sku_ids), limit=PRICES_LIMIT)
        return
    seen: set[int] = set()
    for index, sku_id in enumerate(sku_ids):
        if sku_id in seen:
            yield DuplicateSku(path=(name, index))
        seen.add(sku_id)
