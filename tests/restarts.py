"""A cluster that is restarted while several processes make ids, one of which is paused until its span has ended."""

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from jxc_graphql.kit import db, ids
from jxc_graphql.kit.db import node
from jxc_graphql.wiring import MODEL_MODULES
from tests.databases import migrate_new
from tests.keeper import cluster
from tests.patience import SECONDS
from tests.shell import forked, python

SPAN_MS = 1_500
"""So short that spans are lengthened all the time, and a pause is soon longer."""
ROWS = 20
"""Rows of a transaction."""
RESTARTS = (signal.SIGQUIT, signal.SIGINT, signal.SIGQUIT, signal.SIGINT, signal.SIGQUIT)
"""How the server is ended before each of its new beginnings: as by a crash, or in good order."""
FAR = 2**41 - 1
PAUSE_SECONDS = 0.005
MADE, FAILED = "made", "failed"
_COLUMNS = {"id": "bigint"}


@db.transactional
async def make_rows() -> list[int]:
    made = [ids.new_id() for _ in range(ROWS)]
    await db.execute(
        "INSERT INTO category (id, code, name, version, search_text, updated_at) "
        "SELECT line.id, CAST(line.id AS TEXT), 'made', 1, '', CURRENT_TIMESTAMP "
        f"FROM {db.rows(_COLUMNS)} AS line WHERE true",
        (db.json([one] for one in made),),
    )
    return made


def work_for_ever(url: str, there: Connection) -> None:
    """What a process does: it makes rows at a database until it is killed, and sends the ids that were acknowledged."""
    with suppress(BrokenPipeError):
        asyncio.run(work(url, there))


async def work(url: str, there: Connection) -> None:
    node.SPAN_MS = SPAN_MS
    async with db.open(url, MODEL_MODULES):
        while True:
            try:
                made = await make_rows()
            except Exception as error:  # noqa: BLE001  (whatever it is, it is told)
                kind = "unavailable" if db.unavailable(error) else f"{type(error).__name__}: {error}"
                there.send((FAILED, " ".join(kind.split())))
                await asyncio.sleep(0.02)
            else:
                there.send((MADE, made))
                await asyncio.sleep(PAUSE_SECONDS)


class Worker:
    """A process that makes ids, and what it has told."""

    def __init__(self, url: str) -> None:
        self.made: list[int] = []
        self.failed: Counter[str] = Counter()
        here, there = forked.Pipe(duplex=False)
        self.process = python(
            "from tests.restarts import work_for_ever; work_for_ever(url, there)", url=url, there=there
        )
        there.close()
        self._ear = threading.Thread(target=self._listen, args=(here,))
        self._ear.start()

    def _listen(self, here: Connection) -> None:
        with here, suppress(EOFError, OSError):  # it may be killed in the middle of a word
            while True:
                kind, said = here.recv()
                if kind == MADE:
                    self.made += said
                else:
                    self.failed[said] += 1

    def send(self, number: signal.Signals) -> None:
        """Sends it, if the process is still there."""
        if self.process.exitcode is None and self.process.pid is not None:
            os.kill(self.process.pid, number)

    @property
    def node(self) -> int:
        """The node of the last id that it made."""
        return self.made[-1] >> 12 & ids.NODES - 1

    def makes(self, more: int) -> None:
        """Returns when it has made so many more."""
        most = len(self.made) + more
        wait_until(lambda: len(self.made) >= most or self.process.exitcode is not None)
        assert self.process.exitcode is None

    def kill(self) -> None:
        """Ends it wherever it is."""
        self.process.kill()
        self.process.join()
        self._ear.join()


class Outcome(msgspec.Struct, frozen=True):
    """What became of it."""

    made: int
    """Ids of rows that were acknowledged."""
    twice: int
    """Of these, those that two processes made."""
    lost: int
    """Of these, those that are not there."""
    failed: Counter[str]
    """What else was told, and how often."""
    taken_over: bool
    """Whether another process was given the node of the one that was paused."""


def wait_until(happened: Callable[[], object]) -> None:
    """Returns when it has happened; raises `TimeoutError` when it never does."""
    given_up = time.monotonic() + SECONDS
    while not happened():
        if time.monotonic() > given_up:
            raise TimeoutError
        time.sleep(0.01)


def restarted(folder: Path, ids_of_worker: int, restarts: Sequence[signal.Signals] = RESTARTS) -> Outcome:
    """Four processes make so many ids each before, between and after the restarts; one is paused during the third."""
    with cluster(folder, ("synchronous_commit=on", "max_connections=100")) as server, ExitStack() as stack:
        asyncio.run(migrate_new(server.url))
        only(server.url, nodes=4)
        workers: list[Worker] = []

        def hire() -> Worker:
            workers.append(Worker(server.url))
            stack.callback(workers[-1].kill)
            return workers[-1]

        for _ in range(4):
            hire()
        for number, how in enumerate(restarts):
            for worker in workers:
                worker.makes(ids_of_worker)
            if is_third := number == len(restarts) // 2:
                node = workers[0].node
                workers[0].send(signal.SIGSTOP)
                stack.callback(workers[0].send, signal.SIGCONT)
            server.stop(how)
            server.start()
            if is_third:
                _wait_for_end_of_span(server.url, node)
                overtaking = hire()
                overtaking.makes(ROWS)
                taken_over = overtaking.node == node
                only(server.url, nodes=1)
                workers[0].send(signal.SIGCONT)
        for worker in workers:
            worker.makes(ids_of_worker)
        for worker in workers:
            worker.kill()
        made = [one for worker in workers for one in worker.made]
        failed = sum((worker.failed for worker in workers), Counter[str]())
        there = {one for (one,) in asyncio.run(fetched(server.url, "SELECT id FROM category"))}
    return Outcome(len(made), len(made) - len(set(made)), len(set(made) - there), failed, taken_over)


def _wait_for_end_of_span(url: str, node: int) -> None:
    ended = f"SELECT 1 FROM id_node WHERE node = {node} AND through < "
    wait_until(lambda: asyncio.run(fetched(url, ended + str(ids.present()))))


async def fetched(url: str, statement: str) -> list[tuple[int, ...]]:
    import asyncpg  # noqa: PLC0415  (an extra)

    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


def only(url: str, nodes: int) -> None:
    """Leaves so many nodes that nobody has, and has all others belong to somebody for long."""
    taken = f"""
        INSERT INTO id_node (node, holder, through)
        SELECT n, 'somebody', {FAR} FROM generate_series(0, {ids.NODES - 1}) AS n
        ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, through = {FAR} WHERE id_node.holder = ''"""
    free = f"""
        UPDATE id_node SET holder = '', through = 0
        WHERE node IN (SELECT node FROM id_node WHERE through = {FAR} LIMIT {nodes})"""
    for statement in (taken, free):
        asyncio.run(fetched(url, statement))
