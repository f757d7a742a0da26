"""One retry key, one document, one answer."""

import asyncio
from datetime import date, timedelta
from typing import ClassVar

import msgspec
import pytest

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.errors import Conflict, Forbidden, Rejected, Unauthenticated, reject_if
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.operations import KEYS_KEPT, next_number, purge_idempotency_keys
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import EmptyDocument, IdempotencyMismatch


class TestDeedDone(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "deed_id"
    deed_id: int
    number: str
    quantity: Quantity


class Line(msgspec.Struct, frozen=True, kw_only=True):
    quantity: Quantity
    on: date | None = None


@posting(Permission.RECEIVE_GOODS)
async def do_deed(call: Call, *, lines: tuple[Line, ...]) -> TestDeedDone:
    """Makes one number and one fact."""
    reject_if([] if lines else [EmptyDocument(path=("lines",))])
    number = await next_number("TD", call.at.date())
    return TestDeedDone(deed_id=len(lines), number=number, quantity=Quantity.total(line.quantity for line in lines))


@posting(Permission.RECEIVE_GOODS)
async def change_deed(call: Call, *, deed_id: int, note: Change[str | None] = UNSET) -> TestDeedDone:
    return TestDeedDone(deed_id=deed_id, number=f"{note!r}", quantity=Quantity.of("1"))


@posting(Permission.RECEIVE_GOODS)
async def do_two_deeds(call: Call, *, lines: tuple[Line, ...]) -> TestDeedDone:
    await do_deed(call, lines=lines)
    return await do_deed(call, lines=(*lines, *lines))


LINES = (Line(quantity=Quantity.of("1.5"), on=date(2026, 1, 2)),)
YEAR = clock.now().year


async def written() -> tuple[int, int, int]:
    """How many numbers were given out, how many facts and how many keys were kept."""
    ((numbers,),) = await db.fetch("SELECT coalesce(sum(last_number), 0) FROM document_number WHERE series LIKE 'TD%'")
    left = sum(len(numbers) for name, numbers in current().known.items() if name.startswith("numbers of TD"))
    ((facts,),) = await db.fetch("SELECT count(*) FROM journal WHERE name = 'TestDeedDone'")
    ((keys,),) = await db.fetch("SELECT count(*) FROM idempotency_key")
    return int(numbers) - left, facts, keys


@pytest.fixture
def keyed(call: Call) -> Call:
    return msgspec.structs.replace(call, idempotency_key="key-1")


async def test_makes_one_document_and_equal_answers_of_100_concurrent_sends(database: db.Database, keyed: Call) -> None:
    answers = await asyncio.gather(*(do_deed(keyed, lines=LINES) for _ in range(100)))

    assert set(answers) == {TestDeedDone(deed_id=1, number=f"TD-{YEAR}-00001", quantity=Quantity.of("1.5"))}
    assert await written() == (1, 1, 1)
    assert await do_deed(keyed, lines=LINES) == answers[0]
    assert await written() == (1, 1, 1)


async def test_refuses_the_key_for_another_input_and_writes_nothing(database: db.Database, keyed: Call) -> None:
    await do_deed(keyed, lines=LINES)
    before = await written()

    with pytest.raises(Conflict) as refused:
        await do_deed(keyed, lines=(*LINES, *LINES))

    assert refused.value.reasons == (IdempotencyMismatch(path=("idempotency_key",), document_id=1),)
    assert await written() == before


async def test_tells_what_is_left_out_from_what_is_cleared(database: db.Database, keyed: Call) -> None:
    first = await change_deed(keyed, deed_id=1, note=UNSET)
    assert await change_deed(keyed, deed_id=1) == await change_deed(keyed, deed_id=1, note=UNSET) == first
    with pytest.raises(Conflict):
        await change_deed(keyed, deed_id=1, note=None)


async def test_counts_keys_by_caller_and_operation(database: db.Database, keyed: Call) -> None:
    await do_deed(keyed, lines=LINES)
    await do_deed(msgspec.structs.replace(keyed, actor_id=99), lines=LINES)
    await do_two_deeds(keyed, lines=LINES)
    assert await written() == (4, 5, 3)


async def test_frees_the_key_of_a_refused_request(database: db.Database, keyed: Call) -> None:
    with pytest.raises(Rejected):
        await do_deed(keyed, lines=())
    assert await written() == (0, 0, 0)

    assert (await do_deed(keyed, lines=LINES)).number == f"TD-{YEAR}-00001"


async def test_lets_the_next_one_in_when_the_first_holder_of_the_key_fails(database: db.Database, keyed: Call) -> None:
    sent = [do_deed(keyed, lines=LINES if index % 3 else ()) for index in range(30)]
    answers = await asyncio.gather(*sent, return_exceptions=True)

    facts = [answer for answer in answers if isinstance(answer, TestDeedDone)]
    assert len(facts) == 20
    assert len(set(facts)) == 1
    assert all(isinstance(answer, Rejected) for answer in answers if not isinstance(answer, TestDeedDone))
    assert await written() == (1, 1, 1)


async def test_answers_nobody_without_the_permission(database: db.Database, keyed: Call) -> None:
    with pytest.raises(Unauthenticated):
        await do_deed(Call(), lines=LINES)
    with pytest.raises(Forbidden):
        await do_deed(msgspec.structs.replace(keyed, permissions=frozenset()), lines=LINES)
    assert await written() == (0, 0, 0)


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "\0"])
async def test_refuses_a_key_that_cannot_be_kept(database: db.Database, call: Call, key: str) -> None:
    with pytest.raises(Rejected) as refused:
        await do_deed(msgspec.structs.replace(call, idempotency_key=key), lines=LINES)
    assert {reason.path for reason in refused.value.reasons} == {("idempotency_key",)}
    assert await written() == (0, 0, 0)


async def test_forgets_keys_after_a_week_and_not_earlier(database: db.Database, keyed: Call) -> None:
    await do_deed(keyed, lines=LINES)
    assert await purge_idempotency_keys(keyed.at + KEYS_KEPT - timedelta(seconds=1)) == 0
    assert await purge_idempotency_keys(keyed.at + KEYS_KEPT + timedelta(seconds=1)) == 1
    assert timedelta(hours=24) <= KEYS_KEPT


async def test_numbers_documents_by_series_and_year_without_repeats(database: db.Database) -> None:
    @db.transactional
    async def take(prefix: str, year: int) -> str:
        return await next_number(prefix, date(year, 6, 1))

    numbers = await asyncio.gather(*(take("PO", 2026) for _ in range(30)))
    assert len(set(numbers)) == len(numbers)
    assert await take("PO", 2027) == "PO-2027-00001"
    assert await take("SO", 2026) == "SO-2026-00001"
