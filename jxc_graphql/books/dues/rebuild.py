"""Making what is open of dues agree with what was set off again."""
# ruff: noqa: S608  (statements are made of our own names)

from jxc_graphql.books.dues.queries import LEFT
from jxc_graphql.kit import db


async def repair() -> int:
    """Has dues say again what is open of them; how many did not. What was set off never changes."""
    return await db.execute(
        f"""
        UPDATE due SET open_amount = wanted.amount, base_open = wanted.base FROM (
            SELECT id, CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(base_amount) AS BIGINT) AS base
            FROM ({LEFT}) AS part GROUP BY id) AS wanted
        WHERE due.id = wanted.id AND (open_amount <> wanted.amount OR base_open <> wanted.base)"""
    )
