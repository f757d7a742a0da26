"""The engine, graphql-core over the engine's shaped answer, and a naive executor give the same answer to the byte."""

import asyncio
import inspect
import itertools
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, NamedTuple

import graphql
import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.books.goods import api as stock
from jxc_graphql.buying.purchasing import api as purchasing
from jxc_graphql.buying.receiving import api as receiving
from jxc_graphql.gql.plan.problems import formatted
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.result import Error, Refused, Result
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.insight.alerts import api as alerts
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import api as catalog
from jxc_graphql.masters.lots import api as lots
from jxc_graphql.masters.partners import api as partners
from jxc_graphql.masters.payment_terms import api as payment_terms
from jxc_graphql.masters.taxes import api as taxes
from jxc_graphql.masters.warehouses import api as warehouses
from jxc_graphql.masters.warehouses.operations import WantedBin, create_bins, create_branch, update_warehouse
from jxc_graphql.office.auth import api as auth
from jxc_graphql.office.auth.operations import create_user, ensure_roles, system_call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import api as documents
from jxc_graphql.selling.sales import api as sales
from jxc_graphql.selling.shipping import api as shipping
from jxc_graphql.wiring import MODEL_MODULES
from tests.gql import goods, shop
from tests.gql.lists import connections
from tests.gql.naive import Naive
from tests.gql.naive_where import global_id
from tests.gql.operations_at_random import Drawing
from tests.make.haul import Haul
from tests.make.rights import without
from tests.make.trade import make_trade

CASES = int(os.environ.get("JXC_AGREEMENT_CASES", "2000"))
ORDERS = 14
EVERYTHING = frozenset(Permission)

AT = datetime(2026, 1, 1, tzinfo=UTC)
ADMIN = Call(actor_id=1, permissions=EVERYTHING, at=AT)
LOTS = ModuleType(lots.__name__)
"""Lots without the look-up by a number, which is a function of its own."""
vars(LOTS).update(Lot=lots.Lot, Query=lots.Query)
FEATURES = (
    auth,
    documents,
    catalog,
    warehouses,
    partners,
    taxes,
    payment_terms,
    LOTS,
    stock,
    purchasing,
    receiving,
    sales,
    shipping,
    alerts,
)
SHARES = {
    ("small", "sqlite"): 50,
    ("small", "postgres"): 15,
    ("published", "sqlite"): 25,
    ("published", "postgres"): 10,
}
"""Per cent of the cases."""
Pool = dict[str, list[Any]]


class Tally(NamedTuple):
    """Operations that were run, that returned rows of two levels at least, that had errors; nulls that stop one."""

    ran: int
    deep: int
    wrong: int
    nulls: int


CALLS = [
    *[ADMIN] * 6,
    Call(actor_id=1, at=AT, permissions=EVERYTHING, scopes={Dimension.WAREHOUSE: frozenset({10})}, locale="zh-CN"),
    Call(actor_id=1, at=AT, permissions=without(Permission.SEE_COST)),
    Call(
        actor_id=1,
        permissions=without(Permission.SEE_PARTNERS, Permission.SEE_CATALOG),
        scopes={Dimension.WAREHOUSE: frozenset({11, 12})},
    ),
    Call(actor_id=1, at=AT, permissions=frozenset(), scopes={Dimension.WAREHOUSE: frozenset()}),
    Call(at=AT),
]

IDS = {
    name: [global_id(name, goods.FIRST[name.lower()] + i) for i in range(6)]
    for name in ("Order", "Sku", "Supplier", "Warehouse", "Line", "Category")
}
POOL: Pool = {
    "Boolean": [True, False],
    "String": ["P", "PO-0000", "Eilig", "加急", "", "C1", "Acme"],
    "Int": [1, 2, 30],
    "Decimal": ["1", "2.5", "3.69", "0", 1],
    "Date": ["2026-01-02", "2026-02-03"],
    "DateTime": ["2026-01-02T03:04:05Z", "2026-01-02T04:04:05.00001+01:00"],
    "first": [*range(2, 6)] * 8 + [1, 0, 101],
    "last": [*range(1, 5)] * 4 + [-1],
    "search": ["k", "kekou", "可口", "acme s1", "product p", "％", ""],
    "supplierId": IDS["Supplier"],
    "warehouseId": IDS["Warehouse"],
    "skuId": IDS["Sku"],
    "paperId": IDS["Order"],
    "thingId": [*IDS["Order"], *IDS["Sku"], *IDS["Line"][:1]],
    "ID": [
        *IDS["Order"],
        *IDS["Order"],
        *(one for ids in IDS.values() for one in ids),
        global_id("Product", goods.FIRST["product"]),
        "nonsense",
        global_id("Nothing", 1),
        global_id("Order", 1) + "=",
    ],
}


