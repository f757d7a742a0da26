"""Objects of an interface or a union: found by their ids alone, in the tables of whatever they may be."""

import json
from types import ModuleType
from typing import Any

import graphql
import pytest

from jxc_graphql.gql.declare import DeclarationError, Node, column, entity, interface, union
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import JournalEntry
from jxc_graphql.masters.catalog import models as catalog
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.gql import goods, shop
from tests.gql.naive_where import global_id

EVERYTHING = frozenset(Permission)
ADMIN = Call(actor_id=1, permissions=EVERYTHING)
SCHEMA = Schema([shop])
NOTES = """{ notes(where: {name: {startsWith: "Note"}}) { nodes { thing {
    kind: __typename ...Named ... on Paper { number } ... on Order { lines { lineNo } } ... on Sku { product { code } }
} } } }
fragment Named on Thing { ... on Supplier { name } ... on Node { id } }"""


@pytest.fixture
async def executor(database: db.Database) -> Executor:
    await goods.fill(6)
    return Executor(SCHEMA)


async def ask(executor: Executor, text: str, call: Call = ADMIN, **variables: Any) -> dict[str, Any]:
    answer = await executor.run(executor.prepare(text), variables, call)
    found: dict[str, Any] = json.loads(answer.encode("request-1"))
    return found


async def test_an_edge_leads_to_whatever_has_the_id(executor: Executor) -> None:
    answer = await ask(executor, NOTES)
    assert "errors" not in answer
    order, receipt, sku, supplier, note, product = (one["thing"] for one in answer["data"]["notes"]["nodes"])
    assert order == {"kind": "Order", "id": global_id("Order", 1000), "number": "PO-00000", "lines": []}
    assert receipt == {"kind": "Receipt", "id": global_id("Receipt", 900_001), "number": "GR-00001"}
    assert sku == {"kind": "Sku", "id": global_id("Sku", 402), "product": {"code": "P1"}}
    assert supplier == {"kind": "Supplier", "name": "可口可乐", "id": global_id("Supplier", 103)}
    assert note is None
    assert product is None


async def test_what_the_caller_may_not_see_is_hidden_and_what_is_out_of_scope_is_not_there(executor: Executor) -> None:
    call = Call(
        actor_id=1, permissions=EVERYTHING - {Permission.SEE_PARTNERS}, scopes={Dimension.WAREHOUSE: frozenset({10})}
    )
    answer = await ask(executor, NOTES, call)
    kinds = [one["thing"] and one["thing"]["kind"] for one in answer["data"]["notes"]["nodes"]]
    assert kinds == ["Order", None, "Sku", None, None, None]
    assert answer["extensions"]["hidden"] == [{"path": ["notes", "nodes", "thing"], "permission": "SEE_PARTNERS"}]
    assert "errors" not in answer


async def test_an_error_within_an_object_stops_at_the_edge_that_leads_to_it(executor: Executor) -> None:
    await JournalEntry.create(id=1 << 40, xid=0, at=goods.START, name="B", subject_id=goods.FIRST["sku"] + 3, body="{}")
    answer = await ask(executor, "{ notes(last: 1) { nodes { name it: thing { ... on Sku { code mood } } } } }")
    assert answer["data"]["notes"]["nodes"] == [{"name": "B", "it": None}]
    assert [one["path"] for one in answer["errors"]] == [["notes", "nodes", 0, "it", "mood"]]


async def test_a_payload_shows_objects_of_any_kind_by_their_ids(executor: Executor) -> None:
    text = """mutation ($input: RenameInput!) { rename(input: $input) {
        paper { __typename number } things { __typename ... on Order { remark } ... on Sku { code } }
    } }"""
    lines = [{"skuId": global_id("Sku", goods.FIRST["sku"] + i), "quantity": "1"} for i in (1, 0)]
    given = {"id": global_id("Order", goods.FIRST["order"] + 1), "remark": "new", "lines": lines}
    answer = await ask(executor, text, input=given)
    assert answer["data"]["rename"] == {
        "paper": {"__typename": "Order", "number": "PO-00001"},
        "things": [
            {"__typename": "Order", "remark": "new"},
            {"__typename": "Sku", "code": "K1"},
            {"__typename": "Sku", "code": "K0"},
        ],
    }


