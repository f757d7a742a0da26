"""Servers in processes of their own."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.patience import SECONDS
from tests.ports import reserved_port
from tests.shell import environment

PROGRAM = ("-m", "jxc_graphql")
_SET = "bus.POLL_SECONDS = 3600.0; bus.Topic.wait.__defaults__ = (3600.0,)"
NEVER_LOOKS = ("-c", f"from jxc_graphql.kit import bus; {_SET}; from jxc_graphql.cli import main; main()")
"""The program, but that its processes learn of each other's commits by being called, never by looking now and then."""


class Served:
    """`jxc serve`, from its beginning to its end."""

    def __init__(self, folder: Path, port: int, *arguments: str, program: Sequence[str], **settings: str) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / f"served_at_{port}.log"  # a pipe that nobody reads would hold it up
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, "serve", "--port", str(port), *arguments],
                env=environment(folder, JXC_LOG_LEVEL="WARNING", **settings),
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def wait(self) -> None:
        """Returns when it is ready."""
        given_up = time.monotonic() + SECONDS
        while not self._is_ready():
            assert self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < given_up
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Exit status and stderr, when all its processes have ended."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS), self._log.read_text()

    def kill(self) -> None:
        """Ends it without a word."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(SECONDS)


@contextmanager
def served(folder: Path, *arguments: str, program: Sequence[str] = PROGRAM, **settings: str) -> Iterator[Served]:
    """A server that is ready, for the duration of a block."""
    with reserved_port() as port:
        server = Served(folder, port, *arguments, program=program, **settings)
        try:
            server.wait()
            yield server
        finally:
            server.kill()
