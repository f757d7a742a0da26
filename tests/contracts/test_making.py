"""What is true of making a document, whatever its kind."""

from datetime import timedelta

import msgspec
import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Forbidden, Rejected, Unauthenticated
from jxc_graphql.masters.warehouses.queries import places_of
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.comparisons import Comparison
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine
from jxc_graphql.office.documents.rules import NOTE_LIMIT
from jxc_graphql.office.periods.operations import close_period, reopen_period
from tests.contracts.kinds import every_kind
from tests.contracts.wire import fields_of
from tests.make.contract import Contract, contracts
from tests.make.trade import Trade
from tests.refusals import codes, everything
from tests.steps import cost


def test_how_a_document_is_made_and_taken_on_follows_from_its_feature() -> None:
    found = {one.kind.__name__: [made.__name__ for made in (one.makes, *one.then)] for one in contracts()}
    assert found["OpeningBalance"] == ["post_opening_balance"]
    assert found["Stocktake"] == ["plan_stocktake", "start_stocktake"]
    assert found["Adjustment"] == ["create_adjustment", "post_adjustment"]
    assert found["Transfer"] == ["create_transfer", "submit_transfer", "approve_transfer", "dispatch_transfer"]


@every_kind
async def test_a_document_has_a_number_and_stands_in_the_register(call: Call, trade: Trade, contract: Contract) -> None:
    document_id = await contract.make(call, **await contract.what(trade))
    made = await contract.kind.get(id=document_id)
    assert made.number.startswith(f"{made.series}-{made.business_date.year}-")
    assert (made.version, made.created_by_id) == (1, call.actor_id)
    assert made.status in made.states.beginnings
    rows = await db.fetch("SELECT document_kind, number, status FROM document WHERE id = ?", (document_id,))
    assert rows == [(str(register.kind_of(contract.kind)), made.number, made.status.value)]


@every_kind
async def test_a_repeat_is_answered_with_the_first_document(call: Call, trade: Trade, contract: Contract) -> None:
    given = await contract.what(trade)
    keyed = msgspec.structs.replace(call, idempotency_key=contract.table)
    before = await contract.kind.all().count()
    assert await contract.makes(keyed, **given) == await contract.makes(keyed, **given)
    with pytest.raises(Conflict):
        await contract.makes(keyed, **given | {"note": "another"})
    assert await contract.kind.all().count() == before + 1


