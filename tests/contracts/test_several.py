"""Whatever kind of document clients make by itself, they make many of at once, all or none."""

from typing import Any

import httpx

from jxc_graphql import schema
from jxc_graphql.gql.schema.types import Argument, IdOf, InputType
from jxc_graphql.gql.words.describe import camel
from tests.contracts.kinds import every_kind
from tests.contracts.wire import fields_of, mutations, written
from tests.make.contract import Contract, contracts
from tests.make.trade import Trade
from tests.operations import answered
from tests.refusals import everything

DOCUMENTS = {f"{one.kind.__name__}{part}" for one in contracts() for part in ("", "Line")}


def _named(fields: dict[str, Argument]) -> set[str]:
    """The types of all whose ids an input asks for, its lines included."""
    found = set[str]()
    for one in fields.values():
        if isinstance(one.type.of, IdOf) and one.type.of.entity is not None:
            found.add(one.type.of.entity.name)
        elif isinstance(one.type.of, InputType):
            found |= _named(dict(one.type.of.fields))
    return found


def is_made_by_itself(contract: Contract) -> bool:
    """Whether clients make such a document, and not out of others; whatever is created is."""
    single = contract.makes.__name__
    root = schema.schema().types.mutation
    assert root is not None
    if camel(single) not in root.fields:
        return False
    return single.startswith("create_") or not _named(dict(fields_of(contract.makes))) & DOCUMENTS


def bulk_of(contract: Contract) -> tuple[str, str] | None:
    """The mutation that makes many, and the field of its input with what each is made of."""
    root = schema.schema().types.mutation
    assert root is not None
    (asked,) = root.fields[camel(contract.makes.__name__)].arguments.values()
    for name, field in root.fields.items():
        kind = field.arguments["input"].type.of if "input" in field.arguments else None
        for key, one in kind.fields.items() if isinstance(kind, InputType) else ():
            if one.type.many and one.type.of is asked.type.of:
                return name, key
    return None


def test_some_are_made_by_themselves_and_others_out_of_these() -> None:
    assert {is_made_by_itself(one) for one in contracts()} == {True, False}


@every_kind
async def test_many_are_made_at_once_or_none(client: httpx.AsyncClient, trade: Trade, contract: Contract) -> None:
    if not is_made_by_itself(contract):
        return
    found = bulk_of(contract)
    assert found, f"{contract.kind.__name__} is made one by one only: say several(…) in its api"
    name, listed = found
    (operation,) = [sent for sent, fields in mutations().items() if fields == [name]]
    row = written(contract.makes, await contract.what(trade))["input"]
    rows = [row] if contract.kind.__name__.endswith("Return") else [row, row]

    async def ask(*given: Any, **told: Any) -> tuple[list[Any], list[str]]:
        answer = await answered(client, operation, {"input": {listed: given, **told}})
        assert "errors" not in answer, answer
        payload = answer["data"][name]
        return payload[listed], [".".join(one["path"][:3]) for one in payload["userErrors"]]

    before = await everything()
    none, problems = await ask(*rows, row | {"note": "x" * 9_000})
    assert (none, {*problems}) == ([], {f"input.{listed}.{len(rows)}"})
    tried, problems = await ask(*rows, dryRun=True)
    assert (len(tried), problems) == (len(rows), [])
    assert await everything() == before
    made, problems = await ask(*rows)
    assert problems == []
    assert len({one["id"] for one in made}) == len(rows)
    assert await contract.kind.filter(number__in=[one["number"] for one in made]).count() == len(rows)