async def cursors(executor: Executor) -> list[str]:
    """Cursors of all lists in their own order, and of some in another."""
    found = []
    for owner, field in connections(executor.types):
        if owner.kind == "root":
            keys = list(executor.types.enums[f"{field.type.of.node.name}OrderField"].values)  # type: ignore[union-attr]
            for order in ["", *(f", orderBy: [{{field: {key}, direction: DESC}}]" for key in keys[:6])]:
                text = f"{{ it: {field.name}(first: 10{order}) {{ edges {{ cursor }} }} }}"
                answer = await executor.run(executor.prepare(text), None, ADMIN)
                found += [edge["cursor"] for edge in answer.data["it"]["edges"]]
    return found


def levels(value: Any) -> int:
    """How many lists with something in them lie within each other."""
    if isinstance(value, dict):
        return max((levels(one) for one in value.values()), default=0)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return 1 + max(levels(one) for one in value)
    return 0


def excused(errors: Sequence[Error]) -> bool:
    """Whether a drawn document may be refused for these: its size, or keys that each stand for unlike types."""
    told = [one for one in errors if not one["message"].startswith("Too many validation errors")]
    return bool(told) and all(
        one["extensions"]["code"] == "LIMIT_EXCEEDED" or "they return conflicting types" in one["message"]
        for one in told
    )


async def refused(run: Awaitable[Result]) -> bool:
    """Whether an operation is not run at all."""
    with suppress(Refused):
        await run
        return False
    return True


async def both_begin(executor: Executor, chance: random.Random, pool: Pool) -> bool:
    """Whether a subscription that was drawn begins, for us as for graphql-core: refused are the same ones."""
    text, variables = Drawing(executor.schema, chance, pool).subscription()
    document = graphql.parse(text)

    async def nothing(*_: Any, **__: Any) -> AsyncIterator[Any]:
        yield None

    core = await maybe(
        graphql.subscribe(executor.schema, document, variable_values=variables, subscribe_field_resolver=nothing)
    )
    errors: Sequence[Error] = ()
    try:
        executor.subscription(executor.prepare(text), variables)
    except Refused as refusal:
        errors = refusal.result.errors or ()
    assert bool(errors) is isinstance(core, graphql.ExecutionResult), (text, variables, core, errors)
    assert {one["extensions"]["code"] for one in errors} <= {"BAD_USER_INPUT"}
    return not errors


async def maybe(answer: Any) -> Any:
    """What is there, or comes."""
    return await answer if inspect.isawaitable(answer) else answer


