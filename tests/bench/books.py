"""The company that does everything at random (`tests/books`): many runs of it, and how soon it finds planted bugs."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import databases
from tests.bookkeeping.clerk import Record
from tests.bookkeeping.company import Office, PostgresOffice, SqliteOffice
from tests.test_books import Books

ROOT = Path(__file__).parent.parent.parent
RUNS, STEPS = 40, 50
MOST_RUNS = 400
"""After so many runs a planted bug is given up."""


class Bug(msgspec.Struct, frozen=True):
    """One piece of the ledger's source, and what stands there instead."""

    what: str
    file: str
    sound: str
    buggy: str


BUGS = (
    Bug(
        "FIFO takes the newest layer first",
        "books/goods/valuation.py",
        "        for layer in self.layers:\n            if quantity <= 0:",
        "        for layer in self.layers[::-1]:\n            if quantity <= 0:",
    ),
    Bug(
        "what is used of a claim stays reserved on the level",
        "books/goods/claims.py",
        "        level.reserved += kept - Quantity(reserved)\n",
        "",
    ),
    Bug(
        "available counts blocked goods",
        "books/goods/fitness.py",
        "        level.unfit = bad.get(level.id, Quantity(0))\n",
        "        level.unfit += Quantity(0)\n",
    ),
    Bug(
        "goods that came free are not allotted, so a transfer overtakes",
        "books/goods/claims.py",
        "level.available < 0 or (level.available > 0 and level.waiting > 0)",
        "level.available < 0",
    ),
    Bug(
        "what is missing is taken from the oldest claim",
        "books/goods/claims.py",
        "CAST(SUM(claim.reserved) OVER back AS BIGINT)",
        "CAST(SUM(claim.reserved) OVER forth AS BIGINT)",
    ),
    Bug(
        "where two days pass only the second one's lots expire",
        "books/goods/fitness.py",
        "(before, today))\n",
        "(date.fromordinal(today.toordinal() - 1), today))\n",
    ),
    Bug(
        "goods that arrive leave their value in transit",
        "books/goods/book.py",
        "                self.in_transit_value += value\n",
        "                self.in_transit_value += max(value, Money(0))\n",
    ),
    Bug(
        "goods that come back leave their value with the partner",
        "books/goods/book.py",
        "                self.lent_value += value\n",
        "                self.lent_value += max(value, Money(0))\n",
    ),
    Bug(
        "what is sold of a loan is not counted on its line",
        "warehousing/loans/endings.py",
        "        setattr(line, column, getattr(line, column) + one.quantity)\n",
        "        setattr(line, column, getattr(line, column) + one.quantity * (column != 'quantity_sold'))\n",
    ),
    Bug(
        "goods leave at a rounded unit cost, and the last does not take the rest",
        "books/goods/book.py",
        "        return part_of(self.value, quantity, on_hand) if on_hand > 0 else",
        "        return amount(quantity, self.unit_cost) if on_hand > 0 else",
    ),
    Bug(
        "goods come in again when their document is sent again",
        "office/documents/posting.py",
        '            if first is not None:\n                return cast("F", first)\n',
        "",
    ),
    Bug(
        "a late document slips into a closed period",
        "office/periods/rules.py",
        "    if closed_through is not None and day <= closed_through:",
        "    if closed_through is not None and day < closed_through:",
    ),
)


@contextmanager
def offices(only: str | None) -> Iterator[list[tuple[str, Office]]]:
    """An office on a database of each kind, or of one."""
    found: list[tuple[str, Office]] = []
    with databases.run() as here, ExitStack() as stack:
        if only != "postgres":
            found.append(("sqlite", SqliteOffice(here.sqlite_template(), here.folder)))
        if only != "sqlite":
            server = stack.enter_context(here.postgres())
            if server:
                found.append(("postgres", PostgresOffice(server, stack.enter_context(server.clone()))))
            else:
                print("no PostgreSQL here: SQLite only")
        yield found


def run(where: Office, runs: int) -> Record:
    """So many runs, or as many as it takes to find something wrong."""
    done = Record()

    class BooksHere(Books):
        office = where
        record = done

    chosen = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(BooksHere, settings=chosen)
    except Exception:
        if not done.found:
            raise
    return done


def books(only: str | None = None) -> None:
    """Everything at random, and the books right after every step: JXC_BOOKS_EXAMPLES runs on each database."""
    with offices(only) as found:
        for name, office in found:
            done = run(office, int(os.environ.get("JXC_BOOKS_EXAMPLES", RUNS)))
            print(f"{name}: {done.told()}", flush=True)


def planted(only: str | None = None) -> None:
    """Bugs planted in the ledger, one at a time, and what it takes to find them (on SQLite unless told otherwise)."""
    for bug in BUGS:
        with tempfile.TemporaryDirectory() as name:
            for folder in ("jxc_graphql", "tests"):
                ignored = shutil.ignore_patterns("__pycache__", "node_modules")
                shutil.copytree(ROOT / folder, Path(name) / folder, ignore=ignored)
            source = Path(name) / "jxc_graphql" / bug.file
            text = source.read_text()
            assert text.count(bug.sound) == 1, f"{bug.what}: {bug.file} has changed"
            source.write_text(text.replace(bug.sound, bug.buggy))
            ran = subprocess.run(
                [sys.executable, "-m", "tests.bench.books", only or "sqlite"],
                cwd=name,
                env={**os.environ, "PYTHONPATH": name},
                capture_output=True,
                text=True,
                check=False,
            )
        print(f"{bug.what}: {ran.stdout.strip() or ran.stderr[-2000:]}", flush=True)


if __name__ == "__main__":
    with offices(sys.argv[1]) as [(_, of_that_kind)]:
        print(run(of_that_kind, MOST_RUNS).found or f"not found in {MOST_RUNS} runs")
