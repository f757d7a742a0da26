"""The books of a company that does everything at random are right after every step.

`JXC_BOOKS_EXAMPLES=1000 … -k books` tries that many runs on each database, and tells what it did.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import databases
from tests.bookkeeping.amending import Amending
from tests.bookkeeping.clerk import Record
from tests.bookkeeping.company import Office, PostgresOffice, SqliteOffice
from tests.bookkeeping.consigning import Consigning
from tests.bookkeeping.correcting import Correcting
from tests.bookkeeping.counting import Counting
from tests.bookkeeping.expiring import Expiring
from tests.bookkeeping.keeping import Keeping
from tests.bookkeeping.moving import Moving
from tests.bookkeeping.processing import Processing
from tests.bookkeeping.quoting import Quoting
from tests.bookkeeping.returning import Returning
from tests.bookkeeping.sending_back import SendingBack

EXAMPLES = int(os.environ.get("JXC_BOOKS_EXAMPLES", "0"))
STEPS = 40
FEW = {SqliteOffice: 12, PostgresOffice: 4}
"""Runs that are quick enough for every day."""


class Books(
    Moving, Counting, Correcting, Keeping, Expiring, Processing, Amending, Consigning, SendingBack, Returning, Quoting
):
    """Everything that can be done."""


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    if request.param == "sqlite":
        yield SqliteOffice(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    with server.clone() as url:
        yield PostgresOffice(server, url)


@contextmanager
def told(tell: Callable[[str], None]) -> Iterator[Record]:
    """What was done, printed at the end."""
    record = Record()
    try:
        yield record
    finally:
        if EXAMPLES or record.found:
            tell(record.told())


def test_the_books_are_right_after_every_step(office: Office, tell: Callable[[str], None]) -> None:
    where = office
    chosen = settings(
        max_examples=EXAMPLES or FEW[type(office)],
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    with told(tell) as done:

        class BooksHere(Books):
            office = where
            record = done

        run_state_machine_as_test(BooksHere, settings=chosen)
