"""Whoever changes a user or a role says which version the change is made for; each change makes the next one."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import operations
from jxc_graphql.office.auth.operations import ensure_roles
from jxc_graphql.office.auth.permissions import Permission
from tests.accounts import PASSWORD, moment

CHANGES: dict[str, dict[str, Any]] = {
    "updateUser": {"name": "乙"},
    "setUserRoles": {"roles": ["SELLER"]},
    "setUserWarehouses": {"warehouseIds": []},
    "setUserBranches": {"branchIds": []},
    "setUserSuppliers": {"supplierIds": []},
    "setUserCustomers": {"customerIds": []},
    "deactivateUser": {},
    "reactivateUser": {},
    "setRolePermissions": {"permissions": ["SEE_STOCK"]},
    "setRoleGrants": {"grants": ["VIEWER"]},
}


@pytest.fixture
async def ids(call: Call) -> dict[str, int]:
    user = await operations.create_user(call, username="lin", name="林", roles=["VIEWER"], password=PASSWORD)
    role = await operations.create_role(call, code="COUNTER", name="盘点员", permissions=[Permission.SEE_STOCK])
    return {"User": user.user_id, "Role": role.role_id}


async def do(client: httpx.AsyncClient, mutation: str, shown: str, given: dict[str, Any], version: int) -> Any:
    title = mutation[0].upper() + mutation[1:]
    text = f"""mutation($input: {title}Input!) {{ {mutation}(input: $input) {{
        {shown} userErrors {{ code path ... on StaleVersionError {{ current expected }} }} }} }}"""
    told = {"input": {**given, "expectedVersion": version}}
    return (await client.post("/graphql", json={"query": text, "variables": told})).json()["data"][mutation]


WRONG = {"code": "STALE_VERSION", "path": ["input", "expectedVersion"], "current": 1, "expected": 2}


@pytest.mark.parametrize("mutation", CHANGES)
async def test_another_version_is_refused(client: httpx.AsyncClient, ids: dict[str, int], mutation: str) -> None:
    kind = "Role" if mutation.startswith("setRole") else "User"
    table = kind.lower()
    given = {"id": global_id(kind, ids[kind]), **CHANGES[mutation]}
    shown = f"{table} {{ version updatedAt }}"
    ((before,),) = await db.fetch(f'SELECT updated_at FROM "{table}" WHERE id = ?', (ids[kind],))
    assert await do(client, mutation, shown, given, 2) == {table: None, "userErrors": [WRONG]}
    done = await do(client, mutation, shown, given, 1)
    assert (done[table]["version"], done["userErrors"]) == (2, [])
    assert datetime.fromisoformat(done[table]["updatedAt"]) > moment(before)


async def test_a_role_is_deleted_at_the_version_that_was_seen(client: httpx.AsyncClient, ids: dict[str, int]) -> None:
    given = {"id": global_id("Role", ids["Role"])}
    assert await do(client, "deleteRole", "code", given, 2) == {"code": None, "userErrors": [WRONG]}
    assert await do(client, "deleteRole", "code", given, 1) == {"code": "COUNTER", "userErrors": []}


async def versions(table: str) -> dict[int, int]:
    return dict(await db.fetch(f'SELECT id, version FROM "{table}"'))


async def test_nothing_to_change_makes_no_version(client: httpx.AsyncClient, ids: dict[str, int]) -> None:
    given = {"id": global_id("User", ids["User"]), "name": "林"}
    assert await do(client, "updateUser", "user { version }", given, 1) == {"user": {"version": 1}, "userErrors": []}


async def test_a_new_password_makes_no_version(call: Call, ids: dict[str, int]) -> None:
    await operations.reset_password(call, user_id=ids["User"])
    assert (await versions("user"))[ids["User"]] == 1


async def test_a_built_in_role_that_the_program_changes_has_another_version(call: Call, database: db.Database) -> None:
    assert database
    before = await versions("role")
    assert {*before.values()} == {1}
    await ensure_roles(call)
    assert await versions("role") == before
    await db.transactional(db.execute)("DELETE FROM role_permission WHERE permission = 'SEE_STOCK'")
    await ensure_roles(call)
    after = await versions("role")
    assert {one for one in after if after[one] == before[one] + 1}