async def test_a_list_is_filtered_by_the_id_of_any_member_and_of_nothing_else(executor: Executor) -> None:
    text = "query ($id: ID!) { notes(where: {thingId: {eq: $id}}) { nodes { name } } }"
    answer = await ask(executor, text, id=global_id("Sku", 402))
    assert answer["data"]["notes"]["nodes"] == [{"name": "Note 2"}]
    answer = await ask(executor, text, id=global_id("Product", goods.FIRST["product"]))
    assert answer["errors"][0]["extensions"]["code"] == "WRONG_KIND_OF_ID"


async def test_what_leads_to_no_member_is_null_for_a_filter_too(executor: Executor) -> None:
    answer = await ask(executor, "{ notes { nodes { thing { __typename } } } }")
    shown = [one["thing"] is None for one in answer["data"]["notes"]["nodes"]]
    text = "query ($empty: Boolean) { notes(where: { thingId: { isNull: $empty } }) { totalCount } }"
    counts = [(await ask(executor, text, empty=it))["data"]["notes"]["totalCount"] for it in (True, False)]
    assert counts == [shown.count(True), shown.count(False)]
    assert counts[1] == 4


async def test_an_edge_costs_a_statement_per_member_at_most_whatever_the_number_of_rows(executor: Executor) -> None:
    counts = []
    for rows in (6, 100):
        await goods.more_orders(6, rows)
        with db.statements() as seen:
            answer = await ask(executor, "{ notes(last: 100) { nodes { name thing { __typename } } } }")
        assert answer["data"]["notes"]["nodes"][-1]["name"] == f"Note {rows - 1}"
        counts.append(len(seen))
    assert counts[0] == counts[1] == 1 + len(SCHEMA.types.objects["Thing"].members)


def test_the_schema_prints_unions_and_lets_their_edges_be_null() -> None:
    printed = graphql.build_schema(SCHEMA.as_str())
    thing = printed.type_map["Thing"]
    assert isinstance(thing, graphql.GraphQLUnionType)
    assert [one.name for one in thing.types] == ["Order", "Receipt", "Sku", "Supplier"]
    assert thing.description == "What a note can be about."
    warehouse, me = printed.type_map["Warehouse"], printed.type_map["Me"]
    assert isinstance(warehouse, graphql.GraphQLObjectType)
    assert isinstance(me, graphql.GraphQLObjectType)
    assert str(warehouse.fields["papers"].type) == "[Paper!]"
    assert str(me.fields["things"].type) == "[Thing!]"


@union(shop.Order, shop.Me)
class OfValues:
    """A sentence."""


@union(shop.Order, int)
class OfScalars:
    """A sentence."""


@union(shop.Order)
class WithFields:
    """A sentence."""

    code: str
    """Code."""


@interface
class Nothing:
    """A sentence."""


@entity(catalog.Sku)
class ToNothing(Node):
    """A sentence."""

    found: Nothing | None = column("product_id")
    """Something."""


@entity(catalog.Sku)
class ListOfThings(Node):
    """A sentence."""

    found: list[shop.Thing] = column("product_id")
    """Something."""


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (OfValues, "OfValues: Me is not an entity. Name classes declared with @entity"),
        (OfScalars, "OfScalars: int is not an entity. Name classes declared with @entity"),
        (WithFields, "WithFields: a union has no fields. Declare it with @interface"),
        (ToNothing, "ToNothing.found: no entity is a Nothing. Name a type that entities are"),
        (ListOfThings, "ListOfThings.found: nothing says where its objects come from. Write many()"),
    ],
)
def test_refuses_a_wrong_declaration_with_type_field_and_mend(cls: type, message: str) -> None:
    module = ModuleType(__name__)
    setattr(module, cls.__name__, cls)
    with pytest.raises(DeclarationError) as caught:
        Schema([module])
    assert str(caught.value).startswith(message)
