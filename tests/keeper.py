"""Keeps a PostgreSQL server for one run of the tests, whoever of its processes asked first, and ends with that run.

A run is alive while it holds the lock of its folder, which the system gives back when it is killed. `python -m
tests.keeper FOLDER` starts a throwaway cluster, or takes the server that JXC_TEST_POSTGRES names, writes its URL, and
returns; what stays behind waits for that lock, and takes away what the run made.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.ports import reserved_port

RUN, KEPT, URL, LOG = "run.lock", "kept.lock", "postgres.url", "postgres.log"
FAST = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "checkpoint_timeout=1h", "max_wal_size=4GB",
    "max_connections=300", "log_checkpoints=off",
    "autovacuum=off",  # no database of a test lives so long, and one that it works in cannot be copied
)  # fmt: skip


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """No other process has this lock meanwhile; children do not inherit it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write(path: Path, text: str) -> None:
    """Writes a file that is there whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


def main(folder: Path) -> None:
    """Serves until the run of this folder has ended; returns when the server is there."""
    ready, tell = os.pipe()
    if os.fork():
        os.close(tell)
        sys.exit(not os.read(ready, 1))
    with locked(folder / KEPT):
        given = os.environ.get("JXC_TEST_POSTGRES")
        with ExitStack() as stack:
            if given:
                url = stack.enter_context(borrowed(given, folder.name))
            else:
                url = stack.enter_context(cluster(folder / "cluster")).url
            write(folder / URL, url)
            os.write(tell, b"1")
            with locked(folder / RUN):
                pass
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def borrowed(url: str, prefix: str) -> Iterator[str]:
    """A server of somebody else; databases of the run are dropped from it afterwards."""
    import asyncpg  # noqa: PLC0415  (an extra: SQLite alone is tested without it)

    async def drop() -> None:
        admin = await asyncpg.connect(url)
        for (name,) in await admin.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix):
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()

    try:
        yield url
    finally:
        asyncio.run(drop())


def binaries() -> Path | None:
    """The folder of the newest installed PostgreSQL server."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if on_path:
        found.append(Path(on_path).resolve())
    return found[-1].parent if found else None


class Cluster:
    """A server of our own, on a port that nobody else has."""

    def __init__(self, folder: Path, port: int, options: Sequence[str], home: Path | None = None) -> None:
        """`options`: those of the server, as `name=value`; `home`: the folder of its binaries."""
        folder.mkdir()
        self._folder = folder
        self.port = port
        self._options = (*options, "unix_socket_directories=", "listen_addresses=127.0.0.1", f"port={port}")
        self._as_owner: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            folder.parent.chmod(0o711)
            shutil.chown(folder, "postgres", "postgres")
            self._as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        if shutil.which("setpriv"):  # the server ends with whoever started it even when this is killed
            self._as_owner = [*(self._as_owner or ["setpriv"]), "--pdeathsig=QUIT"]
        home = home or binaries()
        assert home
        self._home = home
        self._data = str(folder / "data")
        self.fill()
        self.url = f"postgres://jxc@127.0.0.1:{port}/postgres"
        self.start()

    @property
    def pid(self) -> int:
        """The process that the others come from."""
        return self._server.pid

    def fill(self) -> None:
        """Makes an empty cluster."""
        self.run("initdb", "-D", self._data, "-U", "jxc", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs to its end."""
        subprocess.run([*self._as_owner, str(self._home / program), *arguments], check=True, cwd=self._folder)

    def start(self, *options: str) -> None:
        """Returns when it answers; `options` on top of its own."""
        serve = [str(self._home / "postgres"), "-D", self._data]
        for option in (*self._options, *options):
            serve += ["-c", option]
        self._server = subprocess.Popen([*self._as_owner, *serve], cwd=self._folder)
        _wait_for(self.port, self._server)

    def stop(self, number: signal.Signals = signal.SIGQUIT) -> None:
        """Ends it and all its connections: SIGINT in good order, SIGQUIT at once, as a crash would."""
        self._server.send_signal(number)
        self._server.wait()


@contextmanager
def cluster(folder: Path, options: Sequence[str] = FAST, home: Path | None = None) -> Iterator[Cluster]:
    """A server of our own for the duration of a block."""
    with reserved_port() as port:
        server = Cluster(folder, port, options, home)
        try:
            yield server
        finally:
            server.stop()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    home = binaries()
    assert home
    ask = [str(home / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ask, check=False).returncode != 0:
        assert server.poll() is None, "PostgreSQL ended at once"
        time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
