"""A standby from which queries are read: nobody is shown less than he has seen, and nobody notices when it is gone."""

import asyncio
import re
import socket
import threading
import time
from collections import Counter as Counts
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.cluster.failover import Standby, standby
from tests.cluster.pooler import asked, pgbouncer
from tests.cluster.shop import CATEGORY, CLIENTS, QUIET, Counter, Shop, clients
from tests.cluster.silence import carried
from tests.keeper import Cluster, cluster
from tests.patience import SECONDS
from tests.ports import reserved_port

PAIRS = 1_200
PAIRS_OF_EACH = 300
LOAD_SECONDS = 6.0
DELAY_SECONDS = 2
SAFE = (*QUIET, "synchronous_commit=on")
BY_ID = "query ($id: ID!) { category(id: $id) { id } }"
LIST = """{ stockLevels(first: 50) { totalCount nodes { onHand available sku { code name } warehouse { name } } }
    skus(first: 50) { nodes { code name product { name } } } }"""
MINE = "{ stockLevels(first: 1) { nodes { value } } viewer { permissions } }"
ROLES = "{ roles(first: 50) { nodes { id code } } users(first: 50) { nodes { id username } } }"
ALLOW = """mutation ($input: SetUserRolesInput!) { setUserRoles(input: $input) {
    user { id } userErrors { code message path } } }"""

OF_REPLICA, OF_PRIMARY = 'jxc_reads_total{source="replica"', 'jxc_reads_total{source="primary"'
FAILED = f'{OF_PRIMARY},why="failed"'
CONFLICTS = "SELECT sum(confl_lock + confl_snapshot) FROM pg_stat_database_conflicts"


class Client:
    """A client that sends back where the last answer's log had come to, as the README asks for."""

    def __init__(self, counter: Counter, *, remembers: bool = True) -> None:
        self._counter = counter
        self._remembers = remembers
        self.position = ""

    def asks(self, text: str, **variables: Any) -> httpx.Response:
        """The answer to an operation."""
        told = {"extensions": {"position": self.position}} if self.position else {}
        answer = self._counter.client.post("/graphql", json={"query": text, "variables": variables, **told})
        position = answer.json().get("extensions", {}).get("position", "")
        if self._remembers and position > self.position:
            self.position = position
        return answer

    def gets(self, text: str, **variables: Any) -> Any:
        """The data of an operation that must succeed."""
        answer = self.asks(text, **variables)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def writes_and_reads(self, name: str) -> bool:
        """Whether it is shown what it has just made."""
        made = self.gets(CATEGORY, code=name)["createCategory"]["category"]
        return self.gets(BY_ID, id=made["id"])["category"] is not None


class Figures:
    """What both processes have counted, since it was looked at last."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        self._ports = ports
        until(self._are_told, "told by every process")
        self._before = self._read()

    def _are_told(self) -> bool:
        try:
            return bool(self._read())
        except httpx.TransportError:
            return False

    def _read(self) -> Counts[str]:
        found: Counts[str] = Counts()
        for port in self._ports:
            for line in httpx.get(f"http://127.0.0.1:{port}/metrics").text.splitlines():
                if match := re.fullmatch(r"(jxc_[a-z_]+(?:\{[^}]*\})?) ([0-9.e+]+|[+]Inf)", line):
                    found[match[1]] += float(match[2])  # type: ignore[assignment]
        return found

    def since(self) -> Callable[[str], int]:
        """The sum of all figures whose names begin so, counted since the last time."""
        now = self._read()
        grown = {name: value - self._before[name] for name, value in now.items()}
        self._before = now
        return lambda name: round(sum(value for each, value in grown.items() if each.startswith(name)))

    def taken(self) -> int:
        """In how many processes the replica is read from."""
        return round(sum(value for name, value in self._read().items() if name.startswith("jxc_replica_taken")))


class Crowd:
    """Clients that ask without a pause."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._over = threading.Event()
        self.answers = 0
        self.longest = 0.0
        self.refused: Counts[str] = Counts()

    def running(self) -> AbstractContextManager[None]:
        """Goes on during a block."""
        return clients(self._ask, self._over)

    @property
    def told(self) -> str:
        """What came of it."""
        errors = sum(self.refused.values())
        return f"{errors} errors of {self.answers} queries, the longest took {self.longest:.2f} s"

    def _ask(self, _: int) -> None:
        client = Client(self._counter)
        while not self._over.is_set():
            began = time.monotonic()
            answer = client.asks(LIST)
            self.longest = max(self.longest, time.monotonic() - began)
            self.answers += 1
            if answer.status_code != 200 or "errors" in answer.json():
                self.refused[answer.text[:200]] += 1