async def agree(schemas: tuple[Schema, Schema], calls: Sequence[Call], more: Pool, seed: int, cases: int) -> Tally:
    """Compares so many operations; the second schema is for the naive executor, which changes it."""
    executor, naive = Executor(schemas[0]), Naive(schemas[1])
    await naive.read(calls)
    after = [*await cursors(executor)] * 3 + ["nonsense"]
    pool = POOL | {"after": after, "before": after} | more
    ran = deep = wrong = nulls = 0
    for case in itertools.count():
        if ran == cases:
            break
        chance = random.Random(f"{seed}/{case}")
        text, variables = Drawing(executor.schema, chance, pool).operation()
        call = chance.choice(calls)
        place = f"seed {seed} case {case}\n{text}\n{variables}\n{call}"
        try:
            prepared = executor.prepare(text)
        except Refused as refusal:
            if excused(refusal.result.errors or ()):
                continue
            raise AssertionError(place) from refusal
        if undecided := [name for name in prepared.deciding if variables[name] is None]:
            assert await refused(executor.run(prepared, variables, call)), place
            assert await refused(executor.run_by_core(prepared, variables, call)), place
            nulls += len(undecided)
            continue
        ours = await executor.run(prepared, variables, call)
        again = await executor.run(prepared, variables, call)
        copied = await executor.run_by_core(prepared, variables, call)
        answer = naive.run(prepared.document, variables, call)
        errors = [formatted(one, call) for one in answer.errors or ()]
        known = Result(answer.data, errors or msgspec.UNSET, {"cost": prepared.cost, **(answer.extensions or {})})
        assert ours.encode("r").decode() == again.encode("r").decode(), place
        assert ours.encode("r").decode() == copied.encode("r").decode(), place
        assert ours.encode("r").decode() == known.encode("r").decode(), place
        ran += 1
        deep += levels(ours.data) > 1
        wrong += bool(errors)
    for case in range(cases // 4):
        nulls += not await both_begin(executor, random.Random(f"{seed}/{case}/subscription"), pool)
    return Tally(ran, deep, wrong, nulls)


async def small(url: str, seed: int, cases: int) -> Tally:
    """The small schema, with one of everything."""
    async with db.open(url, [*MODEL_MODULES, "tests.gql.papers"]):
        await goods.fill(ORDERS)
        return await agree((Schema([shop]), Schema([shop])), CALLS, {}, seed, cases)


async def published(url: str, seed: int, cases: int) -> Tally:
    """The published schema, over documents that operations made."""
    schema.schema()  # all kinds are known then, as in a server, and their facts tell what changed
    async with db.open(url, MODEL_MODULES):
        await ensure_roles(system_call())
        admin = await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])
        call = Call(actor_id=admin.user_id, permissions=EVERYTHING, at=AT)
        branch = await create_branch(call, code="B1", name="门店")
        trades = [await make_trade(call) for _ in range(2)]
        for trade in trades:
            warehouse_id = trade.shop.warehouse.id
            await update_warehouse(call, warehouse_id=warehouse_id, branch_id=branch.branch_id)
            await create_bins(call, warehouse_id=warehouse_id, bins=[WantedBin(code="A-1"), WantedBin(code="A-2")])
            await trade.stock_up("10", "20.5", "30")
            bought = await trade.buy((0, "5", "1.25"), (1, "2", "3"))
            await trade.receive(bought, (0, "2", "1"))
            await trade.draft_purchase((2, "7", "0.5"))
            sold = await trade.sell((0, "4", "9"), (1, "3", "8.75"))
            await trade.ship(sold, (0, "2"))
            await trade.draft_sale((1, "1", "2"))
        here, there = (trade.shop for trade in trades)
        await Haul(call, here.warehouse, there.warehouse, here.skus).one_of_each()
        await Haul(call, there.warehouse, here.warehouse, there.skus).one_of_each()
        calls = [
            *[call] * 6,
            msgspec.structs.replace(call, scopes={Dimension.WAREHOUSE: frozenset({trades[0].shop.warehouse.id})}),
            msgspec.structs.replace(call, permissions=without(Permission.SEE_COST, Permission.MANAGE_USERS)),
            msgspec.structs.replace(
                call, permissions=without(Permission.SEE_PARTNERS), scopes={Dimension.WAREHOUSE: frozenset()}
            ),
            Call(at=AT),
        ]
        schemas = Schema(FEATURES), Schema(FEATURES)
        ids = [
            global_id(entity.name, key)
            for entity in schemas[0].types.objects.values()
            if entity.table and "Node" in entity.names
            for (key,) in (await db.fetch(f'SELECT id FROM "{entity.table.name}" ORDER BY id'))[:6]
        ]
        more = {"ID": [*ids, *ids, "nonsense"], **dict.fromkeys(("supplierId", "warehouseId", "skuId"), ids)}
        return await agree(schemas, calls, more, seed, cases)


@pytest.mark.parametrize("world", [small, published])
def test_the_engine_answers_as_a_naive_executor_does(
    world: Callable[[str, int, int], Coroutine[Any, Any, Tally]],
    database_url: str,
    tell: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jxc_graphql.gql.plan.problems._log.error", lambda *_, **__: None)
    share = SHARES[world.__name__, database_url.partition(":")[0]]
    seed = random.SystemRandom().getrandbits(32)
    tally = asyncio.run(world(database_url, seed, CASES * share // 100))
    tell(f"agreement, {world.__name__} schema: {tally} (seed {seed})")
    assert tally.deep > tally.ran * 0.05
    assert tally.nulls > tally.ran * 0.005
