"""Exchange rates by currency and day, customer levels and price lists by their codes, with what these ask for SKUs."""

from collections.abc import Mapping, Sequence
from typing import Any

from jxc_graphql.exchange.imports.cells import CellOtherwise, CellStays, SentRow, given
from jxc_graphql.exchange.imports.stock import unit_of
from jxc_graphql.exchange.imports.taking import Done, TakenRows, by_row, find, is_so, referred
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity, RateOfExchange, UnitPrice
from jxc_graphql.masters.currencies import operations as currencies
from jxc_graphql.masters.currencies.models import MANAGE_CURRENCIES
from jxc_graphql.masters.currencies.rules import WantedRate
from jxc_graphql.masters.customer_levels import operations as levels
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.selling.pricing import operations as pricing
from jxc_graphql.selling.pricing.checks import AskedListPrice
from jxc_graphql.selling.pricing.models import MANAGE_PRICES

_OF = {"customer": "Customer", "customer_level": "CustomerLevel", "branch": "Branch"}
_COLUMNS = {"customer": "customer_id", "customer_level": "level_id", "branch": "branch_id"}
_LIST = ("name", "priority", "starts_on", "ends_on", "is_active", "currency", "prices_include_tax", *_COLUMNS.values())
_RATE = """
SELECT rate.rate, rate.source FROM exchange_rate AS rate JOIN currency ON currency.id = rate.currency_id
JOIN company ON company.currency = rate.base WHERE currency.code = ? AND rate.day = ?"""


async def exchange_rates(call: Call, rows: Sequence[SentRow]) -> TakenRows:
    """What currencies are worth in that of the books from days on; known again by currency and day."""
    call.require(MANAGE_CURRENCIES)
    taken, wanted = TakenRows(done={}, refused={}), list[tuple[SentRow, WantedRate, Done]]()
    for row in rows:
        try:
            code, day = row.need_text("currency").upper(), row.on_day("day")
            asked: dict[str, Any] = {"rate": row.fixed("rate", RateOfExchange), **given(row, source=row.read_text)}
        except Rejected as refusal:
            taken.refused[row.number] = list(refusal.reasons)
            continue
        known = [dict(zip(("rate", "source"), one, strict=True)) for one in await db.fetch(_RATE, (code, day))]
        if known and is_so(known[0], asked):
            taken.done[row.number] = Done.UNCHANGED
        else:
            told = {"source": known[0]["source"]} | asked if known else asked
            wanted.append((row, WantedRate(currency=code, day=day, **told), Done.UPDATED if known else Done.CREATED))
    if wanted:
        try:
            await currencies.set_exchange_rates(call, rates=[one for _, one, _ in wanted])
            taken.done.update({row.number: done for row, _, done in wanted})
        except Rejected as refusal:
            taken.refused.update(by_row([row for row, _, _ in wanted], refusal))
    return taken


async def customer_level(call: Call, row: SentRow) -> Done:
    """A customer level."""
    call.require(Permission.MANAGE_PARTNERS)
    asked = given(row, name=row.read_text)
    known = await find("customer_level", code := row.need_text("code"), "name")
    if known is None:
        await levels.create_customer_level(call, code=code, name=row.need_text("name"))
        return Done.CREATED
    if is_so(known, asked):
        return Done.UNCHANGED
    await levels.update_customer_level(call, customer_level_id=known["id"], **asked)
    return Done.UPDATED


