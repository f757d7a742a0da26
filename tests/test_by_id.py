"""Whatever has an id is found by it, in a field of its name as anywhere."""

import json

import pytest

from jxc_graphql import schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import ObjectType
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Permission
from tests.matrix.world import make_world
from tests.operations import documents

ADMIN = Call(actor_id=1, permissions=frozenset(Permission))


async def answer(text: str, one: str) -> object:
    executor = schema.executor(introspection=False)
    found = json.loads((await executor.run(executor.prepare(text), {"id": one}, ADMIN)).encode("r"))
    assert "errors" not in found, found
    return found["data"]


async def test_is_the_same_as_by_node(database: db.Database) -> None:
    await make_world()
    named = {text.split("(")[0].removeprefix("query "): text for text in documents().values()}
    seen = set()
    for entity in schema.schema().types.objects.values():
        text = named.get(f"{entity.name}ById")
        if text is not None and (key := await some_key(entity)) is not None:
            one = global_id(entity.name, key)
            (found,) = dict(await answer(text, one)).values()  # type: ignore[call-overload]
            assert found
            assert found.get("id", one) == one
            assert await answer("query($id: ID!) { node(id: $id) { id } }", one) == {"node": {"id": one}}
            seen.add(entity.name)
    assert len(seen) > 25, seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_of_a_register_whatever_is_in_it(database: db.Database) -> None:
    await make_world()
    ((key,),) = await db.fetch("SELECT id FROM purchase_order LIMIT 1")
    text = "query($id: ID!) { document(id: $id) { __typename id } }"
    one = global_id("PurchaseOrder", key)
    assert await answer(text, one) == {"document": {"__typename": "PurchaseOrder", "id": one}}


async def some_key(entity: ObjectType) -> int | None:
    """The id of a row of an entity."""
    assert entity.table is not None
    if entity.register is not None:
        return None
    rows = await db.fetch(f'SELECT max("{entity.table.key}") FROM "{entity.table.name}"')
    key: int | None = rows[0][0]
    return key
