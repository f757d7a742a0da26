"""A plan tells itself: levels, columns, joins, statements as they are sent, and the function that shapes the rows."""

import gc
import linecache
import re
import sys
import textwrap
from collections import Counter
from typing import Any

import pytest

from jxc_graphql.gql.plan import sql
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.gql import goods, shop
from tests.gql.naive_where import global_id

ADMIN = Call(actor_id=1, permissions=frozenset(Permission))
SCOPED = Call(actor_id=1, permissions=frozenset(Permission), scopes={Dimension.WAREHOUSE: frozenset({10, 11})})
SCHEMA = Schema([shop])
NESTED = "{ orders(first: 4) { totalCount nodes { number supplier { name } lines { quantity } } } }"


def explained(text: str, call: Call, dialect: str, **variables: Any) -> list[str]:
    executor = Executor(SCHEMA)
    return list(executor.explain(executor.prepare(text), variables, call, dialect))


def test_shows_levels_columns_joins_statements_and_shapes() -> None:
    assert explained(NESTED, SCOPED, "postgres") == textwrap.dedent(
        """\
        cost: 44 rows at most
        orders:
          level of purchase_order: a page
            column c0 = t0."id"
            column c1 = t0."number"
            column c2 = t1."name"
            column c3 = t1."id"
            join t1 = supplier
            statement: page
              SELECT t0."id", t0."number", t1."name", t1."id", (SELECT count(*) FROM "purchase_order" t0 WHERE t0."warehouse_id" = ANY(?))
              FROM "purchase_order" t0
              LEFT JOIN "supplier" t1 ON t1."id" = t0."supplier_id"
              WHERE t0."warehouse_id" = ANY(?)
              ORDER BY t0."number" COLLATE "C" DESC, t0."id" DESC LIMIT 5
              ? 1: the caller's scope WAREHOUSE
              ? 2: the caller's scope WAREHOUSE
            def shape(rows, fail, call, x0):
                return [{'number': c1, 'supplier': fail(k2) if c3 is None else {'name': c2}, 'lines': x0[c0]} for (c0, c1, c2, c3, *_) in rows]
            where k2 is TypeError('Cannot return null for non-nullable field Order.supplier.')
            x0 by c0:
              level of purchase_order_line: all of each parent, told by c2
                column c0 = t0."id"
                column c1 = t0."quantity"
                column c2 = t0."purchase_order_id"
                statement: rows
                  SELECT t0."id", t0."quantity", t0."purchase_order_id"
                  FROM "purchase_order_line" t0
                  WHERE t0."purchase_order_id" = ANY(?)
                  ORDER BY t0."purchase_order_id", t0."line_no", t0."id"
                  ? 1: the keys
                def shape(rows, fail, call):
                    return [{'quantity': k2(c1)} for (c0, c1, c2, ) in rows]
                where k2 is the text of a Decimal"""  # noqa: E501
    ).split("\n")


QUERIES: dict[str, dict[str, Any]] = {
    NESTED: {},
    """query ($n: Int!) { orders(last: $n, where: {number: {contains: "E"}}) {
        nodes { pagedLines(first: 5) { totalCount } }
    } }""": {"n": 3},
    """{ papers(first: 9) {
        nodes { number ... on Receipt { order { number } } notes(first: 1) { nodes { name } } }
    } }""": {},
    "query ($id: ID!) { order(id: $id) { number firstSku { code } } }": {"id": global_id("Order", 1001)},
}


_TOGETHER = re.compile(r"ARRAY\(SELECT found FROM \((.*?)\) AS found\)", re.DOTALL)
"""What is fetched side by side is one statement on PostgreSQL."""


@pytest.mark.parametrize("call", [ADMIN, SCOPED])
@pytest.mark.parametrize("text", QUERIES)
async def test_the_statements_are_those_that_are_sent(database: db.Database, text: str, call: Call) -> None:
    await goods.fill(8)
    executor = Executor(SCHEMA)
    with db.statements() as seen:
        answer = await executor.run(executor.prepare(text), QUERIES[text], call)
    assert isinstance(answer.data, dict)
    parts = {part for one in seen for part in _TOGETHER.findall(one) or [one]}
    sent = {one for one in parts if " AS n" not in one or "t0." in one} - {one for one in parts if "line_no = 1" in one}
    told = "".join(line.strip() + " " for line in explained(text, call, database.dialect, **QUERIES[text]))
    assert sent
    assert all(one in told for one in sent)


def test_says_why_a_field_fails_or_is_refused() -> None:
    nobody = Call()
    assert explained(NESTED, nobody, "sqlite")[1:] == ["orders:", "  refused: Unauthenticated('UNAUTHENTICATED')"]
    wrong = explained("{ orders(first: 101) { nodes { number } } }", ADMIN, "sqlite")
    assert wrong[-1] == "  fails: FieldError('INVALID_PAGE_SIZE')"


def test_names_the_functions_of_mutations_and_subscriptions() -> None:
    order = global_id("Order", 1000)
    text = (
        f'mutation {{ rename(input: {{id: "{order}", remark: "x"}}) {{ order {{ number }} userErrors {{ code }} }} }}'
    )
    assert explained(text, ADMIN, "sqlite")[1:5] == [
        "rename:",
        "  tests.gql.shop.rename",
        "  order:",
        "    level of purchase_order: by ids",
    ]
    text = f'subscription {{ looks(id: "{order}") {{ order {{ number }} }} }}'
    assert "tests.gql.shop.looks" in "".join(explained(text, ADMIN, "sqlite"))


@pytest.mark.parametrize("text", [NESTED, NESTED.replace("{ orders(first: 4)", "query ($n: Int) { orders(first: $n)")])
async def test_a_warm_query_makes_no_text_of_statements(database: db.Database, text: str) -> None:
    await goods.fill(8)
    executor = Executor(SCHEMA)
    prepared = executor.prepare(text)
    await executor.run(prepared, {"n": 5}, SCOPED)
    for size in (3, 2):
        answer = await executor.run(prepared, {"n": size}, SCOPED)
        assert len(answer.data["orders"]["nodes"]) == (size if "$n" in text else 4)
    called: Counter[str] = Counter()

    def note(frame: Any, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename == sql.__file__:
            called[frame.f_code.co_name] += 1

    sys.setprofile(note)
    try:
        await executor.run(prepared, {"n": 3}, SCOPED)
    finally:
        sys.setprofile(None)
    assert set(called) <= {"listed", "value", "<listcomp>"}
    assert called["listed"] == 2  # the scope once, the parents once


async def test_tracebacks_show_the_compiled_text_as_long_as_the_plan_lives(database: db.Database) -> None:
    await goods.fill(2)
    known = set(linecache.cache)
    executor = Executor(SCHEMA)
    await executor.run(executor.prepare(NESTED), None, ADMIN)
    (line, order) = sorted(set(linecache.cache) - known)
    assert "'supplier': fail(k2) if c3 is None" in linecache.getline(order, 2) + linecache.getline(line, 2)
    del executor
    gc.collect()
    assert not set(linecache.cache) - known
