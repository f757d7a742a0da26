"""What the caller may not see is null without an error, and named once, whatever is asked and over all protocols."""

import json
import re
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.sight import takes
from jxc_graphql.gql.schema.types import ObjectType
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.queries import call_of_token, call_of_user
from jxc_graphql.office.auth.rights import version_of
from jxc_graphql.office.auth.tokens import Limits
from jxc_graphql.schema import schema
from tests.gql import goods
from tests.gql.naive_where import global_id
from tests.gql.sockets import Open, bearer, hear, subscribe
from tests.gql.test_execute import ADMIN, SCHEMA, ask, order
from tests.make.rights import without

POOR = msgspec.structs.replace(ADMIN, permissions=without(Permission.SEE_COST))


def hidden(answer: dict[str, Any]) -> list[tuple[list[str], str]]:
    """The paths that are hidden, each with its permission."""
    return [(one["path"], one["permission"]) for one in answer.get("extensions", {}).get("hidden", ())]


@pytest.fixture
async def executor(database: db.Database) -> Executor:
    await goods.fill(6)
    return Executor(SCHEMA, adopt=Call.with_input)


async def test_a_path_is_named_once_by_its_response_keys(executor: Executor) -> None:
    text = "{ all: orders { edges { node { number sum: total lines { id unitPrice } } } nodes { number } } }"
    answer = await ask(executor, text, POOR)
    assert "errors" not in answer
    assert {one["node"]["sum"] for one in answer["data"]["all"]["edges"]} == {None}
    keys = ["all", "edges", "node"]
    assert hidden(answer) == [([*keys, "sum"], "SEE_COST"), ([*keys, "lines", "unitPrice"], "SEE_COST")]


async def test_it_is_named_where_there_is_no_row(executor: Executor) -> None:
    answer = await ask(executor, '{ orders(where: {number: {eq: "none"}}) { nodes { total } } }', POOR)
    assert answer["data"] == {"orders": {"nodes": []}}
    assert hidden(answer) == [(["orders", "nodes", "total"], "SEE_COST")]


async def test_nothing_is_named_to_who_sees_all_and_a_field_that_is_left_out_is_not(executor: Executor) -> None:
    answer = await ask(executor, "{ orders { nodes { total } } }")
    assert hidden(answer) == []
    answer = await ask(executor, "{ orders { nodes { id total @include(if: false) } } }", POOR)
    assert hidden(answer) == []


async def test_a_null_where_an_id_must_be_is_told_before_what_is_hidden(executor: Executor) -> None:
    text = 'query($id: ID = "x") { warehouse(id: $id) { expected(first: 2) { aggregates { max { total } } } } }'
    prepared = executor.prepare(text)
    for run in (executor.run, executor.run_by_core):
        answer = json.loads((await run(prepared, {"id": None}, POOR)).encode("r"))
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_root_field_that_may_not_be_asked_is_one_error(executor: Executor) -> None:
    call = msgspec.structs.replace(ADMIN, permissions=without(Permission.SEE_PARTNERS))
    answer = await ask(executor, "{ suppliers { nodes { name code } } warehouses { nodes { code } } }", call)
    assert answer["data"]["suppliers"] is None
    assert answer["data"]["warehouses"]["nodes"]
    assert [(one["path"], one["extensions"]["code"]) for one in answer["errors"]] == [(["suppliers"], "FORBIDDEN")]
    assert hidden(answer) == []


async def test_of_things_by_their_ids_those_are_null_that_may_not_be_seen(executor: Executor) -> None:
    call = msgspec.structs.replace(ADMIN, permissions=without(Permission.SEE_PARTNERS))
    ids = [goods.FIRST["supplier"], goods.FIRST["supplier"] + 1]
    warehouse = global_id("Warehouse", goods.FIRST["warehouse"])
    answer = await ask(
        executor,
        "query ($ids: [ID!]!) { them: nodes(ids: $ids) { id ... on Warehouse { code } } }",
        call,
        ids=[*(global_id("Supplier", key) for key in ids), warehouse],
    )
    assert answer["data"]["them"] == [None, None, {"id": warehouse, "code": "W0"}]
    assert "errors" not in answer
    assert hidden(answer) == [(["them"], "SEE_PARTNERS")]


async def test_a_payload_names_it(executor: Executor) -> None:
    text = """mutation ($input: RenameInput!) { rename(input: $input) {
        order { remark total } skus { code } query { orders(first: 1) { nodes { total } } } userErrors { code }
    } }"""
    answer = await ask(executor, text, POOR, input={"id": order(1), "remark": "new"})
    assert answer["data"]["rename"]["order"] == {"remark": "new", "total": None}
    assert "errors" not in answer
    assert hidden(answer) == [
        (["rename", "order", "total"], "SEE_COST"),
        (["rename", "query", "orders", "nodes", "total"], "SEE_COST"),
    ]


