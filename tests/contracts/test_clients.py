"""What clients see of documents, whatever their kind: the lists and pages of schema/operations."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
from graphql import (
    FieldNode,
    InlineFragmentNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    get_named_type,
    parse,
)

from jxc_graphql import schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.words.describe import camel
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit.call import Call
from tests.contracts.kinds import every_kind
from tests.contracts.wire import sent_by, written
from tests.make.contract import Contract, contracts
from tests.make.shop import open_warehouse
from tests.make.trade import Trade
from tests.operations import answered, documents, sign_in_as


@cache
def shown() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Each query of a client that asks one thing: its name, the type of that, and what it needs to be told."""
    return tuple(_shown())


def _shown() -> Iterator[tuple[str, str, frozenset[str]]]:
    query = schema.schema().core.query_type
    assert query is not None
    for name, text in documents().items():
        operation = next(one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode))
        root, *others = operation.selection_set.selections
        if operation.operation.value == "query" and not others and isinstance(root, FieldNode):
            kind = get_named_type(query.fields[root.name.value].type).name
            below = root.selection_set.selections if root.selection_set else ()
            on = [one.type_condition.name.value for one in below if isinstance(one, InlineFragmentNode)]  # type: ignore[union-attr]
            told = (one for one in operation.variable_definitions or () if isinstance(one.type, NonNullTypeNode))
            needed = frozenset(one.variable.name.value for one in told if one.default_value is None)
            yield from ((name, shown, needed) for shown in (on or [kind]))


def lists(kind: str) -> list[str]:
    return [name for name, shown_as, needed in shown() if shown_as == f"{kind}Connection" and not needed]


def pages(kind: str) -> list[str]:
    """A page of its own, where it has one; else that of all documents."""
    return [name for name, on, needed in shown() if on == kind and needed == {"id"}] or ["DocumentPage"]


async def told(client: httpx.AsyncClient, name: str, variables: dict[str, Any]) -> Any:
    """What one query is answered, without errors."""
    answer = await answered(client, name, variables)
    assert "errors" not in answer, answer
    (field,) = answer["data"].values()
    return field


@every_kind
async def test_a_client_lists_it_and_opens_it(
    client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract
) -> None:
    document_id = await contract.make(call, **await contract.what(trade))
    await contract.carry_on(call, document_id)
    kind, made = contract.kind.__name__, await contract.kind.get(id=document_id)
    shown_as = {"id": global_id(kind, document_id)}
    assert lists(kind)
    for name in lists(kind):
        found = (await told(client, name, {"first": 5}))["nodes"]
        assert (found[0]["id"], found[0]["number"]) == (shown_as["id"], made.number)
    for name in pages(kind):
        page = await told(client, name, shown_as)
        assert page["id"] == shown_as["id"]
    everything = await told(client, "DocumentPage", shown_as)
    assert [everything[name] for name in ("number", "status", "version", "note")] == [
        made.number, made.status, made.version, made.note,
    ]  # fmt: skip
    assert len(everything["timeline"]["nodes"]) == 1 + len(contract.then)


@every_kind
async def test_a_client_makes_it_and_takes_it_on(
    client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract
) -> None:
    given = await contract.what(trade)
    document_id = 0
    for operation in (contract.makes, *contract.then):
        for name in sent_by(operation)[:1]:
            answer = await told(client, name, written(operation, given))
            assert answer["userErrors"] == []
        document_id = (await contract.kind.all().order_by("-id").first()).id  # type: ignore[union-attr]
        shown_as = camel(contract.table)
        assert answer[shown_as]["id"] == global_id(contract.kind.__name__, document_id)
        given = {contract.key: document_id}
    assert await verification.differences() == []


async def test_they_are_hidden_from_who_may_not_see_them(
    client: httpx.AsyncClient, call: Call, trade: Trade, subtests: pytest.Subtests
) -> None:
    made = {one.kind.__name__: await one.make(call, **await one.what(trade)) for one in contracts()}
    await sign_in_as(client, "MANAGER", (await open_warehouse(call)).id)
    for kind, document_id in made.items():
        with subtests.test(f"{kind} of another warehouse"):
            for name in lists(kind):
                assert (await told(client, name, {}))["nodes"] == []
            for name in pages(kind):
                assert await told(client, name, {"id": global_id(kind, document_id)}) is None
    await sign_in_as(client, None)
    for kind, document_id in made.items():
        with subtests.test(f"{kind} for nobody"):
            for name in (*lists(kind), *pages(kind)):
                shown_as = {"id": global_id(kind, document_id)} if name in pages(kind) else {}
                answer = await answered(client, name, shown_as)
                if set(answer["data"]) == {"node"}:
                    assert answer["data"]["node"] is None
                    assert [one["path"] for one in answer["extensions"]["hidden"]] == [["node"]]
                else:
                    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
