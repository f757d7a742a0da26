"""Streams start only when they may, and each event is answered afresh; nulls decide nothing."""

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.result import Refused
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.office.auth.permissions import Permission
from tests.gql import goods, shop_rules
from tests.gql.test_execute import ADMIN, SCHEMA, order, remark
from tests.make.rights import without


@pytest.fixture
async def executor(database: db.Database) -> Executor:
    await goods.fill(6)
    return Executor(SCHEMA, adopt=Call.with_input)


async def test_a_stream_reads_the_state_and_the_caller_afresh_for_each_event(executor: Executor) -> None:
    text = "subscription($id: ID!) { looks(id: $id) { cursor order { remark total } } }"
    callers = iter([ADMIN, ADMIN, msgspec.structs.replace(ADMIN, permissions=without(Permission.SEE_COST)), ADMIN])

    async def renew() -> Call:
        return next(callers)

    found = []
    async for event in executor.subscription(executor.prepare(text), {"id": order(1)}).events(renew):
        assert event.result
        found.append(json.loads(event.result.encode("r")))
        await shop_rules.set_remark(goods.FIRST["order"] + 1, f"seen {len(found)}")
    assert [one["data"]["looks"]["order"]["remark"] for one in found] == ["Eilig", "seen 1", "seen 2"]
    assert [one["data"]["looks"]["order"]["total"] for one in found] == ["1.23", None, "1.23"]
    assert [one.get("extensions") for one in found] == [
        None,
        {"hidden": [{"path": ["looks", "order", "total"], "permission": "SEE_COST"}]},
        None,
    ]


async def test_a_stream_that_may_not_start_is_refused(executor: Executor) -> None:
    prepared = executor.prepare("subscription($id: ID!) { looks(id: $id) { cursor } }")

    async def nobody() -> Call:
        return Call(actor_id=2)

    with pytest.raises(Refused) as caught:
        await anext(executor.subscription(prepared, {"id": order(1)}).events(nobody))
    assert caught.value.result.errors[0]["extensions"]["code"] == "FORBIDDEN"  # type: ignore[index]


async def test_a_stream_is_refused_a_null_that_its_argument_may_not_be(executor: Executor) -> None:
    text = f'subscription($id: ID! = "{order(1)}") {{ looks(id: $id) {{ cursor }} }}'.replace("ID! =", "ID =")
    with pytest.raises(Refused) as caught:
        executor.subscription(executor.prepare(text), {"id": None})
    (error,) = caught.value.result.errors  # type: ignore[misc]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "non-null" in error["message"]


@pytest.mark.parametrize("directive", ["skip", "include"])
@pytest.mark.parametrize("door", ["run", "run_by_core"])
async def test_a_null_decides_nothing_and_nothing_is_run(executor: Executor, directive: str, door: str) -> None:
    default = "true" if directive == "skip" else "false"
    given = f'input: {{ id: "{order(1)}", remark: "new" }}'
    text = f"mutation($x: Boolean = {default}) {{ rename({given}) @{directive}(if: $x) {{ order {{ id }} }} }}"
    with pytest.raises(Refused) as caught:
        await getattr(executor, door)(executor.prepare(text), {"x": None}, ADMIN)
    (error,) = caught.value.result.errors  # type: ignore[misc]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert await remark() != "new"


async def test_a_stream_ends_when_its_token_dies(executor: Executor) -> None:
    prepared = executor.prepare("subscription($id: ID!) { looks(id: $id) { cursor } }")
    left = iter([ADMIN, ADMIN])

    async def renew() -> Call:
        found = next(left, None)
        if found is None:
            raise Unauthenticated
        return found

    stream: AsyncIterator[Any] = executor.subscription(prepared, {"id": order(1)}).events(renew)
    assert (await anext(stream)).result.data == {"looks": {"cursor": "0"}}
    with pytest.raises(Unauthenticated):
        await anext(stream)
