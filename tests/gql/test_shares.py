"""What one caller has of a process: so many operations at a time, one that reads long, and a part of the loop."""

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from jxc_graphql import schema
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.result import Result
from jxc_graphql.gql.wire import http, shares, ws
from jxc_graphql.gql.wire.budget import Budgets
from jxc_graphql.gql.wire.gate import LONG, Admitted, Gate
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.gql.wire.shares import BURST_SECONDS, OF_EACH, SHARE, Shares
from jxc_graphql.gql.wire.trusted import Trusted
from jxc_graphql.kit import journal, uses
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.uses import Use, counted
from tests.gql.sockets import Open, bearer, hear, say, subscribe
from tests.gql.streams import CREATES

GREEDY, OTHER, NOBODY = Call(actor_id=1), Call(actor_id=2), Call()
QUESTION = Parameters(query="{ __typename }")
LATER = 10.0


class Clock:
    """A clock that is set by hand, and what is to be done later by it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = self.worked = 100.0
        self.rests: list[float] = []
        patch.setattr(shares, "time", SimpleNamespace(monotonic=lambda: self.now))
        patch.setattr(uses, "time", SimpleNamespace(thread_time=lambda: self.worked))
        patch.setattr(asyncio.get_running_loop(), "call_later", lambda rest, *_: self.rests.append(rest))

    async def keep(self, some: Shares, caller: int | None, seconds: float) -> None:
        """Has a caller keep the loop for so long in one turn."""
        async with some.turn(caller) as use:
            with use.counted():
                self.worked += seconds
        self.now += seconds


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def test_who_keeps_the_loop_beside_others_rests_until_it_is_his_share(clock: Clock) -> None:
    some = Shares()
    await clock.keep(some, 2, 0)
    await clock.keep(some, 1, 0.9 * BURST_SECONDS)
    assert clock.rests == []
    await clock.keep(some, 1, 0.5 * BURST_SECONDS)
    kept = 0.9 * (1 - SHARE) + 0.5  # of which one is a burst
    assert clock.rests == [pytest.approx((kept - 1) * BURST_SECONDS / SHARE)]
    await clock.keep(some, 2, BURST_SECONDS / 2)
    assert len(clock.rests) == 1


async def test_who_was_kept_waiting_catches_up_without_a_rest(clock: Clock) -> None:
    some = Shares()
    await clock.keep(some, 2, 0)
    await clock.keep(some, 1, LATER / 100)
    assert len(clock.rests) == 1
    await clock.keep(some, 2, 1.1 * BURST_SECONDS)
    assert len(clock.rests) == 1
    await clock.keep(some, 2, LATER / 100)
    assert len(clock.rests) == 2


async def test_what_was_kept_long_ago_is_forgotten(clock: Clock) -> None:
    some = Shares()
    await clock.keep(some, 1, 0.9 * BURST_SECONDS)
    clock.now += LATER
    await clock.keep(some, 2, 0)
    await clock.keep(some, 1, 0.9 * BURST_SECONDS)
    assert clock.rests == []


async def test_who_is_alone_and_what_nobody_asks_for_never_rests(clock: Clock) -> None:
    some = Shares()
    for caller in (None, 1, 1, 1):
        clock.now += LATER * (caller is not None)
        await clock.keep(some, caller, LATER)
    assert clock.rests == []
    await clock.keep(some, None, LATER)
    await clock.keep(some, None, LATER)
    assert clock.rests == []


async def test_what_a_request_takes_beside_its_turns_counts_as_soon_as_it_is_over(clock: Clock) -> None:
    some = Shares()
    await clock.keep(some, 2, 0)

    async def answer() -> None:
        clock.worked += BURST_SECONDS
        async with some.turn(1) as use:
            with use.counted():
                clock.worked += BURST_SECONDS / 2
        clock.worked += BURST_SECONDS

    await some.whole(answer())
    await clock.keep(some, 1, 0)
    assert clock.rests == [pytest.approx(kept * BURST_SECONDS / SHARE) for kept in (0.5, 1.5)]


async def test_what_goes_on_behind_a_request_counts_as_it_comes(clock: Clock) -> None:
    some, going_on = Shares(), asyncio.Event()
    await clock.keep(some, 2, 0)

    async def change() -> None:
        await going_on.wait()
        clock.worked += 2 * BURST_SECONDS

    async def answer() -> asyncio.Task[None]:
        async with some.turn(1):
            return asyncio.create_task(counted(change()))

    changing = await some.whole(answer())
    going_on.set()
    await changing
    await clock.keep(some, 1, 0)
    assert clock.rests == [pytest.approx(BURST_SECONDS / SHARE)]


class Work:
    """Counts what is worked, under a name each, as if it were seconds, and who has paid for it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._worked = Counter[str]()
        self.paid = Counter[int | None]()
        patch.setattr(uses, "time", SimpleNamespace(thread_time=self._worked.total))
        patch.setattr(Shares, "_rest", lambda _, caller, seconds: self.paid.update({caller: seconds}) or 0)

    def takes(self, where: Any, name: str, seconds: int) -> None:
        """Has a function of a module or a class work for so long whenever it is called."""
        function = getattr(where, name)

        def working(*args: Any, **kwargs: Any) -> Any:
            self._worked[name] += seconds
            return function(*args, **kwargs)

        self._patch.setattr(where, name, working)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_of_a_request_its_body_its_change_and_its_answer_count_as_its_callers(
    web: httpx.AsyncClient, call: Call, token: str, work: Work, accept: str
) -> None:
    work.takes(http, "parameters_of", 1)
    work.takes(Result, "encode", 10)
    work.takes(journal, "record", 100)
    headers = {"authorization": f"Bearer {token}", "accept": accept}
    sent = await web.post("/graphql", json={"query": CREATES}, headers=headers)
    assert '"code":"ONE"' in sent.text
    assert work.paid == {call.actor_id: 111}