async def price_lists(call: Call, rows: Sequence[SentRow]) -> TakenRows:
    """Price lists by their codes, a row for each price; what of a list a row leaves empty stays as it is."""
    call.require(MANAGE_PRICES)
    taken, said = TakenRows(done={}, refused={}), dict[tuple[str, str], tuple[Any, SentRow]]()
    wanted = dict[int, list[tuple[SentRow, AskedListPrice, Done]]]()
    for row in rows:
        try:
            list_id, of_list = await _price_list(call, row, said)
            price, of_price = await _price(row, list_id)
        except Rejected as refusal:
            taken.refused[row.number] = list(refusal.reasons)
            continue
        if of_price is Done.UNCHANGED:
            taken.done[row.number] = of_list
        else:
            wanted.setdefault(list_id, []).append((row, price, of_price))
    for list_id, prices in wanted.items():
        try:
            await pricing.set_list_prices(call, price_list_id=list_id, prices=[one for _, one, _ in prices])
            taken.done.update({row.number: done for row, _, done in prices})
        except Rejected as refusal:
            taken.refused.update(by_row([row for row, _, _ in prices], refusal))
    return taken


async def _price_list(call: Call, row: SentRow, said: dict[tuple[str, str], tuple[Any, SentRow]]) -> tuple[int, Done]:
    """The id of the list of a row, which is made or changed where it is not as the row says, and whether it was."""
    code = row.need_text("code")
    asked = given(row, name=row.read_text, priority=row.integer, starts_on=row.on_day, ends_on=row.on_day)
    asked |= given(row, is_active=row.yes)
    fixed = given(row, currency=row.read_text, prices_include_tax=row.yes)
    for table, column in _COLUMNS.items():
        if row.has(table):
            fixed[column] = await referred(row, table, table, _OF[table])
    for name, value in (asked | fixed).items():
        before, first = said.setdefault((code, name), (value, row))
        if before != value:
            raise Rejected(CellOtherwise(cell=row.at(_cell(name)), first=first.at(_cell(name))))
    known = await find("price_list", code, *_LIST)
    if known is None:
        return await _new_list(call, row, code, asked, fixed), Done.CREATED
    for name, value in fixed.items():
        if not is_so(known, {name: value}):
            raise Rejected(CellStays(cell=row.at(_cell(name))))
    if is_so(_days(known), asked):
        return known["id"], Done.UNCHANGED
    await pricing.update_price_list(call, price_list_id=known["id"], **asked)
    return known["id"], Done.UPDATED


async def _new_list(call: Call, row: SentRow, code: str, asked: dict[str, Any], fixed: dict[str, Any]) -> int:
    row.need_text("name")
    is_active = asked.pop("is_active", True)
    made = await pricing.create_price_list(call, code=code, **asked, **fixed)
    if not is_active:
        await pricing.update_price_list(call, price_list_id=made.price_list_id, is_active=False)
    return made.price_list_id


def _cell(name: str) -> str:
    """The column in which something of a list stands."""
    return next((column for column, own in _COLUMNS.items() if own == name), name)


def _days(known: Mapping[str, Any]) -> dict[str, Any]:
    return {**known, **{name: known[name] and db.day(known[name]) for name in ("starts_on", "ends_on")}}


async def _price(row: SentRow, list_id: int) -> tuple[AskedListPrice, Done]:
    """What a list is to ask for the SKU of a row, and whether it does not yet."""
    sku_id = await referred(row, "sku", "sku", "Sku")
    asked: dict[str, Any] = {"unit_price": row.fixed("unit_price", UnitPrice)}
    if row.has("unit"):
        asked["unit_id"] = await unit_of(row, sku_id)
    start = row.fixed("from_quantity", Quantity) if row.has("from_quantity") else Quantity(0)
    found = await db.fetch(
        "SELECT unit_price, unit_id FROM list_price WHERE price_list_id = ? AND sku_id = ? AND from_quantity = ?",
        (list_id, sku_id, int(start)),
    )
    known = dict(zip(("unit_price", "unit_id"), found[0], strict=True)) if found else {"unit_id": None}
    price = AskedListPrice(
        sku_id=sku_id,
        unit_price=asked["unit_price"],
        from_quantity=start,
        sku_unit_id=asked.get("unit_id", known["unit_id"]),
    )
    if not found:
        return price, Done.CREATED
    return price, Done.UNCHANGED if is_so(known, asked) else Done.UPDATED
