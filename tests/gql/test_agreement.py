"""The engine, graphql-core over the engine's shaped answer, and a naive executor give the same answer to the byte."""

import asyncio
import itertools
import os
import random
from typing import Any

import pytest

from jxc_graphql.auth.permissions import Permission
from jxc_graphql.gql.build import Schema
from jxc_graphql.gql.execute import Executor
from jxc_graphql.gql.problems import formatted
from jxc_graphql.gql.result import Refused, Result
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.wiring import MODEL_MODULES
from tests.gql import goods, shop
from tests.gql.naive import Naive, global_id
from tests.gql.operations_at_random import Drawing

CASES = int(os.environ.get("JXC_AGREEMENT_CASES", "2000"))
ORDERS = 14
EVERYTHING = frozenset(Permission)

CALLS = [
    *[Call(actor_id=1, permissions=EVERYTHING)] * 6,
    Call(actor_id=1, permissions=EVERYTHING, scope=frozenset({10}), locale="zh-CN"),
    Call(actor_id=1, permissions=EVERYTHING - {Permission.SEE_COST}),
    Call(
        actor_id=1,
        permissions=EVERYTHING - {Permission.SEE_PARTNERS, Permission.SEE_CATALOG},
        scope=frozenset({11, 12}),
    ),
    Call(actor_id=1, permissions=frozenset(), scope=frozenset()),
    Call(),
]

IDS = {
    name: [global_id(name, goods.FIRST[name.lower()] + i) for i in range(6)]
    for name in ("Order", "Sku", "Supplier", "Warehouse", "Line", "Category")
}
POOL: dict[str, list[Any]] = {
    "Boolean": [True, False],
    "String": ["P", "PO-0000", "Eilig", "加急", "", "C1", "Acme"],
    "Int": [1, 2, 30],
    "Decimal": ["1", "2.5", "3.7035", "0", 1],
    "Date": ["2026-01-02", "2026-02-03"],
    "DateTime": ["2026-01-02T03:04:05Z", "2026-01-02T04:04:05.00001+01:00"],
    "first": [*range(2, 6)] * 8 + [1, 0, 101],
    "last": [*range(1, 5)] * 4 + [-1],
    "search": ["k", "kekou", "可口", "acme s1", "product p", "％", ""],
    "supplierId": IDS["Supplier"],
    "warehouseId": IDS["Warehouse"],
    "skuId": IDS["Sku"],
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
    text = """{
        a: orders { edges { cursor } } b: lines(first: 30) { edges { cursor } } c: skus { edges { cursor } }
        d: orders(orderBy: [{field: EXPECTED_ON}]) { edges { cursor } }
        e: orders(orderBy: [{field: EXPECTED_ON, direction: DESC}, {field: STATUS}]) { edges { cursor } }
        f: suppliers(orderBy: [{field: CREATED_AT}]) { edges { cursor } } g: products { edges { cursor } }
    }"""
    answer = await executor.run(executor.prepare(text), None, CALLS[0])
    return [edge["cursor"] for one in answer.data.values() for edge in one["edges"]]


async def tables(schema: Schema) -> dict[str, list[Any]]:
    models = {
        one._meta.db_table: one
        for module in (shop.catalog, shop.partners, shop.purchasing, shop.stock)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, shop.catalog.Category.__mro__[1]) and not one._meta.abstract
    }
    wanted = {one.table.name for one in schema.types.objects.values() if one.table}
    return {name: list(await models[name].all()) for name in wanted}


def functions(rows: dict[str, list[Any]]) -> dict[str, Any]:
    lines = rows["purchase_order_line"]
    return {
        "lineCount": lambda key: sum(one.purchase_order_id == key for one in lines),
        "firstSku": lambda key: next(
            (one.sku_id for one in lines if one.purchase_order_id == key and one.line_no == 1), None
        ),
        "me": lambda call: shop.Asker(
            call.locale,
            sorted(Permission(one) for one in call.permissions),
            tuple(sorted(one.id for one in rows["warehouse"])),
        ),
    }


def levels(value: Any) -> int:
    """How many lists with something in them lie within each other."""
    if isinstance(value, dict):
        return max((levels(one) for one in value.values()), default=0)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return 1 + max(levels(one) for one in value)
    return 0


async def agree(url: str, seed: int, cases: int) -> tuple[int, int, int]:
    """Cases that were run, that returned rows of two levels at least, that had errors."""
    ran = deep = wrong = 0
    async with db.open(url, MODEL_MODULES):
        await goods.fill(ORDERS)
        executor = Executor(Schema([shop]))
        schema = Schema([shop])
        rows = await tables(schema)
        naive = Naive(schema, functions(rows), rows)
        pool = POOL | {"after": [*await cursors(executor)] * 3 + ["nonsense"]}
        pool["before"] = pool["after"]
        for case in itertools.count():
            if ran == cases:
                break
            chance = random.Random(f"{seed}/{case}")  # noqa: S311
            text, variables = Drawing(executor.schema, chance, pool).operation()
            call = chance.choice(CALLS)
            try:
                prepared = executor.prepare(text)
            except Refused as refused:
                codes = {one["extensions"]["code"] for one in refused.result.errors or ()}
                assert codes == {"LIMIT_EXCEEDED"}, (text, refused.result.errors)
                continue
            ours = await executor.run(prepared, variables, call)
            copied = await executor.run_by_core(prepared, variables, call)
            answer = naive.run(prepared.document, variables, call)
            errors = [formatted(one, call) for one in answer.errors or ()]
            extensions = {"cost": prepared.cost}
            known = Result(answer.data, errors, extensions) if errors else Result(answer.data, extensions=extensions)
            place = f"seed {seed} case {case}\n{text}\n{variables}\n{call}"
            assert ours.encode("r").decode() == copied.encode("r").decode(), place
            assert ours.encode("r").decode() == known.encode("r").decode(), place
            ran += 1
            deep += levels(ours.data) >= 2
            wrong += bool(errors)
    return ran, deep, wrong


def test_the_engine_answers_as_a_naive_executor_does(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jxc_graphql.gql.problems._log.error", lambda *_, **__: None)
    cases = CASES if database_url.startswith("sqlite") else max(CASES // 4, 1)
    seed = random.SystemRandom().getrandbits(32)
    ran, deep, wrong = asyncio.run(agree(database_url, seed, cases))
    with capsys.disabled():
        print(f"\nagreement: {ran} operations, {deep} with rows of two levels, {wrong} with errors (seed {seed})")
    assert deep > cases * 0.15
