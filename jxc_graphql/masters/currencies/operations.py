"""Making currencies, naming them and putting them out of use, and setting exchange rates."""

from collections.abc import Sequence
from typing import Annotated

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.masters.currencies import facts, queries, rules
from jxc_graphql.masters.currencies.models import MANAGE_CURRENCIES, Currency
from jxc_graphql.masters.currencies.rules import WantedRate
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.company.rules import check_currency
from jxc_graphql.office.documents.posting import posting

_ASKED = {"id": "bigint", "code": "text", "day": "date", "rate": "bigint", "source": "text"}
_SET = """
INSERT INTO exchange_rate (id, version, updated_at, currency_id, base, day, rate, source)
SELECT asked.id, 1, ?, currency.id, company.currency, asked.day, asked.rate, coalesce(asked.source, known.source, '')
FROM {asked} AS asked JOIN currency ON currency.code = asked.code JOIN company ON 1 = 1
LEFT JOIN exchange_rate AS known
    ON known.currency_id = currency.id AND known.base = company.currency AND known.day = asked.day
WHERE 1 = 1
ON CONFLICT (currency_id, base, day) DO UPDATE SET
    version = exchange_rate.version + 1, updated_at = excluded.updated_at,
    rate = excluded.rate, source = excluded.source
    WHERE exchange_rate.rate <> excluded.rate OR exchange_rate.source <> excluded.source"""
_THOSE = """
SELECT rate.id FROM {asked} AS asked JOIN currency ON currency.code = asked.code
JOIN company ON 1 = 1 JOIN exchange_rate AS rate
    ON rate.currency_id = currency.id AND rate.base = company.currency AND rate.day = asked.day
ORDER BY rate.id"""


@posting(MANAGE_CURRENCIES)
async def create_currency(
    call: Call,
    *,
    code: Annotated[str, "Code (编码), three capital letters as ISO 4217 has them; unique."],
    name: Annotated[str, "Name (名称), up to 60 characters."],
    places: Annotated[int, "How many decimal places its amounts have (小数位数): 0, 1 or 2."],
) -> facts.CurrencyCreated:
    """Makes a currency (新建币种): its code and its decimal places never change.

    Raises `Rejected` with everything that is wrong with it.
    """
    reject_if([*check_currency(code, ("code",)), *rules.check_name(name), *rules.check_places(places)])
    made = Currency(places=places, is_active=True)
    await save_coded(made, call, changed(made, code=code, name=name), found_by=())
    return facts.CurrencyCreated(currency_id=made.id)


@posting(MANAGE_CURRENCIES)
async def update_currency(
    call: Call,
    *,
    currency_id: int,
    name: Change[str] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.CurrencyUpdated:
    """Renames a currency, or says whether it may be on new documents (修改币种)."""
    known = await Currency.select_for_update(no_key=True).get_or_none(id=currency_id)
    if known is None:
        raise NotFound(UnknownId(path=("currency_id",), kind="Currency"))
    reject_if(rules.check_name(name))
    fact = facts.CurrencyUpdated(currency_id=currency_id)
    await save(known, call, to_change(known, fact, expected_version, name=name, is_active=is_active))
    return fact


@posting(MANAGE_CURRENCIES)
async def set_exchange_rates(
    call: Call, *, rates: Annotated[Sequence[WantedRate], "Which; 1 to 500, all or none."]
) -> facts.ExchangeRatesSet:
    """Sets what currencies are worth from days on (维护汇率); what is so already makes no version.

    Where one is from stays as it is where that is left out. Documents keep the rates that they have. Raises `Rejected`
    with everything that is wrong with any.
    """
    codes, base = await queries.codes(), (await company.settled()).currency
    reject_if(rules.check_rates(rates, codes, base))
    order = sorted(rates, key=lambda one: (one.currency, one.day))
    asked = db.json((new_id(), one.currency, one.day, int(one.rate), one.kept_source) for one in order)
    table = db.rows(_ASKED)
    await db.execute(_SET.format(asked=table), (call.at, asked))
    rows = await db.fetch(_THOSE.format(asked=table), (asked,))
    return facts.ExchangeRatesSet(change_id=new_id(), exchange_rate_ids=tuple(row[0] for row in rows))
