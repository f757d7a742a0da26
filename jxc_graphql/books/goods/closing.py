"""Closing balances (期末结存): what each level held at the end of a closed period, and what that was worth.

They are written in the transaction that closes a period. Nothing is posted under its days any more, so what they say
stays true.
All of a period together are what the company had: goods in transit are part of the level they are on their way to,
goods lent of the level they come from.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from datetime import date

from jxc_graphql.books.goods.days import HELD
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_ids
from jxc_graphql.office.periods import queries as periods
from jxc_graphql.office.periods.facts import PeriodClosed, PeriodReopened

_BALANCES = f"""
    SELECT level.sku_id, level.warehouse_id, {", ".join(f"SUM(day.{name})" for name in HELD)}
    FROM stock_day AS day JOIN stock_level AS level ON level.id = day.stock_level_id
    WHERE day.business_date <= ? GROUP BY level.sku_id, level.warehouse_id
    HAVING {" OR ".join(f"SUM(day.{name}) <> 0" for name in HELD)} ORDER BY level.sku_id, level.warehouse_id"""
_THERE = f"SELECT sku_id, warehouse_id, {', '.join(HELD)} FROM closing_balance WHERE period_id = ?"
_ADD = f"""
    INSERT INTO closing_balance (id, period_id, sku_id, warehouse_id, {", ".join(HELD)})
    SELECT {{ids}}, CAST(? AS BIGINT), balance.* FROM ({_BALANCES}) AS balance"""


async def write_balances(call: Call, fact: PeriodClosed) -> None:  # noqa: ARG001  (every effect takes the call)
    """Writes what levels held at the end of a period that was closed; those that were empty have no balance."""
    await _add(fact.period_id, fact.ends_on)


async def drop_balances(call: Call, fact: PeriodReopened) -> None:  # noqa: ARG001
    """Takes the balances of a period away that is open again."""
    await db.execute("DELETE FROM closing_balance WHERE period_id = ?", (fact.period_id,))


async def repair() -> int:
    """Makes the balances of closed periods be what their days add up to; gives how many were others, or not there."""
    repaired = 0
    for period_id, ends_on in await periods.closed():
        there = {tuple(map(int, row)) for row in await db.fetch(_THERE, (period_id,))}
        wanted = [tuple(map(int, row)) for row in await db.fetch(_BALANCES, (ends_on,))]
        if wrong := {row[:2] for row in there.symmetric_difference(wanted)}:
            await db.execute("DELETE FROM closing_balance WHERE period_id = ?", (period_id,))
            await _add(period_id, ends_on)
            repaired += len(wrong)
    return repaired


async def _add(period_id: int, ends_on: date) -> None:
    """All in one statement: nobody posts until the transaction has ended."""
    ((levels,),) = await db.fetch("SELECT count(*) FROM stock_level")
    ids = new_ids(levels, "(ROW_NUMBER() OVER (ORDER BY sku_id, warehouse_id) - 1)")
    await db.execute(_ADD.replace("{ids}", ids), (period_id, ends_on))
