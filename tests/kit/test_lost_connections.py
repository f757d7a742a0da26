"""A database that goes away: what was not committed is done again, what may have been is told."""

import sqlite3

import pytest
from tortoise.exceptions import OperationalError

from jxc_graphql.kit import db
from jxc_graphql.kit.db.failures import CommitUnknown, passing, timed_out, unavailable
from jxc_graphql.masters.categories.models import Category

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("database_url", ["postgres"], indirect=True),  # SQLite has no connection to lose
]

# What is raised has another name each time, so it is told by `unavailable`.
KILL = "SELECT pg_terminate_backend(pg_backend_pid())"


async def codes() -> list[str]:
    return [code for (code,) in await db.fetch("SELECT code FROM category ORDER BY code")]


async def test_a_transaction_that_lost_its_connection_is_done_again() -> None:
    tries: list[int] = []

    @db.transactional
    async def work() -> None:
        tries.append(1)
        await Category.create(code="a", name="a")
        if len(tries) == 1:
            await db.fetch(KILL)

    await work()
    assert len(tries) == 2
    assert await codes() == ["a"]


async def test_a_transaction_that_loses_its_connection_each_time_says_that_the_database_is_unavailable() -> None:
    @db.transactional
    async def work() -> None:
        await Category.create(code="a", name="a")
        await db.fetch(KILL)

    with pytest.raises(Exception) as failure:  # noqa: PT011
        await work()
    assert unavailable(failure.value)
    assert await codes() == []


async def test_what_was_lost_while_committing_is_told_and_not_done_again() -> None:
    tries: list[int] = []

    @db.transactional
    async def trap() -> None:
        await db.fetch(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
        )
        await db.fetch(
            "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON category DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION die()"
        )

    @db.transactional
    async def work() -> None:
        tries.append(1)
        await Category.create(code="a", name="a")

    await trap()
    with pytest.raises(CommitUnknown) as failure:
        await work()
    assert unavailable(failure.value)
    assert not passing(failure.value)
    assert len(tries) == 1


async def test_a_read_goes_on_when_every_connection_was_killed() -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with pytest.raises(Exception) as failure:  # noqa: PT011
        await db.fetch(others)
    assert unavailable(failure.value)
    assert await codes() == []


async def test_a_column_that_changed_while_its_statement_was_known_is_read_again() -> None:
    @db.transactional
    async def renamed(name: str) -> None:
        await db.fetch("SELECT name FROM category WHERE code = 'a'")
        await Category.filter(code="a").update(name=name)

    @db.transactional
    async def widened() -> None:
        await db.fetch("ALTER TABLE category ALTER COLUMN name TYPE text")

    await db.transactional(Category.create)(code="a", name="a")
    await renamed("b")
    await widened()
    await renamed("c")
    assert await db.fetch("SELECT name FROM category") == [("c",)]


def of_sqlite(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("it failed")
    cause.sqlite_errorcode = code
    error = OperationalError(cause)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_CANTOPEN])
def test_a_full_disk_is_no_fault_of_the_request(code: int) -> None:
    assert unavailable(of_sqlite(code))
    assert not passing(of_sqlite(code))


def test_what_is_wrong_with_a_statement_stays_our_fault() -> None:
    assert not unavailable(of_sqlite(sqlite3.SQLITE_ERROR))
    assert timed_out(of_sqlite(sqlite3.SQLITE_INTERRUPT))
