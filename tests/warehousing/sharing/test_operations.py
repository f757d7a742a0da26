"""Who has goods and who lacks them, as far as one may know, and asking for them."""

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.pages import WHOLE, Slice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.rules import OutOfScope
from jxc_graphql.warehousing.sharing import operations, queries
from jxc_graphql.warehousing.sharing.queries import SharingChoice
from tests.make.branches import Branches, make_branches
from tests.refusals import refusal

SHARED = Permission.SEE_SHARED_STOCK


async def having(branches: Branches, call: Call | None = None) -> list[tuple[str, str, str | None, int | None]]:
    found = (await queries.sku_availability(call or branches.call, branches.skus[0], branches.id("A"), WHOLE)).nodes
    return [
        (one.warehouse.name, str(one.available), None if one.surplus is None else str(one.surplus), one.days)
        for one in found
    ]


async def test_shows_who_has_it_the_nearest_first_then_who_has_most_to_give(branches: Branches) -> None:
    for letter, quantity in (("A", "1"), ("B", "9"), ("C", "20"), ("D", "30")):
        await branches.stock(letter, quantity)
    await branches.limit("C", "5", "12")
    await branches.limit("D", "5", "12", "25")
    await branches.times(AB=3, CA=1, DA=1, AD=5)
    assert await having(branches) == [("C", "20", "8", 1), ("D", "30", "5", 1), ("B", "9", None, 3)]
    await branches.times(CA=None, AB=0)
    assert await having(branches) == [("B", "9", None, 0), ("D", "30", "5", 1), ("C", "20", "8", None)]
    await branches.limit("C", "5", "20")
    assert (await having(branches))[-1] == ("C", "20", "0", None)


async def test_shows_other_branches_to_those_only_with_whom_they_share(branches: Branches) -> None:
    for letter in "ABC":
        await branches.stock(letter, "9")
        await branches.limit(letter, "1", "4")
    await branches.limit("D", "3", "6")
    insider, outsider = branches.seen_by("A", "B", "D"), branches.seen_by("A", "B", "D", without=SHARED)
    for call, letters in ((insider, "BC"), (outsider, "B")):
        assert "".join(name for name, *_ in await having(branches, call)) == letters
        surpluses = (await queries.surpluses(call, SharingChoice(), WHOLE)).nodes
        assert sorted(one.warehouse.name for one in surpluses) == ["A", *letters]
        matches = (await queries.matches(call, SharingChoice(), WHOLE)).nodes
        assert {one.from_warehouse.name for one in matches} <= {"A", *letters}
    elsewhere = branches.seen_by("C")
    assert [one.warehouse.name for one in (await queries.shortages(elsewhere, SharingChoice(), WHOLE)).nodes] == ["D"]
    assert (await queries.matches(elsewhere, SharingChoice(), WHOLE)).nodes == []
    with pytest.raises(Forbidden):
        await having(branches, msgspec.structs.replace(branches.call, permissions=frozenset({SHARED})))


async def test_counts_what_is_on_its_way_as_there(branches: Branches) -> None:
    await branches.limit("A", "5", "12")
    await branches.limit("B", "5", "12")
    await branches.limit("C", "5", "12")
    await branches.stock("B", "5")
    await branches.stock("C", "6")
    await branches.expect("A", "4")
    found = [
        (one.warehouse.name, str(one.quantity))
        for one in (await queries.shortages(branches.call, SharingChoice(), WHOLE)).nodes
    ]
    assert found == [("A", "8"), ("B", "7")]
    await branches.expect("B", "7")
    assert [one.warehouse.name for one in (await queries.shortages(branches.call, SharingChoice(), WHOLE)).nodes] == [
        "A"
    ]


async def test_lists_what_is_asked_for(call: Call) -> None:
    branches = await make_branches(call, skus=2)
    for sku in (0, 1):
        await branches.stock("A", f"{20 + sku}", sku)
        await branches.stock("B", "30", sku)
        for letter in "AB":
            await branches.limit(letter, "1", "2", "10", sku)

    async def found(page: Slice = WHOLE, **said: object) -> list[tuple[str, int, str]]:
        rows = (await queries.surpluses(call, SharingChoice(**said), page)).nodes  # type: ignore[arg-type]
        return [(one.warehouse.name, branches.skus.index(one.sku_id), str(one.quantity)) for one in rows]

    everything = [("B", 0, "20"), ("B", 1, "20"), ("A", 1, "11"), ("A", 0, "10")]
    assert sorted(await found()) == sorted(everything)
    assert await found(Slice(size=3)) + await found(Slice(size=3, start=3)) == await found()
    assert await found(warehouse_ids=[branches.id("A")]) == everything[2:]
    assert await found(sku_ids=[branches.skus[1]]) == [("B", 1, "20"), ("A", 1, "11")]
    assert len(await found(category_id=branches.category)) == 4
    assert await found(category_id=1) == []


