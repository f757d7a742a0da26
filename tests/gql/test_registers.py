"""An interface with a table: what it has is read there, for all kinds at once, and the rest where it is asked for."""

import json
from types import ModuleType
from typing import Any

import graphql
import pytest

from jxc_graphql.buying.receiving import models as receiving
from jxc_graphql.gql.declare import Connection, DeclarationError, Node, connection, entity, extends, interface, register
from jxc_graphql.gql.plan.sql import DIALECTS, in_scope
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.types import Scope, Table
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.gql import goods, papers, shop
from tests.gql.naive_where import global_id
from tests.make.rights import without

EVERYTHING = frozenset(Permission)
ADMIN = Call(actor_id=1, permissions=EVERYTHING)
SCHEMA = Schema([shop])
COMMON = "__typename id number status amount title noteCount place { code } notes(first: 1) { nodes { name } }"
NOTES = """{ notes(where: {name: {startsWith: "Note"}}) { nodes { paper { %s } } } }"""


@pytest.fixture
async def executor(database: db.Database) -> Executor:
    await goods.fill(8)
    return Executor(SCHEMA)


async def ask(executor: Executor, text: str, call: Call = ADMIN, **variables: Any) -> tuple[dict[str, Any], list[str]]:
    """The answer, and the statements that it took."""
    with db.statements() as seen:
        answer = await executor.run(executor.prepare(text), variables, call)
    found: dict[str, Any] = json.loads(answer.encode("request-1"))
    return found, [one for one in seen if "count(*) FROM journal" not in one or "t0." in one]


async def test_a_list_of_all_kinds_is_one_statement_with_filter_order_and_figures(executor: Executor) -> None:
    text = """{ papers(first: 9, where: {status: {eq: POSTED}}, orderBy: [{field: AMOUNT}]) {
        totalCount aggregates { sum { amount } } nodes { __typename id number amount place { code } }
    } }"""
    answer, seen = await ask(executor, text)
    assert len(seen) == 2  # the page; what is counted
    papers_ = answer["data"]["papers"]
    assert papers_["totalCount"] == 8
    assert papers_["aggregates"]["sum"]["amount"] == "0.0028"
    assert papers_["nodes"][1] == {
        "__typename": "Receipt",
        "id": global_id("Receipt", 900_001),
        "number": "GR-00001",
        "amount": "0.0001",
        "place": {"code": "W1"},
    }


async def test_an_edge_to_any_kind_is_joined_and_what_hangs_on_it_is_one_statement_per_level(
    executor: Executor,
) -> None:
    answer, seen = await ask(executor, NOTES % COMMON)
    assert len(seen) == 2  # notes with their papers; notes about these
    order, receipt, sku, *_ = (one["paper"] for one in answer["data"]["notes"]["nodes"])
    assert (order["__typename"], order["title"], order["place"]) == ("Order", "ORDER PO-00000", {"code": "W0"})
    assert receipt["notes"] == {"nodes": [{"name": "Note 1"}]}
    assert sku is None


async def test_fragments_cost_a_statement_for_each_kind_that_occurs(executor: Executor) -> None:
    text = """query ($like: String!) { papers(first: 4, where: {number: {startsWith: $like}}) { nodes {
        number ... on Order { supplier { name } number } ... on Receipt { order { number } }
    } } }"""
    answer, seen = await ask(executor, text, like="")
    assert len(seen) == 2
    assert {tuple(one) for one in answer["data"]["papers"]["nodes"]} == {("number", "supplier")}
    answer, seen = await ask(executor, text, like="GR")
    assert answer["data"]["papers"]["nodes"][0] == {"number": "GR-00007", "order": {"number": "PO-00003"}}
    assert len(seen) == 2
    answer, seen = await ask(executor, text, like="?")
    assert len(seen) == 1
    _, seen = await ask(executor, "{ papers { nodes { ... on Node { id } ... on Order { number status } } } }")
    assert len(seen) == 1


async def test_what_the_register_has_not_is_read_from_each_kind(executor: Executor) -> None:
    answer, seen = await ask(executor, "{ warehouses(first: 1) { nodes { papers { __typename note } } } }")
    assert {one["__typename"]: one["note"] for one in answer["data"]["warehouses"]["nodes"][0]["papers"]} == {
        "Order": "eilig",
        "Receipt": "",
    }
    assert sum('FROM "shop_paper"' in one for one in seen) == 1
    together = 1 if db.dialect() == "postgres" else 2
    assert len(seen) == 1 + 2 + 1 + together  # warehouses; the function's own two; the register; the kinds


async def test_kinds_that_may_not_be_seen_are_null_at_an_edge_and_not_in_a_list(executor: Executor) -> None:
    call = Call(actor_id=1, permissions=without(Permission.SEE_PURCHASING))
    answer, _ = await ask(executor, "{ papers { totalCount nodes { number } } }", call)
    assert answer["data"]["papers"] == {"totalCount": 0, "nodes": []}
    answer, _ = await ask(executor, NOTES % "number", call)
    assert {one["paper"] for one in answer["data"]["notes"]["nodes"]} == {None}
    assert answer["extensions"]["hidden"] == [{"path": ["notes", "nodes", "paper"], "permission": "SEE_PURCHASING"}]


