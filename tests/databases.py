"""Databases to test on: a migrated SQLite file copied per test, a migrated PostgreSQL database cloned per test.

All processes of a run share its folder, in which whoever comes first makes what the others find. So are databases
with something in them that many tests begin with.
"""

import asyncio
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate
from jxc_graphql.office.auth.operations import ensure_roles, system_call
from jxc_graphql.wiring import MODEL_MODULES
from tests import keeper
from tests.keeper import locked
from tests.make.settings import taken_up

ROOT = Path(__file__).parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108  (used for what nobody else may read: tempfile makes private folders)
ENOUGH_BYTES = 4 * 2**30


def use_memory() -> None:
    """Has databases of tests lie in memory where there is plenty: what survives a power cut is not tested here."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


async def take_over(url: str) -> None:
    """Brings a database that an older version of the program made to the present schema."""
    async with db.open(url, MODEL_MODULES) as database:
        await migrate(database)


Fill = Callable[[], Coroutine[Any, Any, object]]
"""Does with an empty database what many tests begin with; what it gives they are given, so it can be pickled."""


async def fill_new(url: str, fill: Fill) -> object:
    """Gives what `fill` gave."""
    async with db.open(url, MODEL_MODULES):
        await taken_up()
        return await fill()


class Filled(NamedTuple):
    """A database that nobody connects to, but many copy."""

    source: str
    """The path of a file, or the name of a database of the server."""
    told: object


async def migrate_new(url: str) -> None:
    """Brings an empty database to the present schema, the company and built-in roles included."""
    async with db.open(url, MODEL_MODULES) as database:
        await migrate(database)
        await taken_up()
        await ensure_roles(system_call())


class Postgres:
    """A server, seen from one connection of its own that creates and drops databases."""

    def __init__(self, url: str, run: str) -> None:
        import asyncpg  # noqa: PLC0415  (an extra: SQLite alone is tested without it)

        self._url = url
        self._loop = asyncio.new_event_loop()
        self._admin = self._wait(asyncpg.connect(url))
        self._names = (f"{run}_{os.getpid()}_{number}" for number in count())
        self.template = f"{run}_template"

    def _wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(coroutine)

    def _create(self, name: str, clause: str = "") -> str:
        self._wait(self._admin.execute(f"CREATE DATABASE {name} {clause}"))
        return name

    def _url_of(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def make_template(self, mark: Path) -> None:
        """Makes what clones are made of, and leaves a mark when it is there."""
        self._wait(migrate_new(self._url_of(self._create(self.template))))
        mark.touch()

    def kept(self, name: str, template: str = "template0") -> str:
        """The URL of a new database, by default without tables, that stays until the run ends."""
        return self._url_of(self._create(f"{self.template}_{name}", f"TEMPLATE {template}"))

    @contextmanager
    def clone(self, template: str = "") -> Iterator[str]:
        """The URL of a copy of a database, by default of the migrated template, dropped afterwards."""
        name = self._create(next(self._names), f"TEMPLATE {template or self.template} STRATEGY FILE_COPY")
        try:
            yield self._url_of(name)
        finally:  # connections of killed processes included
            self._wait(self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)"))

    def close(self) -> None:
        """Hangs up."""
        self._wait(self._admin.close())
        self._loop.close()


class Run:
    """What the processes of one run share; it ends with the process that began it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sqlite_template(self) -> Path:
        """A migrated SQLite file, complete in itself."""
        return self.once("template.sqlite3", self._migrate)

    def filled(self, fill: Fill, server: Postgres | None = None) -> Filled:
        """A migrated database in which `fill` was called: of a server, or a SQLite file."""
        name = f"{fill.__name__}_{zlib.crc32(fill.__module__.encode()):x}"
        file = self.folder / f"{name}.sqlite3"

        def make(told: Path) -> None:
            if server is None:
                url = f"sqlite:///{shutil.copy(self.sqlite_template(), file)}"
            else:
                url = server.kept(name, server.template)
            told.write_bytes(pickle.dumps(asyncio.run(fill_new(url, fill))))

        told = self.once(f"{name}.{'sqlite' if server is None else 'postgres'}", make)
        source = str(file) if server is None else f"{server.template}_{name}"
        return Filled(source, pickle.loads(told.read_bytes()))  # noqa: S301  (ours)

    @contextmanager
    def postgres(self) -> Iterator[Postgres | None]:
        """The server named by JXC_TEST_POSTGRES, else of a throwaway cluster; None where neither can be had."""
        if not os.environ.get("JXC_TEST_POSTGRES") and keeper.binaries() is None:
            yield None
            return
        server = Postgres(self.once(keeper.URL, self._hire).read_text(), self.folder.name)
        try:
            self.once("postgres.template", server.make_template)
            yield server
        finally:
            server.close()

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file of that name in the folder of the run, made by whoever comes first."""
        path = self.folder / name
        with locked(path.with_suffix(".lock")):
            if not path.exists():
                make(path)
        return path

    def _migrate(self, path: Path) -> None:
        draft = self.folder / "draft.sqlite3"
        asyncio.run(migrate_new(f"sqlite:///{draft}"))
        draft.rename(path)

    def _hire(self, url: Path) -> None:
        with (self.folder / keeper.LOG).open("w+") as log:
            started = subprocess.run(
                [sys.executable, "-m", "tests.keeper", self.folder],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, check=False,
            )  # fmt: skip
            assert started.returncode == 0, url.with_name(keeper.LOG).read_text()


@contextmanager
def run() -> Iterator[Run]:
    """A run from its beginning to its end."""
    folder = Path(tempfile.mkdtemp(prefix="jxc_test_"))
    try:
        with locked(folder / keeper.RUN):
            yield Run(folder)
        with locked(folder / keeper.KEPT):
            pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)
