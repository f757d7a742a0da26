"""Databases that a proof fills once and runs over again."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests import databases as made
from tests.bench.stage import fresh_databases

SERVER = "JXC_TEST_POSTGRES"


class Kept(NamedTuple):
    """A migrated database."""

    kind: str
    url: str
    mark: Path | None
    """The file that is there once it is filled; none where it is not kept."""

    @property
    def is_filled(self) -> bool:
        """Whether an earlier run has filled it."""
        return self.mark is not None and self.mark.exists()

    def tell(self) -> None:
        """It is filled now."""
        if self.mark is not None:
            self.mark.touch()


@contextmanager
def databases(name: str, folder: Path | None, only: str | None = None) -> Iterator[Iterator[Kept]]:
    """A migrated one of each kind (or of one).

    Without a folder they go away at the end. Else that of SQLite stays there, and that of PostgreSQL on the server that
    JXC_TEST_POSTGRES names; what the program has learnt since is migrated.
    """
    if folder is None:
        with fresh_databases(only) as found:
            yield (Kept(kind, url, None) for kind, url in found)
        return
    folder.mkdir(exist_ok=True)
    yield _kept(name, folder, only)


def _kept(name: str, folder: Path, only: str | None) -> Iterator[Kept]:
    for kind, url in _urls(name, folder):
        if only in {None, kind}:
            found = Kept(kind, url, folder / f"{name}.{kind}")
            if not found.is_filled:
                _make(kind, url)
            asyncio.run(made.take_over(url) if found.is_filled else made.migrate_new(url))
            yield found


def _urls(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    yield "sqlite", f"sqlite:///{(folder / name).absolute()}.sqlite3"
    server = os.environ.get(SERVER)
    if server:
        yield "postgres", urlsplit(server)._replace(path=f"/{name}").geturl()


def _make(kind: str, url: str) -> None:
    """An empty one, whatever an earlier run has left of it."""
    if kind == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(f"{urlsplit(url).path}{end}").unlink(missing_ok=True)
        return
    asyncio.run(_create(url))


async def _create(url: str) -> None:
    import asyncpg  # noqa: PLC0415  (an extra: SQLite alone is measured without it)

    admin, name = await asyncpg.connect(os.environ[SERVER]), urlsplit(url).path.removeprefix("/")
    await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    await admin.close()
