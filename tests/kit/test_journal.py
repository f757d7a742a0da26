"""The journal loses nothing, doubles nothing, and reads in commit order."""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

import asyncpg
import msgspec
import pytest

from jxc_graphql.kit import bus, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.journal import Convert, Cursor, Fact
from jxc_graphql.kit.numbers import Quantity
from tests import databases
from tests.patience import SECONDS, recorded, settled

BEGINNING = Cursor()
OURS = ("TestThingHappened", "TestOtherThingHappened")


class TestThingHappened(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "thing_id"
    thing_id: int
    name: str = "a thing"
    quantity: Quantity = Quantity(0)
    other_ids: tuple[int, ...] = ()


class TestOtherThingHappened(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "thing_id"
    thing_id: int


class TestThingsMet(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "thing_id"
    echoes: ClassVar[tuple[str, ...]] = ("other_id",)
    thing_id: int
    other_id: int


async def test_a_fact_of_two_things_is_in_the_history_of_both_and_told_once(database: db.Database) -> None:
    met = TestThingsMet(thing_id=5, other_id=6)

    @db.transactional
    async def meet() -> None:
        journal.record_all([TestThingHappened(thing_id=6), met], Call())

    await meet()

    histories = await db.fetch("SELECT subject_id, name FROM journal WHERE name LIKE 'TestThing%' ORDER BY id")
    assert histories == [(6, "TestThingHappened"), (5, "TestThingsMet"), (6, "TestThingsMet")]
    entries = await recorded("TestThingHappened", "TestThingsMet")
    assert [(entry.fact, entry.subject_id) for entry in entries] == [(TestThingHappened(thing_id=6), 6), (met, 5)]


@db.transactional
async def happen(*thing_ids: int, kind: type[Fact] = TestThingHappened) -> None:
    for thing_id in thing_ids:
        journal.record(kind(thing_id=thing_id), Call())


async def read_everything(after: Cursor = BEGINNING) -> list[int]:
    """What a reader sees who reads page by page until nothing is left, not even unsettled."""
    found: list[int] = []
    while True:
        unsettled = (await journal.look()).unsettled  # asked first: what was not may be by the time it is read
        entries = await journal.read(after, OURS, limit=7)
        found += [entry.subject_id for entry in entries]
        if entries:
            after = entries[-1].cursor
        elif not unsettled:
            return found
        else:
            await asyncio.sleep(0.01)


class TestThingRenamed(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "thing_id"
    stored_as: ClassVar[str] = "TestThingAsItWas"
    takes_over: ClassVar[Mapping[str, Convert]] = {
        "TestThingGone": lambda old: {"thing_id": old["id"], "day": old["day"], "weight": old["grams"] * 10}
    }
    thing_id: int
    day: date | None = None
    weight: Quantity = Quantity(0)


async def test_gives_back_what_was_recorded(database: db.Database) -> None:
    fact = TestThingHappened(thing_id=2**62, quantity=Quantity.of("1.5"), other_ids=(1, 2))
    call = Call(actor_id=7, request_id="r1")

    @db.transactional
    async def record() -> None:
        journal.record(fact, call)

    await record()
    while not (entries := await journal.read(BEGINNING, OURS)):
        await asyncio.sleep(0.01)

    (entry,) = entries
    assert (entry.fact, entry.name, entry.subject_id) == (fact, "TestThingHappened", 2**62)
    assert (entry.actor_id, entry.request_id, entry.at) == (7, "r1", call.at)
    assert type(entry.fact.quantity) is Quantity  # type: ignore[attr-defined]


async def test_keeps_nothing_of_what_was_rolled_back(database: db.Database) -> None:
    @db.transactional
    async def fail() -> None:
        journal.record(TestThingHappened(thing_id=1), Call())
        raise ZeroDivisionError

    before = journal.NEWS.seen()
    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await read_everything() == []
    assert journal.NEWS.seen() == before


async def test_reads_on_from_a_cursor_by_name(database: db.Database) -> None:
    await happen(1, 2, 3)
    await happen(4, 5, kind=TestOtherThingHappened)
    await happen(6)
    assert await read_everything() == [1, 2, 3, 4, 5, 6]

    await settled()
    entries = await journal.read(BEGINNING, {"TestThingHappened"}, limit=2)
    again = Cursor.decode(entries[-1].cursor.encode())

    assert [entry.subject_id for entry in await journal.read(again, {"TestThingHappened"})] == [3, 6]


async def test_head_is_behind_everything_that_settled(database: db.Database) -> None:
    await happen(1, 2)
    assert await read_everything() == [1, 2]
    await settled()
    head = await journal.head()
    await happen(3)
    assert await read_everything(head) == [3]


async def test_does_not_read_past_an_older_transaction_that_is_still_open(database: db.Database) -> None:
    if db.dialect() == "sqlite":
        pytest.skip("SQLite has one writer")
    begun, end = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def late() -> None:
        journal.record(TestThingHappened(thing_id=1), Call())
        await db.fetch("SELECT 1 FROM journal LIMIT 1")  # until then it is held back
        begun.set()
        await end.wait()

    task = asyncio.ensure_future(late())
    await begun.wait()
    await happen(2)
    assert await journal.read(BEGINNING, OURS) == []
    assert (await journal.look()).unsettled
    end.set()
    await task

    assert await read_everything() == [1, 2]


@pytest.fixture
def other_database(database_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of another database of the same server."""
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has a file for each")
    server: databases.Postgres = request.getfixturevalue("postgres")
    with server.clone() as url:
        yield url


async def test_does_not_wait_for_transactions_of_other_databases(other_database: str, database: db.Database) -> None:
    elsewhere = await asyncpg.connect(other_database)
    try:
        async with elsewhere.transaction():
            await elsewhere.execute("CREATE TABLE something (id bigint)")
            before = await journal.head()
            await happen(1)
            assert [entry.subject_id for entry in await recorded(*OURS)] == [1]
            assert await journal.head() > before
        await journal.check_resumable(await journal.head())
    finally:
        await elsewhere.close()


async def test_misses_no_fact_of_eight_concurrent_writers(database: db.Database) -> None:
    writers, commits = 8, 40

    async def write(writer: int) -> None:
        for commit in range(commits):
            await happen(writer * 1000 + commit)
            await asyncio.sleep(0)

    async def read() -> list[int]:
        seen = []
        async for entry in journal.follow(BEGINNING, OURS):
            if isinstance(entry, Cursor):
                continue
            seen.append(entry.subject_id)
            if len(seen) == writers * commits:
                break
        return seen

    reader = asyncio.create_task(read())
    relay = asyncio.create_task(bus.relay([journal.NEWS]))
    try:
        await asyncio.gather(*(write(writer) for writer in range(writers)))
        seen = await asyncio.wait_for(reader, SECONDS)
    finally:
        relay.cancel()

    assert sorted(seen) == sorted(writer * 1000 + commit for writer in range(writers) for commit in range(commits))
    for writer in range(writers):
        own = [thing_id for thing_id in seen if thing_id // 1000 == writer]
        assert own == sorted(own)


async def test_follows_across_pages_of_foreign_facts(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PAGE", 2)
    await happen(*range(5), kind=TestOtherThingHappened)
    await happen(7, 8, 9)
    await settled()
    seen = []
    async for entry in journal.follow(BEGINNING, {"TestThingHappened"}):
        assert isinstance(entry, journal.Entry)
        seen.append(entry.subject_id)
        if len(seen) == 3:
            break
    assert seen == [7, 8, 9]


@pytest.mark.parametrize(
    "text", ["", "x", "1:2", "MTp4", "LTE6Mg", "MTo=", "€", "MTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"]
)
def test_refuses_a_cursor_that_it_did_not_give(text: str) -> None:
    with pytest.raises(Rejected):
        Cursor.decode(text)


def test_the_collector_need_not_follow_what_is_read_by_the_thousand() -> None:
    kinds: list[type[msgspec.Struct]] = [journal.Entry, Cursor, *Fact.registry.values()]
    assert not [kind for kind in kinds if kind.__struct_config__.gc]


async def test_hears_of_commits_of_other_processes(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.dialect() == "sqlite":
        pytest.skip("processes over SQLite do not call each other")
    monkeypatch.setattr(bus, "POLL_SECONDS", 60.0)
    journal.awaited(journal.NEWS, OURS)
    relay = asyncio.create_task(bus.relay([journal.NEWS]))
    other = await asyncpg.connect(database_url)
    try:
        while not await other.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        before = journal.NEWS.seen()
        waiting = asyncio.create_task(journal.NEWS.wait(before, SECONDS))
        await asyncio.sleep(0)
        await other.execute(f"NOTIFY {journal.NEWS.channel}")
        await waiting
        assert journal.NEWS.seen() > before

        heard: asyncio.Queue[int] = asyncio.Queue()
        await other.add_listener(journal.NEWS.channel, lambda *_: heard.put_nowait(1))
        await happen(1)
        await asyncio.wait_for(heard.get(), SECONDS)
    finally:
        relay.cancel()
        await other.close()


async def test_hears_of_commits_of_other_processes_to_the_same_file(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.dialect() == "postgres":
        pytest.skip("processes over PostgreSQL call each other")
    monkeypatch.setattr(bus, "POLL_SECONDS", 60.0)
    journal.awaited(journal.NEWS, OURS)
    first = journal.NEWS.seen()
    relay = asyncio.create_task(bus.relay([journal.NEWS]))
    other = sqlite3.connect(database.client.filename, isolation_level=None)
    try:
        await journal.NEWS.wait(first, SECONDS)  # it has looked for the first time
        before = journal.NEWS.seen()
        await happen(1)
        await asyncio.sleep(0.2)
        assert journal.NEWS.seen() == before + 1  # by its own wake-up alone
        before = journal.NEWS.seen()
        other.execute("DELETE FROM reaction_cursor")
        other.execute("CREATE TABLE other (id)")
        await journal.NEWS.wait(before, SECONDS)
        assert journal.NEWS.seen() > before
    finally:
        relay.cancel()
        other.close()


async def test_reads_what_was_stored_under_other_names(database: db.Database) -> None:
    await happen(11, kind=TestThingRenamed)
    await happen(12)
    insert = (
        "INSERT INTO journal (xid, at, name, subject_id, is_echo, address, request_id, body) "
        "VALUES (0, ?, ?, 3, false, '', '', ?)"
    )
    gone = (Call().at, "TestThingGone", '{"id":3,"day":"2026-02-01","grams":7,"forgotten":true}')
    await db.transactional(db.execute)(insert, gone)
    while len(entries := await journal.read(BEGINNING, {TestThingRenamed.stored_as})) < 2:
        await asyncio.sleep(0.01)  # shown once no older transaction runs, of whatever database
    told = TestThingRenamed(thing_id=3, day=date(2026, 2, 1), weight=Quantity(70))
    assert {entry.fact for entry in entries} == {TestThingRenamed(thing_id=11), told}
    assert {entry.name for entry in entries} == {"TestThingAsItWas"}
    assert await db.fetch("SELECT name FROM journal WHERE subject_id = 11") == [("TestThingAsItWas",)]


def test_a_fact_belongs_to_the_history_of_its_first_field_unless_it_says_another() -> None:
    class TestThingSold(Fact, frozen=True, kw_only=True):
        echoes: ClassVar[tuple[str, ...]] = ("customer_id",)
        thing_id: int
        customer_id: int

    class TestThingSoldAbroad(TestThingSold, frozen=True, kw_only=True):
        country_id: int

    class TestThingBought(Fact, frozen=True, kw_only=True):
        subject: ClassVar[str] = "supplier_id"
        thing_id: int
        supplier_id: int

    told = (TestThingSold, TestThingSoldAbroad, TestThingBought)
    assert [one.subject for one in told] == ["thing_id", "thing_id", "supplier_id"]


def test_two_facts_do_not_share_a_name() -> None:
    with pytest.raises(TypeError, match="cannot be stored as TestThingGone"):

        class TestThingAgain(Fact, frozen=True, kw_only=True):
            stored_as: ClassVar[str] = "TestThingGone"
