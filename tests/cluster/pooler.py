"""PgBouncer as Debian ships it, in session and in transaction mode."""

import asyncio
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.cluster.shop import CATEGORY, QUERY, QUIET, Counter, Shop
from tests.keeper import Cluster, cluster
from tests.ports import reserved_port

SHIPPED = "/etc/pgbouncer/pgbouncer.ini"
LEFT_BEHIND = """SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
    (SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%')"""
CONNECTIONS = """SELECT count(*), count(*) FILTER (WHERE query LIKE 'LISTEN%') FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@contextmanager
def pgbouncer(folder: Path, server: Cluster, mode: str) -> Iterator[str]:
    """The URL of a database through a pooler, whose settings but for places and mode are those of the package."""
    folder.mkdir()
    (folder / "userlist.txt").write_text('"jxc" "secret"\n')
    with reserved_port() as port:
        (folder / "pgbouncer.ini").write_text(
            f"%include {SHIPPED}\n[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nlogfile = {folder}/log\n"
            f"pidfile = {folder}/pid\nauth_file = {folder}/userlist.txt\npool_mode = {mode}\n"
        )
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "postgres", "postgres")
        start = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=TERM"]
        process = subprocess.Popen(
            [*start, "/usr/sbin/pgbouncer", "-q", str(folder / "pgbouncer.ini")], stderr=subprocess.DEVNULL
        )
        try:
            time.sleep(0.5)
            assert process.poll() is None, (folder / "log").read_text()
            yield f"postgres://jxc:secret@127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def asked(url: str, query: str) -> tuple[object, ...]:
    """One row, of the server itself."""

    async def ask() -> tuple[object, ...]:
        connection = await asyncpg.connect(url)
        try:
            return tuple(await connection.fetchrow(query) or ())
        finally:
            await connection.close()

    return asyncio.run(ask())


def pooler(folder: Path) -> Iterator[str]:
    """Migrates, loads, trades, is heard by the other process, keeps deadlines and leaves nothing behind."""
    with cluster(folder / "server", QUIET) as server:
        for mode in ("session", "transaction"):
            with pgbouncer(folder / mode, server, mode) as through:
                name = f"shop_{mode}"
                asked(server.url, f"CREATE DATABASE {name}")
                direct = server.url.removesuffix("postgres") + name
                settings = {"JXC_DATABASE_URL": f"{through}/{name}", "JXC_POOL_SIZE": "4"}
                if mode == "transaction":
                    refused = Shop(folder / "refused", **settings).refuses("migrate")
                    assert "database_direct_url" in refused, refused
                    yield f"{mode}: without a direct way: {refused.rpartition(': ')[2]}"
                    settings["JXC_DATABASE_DIRECT_URL"] = direct
                yield from _trades(Shop(folder / f"shop of {mode}", **settings), mode, direct)


def _trades(shop: Shop, mode: str, direct: str) -> Iterator[str]:
    shop.is_stocked()
    left = asked(direct, LEFT_BEHIND)
    assert left == (0, 0), left
    yield f"{mode}: migrated and loaded; {left[0]} advisory locks, {left[1]} open transactions left behind"
    with shop.serves("--workers", "2") as counter:
        began = time.monotonic()
        counter.sells(20)
        yield f"{mode}: 20 orders drafted, approved and shipped in {time.monotonic() - began:.1f} s"
        there, listen = asked(direct, CONNECTIONS)
        assert listen == 2, listen
        yield f"{mode}: {there} connections of 2 × (4 + 2) at the server, {listen} of them listen"
        code, _ = counter.server.stop(signal.SIGTERM)
        assert code == 0, code
    with shop.serves(JXC_DEADLINE="3") as counter:
        yield f"{mode}: {_held_up(counter, direct)}"
    left = asked(direct, LEFT_BEHIND)
    assert left == (0, 0), left
    yield f"{mode}: {shop.does('verify').strip()}"


def _held_up(counter: Counter, direct: str) -> str:
    """A lock that somebody holds on the categories: whoever waits for it is told at the deadline, and let go."""

    async def hold() -> list[tuple[float, int, str]]:
        holder = await asyncpg.connect(direct)
        try:
            async with holder.transaction():
                await holder.execute("LOCK TABLE category")
                query = await asyncio.to_thread(counter.timed, QUERY)
                return [query, await asyncio.to_thread(counter.timed, CATEGORY, code="held up")]
        finally:
            await holder.close()

    told = asyncio.run(hold())
    assert [one[1:] for one in told] == [(200, "DEADLINE_EXCEEDED")] * 2, told
    given_up = time.monotonic() + 30
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while asked(direct, waits) != (0,):
        assert time.monotonic() < given_up
        time.sleep(0.1)
    assert counter.timed(QUERY)[1:] == (200, "-")
    return ", ".join(f"DEADLINE_EXCEEDED after {one[0]:.1f} s" for one in told) + " of 3, of a query and a mutation"
