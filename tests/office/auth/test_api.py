from datetime import datetime
from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import operations, rules
from tests.accounts import PASSWORD
from tests.operations import send


@pytest.fixture
async def ann(call: Call) -> str:
    made = await operations.create_user(
        call, username="ann", name="安", password=PASSWORD, roles=["BUYER"], locale="zh-CN"
    )
    return global_id("User", made.user_id)


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> dict[str, Any]:
    """What a mutation answers to an input."""
    answer = await send(client, "auth", operation, {"input": given})
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][operation[0].lower() + operation[1:]]
    return payload


def problems(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


def code(answer: dict[str, Any]) -> str:
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


async def test_the_viewer_is_who_shows_the_token(client: httpx.AsyncClient, call: Call) -> None:
    viewer = (await send(client, "auth", "Viewer"))["data"]["viewer"]
    assert viewer["user"] == {"id": global_id("User", call.actor_id or 0), "name": "Administrator"}
    assert "MANAGE_USERS" in viewer["permissions"]


async def test_a_session_from_signing_in_to_signing_out(client: httpx.AsyncClient, ann: str) -> None:
    client.headers.pop("authorization")
    session = await do(client, "Login", username="ANN", password=PASSWORD)
    assert session["user"] == {"id": ann, "name": "安"}
    client.headers["authorization"] = f"Bearer {session['token']}"
    assert (await send(client, "auth", "Viewer"))["data"]["viewer"]["user"]["id"] == ann
    logout = await send(client, "auth", "Logout")
    assert logout["data"]["logout"] == {"user": {"id": ann}, "userErrors": []}
    assert code(await send(client, "auth", "Viewer")) == "TOKEN_REVOKED"


@pytest.mark.parametrize("stale", ["Bearer nobodys", "Basic YTpi", ""])
async def test_who_signs_in_or_out_may_show_a_token_that_is_not_good(
    client: httpx.AsyncClient, ann: str, stale: str
) -> None:
    client.headers["authorization"] = stale
    assert (await send(client, "auth", "Logout"))["data"]["logout"] == {"user": None, "userErrors": []}
    session = await do(client, "Login", username="ann", password=PASSWORD)
    assert session["user"]["id"] == ann
    assert datetime.fromisoformat(session["expiresAt"]) - clock.now() <= rules.SESSION_IDLE
    more = "mutation M($i: LoginInput!, $d: DeactivateUserInput!) { login(input: $i) { token } %s }"
    login = {"username": "ann", "password": PASSWORD}
    for query in (
        more % "deactivateUser(input: $d) { user { id } }",
        "query { __typename }",
        "mutation { ...x } fragment x on Mutation { logout { userErrors { code } } }",
        "mutation { logout {",
    ):
        body = {"query": query, "variables": {"i": login, "d": {"id": ann}}}
        assert (await client.post("/graphql", json=body)).status_code == 401


async def test_a_token_that_is_not_good_says_why(client: httpx.AsyncClient, ann: str) -> None:
    told = []
    for end in ("", "expires_at = created_at", "revoked_at = created_at"):
        session = await do(client, "Login", username="ann", password=PASSWORD)
        if end:
            await db.transactional(db.execute)(f"UPDATE token SET {end} WHERE kind = 'SESSION'")
        client.headers["authorization"] = f"Bearer {session['token']}{'' if end else 'x'}"
        answer = await client.post("/graphql", json={"query": "{ __typename }"})
        told.append((answer.status_code, code(answer.json())))
    assert told == [(401, "TOKEN_UNKNOWN"), (401, "TOKEN_EXPIRED"), (401, "TOKEN_REVOKED")]


async def test_users_are_looked_after(client: httpx.AsyncClient, ann: str) -> None:
    updated = await do(client, "UpdateUser", id=ann, name="Anna", locale="en")
    assert updated["user"] == {"id": ann, "name": "Anna", "username": "ann", "locale": "en"}
    reset = await do(client, "ResetPassword", id=ann)
    assert (await do(client, "Login", username="ann", password=reset["password"]))["user"]["id"] == ann
    await do(client, "DeactivateUser", id=ann)
    assert (await do(client, "ReactivateUser", id=ann))["user"]["isActive"] is True


async def test_who_mistypes_a_role_is_told_those_that_he_may_give(client: httpx.AsyncClient) -> None:
    [problem] = (await do(client, "CreateUser", username="bob", name="Bob", roles=["BYUER"]))["userErrors"]
    assert problem["code"] == "UNKNOWN_ROLE_CODE"
    assert "BUYER" in problem["message"]


async def test_the_answer_to_signing_in_is_already_ones_own(client: httpx.AsyncClient, ann: str) -> None:
    client.headers.pop("authorization")
    document = "mutation($input: LoginInput!) { login(input: $input) { query { viewer { user { id } locale } } } }"
    variables = {"input": {"username": "ann", "password": PASSWORD}}
    answer = (await client.post("/graphql", json={"query": document, "variables": variables})).json()
    assert answer["data"]["login"]["query"]["viewer"]["user"]["id"] == ann


async def test_a_failed_sign_in_is_an_error_of_the_user(client: httpx.AsyncClient, ann: str) -> None:
    assert ann
    client.headers.pop("authorization")
    for username in ("ann", "nobody"):
        failed = await do(client, "Login", username=username, password="wrong horse")
        assert (failed["token"], failed["user"]) == (None, None)
        assert [error["code"] for error in failed["userErrors"]] == ["INVALID_CREDENTIALS"]
    for _ in range(4):
        await do(client, "Login", username="ann", password="wrong horse")
    (error,) = (await do(client, "Login", username="ann", password=PASSWORD))["userErrors"]
    assert (error["__typename"], error["code"]) == ("LimitError", "TOO_MANY_ATTEMPTS")
    assert error["retryAfterSeconds"] == 1


async def test_without_a_token_only_signing_in_is_possible(client: httpx.AsyncClient, ann: str) -> None:
    client.headers.pop("authorization")
    assert await send(client, "auth", "Viewer") | {"extensions": None} == {"data": {"viewer": None}, "extensions": None}
    for operation in ("Users", "Roles"):
        assert code(await send(client, "auth", operation)) == "UNAUTHENTICATED"
    assert code(await send(client, "auth", "UserDetail", {"id": ann})) == "UNAUTHENTICATED"
    assert code(await send(client, "auth", "DeactivateUser", {"input": {"id": ann}})) == "UNAUTHENTICATED"


async def test_users_are_created_and_their_rights_set(client: httpx.AsyncClient) -> None:
    made = await do(client, "CreateUser", username="Bob", name="Bob", password=PASSWORD, roles=["BUYER"])
    user = made["user"]
    assert (user["username"], [role["code"] for role in user["roles"]]) == ("bob", ["BUYER"])
    changed = await do(client, "SetUserRoles", id=user["id"], roles=["VIEWER", "SELLER"])
    assert [role["code"] for role in changed["user"]["roles"]] == ["SELLER", "VIEWER"]
    users = (await send(client, "auth", "Users", {"first": 10}))["data"]["users"]
    assert (users["totalCount"], [one["username"] for one in users["nodes"]]) == (2, ["admin", "bob"])
    assert not problems(await do(client, "ChangePassword", id=user["id"], newPassword="battery staple"))
    assert (await do(client, "DeactivateUser", id=user["id"]))["user"]["isActive"] is False


async def test_what_is_wrong_with_a_user_is_told_by_path(client: httpx.AsyncClient, ann: str) -> None:
    refused = await do(client, "CreateUser", username="", name="x", password="short", roles=["BUYER", "KING"])
    assert refused["user"] is None
    assert problems(refused) == [
        ("REQUIRED", ["input", "username"]),
        ("PASSWORD_LENGTH", ["input", "password"]),
        ("UNKNOWN_ROLE_CODE", ["input", "roles", "1"]),
    ]
    taken = await do(client, "CreateUser", username="ann", name="x", roles=[])
    assert problems(taken) == [("USERNAME_TAKEN", ["input", "username"])]
    assert problems(await do(client, "SetUserRoles", id=ann[1:], roles=[])) == [("UNKNOWN_ID", ["input", "id"])]


async def test_roles_tell_what_they_allow(client: httpx.AsyncClient) -> None:
    roles = {role["code"]: role for role in (await send(client, "auth", "Roles"))["data"]["roles"]["nodes"]}
    assert "MANAGE_USERS" in roles["ADMIN"]["permissions"]
    assert "SHIP_GOODS" in roles["WAREHOUSE_KEEPER"]["permissions"]


async def test_a_program_gets_a_token_until_it_is_revoked(client: httpx.AsyncClient, ann: str) -> None:
    made = await do(client, "CreateApiToken", userId=ann, name="shop", expiresInDays=30)
    assert (made["accessToken"]["kind"], made["accessToken"]["name"], made["user"]["id"]) == ("API", "shop", ann)
    program = {"authorization": f"Bearer {made['token']}"}
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url, headers=program) as other:  # noqa: SLF001
        assert (await send(other, "auth", "Viewer"))["data"]["viewer"]["locale"] == "zh-CN"
        tokens = (await send(client, "auth", "AccessTokens", {"userId": ann}))["data"]["accessTokens"]
        assert [token["id"] for token in tokens] == [made["accessToken"]["id"]]
        revoked = await do(client, "RevokeToken", id=made["accessToken"]["id"])
        assert revoked["accessToken"]["revokedAt"]
        assert code(await send(other, "auth", "Viewer")) == "TOKEN_REVOKED"