async def test_sends_each_shortage_what_is_nearest(branches: Branches) -> None:
    for letter in "ABCD":
        await branches.limit(letter, "2", "10")
    await branches.stock("C", "14")
    await branches.stock("D", "19")
    await branches.stock("B", "1")
    await branches.times(CA=1, DA=2, CB=2, DB=9)
    found = [
        (one.from_warehouse.name, one.to_warehouse.name, str(one.quantity), one.days)
        for one in (await queries.matches(branches.call, SharingChoice(), WHOLE)).nodes
    ]
    assert found == [("C", "A", "4", 1), ("D", "A", "6", 2), ("D", "B", "3", 9)]
    to_b = (await queries.matches(branches.call, SharingChoice(warehouse_ids=[branches.id("B")]), WHOLE)).nodes
    assert [(one.from_warehouse.name, str(one.quantity)) for one in to_b] == [("C", "4"), ("D", "5")]


async def test_the_way_back_takes_as_long_unless_it_is_said(branches: Branches) -> None:
    ids = await branches.times(AB=3, BC=1)
    await branches.stock("B", "1")
    assert await having(branches) == [("B", "1", None, 3)]
    await branches.times(BA=5)
    assert await having(branches) == [("B", "1", None, 5)]
    assert await branches.times(BC=2, AB=4) == ids[::-1]


async def test_refuses_times_with_everything_that_is_wrong(branches: Branches) -> None:
    times = [
        branches.time("AB", 1),
        branches.time("AB", 2),
        branches.time("AA", 1),
        branches.time("AC", 366),
        branches.time("CD", 1),
        msgspec.structs.replace(branches.time("AB", 1), to_warehouse_id=7),
    ]
    call = branches.seen_by("A", "B")
    reasons = await refusal(operations.set_transfer_times(call, times=times))
    assert [(reason.code, reason.path) for reason in reasons] == [
        ("TRANSFER_TIME_GIVEN_TWICE", ("times", 1)),
        ("TRANSFER_TIME_TO_ITSELF", ("times", 2, "to_warehouse_id")),
        ("TRANSFER_DAYS_OUT_OF_RANGE", ("times", 3, "days")),
        ("OUT_OF_SCOPE", ("times", 4)),
        ("UNKNOWN_ID", ("times", 5, "to_warehouse_id")),
    ]
    with pytest.raises(Forbidden):
        await operations.set_transfer_times(msgspec.structs.replace(call, permissions=frozenset()), times=[])


async def test_asks_another_branch_for_goods(branches: Branches) -> None:
    await branches.stock("C", "9")
    call = branches.seen_by("A")
    said = {"sku_id": branches.skus[0], "from_warehouse_id": branches.id("C"), "to_warehouse_id": branches.id("A")}
    fact = await operations.request_transfer(call, **said, quantity=Quantity.of("4"), note="急用")
    rows = await db.fetch(
        "SELECT transfer.id, status, from_warehouse_id, to_warehouse_id, note, quantity FROM transfer "
        "JOIN transfer_line ON transfer_line.transfer_id = transfer.id"
    )
    assert rows == [(fact.transfer_id, "SUBMITTED", branches.id("C"), branches.id("A"), "急用", 40_000)]
    told = await db.fetch("SELECT name FROM journal WHERE subject_id = ? ORDER BY id", (fact.transfer_id,))
    assert told == [("TransferCreated",), ("TransferSubmitted",), ("StockRequested",)]


async def test_asks_only_for_oneself_and_whom_one_sees(branches: Branches) -> None:
    said = {"sku_id": branches.skus[0], "quantity": Quantity.of("4")}

    async def ask(call: Call, source: str, target: str, **more: object) -> list[tuple[str, tuple[str | int, ...]]]:
        ends = {"from_warehouse_id": branches.id(source), "to_warehouse_id": branches.id(target)}
        reasons = await refusal(operations.request_transfer(call, **{**said, **ends, **more}))  # type: ignore[arg-type]
        return [(reason.code, reason.path) for reason in reasons]

    out = OutOfScope.code
    assert await ask(branches.seen_by("A"), "C", "B") == [(out, ("to_warehouse_id",))]
    assert await ask(branches.seen_by("A", without=SHARED), "C", "A") == [(out, ("from_warehouse_id",))]
    wrong = await ask(branches.seen_by("A"), "C", "A", quantity=Quantity(0), sku_id=7)
    assert {path for _, path in wrong} <= {("sku_id",), ("quantity",)}
    assert wrong
    with pytest.raises(Forbidden):
        await ask(branches.seen_by("A", without=Permission.EDIT_TRANSFERS), "C", "A")


async def test_answers_in_as_many_statements_for_any_number_of_rows(call: Call) -> None:
    counts = []
    for skus in (1, 12):
        branches = await make_branches(call, skus)
        for sku in range(skus):
            await branches.limit("A", "2", "10", sku=sku)
            await branches.limit("B", "2", "10", sku=sku)
            await branches.stock("B", "20", sku)
        choice = SharingChoice(sku_ids=branches.skus, category_id=branches.category)
        with db.statements() as seen:
            found = [
                len((await ask(call, choice, WHOLE)).nodes)
                for ask in (queries.surpluses, queries.shortages, queries.matches)
            ]
            found.append(len((await queries.sku_availability(call, branches.skus[0], branches.id("A"), WHOLE)).nodes))
        assert found == [skus, skus, skus, 1]
        counts.append(len(seen))
    assert counts == [5, 5]
