"""What is right for suppliers, customers and supplier prices."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from stdnum.cn import uscc
from stdnum.eu import vat

from jxc_graphql.kit.changes import UNSET
from jxc_graphql.kit.errors import Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity, check_not_negative, check_positive
from jxc_graphql.kit.text import check_text, printable
from jxc_graphql.kit.versions import HasVersion, StaleVersion
from jxc_graphql.masters.currencies.rules import check_known
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines

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
LEAD_TIME_DAYS_MOST = 730
PRICES_LIMIT = 500


class DaysOutOfBounds(Reason, frozen=True, kw_only=True):
    """A number of days is from 0 to `most`."""

    most: int


class DuplicateSku(Reason, frozen=True, kw_only=True):
    """A SKU is named twice."""


class NotAnEmail(Reason, frozen=True, kw_only=True):
    """This is no e-mail address (电子邮箱)."""


class NotAPhone(Reason, frozen=True, kw_only=True):
    """This is no telephone number (电话): it has other characters than such numbers have, or too few digits."""


class NotATaxNumber(Reason, frozen=True, kw_only=True):
    """This is no unified social credit code (统一社会信用代码): its check digit is wrong; nor an EU VAT number."""


_LOOKED_AT = max(LIMITS.values())
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"(?=(\D*\d){3})[+(\d][\d\s()./,;#*-]*(转|ext\.?|x)?[\d\s-]*", re.ASCII | re.IGNORECASE)


def check_contact(profile: Profile) -> Iterator[Reason]:
    """What is wrong with how a partner is reached and known to the tax office; what is blank is nothing."""
    told = (getattr(profile, field) for field in ("email", "phone", "tax_number"))
    email, phone, tax_number = (
        one.strip()[:_LOOKED_AT] if isinstance(one, str) and printable(one) else "" for one in told
    )
    if email and not _EMAIL.fullmatch(email):
        yield NotAnEmail(path=("email",))
    if phone and not _PHONE.fullmatch(phone):
        yield NotAPhone(path=("phone",))
    if tax_number and not uscc.is_valid(tax_number) and not vat.is_valid(tax_number):
        yield NotATaxNumber(path=("tax_number",))


def check_profile(profile: Profile, *, new: bool) -> Iterator[Reason]:
    """What is wrong with a partner's data; a new one has a code and a name."""
    for field, limit in LIMITS.items():
        required = field in {"code", "name"}
        text = getattr(profile, field)
        yield from check_text((field,), "" if text is UNSET and new else text, limit=limit, required=required)
    yield from check_contact(profile)


def check_prices(
    prices: Sequence[AskedPrice], known_sku_ids: Collection[int], units: Mapping[int, int], currencies: Collection[str]
) -> Iterator[Reason]:
    """What is wrong with a list of prices, line by line; `units` are those that exist, with their SKUs."""
    yield from check_sku_list("prices", [price.sku_id for price in prices])
    if len(prices) > PRICES_LIMIT:
        return
    for index, price in enumerate(prices):
        path = ("prices", index)
        if price.sku_id not in known_sku_ids:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        yield from check_not_negative(price.unit_price, (*path, "unit_price"))
        if isinstance(price.unit_id, int) and units.get(price.unit_id) != price.sku_id:
            yield UnknownId(path=(*path, "unit_id"), kind="SkuUnit")
        yield from check_known(price.currency, currencies, (*path, "currency"))
        if isinstance(price.minimum_quantity, Quantity):
            yield from check_not_negative(price.minimum_quantity, (*path, "minimum_quantity"))
        if isinstance(price.pack_quantity, Quantity):
            yield from check_positive(price.pack_quantity, (*path, "pack_quantity"))
        if isinstance(price.lead_time_days, int) and not 0 <= price.lead_time_days <= LEAD_TIME_DAYS_MOST:
            yield DaysOutOfBounds(path=(*path, "lead_time_days"), most=LEAD_TIME_DAYS_MOST)


def check_versions(prices: Sequence[AskedPrice], known: Mapping[int, HasVersion]) -> Iterator[Reason]:
    """Which of the prices are not at the version that was seen, by SKU; 0 is the version of none."""
    for index, price in enumerate(prices):
        present = known[price.sku_id].version if price.sku_id in known else 0
        if price.expected_version not in {None, present}:
            path = ("prices", index, "expected_version")
            yield StaleVersion(path=path, current=present, expected=price.expected_version)


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