def replica(folder: Path) -> Iterator[str]:
    """Everything, on one primary and one standby."""
    with cluster(folder / "primary", SAFE) as primary, standby(folder / "standby", primary) as other:
        shop = Shop(folder / "shop", JXC_DATABASE_URL=primary.url, JXC_RATE_LIMIT="0")
        shop.is_stocked()
        with reading(shop, other.url) as (counter, figures):
            yield from _shares(counter, figures)
            yield from _own_writes(counter, figures, "")
            yield from _late(counter, figures, other)
            yield from _rights(shop, counter, other)
            yield from _in_the_way(counter, figures, primary, other)
            yield from _gone(counter, figures, other)
        with carried(other.url) as (way, loop), reading(shop, way.url) as (counter, figures):
            loop.call_soon_threadsafe(way.fall_silent)
            yield from _silent(counter, figures)
            loop.call_soon_threadsafe(way.speak)
            until(lambda: figures.taken() == 2, "taken when it speaks again")
        yield from _faster(shop, primary, other)
        yield from _pooled(shop, folder, primary, other)
        yield shop.does("verify").strip()


@contextmanager
def reading(shop: Shop, url: str) -> Iterator[tuple[Counter, Figures]]:
    """The shop, served by two processes that read from a replica."""
    with (
        ports() as two,
        shop.serves("--workers", "2", JXC_REPLICA_URLS=url, JXC_METRICS=f"127.0.0.1:{two[0]}") as counter,
    ):
        figures = Figures(two)
        until(lambda: figures.taken() == 2, "taken")
        yield counter, figures


def _shares(counter: Counter, figures: Figures) -> Iterator[str]:
    crowd = Crowd(counter)
    figures.since()
    with crowd.running():
        time.sleep(LOAD_SECONDS)
    grown = figures.since()
    sent, there = grown("jxc_statements_total"), grown("jxc_replica_statements_total")
    share = f"{there} of {sent} statements on the replica, {there / sent:.0%}; the others look up who asks"
    yield f"{crowd.answers} queries of {CLIENTS} clients: {share}; {grown(OF_PRIMARY)} queries read from the primary"
    assert not crowd.refused, crowd.refused
    assert there > sent / 2


