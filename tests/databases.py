"""Databases to test on: a migrated SQLite file copied per test, a migrated PostgreSQL database cloned per test."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate
from jxc_graphql.office.auth.operations import ensure_roles, system_call
from jxc_graphql.wiring import MODEL_MODULES

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "checkpoint_timeout=1h", "max_wal_size=4GB")


MEMORY = Path("/dev/shm")  # noqa: S108  (used for what nobody else may read: tempfile makes private folders)
ENOUGH_BYTES = 4 * 2**30


def use_memory() -> None:
    """Has databases of tests lie in memory where there is plenty: what survives a power cut is not tested here."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


async def migrate_new(url: str) -> None:
    """Brings an empty database to the present schema, built-in roles included."""
    async with db.open(url, MODEL_MODULES) as database:
        await migrate(database)
        await ensure_roles(system_call())


class Postgres:
    """A server, seen from one connection of its own that creates and drops databases."""

    def __init__(self, url: str) -> None:
        import asyncpg  # noqa: PLC0415  (an extra: SQLite alone is tested without it)

        self.url = url
        self._loop = asyncio.new_event_loop()
        self._admin = self._wait(asyncpg.connect(url))
        self._prefix = f"jxc_test_{os.getpid()}"
        self._made = 0
        self.template = self._create("")
        self._wait(migrate_new(self.url_of(self.template)))

    def _wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(coroutine)

    def _create(self, clause: str) -> str:
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        self._wait(self._admin.execute(f"CREATE DATABASE {name} {clause}"))
        return name

    def url_of(self, name: str) -> str:
        """The URL of one of its databases."""
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    @contextmanager
    def clone(self, template: str = "") -> Iterator[str]:
        """The URL of a copy of a database, by default of the migrated template, dropped afterwards."""
        name = self._create(f"TEMPLATE {template or self.template} STRATEGY FILE_COPY")
        try:
            yield self.url_of(name)
        finally:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Drops a database, connections of killed processes included."""
        self._wait(self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)"))

    def close(self) -> None:
        """Drops the template and hangs up."""
        self.drop(self.template)
        self._wait(self._admin.close())
        self._loop.close()


def _binaries() -> Path | None:
    """The folder of the newest installed PostgreSQL server."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if on_path:
        found.append(Path(on_path).resolve())
    return found[-1].parent if found else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """The URL of the server named by JXC_TEST_POSTGRES, else of a throwaway cluster; None where neither can be had."""
    if given := os.environ.get("JXC_TEST_POSTGRES"):
        yield given
        return
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="jxc_postgres_"))
    port = _free_port()
    as_owner: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    if shutil.which("setpriv"):  # the server ends with the tests even when these are killed
        as_owner = [*(as_owner or ["setpriv"]), "--pdeathsig=QUIT"]
    data = str(folder / "data")
    options = (*FAST, "listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}")
    initdb = [
        str(binaries / "initdb"),
        "-D",
        data,
        "-U",
        "jxc",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    serve = [str(binaries / "postgres"), "-D", data, *(part for option in options for part in ("-c", option))]
    try:
        subprocess.run([*as_owner, *initdb], check=True, cwd=folder, stdout=subprocess.DEVNULL)
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen([*as_owner, *serve], cwd=folder, stdout=log, stderr=log) as server,
        ):
            try:
                _wait_for(binaries, port, server)
                yield f"postgres://jxc@127.0.0.1:{port}/postgres"
            finally:
                server.send_signal(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(binaries: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    ask = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _ in range(600):
        assert server.poll() is None, "PostgreSQL ended at once"
        if subprocess.run(ask, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise TimeoutError("PostgreSQL does not answer")


def sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file, complete in itself."""
    path = folder / "template.sqlite3"
    asyncio.run(migrate_new(f"sqlite:///{path}"))
    return path
