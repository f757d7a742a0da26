"""Connecting this process to its database."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from tortoise.context import TortoiseContext, set_global_context

from jxc_graphql.kit import clock, in_use
from jxc_graphql.kit.db import node, way
from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.failures import unavailable
from jxc_graphql.kit.db.replicas import Replica, Written
from jxc_graphql.kit.settings import Settings

if TYPE_CHECKING:
    from jxc_graphql.kit.db.servers import Servers

T = TypeVar("T")

APP = "models"
Dialect = Literal["sqlite", "postgres"]
CLOSE_SECONDS = 2.0
"""How long what is still going on may take when the database is to be closed."""
_SECRETS = re.compile(r"(?<=[?&])((?:ssl)?password)=[^&]*")


class DatabaseUnavailable(Exception):
    """The database cannot be opened; the text says in one line which and why."""


class Database:
    """The connected database: its engine, its models, and what it was opened with."""

    def __init__(self, settings: Settings, context: TortoiseContext, dialect: Dialect) -> None:
        self.settings = settings
        self.context = context
        self.dialect = dialect
        self.node = node.NodeClaim(self)
        self._is_open = True
        self.sizes: Mapping[str, Any] = {}
        """By table, what `sizes` found when it looked last."""
        self.is_full = False
        """Whether the last transaction failed for want of room."""
        self.answers = True
        """Whether it said anything when it was asked last (`pulse`)."""
        self.calendar = clock.USUAL
        """How its company counts days, as far as this process knows."""
        self.known: dict[str, Any] = {}
        """What features remember of it."""
        self.written = Written()
        self.replicas: tuple[Replica, ...] = ()
        """What queries may be read from; all are left out until `keep_replicas` looks."""

    @property
    def client(self) -> Any:
        """The engine, or the transaction that the running task is in."""
        storage = self.context.connections._get_storage()  # noqa: SLF001  (whose `get` asks for the loop, each time)
        return storage.get(self.dialect) or self.context.connections.get(self.dialect)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Does some work with this database, also where the process is connected to another one."""
        context = copy_context()
        context.run(in_use.use_here, self)
        context.run(self.context.__enter__)
        return await asyncio.create_task(work, context=context)

    async def close(self) -> None:
        """Closes all connections and gives the id node back; a second time does nothing."""
        if self._is_open:
            self._is_open = False
            in_use.forget(self)
            self.end_soon()
            await to_the_end(self.run(self._close()))

    def end_soon(self) -> None:
        """Hangs up in a while, so that nobody who is to stop waits longer for a database that says nothing."""
        engine: Any = self.context.connections.get(self.dialect)
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, engine.hang_up)

    async def _close(self) -> None:
        try:
            await self.node.give_back()
        except Exception as error:
            if not unavailable(error):  # where there is no database, the node is free when its span has ended
                raise
        finally:
            await self.context.close_connections()


def current() -> Database:
    """The database of the running task."""
    found = in_use.database()
    if found is None:
        raise RuntimeError("no database is connected")
    return found


async def keep_replicas(database: Database) -> None:
    """Has replicas in while they may be asked, until it is cancelled."""
    await asyncio.gather(*(one.keep() for one in database.replicas))


def has_replicas() -> bool:
    """Whether queries are read from elsewhere as well, so that it matters who has seen how much."""
    return bool(current().replicas)


def answers() -> bool:
    """Whether the database said anything when it was asked last."""
    return current().answers


def settings() -> Settings:
    """What this process was connected with."""
    return current().settings


