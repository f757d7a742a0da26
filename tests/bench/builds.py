"""Builds side by side: each from its own tree, with a server and a database of its own, asked in turns."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from tests.databases import ROOT

_STANDING = """
import json, subprocess, sys
from tests.bench import reads
from tests.bench.stage import at, fresh_databases
{prepare}
kinds, only = sys.argv[1].split(","), sys.argv[2]
with fresh_databases(only) as [(_, url)]:
    told, servers = at(url, prepare), []
    for kind in kinds:
        port = reads.free_port()
        code = "import sys; from tests.bench.reads import served; served(sys.argv[1], sys.argv[2], int(sys.argv[3]))"
        servers.append((subprocess.Popen([sys.executable, "-c", code, kind, url, str(port)]), port))
    for _, port in servers:
        reads.wait_for(port)
    print(json.dumps({{"url": url, "told": told, "servers": [(one.pid, port) for one, port in servers]}}), flush=True)
    sys.stdin.read()
    for one, _ in servers:
        one.terminate()
        one.wait()
"""


class Server(msgspec.Struct, frozen=True):
    """A server of a build."""

    url: str
    """Of its database."""
    port: int
    pid: int
    told: Any
    """What was prepared."""

    def seconds(self) -> tuple[float, float]:
        """How many seconds of a processor it has taken, and the server of its database for it."""
        return _seconds([self.pid]), _seconds(asyncio.run(self._backends()))

    def megabytes(self) -> float:
        """What it holds in memory just now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    async def _backends(self) -> list[int]:
        if self.url.startswith("sqlite"):
            return []
        asker = await asyncpg.connect(self.url)
        try:
            found = await asker.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        finally:
            await asker.close()
        return [pid for (pid,) in found]


def _seconds(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """The tree of another commit."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, commit], cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


@contextmanager
def standing(tree: Path, database: str, prepare: str, kinds: tuple[str, ...] = ("us",)) -> Iterator[list[Server]]:
    """Servers on one database of that kind; `prepare`: the text of a coroutine function, run by that tree."""
    command = [sys.executable, "-c", _STANDING.format(prepare=prepare), ",".join(kinds), database]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        found = json.loads(next(line for line in process.stdout if line.startswith("{")))
        yield [Server(url=found["url"], port=port, pid=pid, told=found["told"]) for pid, port in found["servers"]]
        assert process.stdin
        process.stdin.close()


def run(module: str, server: Server, *arguments: object, given: str = "") -> Any:
    """What a client in a process of its own tells about a server."""
    command = [sys.executable, "-m", module, str(server.port), *map(str, arguments)]
    return json.loads(subprocess.run(command, input=given, text=True, check=True, stdout=subprocess.PIPE).stdout)