@every_kind
async def test_it_is_made_by_who_may_and_where_they_work(call: Call, trade: Trade, contract: Contract) -> None:
    given = await contract.what(trade)
    stranger = msgspec.structs.replace(call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    before = await everything()
    with pytest.raises(Forbidden):
        await contract.makes(msgspec.structs.replace(call, permissions=frozenset()), **given)
    with pytest.raises(Unauthenticated):
        await contract.makes(Call(), **given)
    with pytest.raises(Rejected) as refused:
        await contract.makes(stranger, **given)
    assert {one.code for one in refused.value.reasons} <= {"OUT_OF_SCOPE", "UNKNOWN_ID"}
    assert await everything() == before


@every_kind
async def test_a_note_is_short(call: Call, trade: Trade, contract: Contract) -> None:
    given = await contract.what(trade)
    longest = "注" * NOTE_LIMIT
    assert ("TEXT_TOO_LONG", ("note",)) in await codes(contract.makes(call, **given | {"note": f"{longest}!"}))
    document_id = await contract.make(call, **given | {"note": longest})
    assert (await contract.kind.get(id=document_id)).note == longest


@every_kind
async def test_what_it_puts_into_the_books_counts_for_an_open_day(call: Call, trade: Trade, contract: Contract) -> None:
    operations = [contract.makes, *contract.then]
    dated = [operation for operation in operations if "businessDate" in fields_of(operation)]
    if not dated:
        assert contract.kind.__name__ in OF_NO_DAY
        return
    given = await contract.what(trade)
    for operation in operations[: operations.index(dated[0])]:
        given = {contract.key: getattr(await operation(call, **given), contract.key)}
    yesterday = clock.day_of(call.at) - timedelta(days=1)
    given |= {"business_date": yesterday} if "business_date" in given else {}
    past = msgspec.structs.replace(call, business_date=yesterday)
    lacking = msgspec.structs.replace(past, permissions=call.permissions - {Permission.POST_LATE_DOCUMENTS})
    if "business_date" not in given:  # the books are opened under any day
        assert ("LATE_DOCUMENT", ("business_date",)) in await codes(dated[0](lacking, **given))
    closed = await close_period(call, through=yesterday)
    assert ("PERIOD_CLOSED", ("business_date",)) in await codes(dated[0](past, **given))
    await reopen_period(call, period_id=closed.period_id, note="下一种单据")


@every_kind
@pytest.mark.usefixtures("numbers_one_by_one")
async def test_many_lines_take_as_many_statements_as_few(
    call: Call, sizes: dict[int, Trade], contract: Contract
) -> None:
    counts = []
    for lines in (1, 10, contract.most):
        await places_of([sizes[lines].shop.warehouse.stock_place_id])  # a process reads it once
        given = await contract.what(sizes[lines])
        counts.append([await cost(contract.makes(call, **given))])
        ((document_id,),) = await db.fetch(f"SELECT max(id) FROM {contract.table}")
        for operation in contract.then:
            counts[-1].append(await cost(operation(call, **{contract.key: document_id})))
    assert counts[0] == counts[1] == counts[2]


OF_NO_DAY = {
    "PurchaseOrder", "SalesOrder", "PurchaseAmendment", "SalesAmendment", "Loan", "Stocktake", "CustomerReturn",
    "Quote", "PurchaseRequest",
}  # fmt: skip
"""Kinds of which the contracts carry out nothing under a day of its own."""
NUMBERS = {"amount", "cost", "quantity", "total", "value"}
"""Columns that are compared as they are: sums, and what was moved."""
ALONG = {"total", "gross", "net", "base_net", "base_gross"}
"""A table refuses that these differ by anything but tax, and from what they are worth in the books' currency."""
BOUND = "is not less than"


class UndoneError(Exception):
    """Nothing of it stays."""


def _tables() -> list[type[DocumentHeader] | type[DocumentLine]]:
    return [*register.kinds(), *DocumentLine.__subclasses__()]


@db.transactional
async def _damage(column: str, table: str, noticed: dict[str, bool], comparison: Comparison) -> None:
    """Counts one more in every row, and asks the comparison; a table may refuse that, or have nothing there."""
    model = next(one for one in _tables() if register.table_of(one) == table)
    along = ALONG & set(model._meta.db_fields) if column in ALONG else set()  # noqa: SLF001
    both = ", ".join(f"{one} = {one} + 10000" for one in {column, *along})
    try:
        changed = await db.execute(f"UPDATE {table} SET {both} WHERE {column} IS NOT NULL")
    except IntegrityError:
        raise UndoneError from None
    if changed:
        noticed[comparison.what] = comparison.what in {one.what for one in await comparison.differences()}
    raise UndoneError


@every_kind
async def test_what_is_kept_of_it_is_compared_with_what_it_follows_from(
    call: Call, trade: Trade, contract: Contract
) -> None:
    await contract.carry_on(call, await contract.make(call, **await contract.what(trade)))
    assert await verification.differences() == []
    noticed: dict[str, bool] = {}
    for comparison in verification.comparisons():
        table, _, column = comparison.what.split()[0].partition(".")
        if table in {contract.table, f"{contract.table}_line"} and column in NUMBERS and BOUND not in comparison.what:
            with pytest.raises(UndoneError):
                await _damage(column, table, noticed, comparison)
    assert noticed or not NUMBERS & set(contract.kind._meta.db_fields)  # noqa: SLF001
    assert all(noticed.values()), noticed