async def connect(settings: Settings | str, model_modules: Sequence[str], *, beside: bool = False) -> Database:
    """Connects to the database of the settings, or of a URL with default settings; raises `DatabaseUnavailable`.

    All tasks work with it from then on; `beside` another one, only what `Database.run` is given.
    """
    if not beside and in_use.database() is not None:
        raise RuntimeError("this process is connected to a database already")
    if isinstance(settings, str):
        settings = Settings(database_url=settings)
    path = sqlite_path(settings.database_url)
    dialect: Dialect = "postgres" if path is None else "sqlite"
    context = TortoiseContext()
    if not beside:
        set_global_context(context)  # any task sees it, whoever connected
    database = Database(settings, context, dialect)
    try:
        await context.init(config=configuration(settings, model_modules))
        await database.run(_begin(database))
        database.replicas = tuple(_replica(database, url) for url in settings.replica_urls)
    except BaseException as error:
        await to_the_end(context.close_connections())
        if isinstance(error, Exception):
            told = why(error, dialect)
            raise DatabaseUnavailable(f"cannot open {without_password(settings.database_url)}: {told}") from error
        raise
    if not beside:
        in_use.use(database)
    return database


def _replica(database: Database, url: str) -> Replica:
    try:
        named = servers(url, "standby")
    except ValueError as error:
        raise DatabaseUnavailable(f"replica_urls has {without_password(url)}: {error}") from error
    return Replica(named, database.client, database.written, database.settings.replica_lag)


async def _begin(database: Database) -> None:
    await database.client.create_connection(with_db=True)
    if database.dialect == "postgres":
        await way.check(database.client)
    await database.node.ensure()


@asynccontextmanager
async def open(  # noqa: A001
    settings: Settings | str, model_modules: Sequence[str], *, beside: bool = False
) -> AsyncIterator[Database]:
    """Connects for the duration of a block."""
    database = await connect(settings, model_modules, beside=beside)
    try:
        yield database
    finally:
        await database.close()


def sqlite_path(url: str) -> str | None:
    """The file that `sqlite:///file` names, relative to the working directory or absolute; None for PostgreSQL."""
    return url.removeprefix("sqlite://").removeprefix("/") if url.startswith("sqlite:") else None


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    head, at, tail = _SECRETS.sub(r"\1=…", url).rpartition("@")
    user = head.rpartition(":")[0] if head.count(":") > 1 else head
    return f"{user}{at}{tail}"


def configuration(settings: Settings, model_modules: Sequence[str]) -> dict[str, Any]:
    """Tortoise's configuration: our engines instead of its own."""
    path = sqlite_path(settings.database_url)
    if path in {"", ":memory:"}:
        raise ValueError("a database in memory cannot be shared by connections; name a file")
    # Tortoise caches statements by the connection's name, so the two dialects must not share one.
    if path is not None:
        name, engine = "sqlite", "sqlite_pool"
        credentials: dict[str, Any] = {
            "file_path": path,
            "synchronous": settings.sqlite_synchronous,
            "deadline": settings.deadline,
        }
    else:
        name, engine = "postgres", "asyncpg_safe"
        credentials = {
            "servers": servers(settings.database_url),
            "direct": servers(settings.database_direct_url) if settings.database_direct_url else None,
            "deadline": settings.deadline,
            "maxsize": settings.pool_size,
        }
    return {
        "connections": {name: {"engine": f"jxc_graphql.kit.db.{engine}", "credentials": credentials}},
        "apps": {APP: {"models": list(model_modules), "default_connection": name}},
    }


def servers(url: str, role: str | None = None) -> "Servers":
    """The servers that a URL of PostgreSQL names; of which role, unless it says so."""
    try:
        from jxc_graphql.kit.db.servers import Servers  # noqa: PLC0415  (needs the extra)
    except ImportError:
        raise DatabaseUnavailable("PostgreSQL needs the extra: pip install jxc_graphql[postgres]") from None
    return Servers(url, role)


def why(error: Exception, dialect: Dialect) -> str:
    """Why a database cannot be opened, for whoever runs it."""
    if dialect == "sqlite" or isinstance(error, DatabaseUnavailable):
        return str(error)
    from jxc_graphql.kit.db.servers import reason  # noqa: PLC0415  (needs the extra)

    return reason(error)
