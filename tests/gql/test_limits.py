"""A document is weighed before anything else happens to it, in steps that grow with its length and nothing else."""

from typing import Any

import pytest
from graphql import GraphQLSyntaxError, build_schema, get_introspection_query

from jxc_graphql import schema
from jxc_graphql.gql.run import execute, limits
from jxc_graphql.gql.run.limits import LimitExceeded, check_variables, parse_document, weigh
from tests import steps

SCHEMA = build_schema(
    """
    type Query { orders(first: Int, last: Int, where: Where): OrderConnection! me: User nodes(ids: [ID!]!): [User]! }
    type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! totalCount: Int }
    type OrderEdge { node: Order! cursor: String! }
    type Order { id: ID! lines: [Line!]! buyer: User receipts(first: Int): OrderConnection! }
    type Line { id: ID! order: Order quantity: Int }
    type User { id: ID! name: String boss: User }
    input Where { and: [Where!] id: Int }
    """
)
STEPS = 150_000
"""What refusing a bomb may take; ten thousand are about a millisecond."""


def cost(text: str) -> int:
    return weigh(parse_document(text), SCHEMA)[0]


def doubling(depth: int) -> str:
    chain = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(depth))
    return f"{{ ...F0 }} {chain} fragment F{depth} on Query {{ me {{ id }} }}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ me { id name } }", 0),
        ("{ me { boss { boss { id } } } }", 0),
        ("{ orders(first: 10) { nodes { id } } }", 10),
        ("{ orders(last: 10) { edges { node { id buyer { id } } } } }", 10),
        ("{ orders { totalCount nodes { id } } }", 100),
        ("query Q($n: Int = 5) { orders(first: $n) { nodes { id } } }", 100),
        ("{ orders(first: 1000) { nodes { id } } }", 100),
        ("{ orders(first: 10) { nodes { id } } a: orders(first: -1000000) { nodes { id } } }", 10),
        ("{ orders(first: 10) { nodes { lines { id } } } }", 10 * (1 + limits.LIST)),
        ("{ orders(first: 3) { nodes { receipts(first: 4) { nodes { id } } } } }", 3 * (1 + 4)),
        ('{ nodes(ids: ["a", "b"]) { id } }', 2),
        ("query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }", 100),
        (
            "{ ...F } fragment F on Query { orders(first: 7) { ...C } } fragment C on OrderConnection { nodes { id } }",
            7,
        ),
    ],
)
def test_cost_is_the_rows_that_may_be_read(text: str, expected: int) -> None:
    assert cost(text) == expected


@pytest.mark.parametrize("everything", [False, True])
def test_lets_explorers_introspect(everything: bool) -> None:
    options = dict.fromkeys(
        ("specified_by_url", "directive_is_repeatable", "schema_description", "input_value_deprecation"), everything
    )
    assert cost(get_introspection_query(**options)) < limits.COST


BOMBS = {
    "bytes": f'{{ me(x: "{"x" * 70_000}") {{ id }} }}',
    "bytes in ideographs": f'{{ me(x: "{"采" * 22_000}") {{ id }} }}',
    "a megabyte": "{ me { id } } #" + "x" * 1_000_000,
    "tokens": "{ me { " + "id " * 2_500 + "} }",
    "comments": "#\n" * 10_000 + "{ me { id } }",
    "depth": "{ me " + "{ boss " * 10 + "{ id }" + " }" * 11,
    "nested selections": "{ a " * 900 + "}" * 900,
    "nested inline fragments": "{ " + "... { " * 300 + "me { id } " + "} " * 301,
    "nested values": "{ orders(where: " + "{ and: [" * 400 + "] }" * 400 + ") { totalCount } }",
    "nested list types": f"query Q($x: {'[' * 500}Int{']' * 500}) {{ me {{ id }} }}",
    "aliases": "{ me { " + " ".join(f"a{i}: id" for i in range(31)) + " } }",
    "aliases by fragments": "{ me { ...F } b: me { ...F } } fragment F on User { "
    + " ".join(f"a{i}: id" for i in range(16))
    + " }",
    "directives": "{ me { id " + "@include(if: true) " * 21 + "} }",
    "directives of an operation": "query Q " + "@a " * 21 + "{ me { id } }",
    "fields": "{ me { " + "id " * 301 + "} }",
    "fields of many operations": " ".join(f"query Q{i} {{ me {{ ...F }} }}" for i in range(20))
    + " fragment F on User { "
    + "id " * 100
    + "}",
    "doubling fragments, 20": doubling(20),
    "doubling fragments, 30": doubling(30),
    "doubling fragments, 100": doubling(100),
    "a chain of fragments": "{ ...F0 } "
    + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(200))
    + " fragment F200 on Query { me { id } }",
    "rows of pages in pages": "{ orders(first: 80) { nodes { receipts(first: 80) { nodes { id } } } } }",
    "rows by variables": "query Q($n: Int) { orders(first: $n) { nodes { receipts(first: $n) { nodes { id } } } } }",
    "rows of bounded lists": "{ orders { nodes { lines { order { lines { order { lines { id } } } } } } } }",
    "circular introspection": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    "introspection several times": "{ " + " ".join(f"a{i}: __schema {{ types {{ name }} }}" for i in range(3)) + " }",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_refuses_a_bomb_at_once(bomb: str) -> None:
    with steps.counted() as counted, pytest.raises(LimitExceeded) as refused:
        cost(bomb)
    assert (refused.value.extensions or {})["code"] == "LIMIT_EXCEEDED"
    assert counted.taken < STEPS


def test_leaves_fragments_within_themselves_to_validation() -> None:
    assert cost("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A me { id } }") == 0


def test_leaves_what_the_schema_does_not_know_to_validation() -> None:
    assert cost("{ nothing { of { this } } ...X ... on Nobody { x } } fragment Y on Nobody { z }") == 0


def test_says_where_the_text_is_not_graphql() -> None:
    with pytest.raises(GraphQLSyntaxError):
        parse_document("{ me { id }")


def test_refuses_variables_that_nest_without_end() -> None:
    value: object = 1
    for _ in range(60):
        value = {"and": [value]}
    with pytest.raises(LimitExceeded):
        check_variables({"where": value})
    check_variables({"where": {"and": [{"or": [{"id": {"in": [1, 2]}}]}]}})
    check_variables(None)


def test_a_document_is_gone_through_once_whichever_of_its_operations_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    gone_through: list[str] = []

    def count(module: Any, name: str) -> None:
        function = getattr(module, name)

        def counting(*given: Any, **named: Any) -> Any:
            gone_through.append(name)
            return function(*given, **named)

        monkeypatch.setattr(module, name, counting)

    count(limits, "weigh")
    count(execute, "deciding_variables")
    count(execute, "validate")
    executor = schema.executor(introspection=True)
    text = "query A { viewer { user { id } } } query B($w: Boolean!) { viewer { user { id name @include(if: $w) } } }"
    costs = [executor.prepare(text, name).cost for name in "ABA"]
    assert executor.prepare(text, "B").deciding == ("w",)
    assert costs[0] == costs[2]
    assert sorted(gone_through) == ["deciding_variables", "validate", "weigh"]