async def test_one_is_found_by_its_id_under_its_own_name_only(executor: Executor) -> None:
    text = "query ($id: ID!) { paper(id: $id) { __typename number } }"
    answer, _ = await ask(executor, text, id=global_id("Order", 1001))
    assert answer["data"]["paper"] == {"__typename": "Order", "number": "PO-00001"}
    answer, _ = await ask(executor, text, id=global_id("Receipt", 1001))
    assert answer["data"]["paper"] is None


async def test_what_is_asked_of_one_kind_is_not_done_for_others(executor: Executor) -> None:
    """Neither its statements nor its errors."""
    text = """query ($like: String!) { papers(first: 4, where: {number: {startsWith: $like}}) { nodes {
        number ... on Order { notes(first: 101) { totalCount } }
    } } }"""
    answer, seen = await ask(executor, text, like="GR")
    assert "errors" not in answer
    assert len(seen) == 1
    answer, _ = await ask(executor, text, like="PO")
    assert {one["extensions"]["code"] for one in answer["errors"]} == {"INVALID_PAGE_SIZE"}
    text = "query ($id: ID!) { paper(id: $id) { notes(first: 101) { totalCount } } }"
    answer, _ = await ask(executor, text, id=global_id("Receipt", 1001))
    assert answer == {"data": {"paper": None}, "extensions": answer["extensions"]}


async def test_an_entity_has_from_the_register_what_its_own_table_has_not(executor: Executor) -> None:
    answer, seen = await ask(executor, "{ orders(first: 2) { nodes { amount title second { code } } } }")
    assert answer["data"]["orders"]["nodes"] == [
        {"amount": "8.61", "title": "ORDER PO-00007", "second": None},
        {"amount": "7.38", "title": "ORDER PO-00006", "second": {"code": "W0"}},
    ]
    assert len(seen) == 1


PLACES = {"a": (Scope((), "one", nullable=True), Scope((), "two", nullable=True)), "b": (Scope((), "three"),)}


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ({}, []),
        ({"c": frozenset({1})}, []),
        ({"b": frozenset({3})}, ['t0."three" IN']),
        ({"a": frozenset[int]()}, ['(t0."one" IN', ' OR t0."two" IN', ' OR (t0."one" IS NULL AND t0."two" IS NULL))']),
        ({"b": frozenset({3}), "a": frozenset({1})}, [' IS NULL AND t0."two" IS NULL)) AND t0."three" IN']),
    ],
)
def test_each_dimension_restricts_by_itself(scopes: dict[str, frozenset[int]], expected: list[str]) -> None:
    table = Table("thing", "id", {}, None, PLACES, None)
    found = in_scope(DIALECTS["sqlite"], table, "t0", scopes).text
    assert all(part in found for part in expected)
    assert bool(found) == bool(expected)


@register(papers.PaperEntry, kind="colour")
class NoKind:
    """A sentence."""


@register(papers.PaperEntry, kind="kind")
class Unscoped:
    """A sentence."""


@entity(receiving.GoodsReceipt, scope={Dimension.WAREHOUSE: "warehouse_id"})
class Scoped(Unscoped, Node):
    """A sentence."""


@interface
class Plain:
    """A sentence."""

    number: str
    """Its number."""


@entity(receiving.GoodsReceipt)
class Kept(Plain, Node):
    """A sentence."""


@extends(Plain)
class Widened:
    """A sentence."""

    notes: Connection[shop.Note] = connection("subject_id")
    """Notes."""
    place: shop.Warehouse
    """No column of it."""


@entity(receiving.GoodsReceipt)
class Told(Plain, Node):
    """A sentence."""

    warehouse: shop.Warehouse
    """Its own word for it."""


@extends(Plain)
class Added:
    """A sentence."""

    warehouse: shop.Warehouse | None
    """What all of them have."""


@extends(Plain)
class OfAnotherType:
    """A sentence."""

    warehouse: shop.Order | None
    """What none of them has."""


def test_an_own_word_for_what_is_added_to_its_interface_stands() -> None:
    module = ModuleType(__name__)
    for one in (Plain, Told, Added):
        setattr(module, one.__name__, one)
    told = graphql.build_schema(Schema([module]).as_str()).type_map["Told"]
    assert isinstance(told, graphql.GraphQLObjectType)
    assert told.fields["warehouse"].description == "Its own word for it. Null out of sight."


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ([Plain, Told, OfAnotherType], "OfAnotherType.warehouse: Told has that field already. Rename it."),
        ([NoKind], "NoKind: its kind is in the unknown column 'colour'. Name a column of the model."),
        ([Unscoped, Scoped], "Scoped: Unscoped does not keep to its scope WAREHOUSE. Scope both alike"),
        ([Plain, Kept, Widened], "Kept.place: the model has no column 'place_id'. Name it with column()"),
    ],
)
def test_refuses_a_wrong_declaration_with_type_field_and_mend(classes: list[type], message: str) -> None:
    module = ModuleType(__name__)
    for one in classes:
        setattr(module, one.__name__, one)
    with pytest.raises(DeclarationError) as caught:
        Schema([module])
    assert str(caught.value).startswith(message)
