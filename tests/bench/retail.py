"""A year of a real shop, carried out line by line: UCI Online Retail, whose file `ONLINE_RETAIL` names.

The process that loads it is killed three times; what it came to is compared with what stands in the file.
"""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Permission
from tests.bench.stage import at, connected, fresh_databases
from tests.exchange.retail import Fate, Line, Loader, lines

FILE = "ONLINE_RETAIL"
KILLED_AFTER = (40.0, 80.0, 120.0)
"""Seconds after which each of the first runs is killed."""
EXPECTED_SHARE = 0.3
"""Of the speed of the same rows by hand."""
BATCH = 1_000
_MONTHS = """
    SELECT month, SUM(net) FROM (
        SELECT substr(CAST(shipment.business_date AS VARCHAR(10)), 1, 7) AS month, line.net FROM shipment_line AS line
        JOIN shipment ON shipment.id = line.shipment_id
        UNION ALL SELECT substr(CAST(back.business_date AS VARCHAR(10)), 1, 7), -line.net
        FROM customer_return_line AS line
        JOIN customer_return AS back ON back.id = line.customer_return_id) AS every_one
    GROUP BY month ORDER BY month"""


def retail(only: str | None = None) -> None:
    """Every line of UCI Online Retail: sold, returned, corrected or refused; killed three times, and beside by hand."""
    path = Path(os.environ.get(FILE, ""))
    if not path.is_file():
        print(f"{FILE} names no file: nothing is measured")
        return
    with fresh_databases(only) as found, TemporaryDirectory() as folder:
        for name, url in found:
            actor_id = at(url, _clerk)
            seconds, sizes = _loaded(url, actor_id, path, Path(folder) / f"{name}.refused")
            at(url, lambda: _compared(path, Path(folder) / f"{name}.refused"))  # noqa: B023  (called at once)
            with fresh_databases(name) as [(_, other)]:
                rows, by_hand = _by_hand(url, other)
            print(
                f"{name}: loaded in {seconds:.0f} s with {len(KILLED_AFTER)} kills, {rows:,} rows; "
                f"by hand {by_hand:.0f} s: "
                f"a share of {by_hand / seconds:.2f} (at least {EXPECTED_SHARE}); memory {sizes}"
            )


async def _clerk() -> int:
    system = auth.system_call()
    await auth.ensure_roles(system)
    return (await auth.create_user(system, username="retail", name="Retail", roles=["ADMIN"])).user_id


