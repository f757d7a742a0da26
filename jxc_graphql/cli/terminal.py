"""What the commands of the command line share: settings, the open database, errors in one line, progress.

Imports that take long stand in the functions.
"""

import asyncio
import errno
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    import socket

    from rich.progress import Progress

    from jxc_graphql.exchange.loading import LoadSummary
    from jxc_graphql.exchange.loading import Progress as Told
    from jxc_graphql.kit.settings import Settings

T = TypeVar("T")
OPEN = {"introspection": True, "graphiql": True, "local_pages": True}
"""What a demo shows to those who look around and build pages on it."""


def progress_bar() -> "Progress":
    """Shows on stderr how far a long command has come."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    return Progress(console=Console(stderr=True), transient=True)


@contextmanager
def told() -> "Iterator[Told]":
    """Shows on stderr what is being loaded."""
    with progress_bar() as bar:
        task = bar.add_task("Loading")
        yield lambda what, done, total: bar.update(task, description=f"Loading {what}", completed=done, total=total)


def say(summary: "LoadSummary") -> None:
    """Says on stderr what was loaded, what was refused, and what was loaded otherwise than it stands."""
    click.echo("Loaded " + ", ".join(f"{count} {kind}" for kind, count in summary.loaded.items()) + ".", err=True)
    for title, remarks in (("refused", summary.refused), ("adapted", summary.adapted)):
        if remarks:
            click.echo(f"{len(remarks)} rows {title}:", err=True)
        for remark in remarks:
            click.echo(f"  {remark.file}:{remark.line} {remark.text}", err=True)


def with_books(settings: "Settings") -> "Settings":
    """The settings; refuses a database file that is not there."""
    from jxc_graphql.kit.db import sqlite_path  # noqa: PLC0415

    path = sqlite_path(settings.database_url)
    if path and not Path(path).exists():
        raise click.ClickException(f"there is no database {path}; JXC_DATA_DIR or JXC_DATABASE_URL tells where")
    return settings


@contextmanager
def plain_errors() -> Iterator[None]:
    """Makes one line of whatever a user can do something about."""
    from jxc_graphql.books.goods.replay import LedgerImpossible  # noqa: PLC0415
    from jxc_graphql.exchange.sheet import SheetMissing  # noqa: PLC0415
    from jxc_graphql.kit.db import DatabaseUnavailable  # noqa: PLC0415
    from jxc_graphql.kit.db.applied import DatabaseTooNew, HistoryDiffers, TakeoverForbidden  # noqa: PLC0415
    from jxc_graphql.kit.db.copies import CopyRefused  # noqa: PLC0415
    from jxc_graphql.kit.db.node import NoNodesLeft  # noqa: PLC0415
    from jxc_graphql.kit.errors import DomainError, Rejected  # noqa: PLC0415
    from jxc_graphql.kit.messages import render  # noqa: PLC0415
    from jxc_graphql.kit.settings import SettingsError  # noqa: PLC0415
    from jxc_graphql.kit.shelves import FilesUnavailable  # noqa: PLC0415
    from jxc_graphql.office.company.rules import ToldOtherwise  # noqa: PLC0415

    try:
        yield
    except Rejected as refusal:
        raise click.ClickException(" ".join(render(reason, "en") for reason in refusal.reasons)) from None
    except SettingsError as error:
        raise click.ClickException(f"settings: {error}") from None
    except (
        DomainError,
        CopyRefused,
        FilesUnavailable,
        NoNodesLeft,
        DatabaseUnavailable,
        DatabaseTooNew,
        HistoryDiffers,
        TakeoverForbidden,
        LedgerImpossible,
        SheetMissing,
        ToldOtherwise,
    ) as error:
        raise click.ClickException(str(error) or type(error).__name__) from None


def load_settings(**options: object) -> "Settings":
    """The settings, with a data directory that can be written where SQLite needs it; sends logs where they belong."""
    from jxc_graphql.kit.db import sqlite_path  # noqa: PLC0415
    from jxc_graphql.kit.logging import configure  # noqa: PLC0415
    from jxc_graphql.kit.settings import load  # noqa: PLC0415
    from jxc_graphql.office.company.settings import NAMES  # noqa: PLC0415

    settings = load(os.environ, Path("jxc.toml"), told=NAMES, **options)
    configure(settings.log_level, as_json=settings.log_json)
    path = sqlite_path(settings.database_url)
    if path:
        folder = Path(path).parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"data directory {folder}: {error.strerror}") from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise click.ClickException(f"data directory {folder}: not writable")
    return settings


def bound(settings: "Settings") -> "socket.socket":
    """The listening socket of a command that serves."""
    from jxc_graphql import serve as server  # noqa: PLC0415

    try:
        return server.listen(settings)
    except OSError as error:
        what = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be listened on: {error.strerror}"
        raise click.ClickException(f"port {settings.port} of {settings.host} {what}") from None


async def has_users() -> bool:
    """Whether anybody can sign in, or show a token."""
    from jxc_graphql.office.auth import queries  # noqa: PLC0415

    return await queries.has_users()


async def user_id(username: str) -> int:
    """The id of an active user."""
    from jxc_graphql.office.auth.queries import user_id_of  # noqa: PLC0415

    found = await user_id_of(username)
    if found is None:
        raise click.ClickException(f"there is no active user {username}")
    return found


def run(settings: "Settings", work: Callable[[], Coroutine[Any, Any, T]], *, anew: bool = False) -> T:
    """Does some work with the database open, and closes it whatever happens; `anew`: sets the company up again."""
    from msgspec import structs  # noqa: PLC0415

    from jxc_graphql.wiring import opened  # noqa: PLC0415

    async def with_database() -> T:
        async with opened(structs.replace(settings, deadline=0), anew=anew):  # nobody waits for a command line
            return await work()

    return asyncio.run(with_database())
