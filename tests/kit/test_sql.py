"""Statements of our own, the same on both databases."""

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.db.numbered import numbered
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.office.documents.models import IdempotencyKey


class Kind(StrEnum):
    A = "a"


def test_numbers_placeholders_but_not_those_in_quotes() -> None:
    assert numbered("""SELECT '?', 'it''s ?', "?" FROM t WHERE a = ? AND b IN (?, ?)""") == (
        """SELECT '?', 'it''s ?', "?" FROM t WHERE a = $1 AND b IN ($2, $3)"""
    )


@pytest.mark.usefixtures("database")
async def test_one_parameter_carries_all_rows() -> None:
    columns = {"id": "bigint", "name": "text", "limit": "bigint", "kind": "text"}
    rows = [(2**62, "两", Quantity(-5), Kind.A), (1, 'it\'s "one"', None, None)]
    sql = f"SELECT * FROM {db.rows(columns)} AS line ORDER BY id"
    assert await db.fetch(sql, [db.json(rows)]) == [(1, 'it\'s "one"', None, None), (2**62, "两", -5, "a")]
    assert await db.fetch(sql, [db.json([])]) == []


@pytest.mark.usefixtures("database")
async def test_rows_are_plain_tuples_in_and_out_of_transactions() -> None:
    await Category.create(code="a", name="甲")
    sql = "SELECT code, name FROM category WHERE code = ?"
    assert await db.fetch(sql, ["a"]) == [("a", "甲")]
    assert await db.transactional(db.fetch)(sql, ("a",)) == [("a", "甲")]


@pytest.mark.usefixtures("database")
async def test_times_in_rows_are_those_that_models_read() -> None:
    at = datetime(2026, 3, 1, 12, 30, 0, 5, UTC)
    line = db.rows({"id": "bigint", "at": "timestamptz", "on": "date"})

    @db.transactional
    async def write() -> int:
        return await db.execute(
            f"""INSERT INTO idempotency_key (id, actor_id, operation, key, request_hash, fact, created_at)
            SELECT line.id, 1, 'x', 'y', 'z', CAST(line."on" AS text), line.at FROM {line} AS line""",
            [db.json([(new_id(), at, date(2026, 3, 1))])],
        )

    assert await write() == 1

    [key] = await IdempotencyKey.filter(created_at=at)
    assert (key.created_at, key.fact) == (at, "2026-03-01")


@pytest.mark.usefixtures("database")
async def test_counts_the_statements_of_models_and_our_own() -> None:
    @db.transactional
    async def work() -> None:
        await Category.create(code="a", name="a")
        await Category.bulk_create([Category(code=code, name=code) for code in "bcd"])
        assert await db.execute("UPDATE category SET name = ?", ["x"]) == 4

    with db.statements() as seen:
        await work()
        await Category.all()
        await Category.all().values("id")
        await db.fetch("SELECT 1")
    assert len(seen) == 6