def _loaded(url: str, actor_id: int, path: Path, refusals: Path) -> tuple[float, str]:
    """How long it took in all, and what the last process held in memory through its time."""
    begun, sizes = time.monotonic(), list[float]()
    for limit in (*KILLED_AFTER, None):
        command = [sys.executable, "-m", "tests.bench.retail", url, str(actor_id), str(path), str(refusals)]
        with subprocess.Popen(command) as process:
            since = time.monotonic()
            while process.poll() is None:
                time.sleep(1)
                sizes = [*sizes, _megabytes(process.pid)] if limit is None else sizes
                if limit is not None and time.monotonic() - since > limit:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
        assert limit is not None or process.returncode == 0
    held = [one for one in sizes if one]
    parts = [held[int(len(held) * share)] for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
    return time.monotonic() - begun, ", ".join(f"{one:.0f}" for one in parts) + " MB"


def _megabytes(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


async def _compared(path: Path, refusals: Path) -> None:
    """Whether counts add up, and months come to what accepted lines say."""
    with refusals.open() as file:
        refused = {number: why for _, number, why, _ in map(json.loads, file)}
    fates, months, whole = Counter[str](), Counter[str](), 0
    for one in lines(path):
        whole += 1
        fates[f"refused: {refused[one.number]}" if one.number in refused else str(one.fate)] += 1
        if one.number not in refused and one.fate in {Fate.SOLD, Fate.WALKED_IN, Fate.RETURNED}:
            months[f"{one.at:%Y-%m}"] += _cents(one)
    ((sold,),) = await db.fetch("SELECT count(*) FROM sales_order_line")
    ((corrected,),) = await db.fetch("SELECT count(*) FROM adjustment_line")
    there = {month: round(int(net) / 100) for month, net in await db.fetch(_MONTHS)}
    print(f"{whole:,} lines: " + ", ".join(f"{fate} {count:,}" for fate, count in sorted(fates.items())))
    assert sold == fates[Fate.SOLD] + fates[Fate.WALKED_IN]
    assert corrected == fates[Fate.WRITTEN_OFF] + fates[Fate.FOUND]
    assert sum(fates.values()) == whole
    wrong = {month: (there.get(month), cents) for month, cents in months.items() if there.get(month) != cents}
    print(f"revenue of {len(months)} months: {sum(months.values()) / 100:,.2f}; other in SQL: {wrong or 'none'}")
    print(f"verify differences {len(await differences())} (expected 0)")


def _cents(one: Line) -> int:
    return int((one.quantity * one.price * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _by_hand(source: str, target: str) -> tuple[int, float]:
    """How many rows all tables have that somebody wrote, and how long it takes to write them, triggers and all."""
    if source.startswith("sqlite"):
        return _by_hand_on_sqlite(urlsplit(source).path, urlsplit(target).path)
    return asyncio.run(_by_hand_on_postgres(source, target))


def _by_hand_on_sqlite(source: str, target: str) -> tuple[int, float]:
    rows, seconds = 0, 0.0
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
        write.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF")
        tables = [name for (name,) in read.execute(_TABLES)]
        for table in tables:
            columns = [f'"{name}"' for _, name, *_ in read.execute(f'PRAGMA table_info("{table}")')]
            marks = ", ".join("?" * len(columns))
            into = f'INSERT OR IGNORE INTO "{table}" ({", ".join(columns)}) VALUES ({marks})'
            cursor = read.execute(f'SELECT {", ".join(columns)} FROM "{table}"')
            while batch := cursor.fetchmany(BATCH):
                begun = time.perf_counter()
                write.executemany(into, batch)
                write.commit()
                seconds += time.perf_counter() - begun
                rows += len(batch)
    return rows, seconds


_TABLES = """
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND instr(name, '_pairs') = 0"""
"""Those that no trigger writes."""


async def _by_hand_on_postgres(source: str, target: str) -> tuple[int, float]:
    import asyncpg  # noqa: PLC0415  (an extra: SQLite alone is measured without it)

    rows, seconds = 0, 0.0
    read, write = await asyncpg.connect(source), await asyncpg.connect(target)
    tables = await _in_order(read)
    await write.execute(
        f"SET session_replication_role = replica; TRUNCATE {', '.join(tables)}; RESET session_replication_role"
    )
    for table in tables:
        columns = [
            f'"{name}"'
            for (name,) in await read.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 "
                "AND NOT attisdropped AND attgenerated = ''", f'"{table}"',
            )
        ]  # fmt: skip
        marks = ", ".join(f"${place + 1}" for place in range(len(columns)))
        into = f'INSERT INTO "{table}" ({", ".join(columns)}) OVERRIDING SYSTEM VALUE VALUES ({marks})'
        async with read.transaction():
            cursor = await read.cursor(f'SELECT {", ".join(columns)} FROM "{table}"')
            while batch := await cursor.fetch(BATCH):
                begun = time.perf_counter()
                await write.executemany(into, [tuple(one) for one in batch])
                seconds += time.perf_counter() - begun
                rows += len(batch)
    await read.close()
    await write.close()
    return rows, seconds


async def _in_order(connection: Any) -> list[str]:
    """All tables, behind those to which they refer."""
    names = [
        name
        for (name,) in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    ]
    refers = await connection.fetch(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    )
    needs: dict[str, set[str]] = {name: set() for name in names}
    for one, other in refers:
        if one != other:
            needs[one.strip('"')].add(other.strip('"'))
    ordered = list[str]()
    while left := [name for name in names if name not in ordered]:
        ready = [name for name in left if needs[name] <= {*ordered}]
        ordered += ready or left
    return ordered


async def _load(url: str, actor_id: int, path: Path, refusals: Path) -> None:
    async with connected(url):
        call = Call(actor_id=actor_id, permissions=frozenset(Permission))
        await Loader(call, path, refusals).load()


if __name__ == "__main__":
    asyncio.run(_load(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])))