async def test_of_a_socket_all_messages_and_answers_count_as_its_callers(
    opened: Open, call: Call, token: str, work: Work
) -> None:
    work.takes(ws, "strict_json", 1)
    work.takes(Result, "encode", 10)
    socket = await opened(bearer(token), subscribe(QUESTION.query))
    assert [(await hear(socket))["type"] for _ in range(3)] == ["connection_ack", "next", "complete"]
    await say(socket, {"type": "ping"})
    assert await hear(socket) == {"type": "pong"}
    assert work.paid == {call.actor_id: 13}


async def test_each_step_of_some_work_is_counted_and_nothing_between(clock: Clock) -> None:
    async def work() -> str:
        clock.worked += 1
        await asyncio.sleep(0)
        clock.worked += 2
        return "done"

    async def meanwhile() -> None:
        clock.worked += 100

    use = Use()
    found, _ = await asyncio.gather(use.of(work()), meanwhile())
    assert (found, use.seconds) == ("done", 3)


async def test_work_fails_and_is_cancelled_as_without_counting() -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError

    ended = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    with pytest.raises(LookupError):
        await Use().of(fail())
    waiting = asyncio.ensure_future(Use().of(wait()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == [True]
    unbegun = asyncio.create_task(Use().of(wait()))
    unbegun.cancel()  # nothing of it was ever awaited, which Python would complain about
    with pytest.raises(asyncio.CancelledError):
        await unbegun


class Crowd:
    """Operations that go on until they are told to end, at the gate."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.running: list[int | None] = []
        self._end = asyncio.Event()
        self._asked: list[asyncio.Task[Result]] = []
        executor = schema.executor(introspection=True)
        self.gate = Gate(executor, Trusted({}), Budgets(0), 0, nothing)
        patch.setattr(Executor, "run", self._run)
        patch.setattr(Executor, "scanned", lambda *_: 0)

    def _run(self, _prepared: Any, _variables: Any, call: Call, **_: Any) -> Coroutine[Any, Any, Result]:
        async def run() -> Result:
            self.running.append(call.actor_id)
            await self._end.wait()
            return Result({})

        return run()

    async def ask(self, call: Call, times: int, *, scanned: int = 0) -> None:
        """Asks so many times at once; returns when whatever can begin has begun."""
        for _ in range(times):
            admitted: Admitted = await self.gate.admit(QUESTION, call, "")
            told = {**admitted.told, "scanned": scanned}
            self._asked.append(asyncio.create_task(self.gate.run(admitted._replace(told=told))))
        for _ in range(10):
            await asyncio.sleep(0)

    async def end(self) -> None:
        self._end.set()
        await asyncio.gather(*self._asked)


async def nothing() -> None:
    """Nobody's rights change."""


async def test_of_one_caller_a_few_run_at_a_time_and_all_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch)
    await crowd.ask(OTHER, 1)
    await crowd.ask(GREEDY, OF_EACH)
    more = asyncio.create_task(crowd.ask(GREEDY, 3))
    await crowd.ask(OTHER, 1)
    await crowd.ask(NOBODY, 4)
    assert crowd.running == [2] + [1] * OF_EACH + [2] + [None] * 4
    crowd._end.set()  # noqa: SLF001
    await more
    await crowd.end()
    assert crowd.running.count(1) == OF_EACH + 3


async def test_who_is_alone_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch)
    await crowd.ask(GREEDY, 8 * OF_EACH)
    assert crowd.running == [1] * 8 * OF_EACH
    await crowd.end()


async def test_of_one_caller_one_reads_long_while_what_is_short_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(monkeypatch)
    await crowd.ask(GREEDY, 3, scanned=LONG + 1)
    assert crowd.running == [1]
    await crowd.ask(GREEDY, 1, scanned=LONG)
    await crowd.ask(OTHER, 1, scanned=LONG + 1)
    assert crowd.running == [1, 1, 2]
    await crowd.end()
    assert crowd.running.count(1) == 4


async def test_a_document_is_checked_once_and_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd, check, threads = Crowd(monkeypatch), Executor._checked, []  # noqa: SLF001

    def checked(executor: Executor, text: str) -> Any:
        threads.append(threading.get_ident())
        return check(executor, text)

    monkeypatch.setattr(Executor, "_checked", checked)
    await asyncio.gather(*(crowd.gate.admit(QUESTION, call, "") for call in (GREEDY, OTHER, NOBODY, GREEDY)))
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()
