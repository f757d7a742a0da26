"""How a step is taken: through an operation, with or without a retry key, today or late; and what a refusal leaves."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, TypeVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jxc_graphql import wiring
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, DomainError, Rejected
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.office.auth.permissions import Permission
from tests import patience
from tests.bookkeeping import by_hand, daily, invariants, traded
from tests.bookkeeping.company import Company, Office
from tests.make.settings import taken_up

T = TypeVar("T")

LOOKS_BEFORE = 3
"""Before every so many operations all tables are read, to be compared if it is refused."""
VERIFIES_AFTER = 8
"""After every so many steps the books are verified as well."""
QUANTITIES = ("1", "2", "3", "1", "0.5", "2", "5", "0.3333", "12.5", "40")
SHARES = ("all",) * 7 + ("part",) * 6 + ("a little",) * 2 + ("none", "more")
DAYS_AGO = (0,) * 12 + (1, 2, 4, 7)
ONCE_SETTLED = ("closing_balance", "stock_alert")
"""What reactions keep, and so is right once they have caught up."""

Operation = Callable[..., Awaitable[Fact]]


class Record(msgspec.Struct):
    """What was done in all runs together."""

    began: float = msgspec.field(default_factory=time.perf_counter)
    runs: int = 0
    steps: int = 0
    facts: Counter[str] = msgspec.field(default_factory=Counter)
    refusals: Counter[str] = msgspec.field(default_factory=Counter)
    repeats: int = 0
    found: str = ""
    """When the first thing was wrong: after how many runs, steps and seconds."""

    def told(self) -> str:
        """Runs, documents and seconds, in one line; then what happened, and what was refused."""
        seconds = time.perf_counter() - self.began
        done, refused = self.facts.total(), self.refusals.total()
        lines = [
            f"{self.runs} runs, {self.steps} steps, {seconds:.0f} s{self.found and '; ' + self.found}",
            f"  {done} operations done: {_counts(self.facts)}",
            f"  {refused} refused: {_counts(self.refusals)}",
            f"  {self.repeats} repeated with their key",
        ]
        return "\n".join(lines)

    def note_first_failure(self, error: BaseException) -> None:
        """Remembers when the first thing went wrong."""
        if isinstance(error, Exception) and not self.found:
            seconds = time.perf_counter() - self.began
            self.found = f"{type(error).__name__} in run {self.runs}, step {self.steps}, after {seconds:.1f} s"


def _counts(of: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(of.items()))


class Dice(msgspec.Struct, frozen=True):
    """What a step leaves to chance; the first option is the plainest."""

    data: st.DataObject

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        return self.data.draw(st.sampled_from(options))

    def one_in(self, times: int) -> bool:
        """Whether it happens, once in so many times."""
        return self.data.draw(st.integers(1, times)) == times

    def quantity(self) -> Quantity:
        """Some quantity of goods."""
        return Quantity.of(self.pick(QUANTITIES))

    def part_of(self, whole: Quantity, *, in_pieces: bool = False) -> Quantity:
        """All of it, a part, nothing, or more than there is."""
        share = self.pick(SHARES)
        one = Quantity.of("1")
        if share == "none":
            return Quantity(0)
        if share == "all" or whole <= one:
            return whole
        if share == "more":
            return whole + one
        part = Quantity(int(whole) // 2) if share == "part" else Quantity.of("0.0001")
        return Quantity(max(int(part) // int(one), 1) * int(one)) if in_pieces else part


class Sent(msgspec.Struct, frozen=True):
    """An operation that was done with a key, and its fact."""

    operation: Operation
    call: Call
    given: dict[str, Any]
    fact: Fact


class Valued(msgspec.Struct, frozen=True):
    """From this moment on a SKU is valued so."""

    at: datetime
    sku_id: int
    method: ValuationMethod


class Turn(msgspec.Struct, frozen=True):
    """How often a step is taken among all of them, and which one instead of it."""

    turns: int
    otherwise: str


STEPS: dict[str, Turn] = {}
"""Those that are declared, by name."""

Step = Callable[[Any, Dice], Coroutine[Any, Any, None]]


def step(turns: int, otherwise: str = "") -> Callable[[Step], Step]:
    """Makes a method a step, taken so often among all of them; where there is nothing to do, another one is taken."""

    def declare(function: Step) -> Step:
        STEPS[function.__name__] = Turn(turns, otherwise)
        return function

    return declare


class Clerk(RuleBasedStateMachine):
    """Takes steps on a database of its own, and looks at the books after each."""

    office: ClassVar[Office]
    record: ClassVar[Record]

    def __init__(self) -> None:
        super().__init__()
        self.company: Company = self.office.company
        self.record.runs += 1
        self.methods = [
            Valued(datetime.min.replace(tzinfo=UTC), one.sku_id, one.valuation) for one in self.company.goods
        ]
        self.sent: list[Sent] = []
        self.pieces_made = self.company.pieces
        often_first = sorted(STEPS.items(), key=lambda one: -one[1].turns)
        self._turns = [name for name, one in often_first if hasattr(self, name) for _ in range(one.turns)]
        self.taken, self.is_charged, self.days_passed = 0, False, 0
        self._looked, self._broken = 0, False
        self.last_call = self.call()
        self._tables: tuple[str, ...] = ()
        self._closing = ExitStack()
        self._closing.callback(setattr, clock, "now", really := clock.now)
        clock.now = lambda: really() + timedelta(days=self.days_passed)
        self._runner = self._closing.enter_context(asyncio.Runner())
        url = self._closing.enter_context(self.office.copy())
        database = self._runner.run(db.connect(url, wiring.MODEL_MODULES))
        self._closing.callback(lambda: self._runner.run(database.close()))
        self._runner.run(taken_up())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs it to its end."""
        try:
            return self._runner.run(work)
        except BaseException as error:  # Hypothesis ends a run with one of its own
            self._broken = True
            self.record.note_first_failure(error)
            raise

    def teardown(self) -> None:
        """The last look, and the end of the database."""
        with self._closing:
            if not self._broken:
                self.run(self.verify(settled=True))

    @rule(data=st.data())
    def take_a_step(self, data: st.DataObject) -> None:
        """Any of them."""
        self.record.steps += 1
        dice = Dice(data)
        name, before = dice.pick(self._turns), self.taken
        while name and self.taken == before:
            self.run(getattr(self, name)(dice))
            name = STEPS[name].otherwise

    @invariant()
    def the_books_are_right(self) -> None:
        """After every step by statements of our own; now and then as `jxc verify` sees it."""
        self._looked += 1
        self.run(self.look() if self._looked % VERIFIES_AFTER else self.verify(settled=False))

    async def look(self) -> None:
        """Compares the tables with each other, and with the ledger as it is worked out by hand."""
        assert await invariants.broken() == []
        ((turned,),) = await db.fetch("SELECT day FROM book_day")
        assert db.day(turned) <= today()
        assert self.is_charged or await by_hand.differences(self.methods) == []
        assert await daily.differences() == []
        assert await traded.differences() == []

    async def verify(self, *, settled: bool) -> None:
        """Compares everything with everything; what reactions keep only once they are done."""
        if settled:
            await patience.settled()
            await wiring.REACTIONS.settle()
        await self.look()
        checks = [one for one in verification.checks() if settled or not one.name.startswith(ONCE_SETTLED)]
        found = [one async for progress in verification.verify(checks) for one in progress.differences]
        assert found == []

    async def do(self, dice: Dice, operation: Operation, /, *, days_ago: int | None = None, **given: Any) -> Any:
        """Carries an operation out and gives its fact; None where it is refused, which changes nothing."""
        self.taken += 1
        ago = dice.pick(DAYS_AGO) if days_ago is None else days_ago
        key = f"key {self.taken}" if dice.one_in(2) else None
        call = self.last_call = self.call(key, today() - timedelta(days=ago) if ago else None)
        before = await self.tables() if self.taken % LOOKS_BEFORE == 0 else None
        try:
            fact = await operation(call, **given)
        except DomainError as refusal:
            reasons = refusal.reasons if isinstance(refusal, Rejected) else ()
            self.record.refusals[reasons[0].code if reasons else type(refusal).__name__] += 1
            assert before in (None, await self.tables() if before else None)
            return None
        self.record.facts[type(fact).__name__] += 1
        if key:
            self.sent.append(Sent(operation, call, given, fact))
        return fact

    def call(self, key: str | None = None, business_date: date | None = None) -> Call:
        """Of somebody who may do everything."""
        return Call(
            actor_id=self.company.actor_id,
            permissions=frozenset(Permission),
            idempotency_key=key,
            business_date=business_date,
            at=clock.now(),
        )

    async def tables(self) -> dict[str, int]:
        """What is in every table, as a number for each."""
        if not self._tables:
            self._tables = await invariants.tables()
        return {table: hash(tuple(await db.fetch(f'SELECT * FROM "{table}" ORDER BY 1'))) for table in self._tables}

    @step(3, otherwise="buy")
    async def repeat(self, dice: Dice) -> None:
        """What was done already is sent once more with its key: it gives the same fact, and is not done twice."""
        if not self.sent:
            return
        self.taken += 1
        again, before = dice.pick(self.sent[::-1]), await self.tables()
        call = msgspec.structs.replace(again.call, at=clock.now())
        self.record.repeats += 1
        if dice.one_in(4):
            try:
                other = msgspec.structs.replace(call, business_date=date(2001, 1, 1))
                raise AssertionError(f"{await again.operation(other, **again.given)} for another input")
            except Conflict:
                pass
        else:
            assert await again.operation(call, **again.given) == again.fact
        assert await self.tables() == before

    @step(2)
    async def react(self, dice: Dice) -> None:  # noqa: ARG002  (every step is given the dice)
        """Reactions catch up: closed periods get their balances, alerts are reviewed."""
        await wiring.REACTIONS.settle()


def today() -> date:
    """In the time zone of the books."""
    return clock.day_of(clock.now())
