"""Reactions have their effect exactly once, whatever fails when."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import ClassVar

import pytest

from jxc_graphql.kit import bus, db, jobs, journal, reader
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.jobs import Reaction, Reactions
from jxc_graphql.kit.journal import Cursor, Entry, Fact
from tests.patience import SECONDS, recorded, settled


class TestCounted(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "number"
    number: int


class TestUncounted(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "number"
    number: int


class TestReacted(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "number"
    number: int


class TestNamed(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "number"
    number: int
    name: str


@db.transactional
async def name_things(count: int, length: int) -> None:
    journal.record_all([TestNamed(number=n, name="x" * length) for n in range(count)], Call())


@db.transactional
async def happen(*numbers: int, kind: type[Fact] = TestCounted) -> None:
    journal.record_all([kind(number=number) for number in numbers], Call(request_id="cause"))


async def react(call: Call, entries: Sequence[Entry]) -> None:
    assert call.request_id == "cause"
    journal.record_all([TestReacted(number=entry.subject_id) for entry in entries], call)


async def reacted() -> list[int]:
    return [entry.subject_id for entry in await recorded("TestReacted")]


async def test_reacts_to_every_fact_once_and_in_order(database: db.Database) -> None:
    await happen(*range(60))
    await happen(99, kind=TestUncounted)
    await happen(60)
    reactions = Reactions({TestCounted: [react]})

    assert await reactions.settle() == 61
    assert await reactions.settle() == 0
    await happen(61)
    assert await Reactions({TestCounted: [react]}).settle() == 1

    assert await reacted() == list(range(62))


async def test_handles_a_batch_of_any_size_in_the_statements_of_one_fact(database: db.Database) -> None:
    reactions = Reactions({TestCounted: [react], TestUncounted: [react]})
    sent = []
    for first, facts in ((0, 1), (1, 50)):
        await happen(*range(first, first + facts))
        await happen(99, kind=TestUncounted)
        await settled()
        with db.statements() as seen:
            assert await reactions.settle() == facts + 1
        sent.append([statement.split()[0] for statement in seen])
    assert sent[0] == sent[1]
    assert [statement for statement in sent[0] if statement == "WITH"] == ["WITH"]  # it looks once


async def test_is_woken_only_by_what_it_reacts_to(database: db.Database) -> None:
    reactions, followed = Reactions({TestCounted: [react]}), journal.NEWS.seen()
    before = reactions.news.seen()
    await happen(1, kind=TestUncounted)
    assert (reactions.news.seen(), journal.NEWS.seen()) == (before, followed)
    await happen(2)
    assert (reactions.news.seen(), journal.NEWS.seen()) == (before + 1, followed)


async def test_hands_over_each_kind_to_who_reacts_to_it(database: db.Database) -> None:
    told: list[tuple[str, list[int]]] = []

    def listener(name: str) -> Reaction:
        async def listen(_: Call, entries: Sequence[Entry]) -> None:
            told.append((name, [entry.subject_id for entry in entries]))

        return listen

    both = listener("both")
    await happen(1, 2)
    await happen(3, kind=TestUncounted)
    await happen(4)
    await Reactions({TestCounted: [both, listener("one")], TestUncounted: [both]}).settle()
    assert told == [("both", [1, 2, 3, 4]), ("one", [1, 2, 4])]


async def test_keeps_neither_effect_nor_advance_when_it_crashes_between(database: db.Database) -> None:
    broken = {3}

    async def crash_after_the_effect(call: Call, entries: Sequence[Entry]) -> None:
        await react(call, entries)
        if broken & {entry.subject_id for entry in entries}:
            raise ZeroDivisionError

    await happen(*range(6))
    reactions = Reactions({TestCounted: [crash_after_the_effect]})

    with pytest.raises(ZeroDivisionError):
        await reactions.settle()
    assert await reacted() == [0, 1, 2]
    broken.clear()
    await reactions.settle()

    assert await reacted() == list(range(6))


async def test_is_exactly_once_in_effect_with_several_processes_at_it(database: db.Database) -> None:
    await happen(*range(120))
    await asyncio.gather(*(Reactions({TestCounted: [react]}).settle() for _ in range(4)))
    assert await reacted() == list(range(120))


async def test_survives_cancellation_anywhere(database: db.Database) -> None:
    await happen(*range(30))
    reactions = Reactions({TestCounted: [react]})
    for step in range(15):
        task = asyncio.create_task(reactions.settle())
        await asyncio.sleep(step / 500)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await reactions.settle()
    assert await reacted() == list(range(30))


async def test_keeps_trying_in_the_background_while_the_server_runs(database: db.Database) -> None:
    failures = iter([True, True])

    async def fail_twice(call: Call, entries: Sequence[Entry]) -> None:
        if next(failures, False):
            raise ZeroDivisionError
        await react(call, entries)

    running = asyncio.create_task(Reactions({TestCounted: [fail_twice]}).run())
    try:
        await happen(1)
        async with asyncio.timeout(SECONDS):
            while await reacted() != [1]:
                await asyncio.sleep(0.02)
        await happen(2)
        async with asyncio.timeout(SECONDS):
            while await reacted() != [1, 2]:
                await asyncio.sleep(0.02)
    finally:
        running.cancel()


async def test_runs_a_job_again_after_it_failed() -> None:
    turns = []

    async def job() -> None:
        turns.append(1)
        if len(turns) == 1:
            raise ZeroDivisionError

    running = asyncio.create_task(jobs.every(timedelta(milliseconds=1), job))
    async with asyncio.timeout(SECONDS):
        while len(turns) < 3:
            await asyncio.sleep(0.001)
    running.cancel()


async def test_finds_what_is_next_by_its_place_alone(database: db.Database) -> None:
    for first in range(0, 3_000, 1_000):
        await happen(*range(first, first + 1_000))
    await settled()
    await Reactions({TestCounted: [react]}, "all").settle()
    with db.statements() as seen:
        await reader.unread("all", Cursor(), {"TestCounted"}, 10)
    explain = "EXPLAIN QUERY PLAN" if db.dialect() == "sqlite" else "EXPLAIN"
    names = journal.stored({"TestCounted"})
    plan = await db.fetch(f"{explain} {seen[0]}", (0, 0, "all", *names))
    told = "\n".join(str(line[-1]) for line in plan)
    assert "SEARCH journal USING INTEGER PRIMARY KEY (rowid>?)" in told or (
        "Index Scan using idx_journal_xid" in told and "Bitmap" not in told
    ), told


async def test_finds_who_writes_besides_by_the_ids_alone(database: db.Database) -> None:
    for first in range(0, 3_000, 1_000):
        await happen(*range(first, first + 1_000))
    _, newest = await journal.deeds(0)
    with db.statements() as seen:
        assert await journal.deeds(newest - 10) == (False, newest)
    plan = await db.fetch(f"{'EXPLAIN QUERY PLAN' if db.dialect() == 'sqlite' else 'EXPLAIN'} {seen[0]}", (newest,))
    told = "\n".join(str(line[-1]) for line in plan)
    assert "Seq Scan" not in told, told
    assert "rowid>?" in told or "Index Scan Backward using journal_pkey" in told, told


class TestDone(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "number"
    number: int


class Rests:
    """Notes the rests after batches of two facts each, and passes them at once."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.taken: list[float] = []
        for name in ("BATCH", "LARGEST_BATCH"):
            patch.setattr(jobs, name, 2)
        patch.setattr(jobs, "asyncio", SimpleNamespace(sleep=self._rest, get_running_loop=asyncio.get_running_loop))

    async def _rest(self, seconds: float) -> None:
        self.taken += [seconds] if seconds != bus.SETTLE_SECONDS else []


