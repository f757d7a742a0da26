"""The company that does everything at random (`tests/books`): many runs of it, and how soon it finds planted bugs."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import databases
from tests.bookkeeping.clerk import Record
from tests.bookkeeping.company import Office, PostgresOffice, SqliteOffice
from tests.exchange.sheets import SHEETS, Sheet, check
from tests.test_books import Books

ROOT = Path(__file__).parent.parent.parent
RUNS, STEPS = 40, 50
MOST_RUNS = 400
"""After so many runs a planted bug is given up."""


class Bug(msgspec.Struct, frozen=True):
    """One piece of the source, and what stands there instead."""

    what: str
    file: str
    sound: str
    buggy: str
    by: str = ""
    """Which random test finds it: the database of the books (SQLite, unless told otherwise), or "files"."""


GOODS, KEEPING = "jxc_graphql/books/goods", "tests/bookkeeping"
BUGS = (
    Bug(
        "available counts blocked goods",
        f"{GOODS}/fitness.py",
        "        level.unfit = bad.get(level.id, Quantity(0))\n",
        "        level.unfit += Quantity(0)\n",
    ),
    Bug(
        "what comes free is not allotted, and whoever asks next, such as a transfer, overtakes",
        f"{GOODS}/claims.py",
        "level.available < 0 or (level.available > 0 and level.waiting > 0)",
        "level.available < 0",
    ),
    Bug(
        "an amendment is applied without a new check under the lock",
        "jxc_graphql/office/documents/applying.py",
        "    _reject(wrong, at)\n    return found, wishes\n",
        "    _reject(wrong if at is None else (), at)\n    return found, wishes\n",
    ),
    Bug(
        "whether a late document takes what was there is asked of its own day only",
        f"{GOODS}/late.py",
        "            least = min(least, there)\n",
        "            least = there\n",
    ),
    Bug(
        "what is missing is taken from the oldest claim",
        f"{GOODS}/claims.py",
        '{", ".join(TURN)} ROWS',
        "CASE WHEN asked.good < (SELECT SUM(reserved) FROM claim AS kept WHERE kept.stock_level_id = asked.id) "
        'THEN -claim.owner_id END, {", ".join(TURN)} ROWS',
    ),
    Bug(
        "the day of the books rolls twice at one midnight",
        f"{GOODS}/fitness.py",
        '    await db.execute("UPDATE book_day SET day = ?", (today,))\n',
        '    await db.execute("UPDATE book_day SET day = ?", (date.fromordinal(today.toordinal() + 1),))\n',
    ),
    Bug(
        "where two days pass only the second one's lots expire",
        f"{GOODS}/fitness.py",
        "(before, today))\n",
        "(date.fromordinal(today.toordinal() - 1), today))\n",
    ),
    Bug(
        "the rest of a row of a file is ignored",
        "jxc_graphql/exchange/imports/cells.py",
        "        if self.torn:\n",
        "        if not self.cells:\n",
        by="files",
    ),
    Bug(
        "a day does not tell what left for another warehouse",
        f"{GOODS}/days.py",
        "for name, is_now, was in pairs if is_now != was",
        "for name, is_now, was in list(pairs)[:2] if is_now != was",
    ),
    Bug(
        "the state machine itself: its bookkeeper forgets that goods are lent",
        f"{KEEPING}/by_hand.py",
        '_APART = ("TRANSIT", "LENT")',
        '_APART = ("TRANSIT",)',
    ),
    Bug(
        "the state machine itself: it takes a refusal for a document that was posted",
        f"{KEEPING}/clerk.py",
        "            assert before in (None, await self.tables() if before else None)\n            return None\n",
        "            fact = self.sent[-1].fact if self.sent else None\n",
    ),
    Bug(
        "FIFO takes the newest layer first",
        f"{GOODS}/valuation.py",
        "        for layer in self._in_turn(of_line_id):\n",
        "        for layer in self._in_turn(of_line_id)[::-1]:\n",
    ),
    Bug(
        "what is used of a claim stays reserved on the level",
        f"{GOODS}/claims.py",
        "        level.reserved += kept - Quantity(reserved)\n",
        "",
    ),
    Bug(
        "goods that arrive leave their value in transit",
        f"{GOODS}/book.py",
        "                self.in_transit_value += value\n",
        "                self.in_transit_value += max(value, Money(0))\n",
    ),
    Bug(
        "goods that come back leave their value with the partner",
        f"{GOODS}/book.py",
        "                self.lent_value += value\n",
        "                self.lent_value += max(value, Money(0))\n",
    ),
    Bug(
        "what is sold of a loan is not counted on its line",
        "jxc_graphql/warehousing/loans/endings.py",
        "        setattr(line, column, getattr(line, column) + one.quantity)\n",
        "        if column != 'quantity_sold':\n"
        "            setattr(line, column, getattr(line, column) + one.quantity)\n",
    ),
    Bug(
        "goods leave at a rounded unit cost, and the last does not take the rest",
        f"{GOODS}/book.py",
        "        return part_of(self.value, quantity, on_hand) if on_hand > 0 else",
        "        return amount(quantity, self.unit_cost) if on_hand > 0 else",
    ),
    Bug(
        "goods come in again when their document is sent again",
        "jxc_graphql/office/documents/posting.py",
        '            if first is not None:\n                return cast("F", first)\n',
        "",
    ),
    Bug(
        "a receipt that is taken back counts on its order, and not on its own lines",
        "jxc_graphql/office/documents/reversing.py",
        "{line_id: (quantity,) for line_id, quantity in back.items()}",
        "{line_id: (Quantity(0),) for line_id, quantity in back.items()}",
    ),
    Bug(
        "a return to a supplier counts on its order, and not on the lines of its receipts",
        "jxc_graphql/buying/supplier_returns/operations.py",
        "    receipts.count_returned(totals((line.goods_receipt_line_id, line.quantity) for line in lines))\n",
        "",
    ),
    Bug(
        "a later charge is borne by what went back as well",
        f"{GOODS}/revaluation.py",
        "brought.quantity - there - charge.besides",
        "brought.quantity - there",
    ),
    Bug(
        "what replaces goods that went back is owed once more",
        "jxc_graphql/buying/receiving/rules.py",
        "AmountsInBoth() if came.is_replacement else of_line(document, line)",
        "of_line(document, line)",
    ),
    Bug(
        "whose shipment is taken back stands behind all others",
        f"{GOODS}/claims.py",
        "wish.lasts_through, wish.approved_at, wish.quantity)",
        "wish.lasts_through, datetime.max.replace(tzinfo=UTC), wish.quantity)",
    ),
    Bug(
        "a late document slips into a closed period",
        "jxc_graphql/office/periods/rules.py",
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
    """Bugs planted one at a time, and what it takes to find them at random (on SQLite unless told otherwise)."""
    for bug in BUGS:
        with tempfile.TemporaryDirectory() as name:
            for folder in ("jxc_graphql", "tests"):
                ignored = shutil.ignore_patterns("__pycache__", "node_modules")
                shutil.copytree(ROOT / folder, Path(name) / folder, ignore=ignored)
            source = Path(name) / bug.file
            text = source.read_text()
            assert text.count(bug.sound) == 1, f"{bug.what}: {bug.file} has changed"
            source.write_text(text.replace(bug.sound, bug.buggy))
            ran = subprocess.run(
                [sys.executable, "-m", "tests.bench.books", bug.by or only or "sqlite"],
                cwd=name,
                env={**os.environ, "PYTHONPATH": name},
                capture_output=True,
                text=True,
                check=False,
            )
        print(f"{bug.what}: {ran.stdout.strip() or ran.stderr[-2000:]}", flush=True)


def sheets(most: int) -> str:
    """What it takes until a file is read wrongly, of so many at random."""
    tried, began = 0, time.perf_counter()

    @settings(max_examples=most, deadline=None, database=None, phases=[Phase.generate])
    @given(sheet=SHEETS)
    def look(sheet: Sheet) -> None:
        nonlocal tried
        tried += 1
        with tempfile.TemporaryDirectory() as folder:
            check(Path(folder), sheet)

    try:
        look()
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001  (whatever it finds)
        return f"{type(error).__name__} in file {tried}, after {time.perf_counter() - began:.1f} s"
    return ""


if __name__ == "__main__":
    if sys.argv[1] == "files":
        print(sheets(MOST_RUNS) or f"not found in {MOST_RUNS} files")
        sys.exit()
    with offices(sys.argv[1]) as [(_, of_that_kind)]:
        print(run(of_that_kind, MOST_RUNS).found or f"not found in {MOST_RUNS} runs")
