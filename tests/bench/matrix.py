"""The rights matrix as a whole: every question of everybody from whom something is hidden."""

import asyncio
from collections.abc import Iterable
from contextlib import ExitStack
from shutil import copy

from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests import databases
from tests.matrix.asking import Matrix

COPIES = 1 + 2 * (len(Dimension) + len(Permission))
"""Of the world, and two for each who may ask."""


def matrix(only: str | None = None) -> None:
    """Questions asked on two copies that differ only in what is hidden, by who asks, and leaks (0 expected)."""
    with databases.run() as run, run.postgres() as server, ExitStack() as stack:
        if only != "postgres":
            files = [copy(run.sqlite_template(), run.folder / f"{number}.sqlite3") for number in range(COPIES)]
            asyncio.run(_ask("sqlite", [f"sqlite:///{file}" for file in files]))
        if only != "sqlite" and server is not None:
            asyncio.run(_ask("postgres", [stack.enter_context(server.clone()) for _ in range(COPIES)]))


async def _ask(name: str, urls: Iterable[str]) -> None:
    whole = Matrix(urls)
    await whole.make()
    found = whole.findings
    for asker in whole.askers:
        known = len(found.leaks)
        await whole.ask(asker)
        told = f"{found.asked.total()} so far, {len(found.leaks)} leaks, {len(found.broken)} broken"
        print(f"{name} {asker}: {told}", *found.leaks[known:][:20], sep="\n  ", flush=True)
    print(name, dict(found.asked))