async def test_a_scope_hides_other_warehouses(client: httpx.AsyncClient, call: Call, ann: str) -> None:
    here, there = [(await create_warehouse(call, code=code, name=code)).warehouse_id for code in ("W1", "W2")]
    chosen = global_id("Warehouse", here)
    scoped = await do(client, "SetUserWarehouses", id=ann, warehouseIds=[chosen])
    assert [one["id"] for one in scoped["user"]["warehouses"]] == [chosen]
    as_before = await do(client, "SetUserWarehouses", id=ann)
    assert as_before["user"] == scoped["user"]  # only null means all of them
    gone = await do(client, "SetUserWarehouses", id=ann, warehouseIds=[chosen, global_id("Warehouse", there + 1)])
    assert problems(gone) == [("UNKNOWN_TARGET", ["input", "warehouseIds", "1"])]
    session = await do(client, "Login", username="ann", password=PASSWORD)
    client.headers["authorization"] = f"Bearer {session['token']}"
    seen = (await send(client, "warehouses", "Warehouses"))["data"]["warehouses"]["nodes"]
    assert [one["id"] for one in seen] == [chosen]


async def test_a_buyer_sees_names_and_nothing_else_of_users(client: httpx.AsyncClient, call: Call, ann: str) -> None:
    session = await do(client, "Login", username="ann", password=PASSWORD)
    client.headers["authorization"] = f"Bearer {session['token']}"
    admin = global_id("User", call.actor_id or 0)
    for operation in ("Users", "Roles"):
        assert code(await send(client, "auth", operation)) == "FORBIDDEN"
    answer = await send(client, "auth", "UserDetail", {"id": admin})
    assert answer["data"]["user"]["username"] is None
    assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"MANAGE_USERS"}
    refused = await send(client, "auth", "AccessTokens", {"userId": admin})
    assert (code(refused), refused["data"]) == ("FORBIDDEN", {"accessTokens": None})


