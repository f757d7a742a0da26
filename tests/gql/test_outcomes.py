"""What a mutation returns must fill its payload; inputs and payloads may be made of what an operation takes."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import graphql
import msgspec
import pytest

from jxc_graphql.gql.declare import DeclarationError, Id, Member, make_input, make_payload, mutation, payload
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.gql import goods, shop
from tests.gql.naive_where import global_id

CALL = Call(actor_id=1, permissions=frozenset({"SEE_PURCHASING"}))


class Made(msgspec.Struct, frozen=True):
    order_id: int
    sku_ids: tuple[int, ...] = ()


class Lost(msgspec.Struct, frozen=True):
    sku_ids: tuple[int, ...]


@payload
class MadePayload:
    """What was made."""

    order: shop.Order | None
    """The order."""
    skus: list[shop.Sku]
    """Its SKUs."""


@payload
class ColourPayload:
    """What was painted."""

    colour: str | None
    """How."""


@mutation(MadePayload)
async def make_it(call: Call) -> Made:
    """Make."""
    return Made(call.actor_id or 0)


@mutation(MadePayload)
async def make_or_lose(call: Call) -> Made | Lost:
    """Make, or lose."""
    return Made(call.actor_id or 0)


@mutation(ColourPayload)
async def paint(call: Call) -> Made:
    """Paint."""
    return Made(call.actor_id or 0)


@mutation(ColourPayload)
async def say_nothing(call: Call):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Say nothing."""
    return Made(call.actor_id or 0)


def schema_of(function: Callable[..., Any]) -> Schema:
    module = ModuleType(__name__)
    module.it = function  # type: ignore[attr-defined]
    return Schema([shop, module])


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (make_or_lose, "MadePayload.order: Lost has no 'order_id' or 'order'. Let the fact say it."),
        (paint, "ColourPayload.colour: Made has no 'colour'. Let the fact say it."),
        (say_nothing, "Mutation.it: it does not say which fact it returns. Annotate what it returns."),
    ],
)
def test_refuses_a_payload_that_the_fact_cannot_fill(function: Callable[..., Any], message: str) -> None:
    assert "it: MadePayload" in schema_of(make_it).as_str()
    with pytest.raises(DeclarationError) as refused:
        schema_of(function)
    assert str(refused.value) == message


class Waits(msgspec.Struct, frozen=True):
    order_id: int


@mutation(MadePayload)
async def make_or_wait(call: Call) -> Made | Waits:
    """Make, or wait."""
    return Waits(1001)


async def test_a_list_of_which_one_of_several_facts_tells_is_empty_in_the_others(database: db.Database) -> None:
    await goods.fill(4)
    executor = Executor(schema_of(make_or_wait))
    call = msgspec.structs.replace(CALL, permissions=CALL.permissions | {"SEE_CATALOG"})
    answer = await executor.run(executor.prepare("mutation { it { order { number } skus { code } } }"), {}, call)
    assert answer.data == {"it": {"order": {"number": "PO-00001"}, "skus": []}}


def touching() -> Callable[..., Any]:
    """A mutation of which neither input nor payload is written down."""
    members = [
        Member("id", Id[shop.Order], "Which order."),
        Member("times", int, "How often.", 1),
        Member("note", str | None, "Why.", None),
    ]
    given = make_input("TouchInput", "Which order to touch.", members)
    answer = make_payload("TouchPayload", "What was touched.", [Member("order", shop.Order | None, "The order.")])

    async def touch(call: Call, input: Any) -> Made:  # noqa: A002
        return Made(input.id + input.times)

    touch.__doc__ = "Touches an order."
    touch.__annotations__["input"] = given
    return mutation(answer)(touch)


async def test_inputs_and_payloads_can_be_made(database: db.Database) -> None:
    await goods.fill(4)
    schema = schema_of(touching())
    made = graphql.build_schema(schema.as_str()).type_map["TouchInput"]
    assert isinstance(made, graphql.GraphQLInputObjectType)
    assert {name: (str(one.type), one.description) for name, one in made.fields.items()} == {
        "id": ("ID!", "Which order."),
        "times": ("Int!", "How often."),
        "note": ("String", "Why."),
    }
    given = {"id": global_id("Order", 1000)}
    text = "mutation ($given: TouchInput!) { it(input: $given) { order { number } userErrors { code } } }"
    executor = Executor(schema)
    answer = await executor.run(executor.prepare(text), {"given": given}, CALL)
    assert answer.data == {"it": {"order": {"number": "PO-00001"}, "userErrors": []}}
