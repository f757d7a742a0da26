"""Whoever is limited to branches sees the warehouses that they have at the time, and no more by any way."""

from pathlib import Path

import msgspec
import pytest

import jxc_graphql
from jxc_graphql.exchange.exports import rules as exports
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.warehouses.operations import create_branch, create_warehouse, delete_branch, update_warehouse
from jxc_graphql.office.auth import operations, queries, reach
from jxc_graphql.office.auth.operations import Limits, system_call
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.auth.reach import reach_of_user
from jxc_graphql.office.jobs import owners
from tests.accounts import call_of, codes, made, token_of

WAREHOUSE, BRANCH = Dimension.WAREHOUSE, Dimension.BRANCH


async def branch(call: Call, code: str) -> int:
    return (await create_branch(call, code=code, name=code)).branch_id


async def warehouse(call: Call, code: str, branch_id: int | None = None) -> int:
    return (await create_warehouse(call, code=code, name=code, branch_id=branch_id)).warehouse_id


async def limit(user_id: int, dimension: Dimension, *target_ids: int) -> None:
    await operations.set_user_scope(system_call(), user_id=user_id, dimension=dimension, target_ids=target_ids)


async def seen(user_id: int) -> list[int] | None:
    """The warehouses that a user sees, by his call and by what others are told of him, which is the same."""
    call = await queries.call_of_user(user_id)
    found = call.within(WAREHOUSE)
    assert (await reach_of_user(user_id)).get(WAREHOUSE) == found
    assert (await queries.calls_of_users([user_id]))[user_id].reach == call.reach
    condition, times = queries.seen_by("person.id", WAREHOUSE)
    for (one,) in await db.fetch("SELECT id FROM warehouse"):
        statement = f'SELECT 1 FROM "user" AS person WHERE person.id = ? AND {condition}'
        assert bool(await db.fetch(statement, (user_id, *[one] * times))) == call.sees(WAREHOUSE, one)
    return None if found is None else sorted(found)


async def test_a_branch_is_the_warehouses_that_it_has_at_the_time(call: Call, ann: int) -> None:
    north, south = await branch(call, "N"), await branch(call, "S")
    first, other = await warehouse(call, "W1", north), await warehouse(call, "W2", south)
    await warehouse(call, "W3")
    assert await seen(ann) is None
    await limit(ann, BRANCH, north)
    assert await seen(ann) == [first]
    version = await queries.rights_version()
    later = await warehouse(call, "W4", north)
    assert await seen(ann) == [first, later]
    await update_warehouse(call, warehouse_id=first, branch_id=south)
    assert await seen(ann) == [later]
    assert await queries.rights_version() == version + 2
    await update_warehouse(call, warehouse_id=first, name="总仓")
    assert await queries.rights_version() == version + 2
    await limit(ann, BRANCH, north, south)
    assert await seen(ann) == [first, other, later]
    await limit(ann, WAREHOUSE, first, other)
    await limit(ann, BRANCH, north)
    assert await seen(ann) == []
    await limit(ann, BRANCH)
    assert await seen(ann) == []


def test_what_a_caller_sees_is_asked_by_what_lies_within_his_scope() -> None:
    """`scopes` says branches where warehouses are asked for: whoever reads it himself shows all of them, or none."""
    package = Path(jxc_graphql.__file__).parent
    found = {path.relative_to(package) for path in package.rglob("*.py") if "call.scopes" in path.read_text()}
    theirs = {"office/auth/operations.py", "office/jobs/owners.py", "masters/partners/operations.py"}
    assert {str(one) for one in found} == theirs


async def test_who_was_not_looked_up_sees_nothing_of_a_branch(call: Call) -> None:
    first = await warehouse(call, "W1", north := await branch(call, "N"))
    careless = msgspec.structs.replace(call, scopes={BRANCH: frozenset({north})})
    assert not careless.sees(WAREHOUSE, first)
    assert careless.limits[WAREHOUSE] == frozenset()


@pytest.mark.usefixtures("ann")
async def test_who_sees_a_branch_gives_what_lies_in_it(call: Call) -> None:
    north, south = await branch(call, "N"), await branch(call, "S")
    first, other = await warehouse(call, "W1", north), await warehouse(call, "W2", south)
    boss = await made("boss", "ADMIN")
    await limit(boss, BRANCH, north)
    part = await call_of(await token_of(boss))
    new = (await operations.create_user(part, username="new", name="New", roles=["SELLER"])).user_id
    assert await reach.scopes_of_user(new) == {BRANCH: frozenset({north})}
    for dimension, target_ids, path in (
        (BRANCH, [south], ("target_ids", 0)),
        (BRANCH, None, ("target_ids",)),
        (WAREHOUSE, [first, other], ("target_ids", 1)),
    ):
        wider = operations.set_user_scope(part, user_id=new, dimension=dimension, target_ids=target_ids)
        assert await codes(wider) == [("SCOPE_NOT_HELD", path)]
    await operations.set_user_scope(part, user_id=new, dimension=WAREHOUSE, target_ids=[first])
    await operations.set_user_scope(part, user_id=new, dimension=WAREHOUSE, target_ids=None)
    assert await seen(new) == [first]
    everywhere = await made("everywhere", "SELLER")
    assert await codes(operations.create_api_token(part, user_id=everywhere, name="x")) == [
        ("USER_ABOVE", ("user_id",))
    ]
    in_use = delete_branch(part, branch_id=north)
    assert [code for code, _ in await codes(in_use)] == ["IN_USE"]


async def test_a_token_may_be_for_a_branch_of_its_user_alone(call: Call, ann: int) -> None:
    north, south = await branch(call, "N"), await branch(call, "S")
    first, other = await warehouse(call, "W1", north), await warehouse(call, "W2", south)
    issued = await operations.create_api_token(
        system_call(), user_id=ann, name="till", limits=Limits(scope=[("Branch", north)])
    )
    assert (await call_of(issued.token)).reach == {BRANCH: {north}, WAREHOUSE: {first}}
    (kept,) = (await queries.calls_of_tokens([issued.access_token_id])).values()
    assert kept.within(WAREHOUSE) == frozenset({first})
    await limit(ann, WAREHOUSE, other)
    assert (await call_of(issued.token)).within(WAREHOUSE) == frozenset()
    await limit(ann, BRANCH, south)
    refused = operations.create_api_token(
        system_call(), user_id=ann, name="till", limits=Limits(scope=[("Branch", north)])
    )
    assert await codes(refused) == [("SCOPE_NOT_HELD", ("scope", 0))]


async def test_a_file_is_for_who_sees_all_of_it_still(call: Call, ann: int) -> None:
    north, south = await branch(call, "N"), await branch(call, "S")
    first = await warehouse(call, "W1", north)
    await warehouse(call, "W2", south)
    await limit(ann, BRANCH, north)
    then = await queries.call_of_user(ann)
    kept = owners.rights_of(then)
    assert exports.covers(then, kept)
    later = await warehouse(call, "W3", north)
    now = await queries.call_of_user(ann)
    assert exports.covers(now, kept)
    assert not exports.covers(then, owners.rights_of(now))
    assert owners.narrowed(now, kept).within(WAREHOUSE) == frozenset({first})
    await operations.set_user_scope(system_call(), user_id=ann, dimension=BRANCH, target_ids=None)
    everything = await queries.call_of_user(ann)
    assert owners.narrowed(everything, owners.rights_of(now)).within(WAREHOUSE) == frozenset({first, later})
    await update_warehouse(call, warehouse_id=first, branch_id=south)
    await limit(ann, BRANCH, north)
    assert not exports.covers(await queries.call_of_user(ann), kept)