async def test_a_mutation_that_would_show_the_order_of_what_is_hidden_is_not_done(executor: Executor) -> None:
    text = """mutation ($input: RenameInput!) { rename(input: $input) {
        order { receipts(orderBy: [{field: TOTAL}]) { nodes { id } } }
    } }"""
    answer = await ask(executor, text, POOR, input={"id": order(1), "remark": "new"})
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["field"]) == (["rename"], "Receipt.total")
    assert await db.fetch("SELECT count(*) FROM purchase_order WHERE note = 'new'") == [(0,)]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_the_error_names_the_field_in_the_language_of_the_caller(executor: Executor, language: str) -> None:
    call = msgspec.structs.replace(POOR, locale=language)
    answer = await ask(executor, "{ orders(orderBy: [{field: TOTAL}]) { nodes { id } } }", call)
    assert ("隐" in answer["errors"][0]["message"] or "无权" in answer["errors"][0]["message"]) == (language == "zh-CN")
    assert "Order.total" in answer["errors"][0]["message"]


async def test_every_field_that_rights_may_take_away_says_so_in_the_schema() -> None:
    text, found = schema().as_str(), 0
    for owner in schema().types.objects.values():
        for field in owner.fields.values() if owner.kind == "entity" else ():
            for permission in takes(owner, field):
                found += 1
                assert f"@requires(permission: {permission})" in _declared(text, owner, field.name)
                assert field.type.nullable, (owner.name, field.name)
    assert found > 90
    assert text.count("directive @requires(permission: Permission!) repeatable on FIELD_DEFINITION") == 1


def _declared(text: str, owner: ObjectType, name: str) -> str:
    """The lines of a field in the printed schema, its arguments among them."""
    start = text.index(f"\ntype {owner.name} ")
    body = text[start : text.index("\n}", start)]
    found = re.search(rf"^  {name}(\(.*?\n  \)|\(.*?\))?: .*$", body, re.MULTILINE | re.DOTALL)
    assert found
    return found.group()


LOOK = "{ viewer { user { name username } permissions rightsVersion } }"


async def seller(call: Call) -> tuple[int, str]:
    made = await auth.create_user(call, username="sam", name="Sam", roles=["SELLER"])
    return made.user_id, (await auth.create_api_token(call, user_id=made.user_id, name="t")).token


async def test_http_and_sockets_and_streams_name_it(web: httpx.AsyncClient, call: Call, opened: Open) -> None:
    _, token = await seller(call)
    wanted = [{"path": ["viewer", "user", "username"], "permission": "MANAGE_USERS"}]
    headers = {"authorization": f"Bearer {token}"}
    answer = (await web.post("/graphql", json={"query": LOOK}, headers=headers)).json()
    assert answer["data"]["viewer"]["user"] == {"name": "Sam", "username": None}
    assert answer["extensions"]["hidden"] == wanted
    assert "errors" not in answer
    stream = await web.post("/graphql", json={"query": LOOK}, headers=headers | {"accept": "text/event-stream"})
    (told,) = [line for line in stream.text.splitlines() if line.startswith("data: {")]
    assert json.loads(told[6:])["extensions"]["hidden"] == wanted
    socket = await opened(bearer(token), subscribe(LOOK))
    await hear(socket)
    frame = await hear(socket)
    assert frame["payload"]["extensions"]["hidden"] == wanted


async def test_the_version_of_rights_changes_with_all_that_decides_what_is_seen(call: Call) -> None:
    user_id, token = await seller(call)

    async def version() -> str:
        return version_of(await call_of_user(user_id))

    seen = [await version()]
    assert await version() == seen[0]
    await auth.set_user_roles(call, user_id=user_id, roles=["BUYER"])
    seen.append(await version())
    await auth.create_role(call, code="ONE", name="One", permissions=[Permission.SEE_STOCK])
    await auth.set_user_roles(call, user_id=user_id, roles=["ONE"])
    seen.append(await version())
    ((role_id,),) = await db.fetch("SELECT id FROM role WHERE code = 'ONE'")
    await auth.set_role_permissions(call, role_id=role_id, permissions=[Permission.SEE_STOCK, Permission.SEE_COST])
    seen.append(await version())
    await auth.set_user_scope(call, user_id=user_id, dimension=Dimension.WAREHOUSE, target_ids=[])
    seen.append(await version())
    only = Limits(permissions=[Permission.SEE_STOCK])
    limited = await auth.create_api_token(await call_of_user(user_id), user_id=user_id, name="u", limits=only)
    seen.append(version_of(await call_of_token(limited.token, locale=None, request_id="r")))
    assert len(set(seen)) == len(seen)
    assert token