def _own_writes(counter: Counter, figures: Figures, when: str, pairs: int = PAIRS) -> Iterator[str]:
    stale = [0] * (pairs // PAIRS_OF_EACH)
    figures.since()

    def go_on(number: int) -> None:
        client = Client(counter)
        for pair in range(PAIRS_OF_EACH):
            stale[number] += not client.writes_and_reads(f"{when[:8]}{number}-{pair}")

    askers = [threading.Thread(target=go_on, args=(number,)) for number in range(len(stale))]
    for client in askers:
        client.start()
    for client in askers:
        client.join()
    grown = figures.since()
    there, all_ = grown(OF_REPLICA), grown("jxc_reads_total")
    found = f"{sum(stale)} saw less; {there} of {all_} read from the replica"
    yield f"{when}{pairs} times written, then read by the same client: {found}"
    assert sum(stale) == 0
    assert all_ == pairs, all_


def _late(counter: Counter, figures: Figures, other: Standby) -> Iterator[str]:
    alters(other, f"recovery_min_apply_delay = '{DELAY_SECONDS}s'")
    forgetful = Client(counter, remembers=False)
    stale = sum(not forgetful.writes_and_reads(f"forgetful {number}") for number in range(50))
    yield f"replayed {DELAY_SECONDS} s late: of 50 clients that send nothing back {stale} saw less"
    assert stale > 25, "the delay was to be seen"
    yield from _own_writes(counter, figures, "replayed late: ")
    alters(other, "recovery_min_apply_delay = 0")
    asked(other.url, "SELECT pg_wal_replay_pause()")
    Client(counter).writes_and_reads("while it is paused")
    began, out = time.monotonic(), []

    def look() -> None:
        until(lambda: figures.taken() == 0, "left out")
        out.append(time.monotonic() - began)

    looking = threading.Thread(target=look)
    looking.start()
    yield from _own_writes(counter, figures, "paused: ")
    looking.join()
    yield f"paused: left out {out[0]:.1f} s after the first write, of at most 5 s and a look"
    asked(other.url, "SELECT pg_wal_replay_resume()")
    began = time.monotonic()
    until(lambda: figures.taken() == 2, "taken again")
    yield f"resumed: taken again after {time.monotonic() - began:.1f} s"


def _rights(shop: Shop, counter: Counter, other: Standby) -> Iterator[str]:
    """Somebody loses a right while the replica replays nothing at all."""
    shop.does("user", "create", "bob", "--role", "BUYER", "--password-stdin", stdin="correct horse battery staple\n")
    bob = Client(counter)
    token = shop.does("user", "token", "bob").strip()
    with httpx.Client(base_url=counter.server.url, timeout=SECONDS) as web:
        web.headers["authorization"] = f"Bearer {token}"
        bob = Client(Counter(web, counter.server))
        before = bob.gets(MINE)["viewer"]["permissions"]
        found = Client(counter).gets(ROLES)
        bobs = next(one["id"] for one in found["users"]["nodes"] if one["username"] == "bob")
        asked(other.url, "SELECT pg_wal_replay_pause()")
        Client(counter).gets(ALLOW, input={"id": bobs, "roles": []})
        after = bob.asks(MINE).json()
        asked(other.url, "SELECT pg_wal_replay_resume()")
    assert before
    assert after["data"]["viewer"]["permissions"] == [], after
    yield f"rights are the primary's: {len(before)} permissions were gone in the next query, while nothing was replayed"


def _in_the_way(counter: Counter, figures: Figures, primary: Cluster, other: Standby) -> Iterator[str]:
    alters(other, "max_standby_streaming_delay = 0")
    crowd, over = Crowd(counter), threading.Event()

    async def lock() -> None:
        connection = await asyncpg.connect(primary.url)
        while not over.is_set():
            await connection.execute("BEGIN; LOCK TABLE stock_level, sku IN ACCESS EXCLUSIVE MODE; COMMIT")
            await asyncio.sleep(0.02)
        await connection.close()

    locking = threading.Thread(target=lambda: asyncio.run(lock()))
    locking.start()
    figures.since()
    with crowd.running():
        time.sleep(LOAD_SECONDS)
        over.set()
        locking.join()
    again = figures.since()(FAILED)
    (conflicts,) = asked(other.url, CONFLICTS)
    yield f"replay ended {conflicts} statements: {again} queries were read again from the primary; {crowd.told}"
    assert not crowd.refused, crowd.refused
    assert again
    alters(other, "max_standby_streaming_delay = '30s'")


def _gone(counter: Counter, figures: Figures, other: Standby) -> Iterator[str]:
    crowd = Crowd(counter)
    with crowd.running():
        time.sleep(LOAD_SECONDS / 2)
        other.stop()
        began = time.monotonic()
        until(lambda: figures.taken() == 0, "left out")
        out = time.monotonic() - began
        time.sleep(LOAD_SECONDS / 2)
        other.start()
        began = time.monotonic()
        until(lambda: figures.taken() == 2, "taken again")
        back = time.monotonic() - began
        time.sleep(LOAD_SECONDS / 2)
    yield f"killed under load: left out after {out:.1f} s, taken again {back:.1f} s after it answered"
    yield f"killed under load: {crowd.told}"
    assert not crowd.refused, crowd.refused


def _silent(counter: Counter, figures: Figures) -> Iterator[str]:
    crowd = Crowd(counter)
    with crowd.running():
        until(lambda: figures.taken() == 0, "left out")
        time.sleep(LOAD_SECONDS / 2)
    yield f"silent under load: {crowd.told}"
    assert not crowd.refused, crowd.refused
    assert crowd.longest < 5


def _faster(shop: Shop, primary: Cluster, other: Standby) -> Iterator[str]:
    """Queries a second with the replica and without; on few processors they are shared by all, so also who works."""
    for name, told in (("without a replica", {}), ("with one", {"JXC_REPLICA_URLS": other.url})) * 2:
        with shop.serves("--workers", "2", **told) as counter:
            crowd = Crowd(counter)
            with crowd.running():
                time.sleep(3.0)  # until everything is prepared, and the replica taken
                busy, before, began = [cpu(one) for one in (primary, other)], crowd.answers, time.monotonic()
                time.sleep(LOAD_SECONDS)
                seconds, answers = time.monotonic() - began, crowd.answers - before
                ours, theirs = (cpu(one) - was for one, was in zip((primary, other), busy, strict=True))
            assert not crowd.refused, crowd.refused
        each = f"{ours / answers * 1_000:.2f} ms of the primary, {theirs / answers * 1_000:.2f} ms of the replica"
        yield f"{name}: {answers / seconds:.0f} queries a second; each takes {each}"


def _pooled(shop: Shop, folder: Path, primary: Cluster, other: Standby) -> Iterator[str]:
    """Both behind PgBouncer, which lends a server for a transaction; one process."""
    with (
        pgbouncer(folder / "one", primary, "transaction") as one,
        pgbouncer(folder / "two", other, "transaction") as two,
    ):
        told = {
            "JXC_DATABASE_URL": f"{one}/postgres",
            "JXC_DATABASE_DIRECT_URL": primary.url,
            "JXC_REPLICA_URLS": f"{two}/postgres",
        }
        with ports() as pair, shop.serves(**told, JXC_METRICS=f"127.0.0.1:{pair[0]}") as counter:
            figures = Figures(pair[:1])
            until(lambda: figures.taken() == 1, "taken")
            yield from _own_writes(counter, figures, "one process, both behind PgBouncer: ", PAIRS_OF_EACH)


def alters(server: Cluster, told: str) -> None:
    """Sets something of a server that runs."""

    async def alter() -> None:
        connection = await asyncpg.connect(server.url)
        await connection.execute(f"ALTER SYSTEM SET {told}")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()

    asyncio.run(alter())


def cpu(server: Cluster) -> float:
    """Seconds of a processor that a server's processes have used, those that ended included."""
    pid, ticks = str(server.pid), 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if stat.parent.name == pid:
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == pid:
            ticks += sum(map(int, fields[11:13]))
    return ticks / 100


def until(holds: Callable[[], bool], what: str) -> None:
    """Returns when something is so."""
    given_up = time.monotonic() + 2 * SECONDS
    while not holds():
        assert time.monotonic() < given_up, f"it was never {what}"
        time.sleep(0.1)


@contextmanager
def ports() -> Iterator[tuple[int, int]]:
    """Two ports, one behind the other, that nobody has."""
    while True:
        with reserved_port() as first, socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind(("127.0.0.1", first + 1))
            except OSError:
                continue
            yield first, first + 1
            return
