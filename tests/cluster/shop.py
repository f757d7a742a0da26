"""A shop on a database: made by the command line, served by processes of its own, traded in over HTTP."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.keeper import FAST
from tests.patience import SECONDS
from tests.served import served
from tests.shell import jxc

QUIET = (*FAST, "logging_collector=on")
"""Options of a server whose words nobody reads."""
LEVEL = """{ stockLevels(first: 1, orderBy: [{ field: AVAILABLE, direction: DESC }]) { nodes {
    available sku { id } warehouse { id } } } customers(first: 1) { nodes { id } } }"""
DRAFT = """mutation ($input: CreateSalesOrderInput!) { createSalesOrder(input: $input) {
    salesOrder { id lines { id } } userErrors { code message path } } }"""
APPROVE = """mutation ($id: ID!) { approveSalesOrder(input: { id: $id }) {
    salesOrder { status } userErrors { code message path } } }"""
SHIP = """mutation ($order: ID!, $line: ID!) {
    shipGoods(input: { salesOrderId: $order, lines: [{ salesOrderLineId: $line, quantity: "1" }] }) {
        shipment { number } userErrors { code message path } } }"""
CATEGORY = """mutation ($code: String!) { createCategory(input: { code: $code, name: $code }) {
    category { id } userErrors { code } } }"""
QUERY = "{ categories(first: 1) { totalCount nodes { id } } }"

CLIENTS = 8


@contextmanager
def clients(work: Callable[[int], None], over: threading.Event) -> Iterator[None]:
    """Has them at work during a block, each told which one he is; then it is over."""
    at_work = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for each in at_work:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in at_work:
            each.join()


class Shop:
    """A database with what is set of it, and whoever may do everything there."""

    def __init__(self, folder: Path, **settings: str) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._settings = settings
        self.token = ""

    def does(self, *arguments: str, stdin: str = "") -> str:
        """Runs a command that must succeed; what it printed."""
        ran = jxc(self._folder, *arguments, stdin=stdin, **self._settings)
        assert ran.returncode == 0, f"{arguments}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def refuses(self, *arguments: str) -> str:
        """Runs a command that must fail; its one line."""
        ran = jxc(self._folder, *arguments, **self._settings)
        assert ran.returncode == 1, ran.stdout + ran.stderr
        lines = ran.stderr.strip().splitlines()
        assert len(lines) == 1, ran.stderr
        return lines[0]

    def is_opened(self) -> None:
        """Migrates, and has somebody who may do everything."""
        self.does("migrate")
        self.does("user", "create", "ann", "--password-stdin", stdin="correct horse battery staple\n")
        self.token = self.does("user", "token", "ann").strip()

    def is_stocked(self) -> None:
        """Loads the sample data."""
        self.is_opened()
        self.does("import", "--user", "ann")

    @contextmanager
    def serves(self, *arguments: str, **settings: str) -> Iterator["Counter"]:
        """Its server, for the duration of a block."""
        with served(self._folder, *arguments, **self._settings | settings) as server:
            headers = {"authorization": f"Bearer {self.token}"}
            with httpx.Client(base_url=server.url, headers=headers, timeout=SECONDS) as client:
                yield Counter(client, server)


class Counter:
    """Where a shop that serves is asked."""

    def __init__(self, client: httpx.Client, server: Any) -> None:
        self.client = client
        self.server = server

    def asks(self, text: str, **variables: Any) -> httpx.Response:
        """The answer to an operation."""
        return self.client.post("/graphql", json={"query": text, "variables": variables})

    def gets(self, text: str, **variables: Any) -> Any:
        """The data of an operation that must succeed."""
        answer = self.asks(text, **variables).json()
        assert "errors" not in answer, answer
        for payload in answer["data"].values():
            assert not payload.get("userErrors"), payload
        return answer["data"]

    def sells(self, times: int) -> None:
        """Drafts, approves and ships orders of one piece each."""
        for _ in range(times):
            found = self.gets(LEVEL)
            (level,), (customer,) = found["stockLevels"]["nodes"], found["customers"]["nodes"]
            line = {"skuId": level["sku"]["id"], "quantity": "1", "unitPrice": "9"}
            told = {"customerId": customer["id"], "warehouseId": level["warehouse"]["id"], "lines": [line]}
            order = self.gets(DRAFT, input=told)["createSalesOrder"]["salesOrder"]
            self.gets(APPROVE, id=order["id"])
            self.gets(SHIP, order=order["id"], line=order["lines"][0]["id"])

    def timed(self, text: str, **variables: Any) -> tuple[float, int, str]:
        """Seconds, status and code of an answer."""
        began = time.monotonic()
        answer = self.asks(text, **variables)
        errors = answer.json().get("errors") or [{"extensions": {"code": "-"}}]
        return time.monotonic() - began, answer.status_code, errors[0]["extensions"]["code"]

    def is_ready(self) -> tuple[float, int]:
        """Seconds and status of /readyz."""
        began = time.monotonic()
        status = self.client.get("/readyz").status_code
        return time.monotonic() - began, status
