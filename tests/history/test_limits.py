"""Limits that older versions took, and that ordering would not end, make sense from now on."""

from jxc_graphql import wiring
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate
from jxc_graphql.kit.numbers import LIMIT, Quantity
from tests.history.states import Made

AS_THEY_WERE = [
    # limit, clear_above, target, upper
    ("5", "5", "5", None),
    ("0", "0", "0", None),
    ("5", "5", "5", "5"),
    ("5", "5", "5", "7"),
    ("5", "8", "8", "20"),
    ("0.2", "0.2", "0.2", "0.5"),
    ("100000000000", "100000000000", "100000000000", "100000000000"),
    ("3", "4", "9", "9"),
]
AS_THEY_ARE = [
    ("5", "5", "10", None),
    ("0", "0", "1", None),
    ("5", "5", "10", "10"),
    ("5", "5", "7", "7"),
    ("5", "8", "10", "20"),
    ("0.2", "0.2", "0.5", "0.5"),
    ("99999999999.9999", "99999999999.9999", "100000000000", "100000000000"),
    ("3", "4", "9", "9"),
]


async def test_limits_of_older_versions_are_mended(filled: Made, old_url: str) -> None:
    assert Quantity.of("100000000000") == LIMIT
    async with db.open(old_url, wiring.MODEL_MODULES) as database:
        for index, row in enumerate(AS_THEY_WERE, start=1):
            values = ", ".join("NULL" if one is None else str(int(Quantity.of(one))) for one in row)
            await db.transactional(db.execute)(
                'INSERT INTO stock_limit (id, sku_id, warehouse_id, "limit", clear_above, target, upper, starts_on) '
                f"SELECT {index}, (SELECT MIN(id) FROM sku), (SELECT MAX(id) FROM warehouse), {values}, "
                f"'2031-01-0{index}'"
            )
        await migrate(database)
        found = await db.fetch(
            'SELECT "limit", clear_above, target, upper FROM stock_limit WHERE id <= ? ORDER BY id',
            (len(AS_THEY_WERE),),
        )
        assert [tuple(one if one is None else str(Quantity(one)) for one in row) for row in found] == AS_THEY_ARE
        assert await db.fetch("SELECT count(*) FROM alert_review") == [(0,)]
