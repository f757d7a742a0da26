"""Currencies and rates as documents need them."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any

from jxc_graphql.kit import db
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.fen import PLACES
from jxc_graphql.kit.numbers import RateOfExchange
from jxc_graphql.masters.currencies import rules
from jxc_graphql.masters.currencies.rules import KnownCurrency
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.company.rules import is_currency
from jxc_graphql.office.documents.amounts import currency_of
from jxc_graphql.office.documents.models import IN_ITSELF, InCurrency

AskedCurrency = Annotated[
    str | None, "The currency of its amounts (币种), as ISO 4217 has it; by default that of the books."
]
AskedRate = Annotated[
    RateOfExchange | None,
    "What one unit of that is worth in the books' currency (汇率); by default the rate of its business date.",
]
OtherCurrency = Annotated[
    Change[str | None],
    "The currency of its amounts (币种); null: that of the books. Another one has the rate of the day.",
]
OtherRate = Annotated[
    Change[RateOfExchange | None],
    "What one unit of that is worth in the books' currency (汇率), by default the rate of its business date.",
]
AT_THE_RATE_OF_THE_DAY: Mapping[str, Any] = {"exchange_rate": None}
"""What a copy of a document is asked, which is of another day."""
_KNOWN = """
SELECT currency.code, currency.places, currency.is_active, (
    SELECT newest.rate FROM exchange_rate AS newest WHERE newest.currency_id = currency.id
    AND newest.base = company.currency AND newest.day BETWEEN ? AND ? ORDER BY newest.day DESC LIMIT 1)
FROM company JOIN currency ON currency.code IN (company.currency, ?)"""


def worth_of_one(currency: str) -> str:
    """What one unit of a currency was worth last in that of the books, as SQL beside `company`; NULL if nobody knows.

    Enough to compare prices in several currencies; a document asks for the rate of its day.
    """
    return (
        f"CASE WHEN {currency} = company.currency THEN {int(IN_ITSELF)} ELSE (SELECT newest.rate "
        "FROM exchange_rate AS newest JOIN currency AS its ON its.id = newest.currency_id "
        f"WHERE its.code = {currency} AND newest.base = company.currency ORDER BY newest.day DESC LIMIT 1) END"
    )


async def codes() -> set[str]:
    """The currencies that there are: those of the table, and that of the books."""
    rows = await db.fetch("SELECT code FROM currency UNION SELECT currency FROM company")
    return {code for (code,) in rows}


async def remember_base() -> None:
    """Has this process know what the table says of the books' currency before any document asks."""
    await _known_base((await company.present()).currency)


async def asked_for(
    currency: str | None, rate: RateOfExchange | None, day: date, *, stays: bool = False
) -> tuple[dict[str, Any], list[Reason]]:
    """In which currency a document of a day is, by its columns, and what is wrong with that.

    Without a currency it is in that of the books, which nobody changes until the transaction ends; without a rate at
    that of the day. One statement, and none for the books' currency where nobody names one.
    """
    if currency is None:
        base = asked = (await company.settled()).currency
        known = await _known_base(base)
    else:
        settings, known = await db.together(company.settled(), _known(currency, day))
        base, asked = settings.currency, currency
    agreed, wrong = rules.agreed(asked, rate, day, base, known, stays=stays)
    places = {"currency_places": _places(known, asked), "base_places": _places(known, base)}
    return {"currency": asked, "exchange_rate": agreed} | places, wrong


async def changed(
    document: InCurrency, day: date, currency: Change[str | None], rate: Change[RateOfExchange | None]
) -> tuple[dict[str, Any], list[Reason]]:
    """In which currency a draft is to be after a change, as `asked_for` tells; without one as it is."""
    wanted = document.currency if currency is UNSET else currency
    stays = wanted == document.currency
    if stays and rate is UNSET:
        return currency_of(document), []
    return await asked_for(wanted, None if rate is UNSET else rate, day, stays=stays)


async def _known(currency: str, day: date) -> dict[str, KnownCurrency]:
    named = currency if is_currency(currency) else ""
    rows = await db.fetch(_KNOWN, (day - rules.RATE_HOLDS, day, named))
    return {
        code: KnownCurrency(
            code=code, places=places, is_active=bool(is_active), rate=None if found is None else RateOfExchange(found)
        )
        for code, places, is_active, found in rows
    }


async def _known_base(base: str) -> dict[str, KnownCurrency]:
    """The books' currency where the table knows it: a process remembers it, for what is known of it never changes."""
    key = f"currency {base}"
    inside = running().known if db.in_transaction() else current().known
    remembered: KnownCurrency | None = current().known.get(key) or inside.get(key)
    if remembered is None:
        for (places,) in await db.fetch("SELECT places FROM currency WHERE code = ?", (base,)):
            inside[key] = remembered = KnownCurrency(code=base, places=places, is_active=True)
            if db.in_transaction():  # which may see what has yet to be committed
                db.after_commit(partial(current().known.update, {key: remembered}))
    return {base: remembered} if remembered else {}


def _places(known: Mapping[str, KnownCurrency], code: str) -> int:
    return known[code].places if code in known else PLACES
