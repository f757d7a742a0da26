"""Whole operations: mutations and their payloads, streams, refusals, null propagation, introspection, statements."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.prepare import Prepared, Recent
from jxc_graphql.gql.run.result import Refused
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.each import each
from tests.gql import goods, shop, shop_rules
from tests.gql.lists import connections
from tests.gql.naive_where import global_id
from tests.make.rights import without
from tests.patience import until

SCHEMA = Schema([shop])
EVERYTHING = frozenset(Permission)
ADMIN = Call(actor_id=1, permissions=EVERYTHING)
RENAME = """mutation ($input: RenameInput!) { rename(input: $input) {
    order { id remark lines { lineNo } } skus { code } key
    userErrors { __typename code message path ... on TooMuchError { sku { code } asked } }
    query { order(id: $id) { remark } }
} }""".replace("($input: RenameInput!)", "($input: RenameInput!, $id: ID!)")


@pytest.fixture
async def executor(database: db.Database) -> Executor:
    await goods.fill(6)
    return Executor(SCHEMA, adopt=Call.with_input)


async def ask(executor: Executor, text: str, call: Call = ADMIN, /, **variables: Any) -> dict[str, Any]:
    answer = await executor.run(executor.prepare(text), variables, call)
    found: dict[str, Any] = json.loads(answer.encode("request-1"))
    return found


def order(number: int) -> str:
    return global_id("Order", goods.FIRST["order"] + number)


def sku(number: int) -> str:
    return global_id("Sku", goods.FIRST["sku"] + number)


async def rename(executor: Executor, call: Call = ADMIN, **given: Any) -> dict[str, Any]:
    return await ask(executor, RENAME, call, id=order(1), input={"id": order(1), "remark": "new", **given})


async def remark() -> str:
    return (await PurchaseOrder.get(id=goods.FIRST["order"] + 1)).note


async def test_a_mutation_shows_what_its_fact_names_and_the_state_after_it(executor: Executor) -> None:
    lines = [{"skuId": sku(2), "quantity": "1.5"}, {"skuId": sku(0), "quantity": 2}]
    answer = await rename(executor, lines=lines, idempotencyKey="k1")
    assert answer["data"]["rename"] == {
        "order": {"id": order(1), "remark": "new", "lines": [{"lineNo": 1}]},
        "skus": [{"code": "K2"}, {"code": "K0"}],
        "key": "k1",
        "userErrors": [],
        "query": {"order": {"remark": "new"}},
    }
    assert "errors" not in answer


async def test_all_wrong_inputs_are_shown_with_their_paths_and_nothing_is_written(executor: Executor) -> None:
    lines = [
        {"skuId": order(1), "quantity": "1"},
        {"skuId": sku(1), "quantity": "1.23456"},
        {"skuId": "x", "quantity": "1000000000000"},
    ]
    answer = await rename(executor, lines=lines)
    found = answer["data"]["rename"]
    assert [(one["__typename"], one["code"], one["path"]) for one in found["userErrors"]] == [
        ("UnknownIdError", "WRONG_KIND_OF_ID", ["input", "lines", "0", "skuId"]),
        ("NumberError", "TOO_MANY_DECIMALS", ["input", "lines", "1", "quantity"]),
        ("UnknownIdError", "UNKNOWN_ID", ["input", "lines", "2", "skuId"]),
        ("NumberError", "OUT_OF_BOUNDS", ["input", "lines", "2", "quantity"]),
    ]
    assert (found["order"], found["skus"], found["key"]) == (None, [], None)
    assert await remark() == "Eilig"


async def test_a_reason_is_shown_with_its_data(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jxc_graphql.kit.messages.render", lambda reason, _locale: f"text of {reason.code}")
    answer = await rename(executor, lines=[{"skuId": sku(1), "quantity": 1}, {"skuId": sku(2), "quantity": 101}])
    assert answer["data"]["rename"]["userErrors"] == [
        {
            "__typename": "TooMuchError",
            "code": "TOO_MUCH",
            "message": "text of TOO_MUCH",
            "path": ["input", "lines", "1", "quantity"],
            "sku": {"code": "K2"},
            "asked": "101",
        }
    ]
    assert await remark() == "Eilig"


async def test_a_refused_mutation_is_null_with_an_error(executor: Executor) -> None:
    answer = await rename(executor, remark="forbidden")
    assert answer["data"] == {"rename": None}
    (error,) = answer["errors"]
    assert error["path"] == ["rename"]
    assert error["extensions"] == {"code": "FORBIDDEN", "permission": "MANAGE_USERS", "requestId": "request-1"}


async def test_a_bug_is_masked(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    logged = []
    monkeypatch.setattr("jxc_graphql.gql.plan.problems._log.error", lambda *_, **told: logged.append(told["exc_info"]))
    answer = await rename(executor, remark="bug")
    (error,) = answer["errors"]
    assert error["message"] == "Internal error."
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "request-1"}
    assert [str(one) for one in logged] == ["an inner text that must not leave the server"]


async def test_a_client_that_hangs_up_does_not_stop_a_mutation(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def pause() -> None:
        has_begun.set()
        await may_end.wait()

    monkeypatch.setattr(shop_rules, "pause", pause)
    task = asyncio.create_task(rename(executor, remark="slow"))
    await has_begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_end.set()

    async def renamed() -> bool:
        return await remark() == "slow"

    await until(renamed)


async def test_mutations_of_one_document_run_one_after_the_other(executor: Executor) -> None:
    text = """mutation($a: RenameInput!, $b: RenameInput!) {
        a: rename(input: $a) { order { remark } } b: rename(input: $b) { order { remark } }
    }"""
    answer = await ask(executor, text, a={"id": order(1), "remark": "slow"}, b={"id": order(1), "remark": "last"})
    assert answer["data"] == {"a": {"order": {"remark": "slow"}}, "b": {"order": {"remark": "last"}}}


@each(
    ("value", "code"),
    [
        *((value, "NOT_A_NUMBER") for value in ("1e3", "NaN", "Infinity", "１", "1_000", " 1", "-", "1,5", "+1", "07")),
        ("", "REQUIRED"),
        (" ", "REQUIRED"),
        ("1.00001", "TOO_MANY_DECIMALS"),
        ("9" * 20, "OUT_OF_BOUNDS"),
        ("9" * 5000, "OUT_OF_BOUNDS"),
    ],
)
async def test_a_number_that_cannot_be_read_is_told_where_it_stands(executor: Executor, value: str, code: str) -> None:
    as_variable = await rename(executor, lines=[{"skuId": sku(1), "quantity": value}])
    literal = await ask(
        executor,
        f"""mutation {{ rename(input: {{ id: "{order(1)}", remark: "new", lines: [
            {{ skuId: "{sku(1)}", quantity: "{value}" }}] }}) {{ userErrors {{ code path }} }} }}""",
    )
    for answer in (as_variable, literal):
        (found,) = answer["data"]["rename"]["userErrors"]
        assert (found["code"], found["path"]) == (code, ["input", "lines", "0", "quantity"])
        assert "errors" not in answer
    assert await remark() == "Eilig"


@each("value", [1.5, True, ["1"], {"value": "1"}])
async def test_a_value_of_another_json_type_is_an_error_of_graphql(executor: Executor, value: Any) -> None:
    with pytest.raises(Refused) as caught:
        await rename(executor, lines=[{"skuId": sku(1), "quantity": value}])
    (error,) = caught.value.result.errors  # type: ignore[misc]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert not {"True", "None", "dict", "Traceback"} & set(error["message"].split())


@each(
    ("text", "name", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", None, "OPERATION_RESOLUTION_FAILURE"),
        ("query A { __typename }", "B", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on Order { id }", None, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_refuses_a_document_that_cannot_be_run(
    executor: Executor, text: str, name: str | None, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        executor.prepare(text, name)
    assert {one["extensions"]["code"] for one in caught.value.result.errors} == {code}  # type: ignore[union-attr]


@each(
    ("selection", "code"),
    [
        ("orders(first: -1) { totalCount }", "INVALID_PAGE_SIZE"),
        ("orders(first: 101) { totalCount }", "INVALID_PAGE_SIZE"),
        ("orders(first: 1, last: 1) { totalCount }", "INVALID_PAGE_SIZE"),
        ('orders(after: "nonsense") { totalCount }', "INVALID_CURSOR"),
        ('orders(after: "WzEsMl0") { totalCount }', "INVALID_CURSOR"),
        ('orders(where: {supplierId: {eq: "x"}}) { totalCount }', "UNKNOWN_ID"),
        ('orders(where: {total: {eq: "1.23456"}}) { totalCount }', "TOO_MANY_DECIMALS"),
        ('orders(where: {number: {eq: "\\u0000"}}) { totalCount }', "BAD_USER_INPUT"),
        ('node(id: "x") { id }', "UNKNOWN_ID"),
        ('order(id: "U2t1OjQwMA") { id }', "WRONG_KIND_OF_ID"),
        ('products(search: "a b c d e f g h i j k") { totalCount }', "LIMIT_EXCEEDED"),
    ],
)
async def test_a_bad_argument_has_a_code_and_leaves_its_neighbours_alone(
    executor: Executor, selection: str, code: str
) -> None:
    answer = await ask(executor, f"{{ bad: {selection} me {{ locale }} }}")
    assert answer["data"] == {"bad": None, "me": {"locale": "en"}}
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["bad"], code)


@each(
    "selection",
    [
        'orders(where: {total: {gt: "1"}}) { totalCount }',
        'orders(where: {not: {or: [{total: {gt: "1"}}]}}) { totalCount }',
        "orders(orderBy: [{field: TOTAL}]) { totalCount }",
        "orders { aggregates { sum { total } } }",
        "warehouses { nodes { code expected(first: 2, orderBy: [{field: TOTAL}]) { totalCount } } }",
        "warehouses { nodes { expected(first: 2) { totalCount aggregates { max { total } } } } }",
    ],
)
async def test_what_may_not_be_seen_cannot_be_learnt_by_filter_or_order(executor: Executor, selection: str) -> None:
    poor = msgspec.structs.replace(ADMIN, permissions=without(Permission.SEE_COST))
    answer = await ask(executor, f"{{ bad: {selection} }}", poor)
    assert answer["data"] == {"bad": None}
    (error,) = answer["errors"]
    assert error["path"] == ["bad"]
    assert error["extensions"] == {
        "code": "FORBIDDEN",
        "permission": "SEE_COST",
        "field": "Order.total",
        "requestId": "request-1",
    }
    assert "Order.total" in error["message"]


async def test_a_scope_holds_on_every_way(executor: Executor) -> None:
    text = """query($order: ID!, $line: ID!, $lines: [ID!]!) {
        orders { totalCount aggregates { count sum { total } } nodes { warehouse { code } } }
        lines(first: 100) { totalCount nodes { order { warehouse { code } } } } warehouses { nodes { code } }
        node(id: $order) { id } order(id: $order) { id } line: node(id: $line) { id } nodes(ids: $lines) { id }
        receipts { nodes { order { id } } } me { warehouses { code } }
    }"""
    narrow = msgspec.structs.replace(ADMIN, scopes={Dimension.WAREHOUSE: frozenset({10})})
    hidden = await PurchaseOrder.exclude(warehouse_id=10).values_list("id", flat=True)
    rows = await db.fetch("SELECT id, purchase_order_id FROM purchase_order_line")
    outside = [global_id("Line", key) for key, owner in rows if owner in hidden]
    answer = await ask(executor, text, narrow, order=order(1), line=outside[0], lines=outside)
    data = answer["data"]
    assert data["orders"]["totalCount"] == data["orders"]["aggregates"]["count"] == len(data["orders"]["nodes"]) == 2
    assert {one["warehouse"]["code"] for one in data["orders"]["nodes"]} == {"W0"}
    assert data["lines"]["totalCount"] == len(rows) - len(outside)
    assert {one["order"]["warehouse"]["code"] for one in data["lines"]["nodes"]} == {"W0"}
    assert (data["node"], data["order"], data["line"]) == (None, None, None)
    assert data["nodes"] == [None] * len(outside)
    assert data["warehouses"]["nodes"] == data["me"]["warehouses"] == [{"code": "W0"}]
    assert {one["order"] and one["order"]["id"] for one in data["receipts"]["nodes"]} <= {order(0), order(3), None}


async def test_introspection_and_data_come_in_one_answer(executor: Executor) -> None:
    text = """query($id: ID!) { __schema { queryType { name } } a: __typename order(id: $id) { number }
        skus { nodes { code mood } } }"""
    answer = await ask(executor, text, id=order(1))
    assert answer["data"]["__schema"] == {"queryType": {"name": "Query"}}
    assert answer["data"]["order"] == {"number": "PO-00001"}
    assert answer["data"]["skus"] is None  # mood of K3 fails and must not be null
    assert answer["errors"][0]["path"] == ["skus", "nodes", 3, "mood"]


async def test_an_operation_of_ours_never_enters_the_executor_of_graphql_core(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("graphql.execute")
    answer = await ask(executor, "{ orders { nodes { lines { sku { temper } } } } me { locale } }")
    assert len(answer["data"]["orders"]["nodes"]) == 6


async def test_walking_the_pages_shows_each_row_once_while_rows_come_in(executor: Executor) -> None:
    text = """query($after: String) { orders(
        first: 2, after: $after, orderBy: [{field: EXPECTED_ON, direction: DESC}]
    ) { nodes { number } pageInfo { endCursor hasNextPage } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = (await ask(executor, text, after=after))["data"]["orders"]
        seen += [one["number"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        first = await PurchaseOrder.get(id=goods.FIRST["order"])
        await PurchaseOrder.create(
            **{
                name: getattr(first, name)
                for name in (
                    "status",
                    "business_date",
                    "created_at",
                    "created_by_id",
                    "supplier_id",
                    "warehouse_id",
                    "total",
                    "net",
                    "base_net",
                    "base_gross",
                    "currency",
                    "payment_term_id",
                )
            },
            number=f"AA-{len(seen)}",
        )
    assert len(seen) == len(set(seen))
    assert len([one for one in seen if one.startswith("PO-")]) == 6


@pytest.mark.parametrize("nested", [False, True])
async def test_statements_do_not_grow_with_rows(database: db.Database, nested: bool) -> None:
    executor = Executor(SCHEMA)
    counts: dict[str, list[int]] = {}
    done = 0
    for rows in (1, 10, 100):
        await (goods.fill(rows) if not done else goods.more_orders(done, rows))
        done = rows
        for prepared, name in list_fields(executor, nested=nested):
            with db.statements() as seen:
                answer = await executor.run(prepared, {}, ADMIN)
            assert answer.errors is msgspec.UNSET, name
            counts.setdefault(name, []).append(len(seen))
    assert all(one[1] == one[2] <= 1 + 2 * nested for one in counts.values()), counts
    assert all(one[0] <= one[1] for one in counts.values()), counts


def list_fields(executor: Executor, *, nested: bool) -> list[tuple[Prepared, str]]:
    found = []
    for owner, field in connections(SCHEMA.types):
        selection = (
            f"{field.name}(first: 10) {{ totalCount nodes {{ id }} }}" if field.arguments else f"{field.name} {{ id }}"
        )
        if owner.kind == "root" and not nested:
            found.append((executor.prepare(f"{{ {selection} }}"), field.name))
        elif owner.kind != "root" and nested:
            root = {"Category": "categories"}.get(owner.name, owner.name.lower() + "s")
            found.append(
                (executor.prepare(f"{{ {root}(first: 100) {{ nodes {{ {selection} }} }} }}"), f"{root}.{field.name}")
            )
    return found


def test_forgets_what_was_not_used_for_longest() -> None:
    kept: Recent[str] = Recent(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda key=key: key)  # type: ignore[misc]
    assert kept.get("a", lambda: "made again") == "a"
    assert kept.get("b", lambda: "made again") == "made again"


async def test_a_list_may_keep_to_rows_that_have_a_value_in_a_column(executor: Executor) -> None:
    page = "(first: 2) { totalCount nodes { number expectedOn } pageInfo { hasNextPage } }"
    found = (await ask(executor, f"{{ expected{page} warehouses {{ nodes {{ expected{page} }} }} }}"))["data"]
    assert [one["number"] for one in found["expected"]["nodes"]] == ["PO-00005", "PO-00003"]
    assert (found["expected"]["totalCount"], found["expected"]["pageInfo"]["hasNextPage"]) == (4, True)
    of_each = [one["expected"] for one in found["warehouses"]["nodes"]]
    assert sum(one["totalCount"] for one in of_each) == 4
    assert all(order["expectedOn"] for one in of_each for order in one["nodes"])