@pytest.mark.parametrize("somebody", [False, True])
async def test_rests_after_a_full_batch_and_for_long_while_somebody_works_in_any_process(
    database: db.Database, monkeypatch: pytest.MonkeyPatch, somebody: bool
) -> None:
    async def meanwhile(_: Call, __: Sequence[Entry]) -> None:
        journal.record(TestDone(number=1), Call(actor_id=1 if somebody else None))

    await happen(*range(7))
    await settled()
    rests = Rests(monkeypatch)
    assert await Reactions({TestCounted: [meanwhile]}).settle() == 7
    assert len(rests.taken) == (5 if somebody else 3)  # after the first batch nobody knows yet who was there before


async def test_rests_for_long_as_long_as_somebody_worked_just_now(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    async def once_meanwhile(_: Call, entries: Sequence[Entry]) -> None:
        done.append(len(entries))
        if len(done) == 2:
            journal.record(TestDone(number=1), Call(actor_id=1))

    await happen(*range(7))
    await settled()
    rests = Rests(monkeypatch)
    await Reactions({TestCounted: [once_meanwhile]}).settle()
    assert done == [2, 2, 2, 1]
    assert len(rests.taken) == 5


@pytest.mark.parametrize(("name_length", "batches"), [(10, [2, 4, 8, 16, 20, 10]), (400, [2, 4, 4, 4])])
async def test_a_batch_is_as_large_as_what_its_facts_name_allows_however_slow_the_machine_is(
    database: db.Database, monkeypatch: pytest.MonkeyPatch, name_length: int, batches: list[int]
) -> None:
    handled: list[int] = []

    async def slowly(_: Call, entries: Sequence[Entry]) -> None:
        handled.append(len(entries))
        await asyncio.sleep(0.1)

    for name, value in {"BATCH": 2, "LARGEST_BATCH": 20, "BATCH_CHARACTERS": 2_000}.items():
        monkeypatch.setattr(jobs, name, value)
    await name_things(sum(batches), name_length)
    await settled()
    await Reactions({TestNamed: [slowly]}).settle()
    assert handled == batches
