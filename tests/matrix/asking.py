"""The same questions asked on both copies of a database, and where the answers differ."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, count
from types import SimpleNamespace
from typing import NamedTuple

import msgspec
import pytest

from jxc_graphql import schema, wiring
from jxc_graphql.gql.run.result import Refused
from jxc_graphql.kit import clock, db, ids, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import credentials, queries
from jxc_graphql.office.documents import operations as documents
from tests.matrix import veil
from tests.matrix.questions import Question, Questions
from tests.matrix.world import make_world
from tests.patience import SECONDS


class Leak(msgspec.Struct, frozen=True):
    """Two answers to one question that tell what is hidden from whoever asked."""

    asker: str
    question: Question
    answers: tuple[bytes, bytes]

    def __str__(self) -> str:
        first, second = (one.decode() for one in self.answers)
        at = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
        here = slice(max(at - 150, 0), at + 150)
        asked = f"{self.asker}: {self.question.kind} {self.question.text}\n  {self.question.variables}"
        return f"{asked}\n  {first[here]}\n  {second[here]}"


_NAMED = re.compile(rb'"(fromName|toName)":"[^"]*"')
"""Of a transfer that somebody sees, what its ends are called he is told wherever they are."""
_CURSOR = re.compile(rb'"cursor":"([^"]*)"')
"""Of an event; PostgreSQL counts transactions in all databases of a server, whichever copy they are in."""


class Findings(msgspec.Struct):
    """What was asked, by kind of question, how much of it went wrong in the server, and what leaked."""

    asked: Counter[str] = msgspec.field(default_factory=Counter)
    broken: list[Question] = msgspec.field(default_factory=list)
    leaks: list[Leak] = msgspec.field(default_factory=list)


class _Numbered:
    """Ids that are the same on both copies: of each question, a row of their own."""

    last = ids.FOREVER

    def __init__(self) -> None:
        self.begin(0)

    def begin(self, question: int) -> None:
        self._numbers = count((1 << 61) + (question << 20))

    def next(self) -> int:
        return next(self._numbers)

    def counted(self, many: int, number: str) -> str:
        first = self.next()
        self._numbers = count(first + many)
        return f"({first} + {number})"

    @property
    def reached(self) -> int:
        return 0


class _Copies(NamedTuple):
    """Two databases that differ only in what is hidden from whoever asks."""

    urls: tuple[str, str]
    call: Call
    hidden: set[int]


class Matrix:
    """A world, and its two copies for whoever asks, in migrated databases that nobody has used."""

    def __init__(self, urls: Iterable[str], seed: int = 0) -> None:
        self._urls, self._seed = iter(urls), seed
        self.prepare_anew()
        self._copies: dict[str, _Copies] = {}
        self.findings = Findings()
        self.at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)

    async def make(self) -> None:
        """Makes the world that all copies are made of."""
        url = next(self._urls)
        async with _open(url):
            askers = await make_world()
        self._urls = chain([url], self._urls)
        await self.take(askers)

    async def take(self, askers: dict[str, int]) -> None:
        """Takes a world that was made in the first database, with those who may ask."""
        self.askers = askers
        async with _open(next(self._urls)):
            self.rows = await veil.read()

    def prepare_anew(self) -> None:
        """Forgets all documents, and how they are answered; until then each is prepared once, whoever asks it where."""
        self._executor = schema.executor(introspection=False)
        self._prepared = cache(self._executor.prepare)

    async def ask(self, asker: str, share: float = 1, wanted: Callable[[Question], bool] = lambda _: True) -> None:
        """Asks a share of all questions that are wanted."""
        if asker not in self._copies:
            self._copies[asker] = await self._made_for(asker)
        urls, call, hidden = self._copies[asker]
        dice = random.Random(f"{self._seed}/{asker}")
        chance = random.Random(f"{self._seed}/{asker}/questions")
        drawn = Questions(self._executor.types, self.rows, hidden, clock.day_of(self.at), chance).all()
        asked = [one for one in drawn if wanted(one) and dice.random() < share]
        first, second = [await self._answers(url, call, asked) for url in urls]
        for question, *answers in zip(asked, first, second, strict=True):
            self.findings.asked[question.kind] += 1
            if _NAMED.sub(b"", answers[0]) != _NAMED.sub(b"", answers[1]):
                self.findings.leaks.append(Leak(asker, question, (answers[0], answers[1])))
            elif b'"INTERNAL"' in answers[0]:
                self.findings.broken.append(question)

    async def _made_for(self, asker: str) -> "_Copies":
        urls = next(self._urls), next(self._urls)
        async with _open(urls[0]):
            await veil.write(self.rows)
            call = await self._call(asker)
        sight = veil.Sight(self._executor.types, self.rows, call)
        async with _open(urls[1]):
            await veil.write(veil.veiled(self.rows, sight, call))
        return _Copies(urls, call, sight.hidden)

    async def _call(self, asker: str) -> Call:
        call = await queries.call_of_user(self.askers[asker], request_id="r")
        return msgspec.structs.replace(call, at=self.at)

    async def _answers(self, url: str, call: Call, questions: Sequence[Question]) -> list[bytes]:
        async with _open(url) as database:
            with pytest.MonkeyPatch.context() as patch:
                numbered = _Numbered()
                # Also for calls that were not told when they are made: it is as late on both copies.
                patch.setattr(clock, "datetime", SimpleNamespace(now=lambda _: self.at, combine=datetime.combine))
                patch.setattr(ids, "new_id", numbered.next)
                patch.setattr(database.node, "maker", numbered)
                patch.setattr(credentials, "new_token", lambda: f"jxc_{numbered.next()}")
                patch.setattr(credentials, "new_password", lambda: f"password {numbered.next()}")
                found = []
                for number, question in enumerate(questions):
                    numbered.begin(number)
                    patch.setattr(documents, "_tried", count(1))  # what dry runs have instead of numbers
                    found.append(await self._answer(question, call))
                return found

    async def _answer(self, question: Question, call: Call) -> bytes:
        try:
            prepared = self._prepared(question.text)
            if question.kind == "event":
                return await self._events(question, call)
            if question.kind == "mutation":
                await wiring.REACTIONS.settle()
            answer = await self._executor.run(prepared, await self._variables(question, call), call)
        except Refused as refused:
            answer = refused.result
        return answer.encode("r")

    async def _variables(self, question: Question, call: Call) -> dict[str, object]:
        """A cursor is found on each copy: it is as good there as whatever it stands for."""
        if question.kind != "cursor":
            return question.variables
        prepared = self._prepared(question.text)
        answer = await self._executor.run(prepared, {}, call)
        (page,) = (answer.data or {"": None}).values()
        return {"after": page["pageInfo"]["endCursor"] if page else None}

    async def _events(self, question: Question, call: Call) -> bytes:
        """All that a subscription tells from the first fact on."""
        await wiring.REACTIONS.settle()
        prepared = self._prepared(question.text)
        stream = self._executor.subscription(prepared, {"after": journal.Cursor().encode()})
        told, head = [], await journal.head()

        async def renew() -> Call:
            return call

        events = stream.events(renew)
        try:
            async with asyncio.timeout(SECONDS):
                async for event in events:
                    if event.result is not None:
                        told.append(_CURSOR.sub(_entry, event.result.encode("r")))
                    elif event.cursor and journal.Cursor.decode(event.cursor) >= head:  # others move it on
                        break
        finally:
            await events.aclose()
        return b"\n".join(told)


def _open(url: str) -> AbstractAsyncContextManager[db.Database]:
    """A database in which nothing is stopped for being slow, as on one copy only."""
    return db.open(Settings(database_url=url, deadline=0), wiring.MODEL_MODULES)


def _entry(cursor: re.Match[bytes]) -> bytes:
    return b'"cursor":"%d"' % journal.Cursor.decode(cursor[1].decode()).entry_id
