"""Servers in processes of their own."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.patience import SECONDS
from tests.ports import reserved_port
from tests.shell import NOWHERE, environment, started

NEVER_LOOKS = "from jxc_graphql.kit import bus; bus.POLL_SECONDS = 3600.0; bus.Topic.wait.__defaults__ = (3600.0,)"
"""Before it serves: its processes learn of each other's commits by being called, never by looking now and then."""


FORKED = "import multiprocessing, uvicorn._subprocess as one; one.spawn = multiprocessing.get_context('fork')"
"""Before it serves: its processes are forked from it, instead of importing and making anew what it has."""


class Served:
    """`jxc serve`, from its beginning to its end."""

    def __init__(self, folder: Path, port: int, *arguments: str, before: str, **settings: str) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / f"served_at_{port}.log"  # a pipe that nobody reads would hold it up
        self.process = started(
            ["serve", "--port", str(port), *arguments],
            environment(folder, JXC_LOG_LEVEL="WARNING", **settings),
            [NOWHERE, NOWHERE, self._log],
            before=before,
        )
        assert self.process.pid is not None
        self.pid = self.process.pid

    def wait(self) -> None:
        """Returns when it is ready."""
        given_up = time.monotonic() + SECONDS
        while not self._is_ready():
            assert self.process.exitcode is None, self._log.read_text()
            assert time.monotonic() < given_up
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, number: signal.Signals) -> tuple[int | None, str]:
        """Exit status and stderr, when all its processes have ended; None if they go on."""
        os.kill(self.pid, number)
        self.process.join(SECONDS)
        return self.process.exitcode, self._log.read_text()

    def kill(self) -> None:
        """Ends it without a word."""
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join(SECONDS)


class Running:
    """A command that goes on after it has said something, until it is told to stop."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        number = sum(1 for _ in folder.glob("*.said"))
        self._said, self._complained = folder / f"{number}.said", folder / f"{number}.complained"
        given = environment(folder, JXC_LOG_LEVEL="WARNING", **settings)
        self._process = started(arguments, given, [NOWHERE, self._said, self._complained])

    def says(self, lines: int) -> list[str]:
        """Its first lines, when it has said so many."""
        given_up = time.monotonic() + SECONDS
        while len(said := self._said.read_text().splitlines() if self._said.exists() else []) < lines:
            assert self._process.exitcode is None, self._complained.read_text()
            assert time.monotonic() < given_up
            time.sleep(0.02)
        return said

    def stop(self) -> tuple[int | None, str, str]:
        """Its exit status, and all that it has said on either stream."""
        self._process.terminate()
        self._process.join(SECONDS)
        return self._process.exitcode, self._said.read_text(), self._complained.read_text()


@contextmanager
def running(folder: Path, *arguments: str, **settings: str) -> Iterator[Running]:
    """A command for the duration of a block."""
    command = Running(folder, *arguments, **settings)
    try:
        yield command
    finally:
        command.stop()


@contextmanager
def served(folder: Path, *arguments: str, before: str = "", **settings: str) -> Iterator[Served]:
    """A server that is ready, for the duration of a block."""
    with reserved_port() as port:
        server = Served(folder, port, *arguments, before=before, **settings)
        try:
            server.wait()
            yield server
        finally:
            server.kill()
