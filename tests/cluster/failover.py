"""A primary that dies under load, and its standby that is promoted: what clients see, and that nothing is lost."""

import threading
import time
from collections import Counter as Counts
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.cluster.shop import DRAFT, LEVEL, QUIET, Counter, Shop, clients
from tests.keeper import Cluster, cluster
from tests.ports import reserved_port

LOAD_SECONDS = 4.0
"""How long orders come before the primary dies, and after the first one that the standby took."""
GIVEN_UP = 120.0
SYNCHRONOUS = ("synchronous_standby_names=*", "synchronous_commit=remote_apply")


class Standby(Cluster):
    """A server that follows another one, until it is promoted."""

    def __init__(self, folder: Path, port: int, options: Sequence[str], primary: Cluster) -> None:
        self._primary = primary
        super().__init__(folder, port, options)

    def fill(self) -> None:
        """Copies the primary."""
        self.run("pg_basebackup", "-D", self._data, "-d", self._primary.url, "-R", "-X", "stream", "-c", "fast")

    def promote(self) -> None:
        """Has it take writes from now on."""
        self.run("pg_ctl", "promote", "-D", self._data)


@contextmanager
def standby(folder: Path, primary: Cluster) -> Iterator[Standby]:
    """A standby for the duration of a block."""
    with reserved_port() as port:
        server = Standby(folder, port, QUIET, primary)
        try:
            yield server
        finally:
            server.stop()


class Load:
    """Clients that draft orders one after the other, each again with its key until somebody says that it is there."""

    def __init__(self, counter: Counter, told: dict[str, Any]) -> None:
        self._counter = counter
        self._told = told
        self._over = threading.Event()
        self.acknowledged: list[str] = []
        self.refused: Counts[tuple[int, str]] = Counts()
        self.last_before = self.first_after = 0.0

    def running(self) -> AbstractContextManager[None]:
        """Goes on during a block."""
        return clients(self._order, self._over)

    def _order(self, client: int) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            told = self._told | {"idempotencyKey": f"{client}-{number}"}
            while not self._is_taken(told) and not self._over.is_set():
                time.sleep(0.1)

    def _is_taken(self, told: dict[str, Any]) -> bool:
        try:
            answer = self._counter.asks(DRAFT, input=told)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            self.refused[0, type(error).__name__] += 1
            return False
        if body.get("errors"):
            self.refused[answer.status_code, body["errors"][0]["extensions"]["code"]] += 1
            return False
        self.acknowledged.append(body["data"]["createSalesOrder"]["salesOrder"]["id"])
        if self.last_before and not self.first_after:
            self.first_after = time.monotonic()
        return True


def failover(folder: Path) -> Iterator[str]:
    """Orders under load; the primary is killed, its standby promoted."""
    with cluster(folder / "primary", QUIET) as primary, standby(folder / "standby", primary) as other:
        primary.stop()
        primary.start(*SYNCHRONOUS)
        both = primary.url.replace("/postgres", f",127.0.0.1:{other.port}/postgres")
        shop = Shop(folder / "shop", JXC_DATABASE_URL=f"{both}?target_session_attrs=read-write&connect_timeout=2")
        shop.is_stocked()
        with shop.serves("--workers", "2") as counter:
            load = Load(counter, _order_of(counter))
            with load.running():
                time.sleep(LOAD_SECONDS)
                before = len(load.acknowledged)
                primary.stop()
                load.last_before = time.monotonic()
                other.promote()
                while not load.first_after:
                    assert time.monotonic() - load.last_before < GIVEN_UP
                    time.sleep(0.05)
                time.sleep(LOAD_SECONDS)
            yield f"{before} orders acknowledged before the primary died, {len(load.acknowledged)} in all"
            yield f"first one after {load.first_after - load.last_before:.1f} s; clients were told {dict(load.refused)}"
            assert {code for _, code in load.refused} <= {"UNAVAILABLE"}, load.refused
            lost = _absent(counter, load.acknowledged)
            twice = len(load.acknowledged) - len(set(load.acknowledged))
            yield f"{lost} of those acknowledged are lost, {twice} were acknowledged for two orders"
            assert (lost, twice) == (0, 0)
        yield shop.does("verify").strip()


def _absent(counter: Counter, ids: Sequence[str]) -> int:
    """How many of these are not there."""
    absent = 0
    for start in range(0, len(ids), 50):
        answer = counter.asks("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids[start : start + 50]).json()
        absent += answer["data"]["nodes"].count(None)
    return absent


def _order_of(counter: Counter) -> dict[str, Any]:
    found = counter.gets(LEVEL)
    (level,), (customer,) = found["stockLevels"]["nodes"], found["customers"]["nodes"]
    line = {"skuId": level["sku"]["id"], "quantity": "1", "unitPrice": "9"}
    return {"customerId": customer["id"], "warehouseId": level["warehouse"]["id"], "lines": [line]}
