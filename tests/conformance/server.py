"""The servers under test: each a process of its own on a free port of this machine, ended by its id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

START_SECONDS = 60
JXC = [sys.executable, "-m", "jxc_graphql"]


class Server(NamedTuple):
    """Where it is, and a token that it takes."""

    url: str
    token: str
    password: str = ""

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The data that an operation answers."""
        headers = {"Authorization": f"Bearer {self.token}"}
        sent = {"query": query, "variables": variables}
        answer: dict[str, Any] = httpx.post(self.url, json=sent, headers=headers, timeout=30).json()["data"]
        return answer


@contextmanager
def demo(folder: Path, *options: str, workers: int = 1) -> Iterator[Server]:
    """`jxc demo` of so many processes, with as many requests as a machine can send."""
    command = [*JXC, "demo", *options, "--port", "0", "--workers", str(workers), "--data-dir", str(folder / "demo")]
    with started(command, {"JXC_RATE_LIMIT": "0"}, folder / f"demo{workers}.log") as process:
        assert process.stdout
        printed = dict(process.stdout.readline().rstrip("\n").split(": ", 1) for _ in range(4))
        yield Server(printed["url"].partition("#")[0], printed["token"], printed["password"])


@contextmanager
def deployed(folder: Path) -> Iterator[Server]:
    """`jxc serve` as it comes, without a setting that opens anything."""
    environment = os.environ | {"JXC_DATA_DIR": str(folder / "deployed")}
    password = subprocess.run(
        [*JXC, "user", "create", "auditor", "--password-stdin"],
        env=environment,
        input="a long password\n",
        text=True,
        check=True,
        capture_output=True,
    )
    assert not password.stderr
    token = subprocess.run(
        [*JXC, "user", "token", "auditor"], env=environment, check=True, capture_output=True, text=True
    )
    port = free_port()
    with started([*JXC, "serve", "--port", str(port)], environment, folder / "deployed.log"):
        yield listening(Server(f"http://127.0.0.1:{port}/graphql", token.stdout.strip()))


@contextmanager
def stock(folder: Path) -> Iterator[Server]:
    """Stock Strawberry."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "tests.conformance.stock:app",
        "--port",
        str(port),
        "--log-level",
        "critical",
    ]
    with started(command, {}, folder / "stock.log"):
        yield listening(Server(f"http://127.0.0.1:{port}/", "none"))


@contextmanager
def started(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block, and what it complained of."""
    with log.open("w") as complaints:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=complaints, text=True
        )
    with process:  # which closes its pipe
        try:
            yield process
        finally:
            process.terminate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def listening(server: Server) -> Server:
    """The server, once it answers at all."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(server.url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return server
    raise TimeoutError(server.url)
