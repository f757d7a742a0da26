"""One way to ask a list, and how many rows the database reads for it."""

import json
import sqlite3
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Permission
from tests.bench import scanned

STEPS = 5
"""Steps that reading a row takes SQLite's machine at least: to the next one, a column of it, a comparison, a jump."""
MATCHING = 0.01
"""A bound holds where so many of the rows of a table answer at most."""
LONG = 50
"""Milliseconds after which an answer is asked for once more: what the database had in memory by then counts."""
ADMIN = Call(actor_id=1, permissions=frozenset(Permission))


class Probe(msgspec.Struct, frozen=True):
    """One way to ask a list; its name begins with that of the list."""

    name: str
    text: str
    variables: dict[str, Any] = {}

    @property
    def of(self) -> str:
        """The list."""
        return self.name.partition(" ")[0]


class Outcome(msgspec.Struct, frozen=True):
    """What a probe read, and what it returned."""

    probe: Probe
    read: int
    returned: int
    milliseconds: float

    @property
    def ratio(self) -> float:
        """What it read, of what it may read at most."""
        return self.read / (20 * self.returned + 1_000)

    @property
    def is_good(self) -> bool:
        """Whether it is within the bound."""
        return self.ratio <= 1

    def __str__(self) -> str:
        return f"{self.probe.name:60} {self.read:9,} rows read for {self.returned}"


async def outcome(executor: Executor, probe: Probe, url: str) -> Outcome:
    """What one probe reads and returns."""
    sent: list[tuple[str, list[Any]]] = []
    fetch = db.fetch

    async def noted(text: str, values: Any = ()) -> Any:
        sent.append((text, list(values)))
        return await fetch(text, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "fetch", noted)
        answer, milliseconds = await _answer(executor, probe)
    once = list(sent)
    if milliseconds > LONG:
        _, milliseconds = await _answer(executor, probe)
    told = json.loads(answer.encode("r"))
    assert "errors" not in told, (probe, told)
    (page,) = told["data"].values()
    read = sum([await _read(text, values, url) for text, values in once])
    return Outcome(probe, read, len(page["nodes"]), milliseconds)


async def _answer(executor: Executor, probe: Probe) -> tuple[Any, float]:
    began = time.perf_counter()
    try:
        answer = await executor.run(executor.prepare(probe.text), probe.variables, ADMIN)
    except Exception as error:
        error.add_note(str(probe))
        raise
    return answer, (time.perf_counter() - began) * 1_000


async def _read(text: str, values: list[Any], url: str) -> int:
    if db.dialect() == "postgres":
        rows = await db.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {text}", values)
        plan = rows[0][0]
        return _of_plan((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    path = urlsplit(url).path
    if scanned.is_there():
        return scanned.visited(path, text, values)
    connection = sqlite3.connect(path)
    ticks = 0

    def tick() -> int:
        nonlocal ticks
        ticks += 1
        return 0

    connection.execute("SELECT count(*) FROM sqlite_master")  # reads what tables there are, which a server knows
    connection.set_progress_handler(tick, STEPS)
    connection.execute(text, values).fetchall()
    connection.close()
    return ticks


def _of_plan(plan: dict[str, Any]) -> int:
    """Rows that scans looked at, those that they let go included."""
    below = sum(_of_plan(one) for one in plan.get("Plans", ()))
    if "Scan" not in plan["Node Type"] or plan["Node Type"] in {"Subquery Scan", "CTE Scan", "Function Scan"}:
        return below
    gone = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return below + int((plan["Actual Rows"] + gone) * plan["Actual Loops"])
