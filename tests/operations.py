"""Sends the documents of schema/operations as a client would."""

from functools import cache
from pathlib import Path
from typing import Any

import httpx
from graphql import DocumentNode, OperationDefinitionNode, parse, print_ast, separate_operations

from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension

FOLDER = Path(__file__).parent.parent / "schema" / "operations"


@cache
def documents() -> dict[str, str]:
    """Every client operation by name, each with the fragments it needs, from whichever file has them."""
    definitions = tuple(
        definition for path in sorted(FOLDER.glob("*.graphql")) for definition in parse(path.read_text()).definitions
    )
    return {name: print_ast(one) for name, one in separate_operations(DocumentNode(definitions=definitions)).items()}


@cache
def names(feature: str) -> frozenset[str]:
    """The operations of one file."""
    definitions = parse((FOLDER / f"{feature}.graphql").read_text()).definitions
    return frozenset(each.name.value for each in definitions if isinstance(each, OperationDefinitionNode) and each.name)


async def send(
    client: httpx.AsyncClient, feature: str, operation: str, variables: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The whole answer, `data` and `errors`, to one operation of schema/operations/<feature>.graphql."""
    assert operation in names(feature), f"schema/operations/{feature}.graphql has no {operation}"
    return await answered(client, operation, variables)


async def answered(
    client: httpx.AsyncClient, operation: str, variables: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The same to one operation of whichever file has it."""
    body = {"query": documents()[operation], "operationName": operation, "variables": variables or {}}
    response = await client.post("/graphql", json=body)
    answer: dict[str, Any] = response.json()
    return answer


async def ask(client: httpx.AsyncClient, feature: str, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The one field that a client operation answers, without errors."""
    answer = await send(client, feature, operation, variables)
    assert "errors" not in answer, answer
    (field,) = answer["data"].values()
    return dict(field)


async def limit_to(user_id: int, *warehouse_ids: int) -> None:
    """Lets a user see these warehouses, or all of them where none is named."""
    await auth.set_user_scope(
        auth.system_call(), user_id=user_id, dimension=Dimension.WAREHOUSE, target_ids=warehouse_ids or None
    )


async def sign_in_as(client: httpx.AsyncClient, role: str | None, *warehouse_ids: int) -> None:
    """Makes the client one of a user with this role, or with none, who sees these warehouses or all."""
    name = role or "nobody"
    roles = [role] if role else []
    user = await auth.create_user(auth.system_call(), username=name.lower(), name=name, roles=roles)
    await limit_to(user.user_id, *warehouse_ids)
    issued = await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="test")
    client.headers["authorization"] = f"Bearer {issued.token}"