async def test_an_owner_makes_lists_and_revokes_his_tokens(client: httpx.AsyncClient, call: Call, ann: str) -> None:
    here = global_id("Warehouse", (await create_warehouse(call, code="W1", name="W1")).warehouse_id)
    session = await do(client, "Login", username="ann", password=PASSWORD)
    client.headers["authorization"] = f"Bearer {session['token']}"
    given = {"permissions": ["SEE_STOCK", "SEE_CATALOG"], "scope": [here], "addresses": ["127.0.0.1"]}
    made = (await do(client, "CreateApiToken", userId=ann, name="till", **given))["accessToken"]
    assert (made["permissions"], made["addresses"]) == (["SEE_CATALOG", "SEE_STOCK"], ["127.0.0.1/32"])
    assert [one["id"] for one in made["warehouses"]] == [here]
    assert (made["createdFrom"], made["lastUsedAt"]) == ("127.0.0.1", None)
    listed = (await send(client, "auth", "AccessTokens"))["data"]["accessTokens"]
    assert [(one["kind"], one["name"], one["warehouses"] is None) for one in listed] == [
        ("API", "till", False),
        ("SESSION", "", True),
    ]
    assert (await do(client, "RevokeToken", id=made["id"]))["accessToken"]["revokedAt"]


async def test_a_device_is_known_by_its_token(client: httpx.AsyncClient, ann: str) -> None:
    client.headers.pop("authorization")
    first = await do(client, "Login", username="ann", password=PASSWORD)
    again = await do(client, "Login", username="ann", password=PASSWORD, deviceToken=first["deviceToken"])
    assert again["deviceToken"] == first["deviceToken"] != first["token"]
    assert again["user"]["id"] == ann


