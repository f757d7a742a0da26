"""What is written later: together, in the order in which it was asked for as far as anybody can see, or not at all."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.kit import db
from jxc_graphql.kit.db.held_back import HeldBack, HeldWrite
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.categories.models import Category
from tests.patience import given_back

pytestmark = pytest.mark.usefixtures("database")

ADD = (
    "INSERT INTO category (id, code, name, version, search_text, updated_at) VALUES (?, ?, ?, 1, '', CURRENT_TIMESTAMP)"
)
RENAME = "UPDATE category SET name = ? WHERE code = ?"
COUNT = "INSERT INTO document_number (series, last_number) VALUES (?, ?)"
NAMES = "SELECT name FROM category ORDER BY id"
NUMBERS = "SELECT last_number FROM document_number"


def add(number: int, code: str, name: str) -> None:
    db.later(ADD, (number, code, name))


async def named() -> list[str]:
    return [name for (name,) in await db.fetch(NAMES)]


@db.transactional
async def work(*, fails: bool = False) -> None:
    add(1, "a", "first")
    db.later(COUNT, ("T", 5), rows=1)
    if fails:
        raise RuntimeError


async def test_goes_as_one_with_the_commit() -> None:
    with db.statements() as sent, db.round_trips() as trips:
        await work()
    assert sent == [ADD, COUNT]
    if db.dialect() == "postgres":
        assert trips == [f"{ADD}; {COUNT}; COMMIT"]
    assert await named() == ["first"]
    assert await db.fetch(NUMBERS) == [(5,)]


async def test_what_fails_writes_nothing_of_it() -> None:
    with pytest.raises(RuntimeError), db.statements() as sent:
        await work(fails=True)
    assert sent == []
    await work()
    with pytest.raises(IntegrityError):
        await work()
    assert await named() == ["first"]


@db.transactional
async def look(*, through_a_model: bool) -> tuple[list[str], list[str]]:
    with db.statements() as sent:
        add(1, "a", "first")
        assert await db.fetch(NUMBERS) == []
        found = [each.name async for each in Category.all()] if through_a_model else await named()
    return found, [each for each in sent if not each.startswith("SELECT ") or each == NUMBERS]


@pytest.mark.parametrize("through_a_model", [False, True])
async def test_is_sent_before_a_read_of_its_table_and_not_before_another(*, through_a_model: bool) -> None:
    assert await look(through_a_model=through_a_model) == (["first"], [NUMBERS, ADD])


async def test_is_sent_before_what_is_written_at_once() -> None:
    @db.transactional
    async def copy() -> None:
        add(1, "a", "first")
        db.later("INSERT INTO document_number (series, last_number) SELECT code, id FROM category", ())
        await db.execute("DELETE FROM category")

    await copy()
    assert await db.fetch(NUMBERS) == [(1,)]
    assert await named() == []


async def test_writes_of_one_table_come_in_their_order() -> None:
    @db.transactional
    async def again() -> None:
        add(1, "a", "first")
        db.later(RENAME, ("second", "a"), rows=1)
        db.later(COUNT, ("T", 1))
        db.later(RENAME, ("third", "a"), rows=1)

    with db.round_trips() as trips:
        await again()
    assert await named() == ["third"]
    if db.dialect() == "postgres":
        assert trips == [f"{ADD}; {RENAME}; {COUNT}; {RENAME}; COMMIT"]


async def test_parameters_arrive_as_they_are() -> None:
    at = datetime(2026, 11, 30, 12, 34, 56, 789, tzinfo=UTC)
    values = (Quantity(15_000), SkuTracking.LOT, "'é'\n\\", None, True, at.date(), at)

    @db.transactional
    async def write() -> list[tuple[Any, ...]]:
        await db.fetch("CREATE TABLE kinds (a bigint, b text, c text, d text, e boolean, f date, g timestamptz)")
        db.later("INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        return await db.fetch("SELECT * FROM kinds")

    ((*same, day, moment),) = await write()
    assert (*same, db.day(day), db.moment(moment)) == values


async def test_nothing_behind_what_fails_is_done() -> None:
    @db.transactional
    async def twice() -> None:
        add(1, "a", "first")
        add(1, "b", "second")
        db.later(COUNT, ("T", 1))

    with pytest.raises(IntegrityError):
        await twice()
    assert await named() == []
    await work()
    assert await named() == ["first"]


async def test_fails_where_other_rows_changed_than_must() -> None:
    @db.transactional
    async def miss() -> None:
        add(1, "a", "first")
        db.later(RENAME, ("second", "b"), rows=1)

    with pytest.raises(db.RowsChanged):
        await miss()
    assert await named() == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite runs them one after the other
async def test_an_update_that_another_of_the_same_row_swallows_fails() -> None:
    @db.transactional
    async def twice() -> None:
        db.later(RENAME, ("second", "a"), rows=1, apart=True)
        db.later(RENAME, ("third", "a"), rows=1, apart=True)

    await work()
    with pytest.raises(db.RowsChanged):
        await twice()
    assert await named() == ["first"]


ROW, WHOLE = {"row": 1}, dict[str, Any]()


@pytest.mark.parametrize("ways", [(ROW, ROW), (WHOLE, ROW), (ROW, WHOLE), ({"apart": True}, ROW)])
async def test_writes_of_one_row_go_one_after_the_other(ways: tuple[dict[str, Any], dict[str, Any]]) -> None:
    @db.transactional
    async def twice() -> None:
        for name, way in zip(("second", "third"), ways, strict=True):
            db.later(RENAME, (name, "a"), rows=1, **way)

    await work()
    await twice()
    assert await named() == ["third"]


def test_writes_of_rows_of_their_own_go_together() -> None:
    held = HeldBack()
    for row in range(3):
        held.add(HeldWrite(RENAME, ("name", str(row)), 1), row=row)
    held.add(HeldWrite("DELETE FROM category WHERE code = ?", ("d",), 1), apart=True)
    assert [len(part) for part in held.take()] == [4]


def test_an_update_that_could_be_swallowed_unseen_is_not_taken() -> None:
    with pytest.raises(AssertionError):
        HeldBack().add(HeldWrite(RENAME, (), None), apart=True)


@pytest.mark.parametrize(
    ("statement", "concerned"),
    [
        ("SELECT * FROM category AS one JOIN product ON true", True),
        ('SELECT "id" FROM "category"', True),
        ("SELECT category_id FROM product FOR UPDATE OF product", False),
        ("INSERT INTO product (id) VALUES (1)", True),  # which may refer to it
        ("SELECT id FROM source FOR NO KEY UPDATE", False),
        ("CREATE TABLE something (id bigint)", True),
    ],
)
def test_has_to_do_with_what_reads_or_writes_its_tables(statement: str, *, concerned: bool) -> None:
    held = HeldBack()
    assert not held.concerns(statement)
    held.add(HeldWrite("INSERT INTO category (id) SELECT source.id FROM source", (), None), apart=False)
    assert held.concerns(statement) is concerned


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # where to begin takes a round trip
async def test_a_transaction_begins_with_a_statement_that_is_prepared(database: db.Database) -> None:
    @db.transactional
    async def read() -> None:
        await db.fetch(NUMBERS)

    @db.transactional
    async def mistaken() -> None:
        await db.fetch("SELECT ?::int", ["none"])

    @db.transactional
    async def failing() -> None:
        await db.fetch("SELECT 1 / ?::int", [0])

    await read()
    with db.round_trips() as trips:
        await read()
    assert trips == [NUMBERS, "COMMIT"]
    for wrong in (mistaken, mistaken, failing, failing):
        with pytest.raises(Exception, match=r"division by zero|invalid input"):
            await wrong()

    await given_back(database)
    await work()
    assert await named() == ["first"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_transaction_that_sends_nothing_takes_no_round_trip() -> None:
    @db.transactional
    async def idle() -> None:
        pass

    with db.round_trips() as trips:
        await idle()
    assert trips == []
