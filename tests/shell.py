"""Commands of `jxc` as a shell runs them: a process each, its own streams, an exit status.

A process that has imported the program and made its schema already forks each of them: a tenth of the time that takes.
"""

import asyncio
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.patience import SECONDS

NOWHERE = Path(os.devnull)
forked = multiprocessing.get_context("forkserver")
"""Makes processes that have imported the program and made its schema."""
forked.set_forkserver_preload(
    ["jxc_graphql.cli", "jxc_graphql.app", "jxc_graphql.serve", "jxc_graphql.exchange.operations", "tests.ready_made"]
)


def environment(tmp_path: Path, **settings: str) -> dict[str, str]:
    """An environment without any setting but these."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("JXC_")}
    return own | {"JXC_DATA_DIR": str(tmp_path / "data")} | settings


def jxc(
    tmp_path: Path, *arguments: str, stdin: str = "", before: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end; `before`: what Python does first."""
    streams = [tmp_path / f"{name}.stream" for name in ("stdin", "stdout", "stderr")]
    streams[0].write_text(stdin)
    process = started(arguments, environment(tmp_path, **settings), streams, before=before)
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(" ".join(arguments))
    printed = [stream.read_text() for stream in streams[1:]]
    return subprocess.CompletedProcess(arguments, process.exitcode, *printed)


def started(
    arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[Path], *, before: str = ""
) -> BaseProcess:
    """A command that begins, with files for its three streams; `before`: what Python does first."""
    process = forked.Process(target=_run, args=(arguments, environment, streams, before))
    process.start()
    return process


def python(text: str, *arguments: str, **given: object) -> BaseProcess:
    """A process that begins to run a text of Python, with `arguments` as `python -c` hands them on."""
    process = forked.Process(target=_interpret, args=(text, arguments, given))
    process.start()
    return process


def _interpret(text: str, arguments: Sequence[str], given: Mapping[str, object]) -> None:
    sys.argv = ["-c", *arguments]
    exec(text, {"__name__": "__main__", **given})  # noqa: S102  (of the tests' own)


async def statuses(*processes: BaseProcess) -> list[int | None]:
    """The exit status of each, when all have ended."""
    for process in processes:
        await asyncio.to_thread(process.join, SECONDS)
    return [process.exitcode for process in processes]


def _run(arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[Path], before: str) -> None:
    for number, stream in enumerate(streams):
        os.dup2(os.open(stream, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdin = os.fdopen(0)  # multiprocessing has closed it
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["jxc", *arguments]
    from jxc_graphql.cli import main  # noqa: PLC0415  (imported already where this runs)

    exec(before)  # noqa: S102  (of the tests' own)
    main()
