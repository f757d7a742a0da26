import asyncio

import msgspec
import pytest

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Rejected, Unauthenticated
from jxc_graphql.masters.categories import operations
from tests.refusals import codes, everything


async def test_a_code_is_unique(call: Call) -> None:
    first = await operations.create_category(call, code=" A ", name="a")
    second = await operations.create_category(call, code="B", name="b")
    taken = [("CODE_TAKEN", ("code",))]
    assert await codes(operations.create_category(call, code="A", name="x")) == taken
    assert await codes(operations.update_category(call, category_id=second.category_id, code="A")) == taken
    await operations.update_category(call, category_id=first.category_id, code="A", name="y")


async def test_unknown_ids_are_told_by_their_place(call: Call) -> None:
    for work, path in (
        (operations.create_category(call, code="X", name="x", parent_id=7), "parent_id"),
        (operations.update_category(call, category_id=7, name="x"), "category_id"),
        (operations.move_category(call, category_id=7, parent_id=None), "category_id"),
    ):
        assert await codes(work) == [("UNKNOWN_ID", (path,))]


async def test_one_of_two_who_want_a_code_at_once_gets_it(call: Call) -> None:
    wishes = [operations.create_category(call, code="RACE", name=str(n)) for n in range(8)]
    outcomes = await asyncio.gather(*wishes, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(refused) == 7
    assert all(isinstance(each, Rejected) and each.reasons[0].code == "CODE_TAKEN" for each in refused)


async def test_a_category_cannot_be_moved_below_itself(call: Call) -> None:
    top = await operations.create_category(call, code="A", name="a")
    low = await operations.create_category(call, code="B", name="b", parent_id=top.category_id)
    moved = operations.move_category(call, category_id=top.category_id, parent_id=low.category_id)
    assert await codes(moved) == [("CATEGORY_CYCLE", ("parent_id",))]
    await operations.move_category(call, category_id=low.category_id, parent_id=None)
    await operations.move_category(call, category_id=top.category_id, parent_id=low.category_id)


async def test_a_repeat_with_the_same_key_answers_with_the_first(call: Call) -> None:
    keyed = msgspec.structs.replace(call, idempotency_key="k")
    first = await operations.create_category(keyed, code="K", name="k")
    assert await operations.create_category(keyed, code="K", name="k") == first


async def test_needs_the_permission(call: Call) -> None:
    before = await everything()
    reader = msgspec.structs.replace(call, permissions=frozenset({"SEE_CATALOG"}))
    with pytest.raises(Forbidden):
        await operations.create_category(reader, code="X", name="x")
    with pytest.raises(Unauthenticated):
        await operations.create_category(Call(), code="X", name="x")
    assert await everything() == before
