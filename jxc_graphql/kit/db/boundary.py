"""Where a transaction begins and ends, alike on both engines."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextvars import Token
from typing import Any, Literal

from tortoise.connection import ConnectionToken, get_connections

from jxc_graphql.kit import in_use
from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.failures import CommitUnknown, lost
from jxc_graphql.kit.db.held_back import HeldBack, HeldWrite


class ForeignTask(RuntimeError):
    """A task that was started inside a transaction of another task tried to use the database."""

    def __init__(self) -> None:
        super().__init__("this task was started inside a transaction of another task; start it after the commit")


class Transaction(ABC):
    """The part of an engine's transaction that is the same for both; belongs to the task that began it."""

    connection_name: str
    writes: Literal[True] = True

    def __init__(self) -> None:
        self._owner = asyncio.current_task()
        self.after_commit: list[Callable[[], None]] = []
        self.after_rollback: list[Callable[[], None]] = []
        self.held_back = HeldBack()
        self.held: set[tuple[str, bool]] = set()
        self.known: dict[str, Any] = {}

    def check_owner(self) -> None:
        """Raises `ForeignTask` in any task but the owner, such as one that inherited its context."""
        if asyncio.current_task() is not self._owner:
            raise ForeignTask

    async def ahead_of(self, statement: str) -> None:
        """What comes before each statement: the writes that it has to do with."""
        self.check_owner()
        if self.held_back.concerns(statement):
            await self.let_go()

    async def let_go(self) -> None:
        """Sends what is held back, or has it go ahead of what is sent next."""
        for writes in self.held_back.take():
            await self.write(writes)

    @abstractmethod
    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of any statement as plain tuples."""

    @abstractmethod
    async def write(self, writes: Sequence[HeldWrite]) -> None:
        """Sends writes that have nothing to do with each other as one, or has them go ahead of what is sent next.

        Raises `RowsChanged` where one did not change the rows that it must; that what is sent next does otherwise.
        """

    @abstractmethod
    async def lock(self, select: str, values: Sequence[Any]) -> None:
        """Takes the locks of a select ahead of what is sent next, where more than one writes at a time."""

    @abstractmethod
    async def begin(self) -> None:
        """Starts it; where that fails or is cancelled, nothing stays behind."""

    @abstractmethod
    async def finish(self, *, commit: bool) -> None:
        """Commits it or rolls it back, and gives its connection back in either case."""

    async def confirmed(self) -> None:
        """Returns when what it did, or saw of others, is committed; raises where that failed."""
        return


class Boundary:
    """The context manager of a transaction, for Tortoise and for `transactional`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._token: ConnectionToken | None = None
        self._within: Token[Any] | None = None

    async def __aenter__(self) -> Any:
        await self._transaction.begin()
        self._token = get_connections().set(self._transaction.connection_name, self._transaction)  # type: ignore[arg-type]
        self._within = in_use.within.set(self._transaction)
        return self._transaction

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self._within is not None
        in_use.within.reset(self._within)
        get_connections().reset(self._token)
        try:
            if kind is None:
                await self._transaction.let_go()
        except BaseException as error:
            await self._end(type(error))
            raise
        await self._end(kind)

    async def _end(self, kind: type[BaseException] | None) -> None:
        await to_the_end(self._finish(commit=kind is None))
        if kind is not None and issubclass(kind, Exception):  # who hangs up is told nothing
            await self._transaction.confirmed()

    async def _finish(self, *, commit: bool) -> None:
        try:
            await self._transaction.finish(commit=commit)
            if commit:
                await self._transaction.confirmed()
        except Exception as error:
            if commit and lost(error):
                raise CommitUnknown from error
            self._call(self._transaction.after_rollback)
            raise
        self._call(self._transaction.after_commit if commit else self._transaction.after_rollback)

    def _call(self, callbacks: Sequence[Callable[[], None]]) -> None:
        for callback in callbacks:
            asyncio.get_running_loop().call_soon(callback)


class Joined:
    """The context manager of a transaction inside another one: they are the same."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def __aenter__(self) -> Any:
        self._transaction.check_owner()
        return self._transaction

    async def __aexit__(self, *_: object) -> None:
        """Leaves the end to the outer one."""