async def test_roles_are_made_changed_and_deleted(client: httpx.AsyncClient, ann: str) -> None:
    made = await do(
        client, "CreateRole", code="STAFF", name="人事", permissions=["MANAGE_USERS"], grants=["SELLER", "BUYER"]
    )
    role = made["role"]
    assert (role["isBuiltIn"], role["permissions"]) == (False, ["MANAGE_USERS"])
    assert [one["code"] for one in role["grants"]] == ["BUYER", "SELLER"]
    changed = await do(client, "SetRolePermissions", id=role["id"], permissions=["SEE_STOCK", "MANAGE_USERS"])
    assert changed["role"]["permissions"] == ["MANAGE_USERS", "SEE_STOCK"]
    narrowed = await do(client, "SetRoleGrants", id=role["id"], grants=["SELLER"])
    assert [one["code"] for one in narrowed["role"]["grants"]] == ["SELLER"]
    await do(client, "SetUserRoles", id=ann, roles=["STAFF"])
    assert problems(await do(client, "DeleteRole", id=role["id"])) == [("ROLE_IN_USE", ["input", "id"])]
    await do(client, "SetUserRoles", id=ann, roles=[])
    assert (await do(client, "DeleteRole", id=role["id"]))["code"] == "STAFF"


async def test_an_emptied_scope_is_nothing_and_null_is_everything(
    client: httpx.AsyncClient, call: Call, ann: str
) -> None:
    here = (await create_warehouse(call, code="W1", name="W1")).warehouse_id
    admin = dict(client.headers)
    session = await do(client, "Login", username="ann", password=PASSWORD)
    for scope, seen in (([], []), (None, [global_id("Warehouse", here)])):
        client.headers["authorization"] = admin["authorization"]
        scoped = await do(client, "SetUserWarehouses", id=ann, warehouseIds=scope)
        assert scoped["user"]["warehouses"] == scope
        client.headers["authorization"] = f"Bearer {session['token']}"
        found = (await send(client, "warehouses", "Warehouses"))["data"]["warehouses"]["nodes"]
        assert [one["id"] for one in found] == seen


async def test_the_journal_tells_from_where_something_was_done(client: httpx.AsyncClient, ann: str) -> None:
    await do(client, "DeactivateUser", id=ann)
    ((address, token_id),) = await db.fetch("SELECT address, token_id FROM journal WHERE name = 'UserDeactivated'")
    assert (address, token_id is None) == ("127.0.0.1", False)
