"""Closing balances (期末结存): what each level held at the end of a closed period, and what that was worth.

They are written after a period was closed. Nothing is posted under its days any more, so what they say stays true.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.office.periods.facts import PeriodClosed, PeriodReopened

PAGE = 5_000
"""Balances that are written at a time."""

_BALANCES = """
    SELECT level.sku_id, level.warehouse_id, SUM(day.quantity), SUM(day.value)
    FROM stock_day AS day JOIN stock_level AS level ON level.id = day.stock_level_id
    WHERE day.business_date <= ? GROUP BY level.sku_id, level.warehouse_id
    HAVING SUM(day.quantity) <> 0 OR SUM(day.value) <> 0 ORDER BY level.sku_id, level.warehouse_id"""


async def write_balances(call: Call, fact: PeriodClosed) -> None:  # noqa: ARG001  (every reaction takes the call)
    """Writes what levels held at the end of a period that was closed; those that were empty have no balance."""
    rows = await db.fetch(_BALANCES, (fact.ends_on,))
    columns = ("id", "sku_id", "warehouse_id", "quantity", "value")
    for start in range(0, len(rows), PAGE):
        await db.execute(
            f"""
            INSERT INTO closing_balance (period_id, {", ".join(columns)})
            SELECT ?, {", ".join(f"line.{name}" for name in columns)}
            FROM {db.rows(dict.fromkeys(columns, "bigint"))} AS line""",
            (fact.period_id, db.json((new_id(), *map(int, row)) for row in rows[start : start + PAGE])),
        )


async def drop_balances(call: Call, fact: PeriodReopened) -> None:  # noqa: ARG001
    """Takes the balances of a period away that is open again."""
    await db.execute("DELETE FROM closing_balance WHERE period_id = ?", (fact.period_id,))
