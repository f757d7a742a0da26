"""Connecting this process to its database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, set_global_context

from jxc_graphql.kit.db import node

if TYPE_CHECKING:
    from jxc_graphql.kit.settings import Settings

CONNECTION = "default"
APP = "models"
SQLITE = "sqlite:///"


class DatabaseUnavailable(Exception):
    """The database cannot be opened; the text says in one line which and why."""


class Database:
    """The connected database: its engine and its models."""

    def __init__(self, context: TortoiseContext, modules: Sequence[str], claim: node.Claim) -> None:
        self.context = context
        self.modules = tuple(modules)
        self._claim = claim

    @property
    def client(self) -> Any:
        """The engine, or the transaction that the running task is in."""
        return self.context.connections.get(CONNECTION)

    @property
    def dialect(self) -> Literal["sqlite", "postgres"]:
        """Which of the two databases this is."""
        return "sqlite" if self.client.capabilities.dialect == "sqlite" else "postgres"

    async def close(self) -> None:
        """Closes all connections and gives the id node back; a second time does nothing."""
        global _database  # noqa: PLW0603  (a process has one database)
        if _database is self:
            _database = None
            try:
                await self.context.close_connections()
            finally:
                await self._claim.give_back()


_database: Database | None = None


def current() -> Database:
    """The connected database."""
    if _database is None:
        raise RuntimeError("no database is connected")
    return _database


async def connect(settings: "Settings | str", model_modules: Sequence[str]) -> Database:
    """Connects to the database of the settings, or of a URL with default settings; raises `DatabaseUnavailable`."""
    global _database  # noqa: PLW0603
    if _database is not None:
        raise RuntimeError("this process is connected to a database already")
    url = settings if isinstance(settings, str) else settings.database_url
    context = TortoiseContext()
    set_global_context(context)  # any task sees it, whoever connected
    try:
        await context.init(config=configuration(settings, model_modules))
        await context.connections.get(CONNECTION).create_connection(with_db=True)
        claim = await node.claim(url, sqlite_path(url))
    except Exception as error:
        await context.close_connections()
        raise DatabaseUnavailable(f"cannot open {without_password(url)}: {error}") from error
    except BaseException:
        await context.close_connections()
        raise
    _database = Database(context, model_modules, claim)
    return _database


@asynccontextmanager
async def open(settings: "Settings | str", model_modules: Sequence[str]) -> AsyncIterator[Database]:  # noqa: A001
    """Connects for the duration of a block."""
    database = await connect(settings, model_modules)
    try:
        yield database
    finally:
        await database.close()


def sqlite_path(url: str) -> str | None:
    """The file that `sqlite:///file` names, relative to the working directory or absolute; None for PostgreSQL."""
    return url.removeprefix(SQLITE) if url.startswith(SQLITE) else None


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    head, at, tail = url.rpartition("@")
    user = head.rpartition(":")[0] if head.count(":") > 1 else head
    return f"{user}{at}{tail}"


def configuration(settings: "Settings | str", model_modules: Sequence[str]) -> dict[str, Any]:
    """Tortoise's configuration: our engines instead of its own."""
    url = settings if isinstance(settings, str) else settings.database_url
    path = sqlite_path(url)
    credentials: dict[str, Any]
    if path is not None:
        engine, credentials = "sqlite_pool", {"file_path": path}
        if not isinstance(settings, str):
            credentials["synchronous"] = settings.sqlite_synchronous
    else:
        engine, credentials = "asyncpg_safe", expand_db_url(url)["credentials"]
        if not isinstance(settings, str):
            credentials["maxsize"] = settings.pool_size
    return {
        "connections": {CONNECTION: {"engine": f"jxc_graphql.kit.db.{engine}", "credentials": credentials}},
        "apps": {APP: {"models": list(model_modules), "default_connection": CONNECTION}},
    }
