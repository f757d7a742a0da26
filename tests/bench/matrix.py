"""The rights matrix as a whole: every question of everybody from whom something is hidden."""

import asyncio
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from shutil import copy

from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests import databases
from tests.matrix.asking import Findings, Matrix

COPIES = 1 + 2 * (len(Dimension) + len(Permission))
"""Of the world, and two for each who may ask."""
SHARE = float(os.environ.get("SHARE", "1"))
"""Of all questions; which ones, the seed says."""
SEED = int(os.environ.get("SEED", "0"))


def matrix(only: str | None = None) -> None:
    """Questions asked on two copies that differ only in what is hidden, by who asks, and leaks (0 expected)."""
    databases.use_memory()
    with databases.run() as run, run.postgres() as server:
        for name in ("sqlite", "postgres") if server is not None else ("sqlite",):
            if only in {None, name}:
                _ask(name, run.folder)


def _ask(name: str, folder: Path) -> None:
    """Has each processor ask on behalf of its share of the askers."""
    began, many = time.monotonic(), os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(many) as pool:
        found = pool.map(partial(_asked, name, folder, many), range(many))
    asked = sum((one.asked for one in found), Counter())
    leaks, broken = (sum(len(some) for some in of) for of in ([f.leaks for f in found], [f.broken for f in found]))
    minutes = (time.monotonic() - began) / 60
    print(f"{name}: {asked.total()} questions, {leaks} leaks, {broken} broken, in {minutes:.0f} min", dict(asked))


def _asked(name: str, folder: Path, many: int, which: int) -> Findings:
    """What one of so many processes finds."""
    with ExitStack() as stack:
        return asyncio.run(_share(name, list(_copies(name, folder, stack)), slice(which, None, many)))


def _copies(name: str, folder: Path, stack: ExitStack) -> Iterator[str]:
    run = databases.Run(folder)
    server = stack.enter_context(run.postgres()) if name == "postgres" else None
    for number in range(COPIES):
        if server is None:
            yield f"sqlite:///{copy(run.sqlite_template(), folder / f'{os.getpid()}_{number}.sqlite3')}"
        else:
            yield stack.enter_context(server.clone())


async def _share(name: str, urls: list[str], mine: slice) -> Findings:
    whole = Matrix(urls, SEED)
    await whole.make()
    found = whole.findings
    for asker in list(whole.askers)[mine]:
        asked, leaks, broken = found.asked.total(), len(found.leaks), len(found.broken)
        await whole.ask(asker, SHARE)
        told = f"{found.asked.total() - asked} questions"
        print(
            f"{name} {asker}: {told}, {len(found.leaks) - leaks} leaks, {len(found.broken) - broken} broken",
            *found.leaks[leaks:][:20],
            *found.broken[broken:][:20],
            sep="\n  ",
            flush=True,
        )
    return found
