"""What an operation costs follows from the sizes of tables; what costs too much is not begun."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
    is_required_input_field,
    type_from_ast,
)

from jxc_graphql import schema
from jxc_graphql.gql.plan.work import MOST
from jxc_graphql.gql.run.result import Refused
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import FromRoot
from jxc_graphql.gql.wire import budget
from jxc_graphql.gql.wire.budget import Budgets
from jxc_graphql.gql.wire.gate import Gate
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.gql.wire.trusted import Trusted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.sizes import Size
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests import operations
from tests.each import each

SKU = global_id("Sku", 1)
ADMIN = Call(actor_id=1, permissions=frozenset(Permission))
LARGE = {"stock_movement": 300_000, "stock_day": 300_000, "cost_layer": 60_000, "journal": 100_000}
LEVELS = {"stock_level": 1_000, "sku": 250, "product": 250}


async def nothing() -> None:
    """Nobody's rights change."""


def gate() -> Gate:
    return Gate(schema.executor(introspection=True), Trusted({}), Budgets(Settings().rate_limit), 15, nothing)


@pytest.fixture
async def large(database: db.Database) -> db.Database:
    """As if there had been 300,000 movements."""
    await db.look_at_sizes()
    sizes: dict[str, Size] = dict(database.sizes)
    database.sizes = sizes | {name: sizes[name]._replace(rows=rows) for name, rows in (LARGE | LEVELS).items()}
    return database


def scanned(text: str, call: Call = ADMIN, **variables: Any) -> int:
    executor = schema.executor(introspection=True)
    prepared = executor.prepare(text)
    return executor.scanned(prepared, executor.read(prepared, variables), call)


def movements(arguments: str, wanted: str = "nodes { id }") -> str:
    return f"{{ stockMovements(first: 20{arguments}) {{ {wanted} }} }}"


def any_of(conditions: int) -> str:
    return ", where: {or: [" + ", ".join('{quantity: {eq: "1"}}' for _ in range(conditions)) + "]}"


@each(
    ("text", "cost"),
    [
        (movements(""), 0),
        (f'{{ node(id: "{SKU}") {{ id }} }}', 0),
        (movements(f', where: {{skuId: {{eq: "{SKU}"}}}}'), (12_010 * 6 + 500) // 100),  # ten times the average SKU has
        (movements("", "totalCount"), 3_000),
        (movements("", "aggregates { sum { quantity } }"), 3_000 * 9),
        (movements(', where: {quantity: {gt: "1"}}'), 3_000 * 6 + 5),
        (movements(', where: {quantity: {gt: "1"}}', "totalCount nodes { id }"), 3_000 * 12 + 5),
        (movements(any_of(90)), 3_000 * 95 + 450),
        (movements(", orderBy: [{field: QUANTITY}]"), 0),
        (
            '{ stockTurnover(groupBy: CATEGORY, begin: "2026-01-01", through: "2026-02-01") { total { sold } } }',
            120_200,
        ),
        ("{ stockValuation(groupBy: CATEGORY) { onHand } }", 200),
        ('{ stockValuation(groupBy: CATEGORY, businessDate: "2026-01-01") { onHand } }', 90_200),
    ],
)
@pytest.mark.usefixtures("large")
async def test_what_no_index_leads_to_is_looked_for_in_the_whole_table(text: str, cost: int) -> None:
    assert scanned(text) == cost
    assert scanned(f"{{ a: {text[1:-1]} b: {text[1:-1]} }}") in {2 * cost, 2 * cost + 1}


@pytest.mark.usefixtures("large")
async def test_a_scope_a_list_below_a_list_and_a_payload_have_their_cost() -> None:
    scoped = Call(actor_id=2, permissions=frozenset(Permission), scopes={Dimension.WAREHOUSE: frozenset({1})})
    assert scanned(movements(""), scoped) == 2_000 * 6 // 100
    below = "{ adjustments(first: 5) { nodes { movements(first: 5) { totalCount } } } }"
    assert scanned(below) == 5 * 100 // 100
    text = "mutation($input: UpdateSkuInput!) { updateSku(input: $input) { query { %s } } }"
    given = {"id": SKU}
    assert scanned(text % movements("", "totalCount")[1:-1], input=given) == 3_000


@pytest.mark.usefixtures("large")
async def test_what_costs_too_much_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "time", SimpleNamespace(monotonic=lambda: 1.0))
    bomb = "{ " + " ".join(f"a{n}: {movements('')[1:-1]}" for n in range(30)) + " }"
    bomb = bomb.replace("first: 20", "first: 1, where: $w").replace("{ a0", "query($w: StockMovementWhere) { a0", 1)
    one, told = gate(), {"w": {"or": [{"quantity": {"eq": str(n)}} for n in range(98)]}}
    with db.statements() as seen, pytest.raises(Refused) as refused:
        await one.admit(Parameters(query=bomb, variables=told), ADMIN, "")
    assert seen == []
    left = (await one.admit(Parameters(query="{ __typename }"), ADMIN, "")).told["remaining"]
    assert left == 600_000 - budget.TOO_MUCH - 3  # and a row for each question; to say so has its cost too
    assert refused.value.result.errors
    (error,) = refused.value.result.errors
    cost = 2 * (3_000 * 103 + 490)  # two of the thirty are too much already; the others are not looked at
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "cost": cost, "maximum": MOST}
    assert str(cost) in error["message"]


@pytest.mark.usefixtures("large")
async def test_tells_what_was_looked_through_and_takes_it_out_of_the_budget() -> None:
    one = gate()
    text = movements("", "totalCount")
    told = [(await one.admit(Parameters(query=text), ADMIN, "")).told for _ in range(2)]
    assert [(each["requested"], each["scanned"]) for each in told] == [(3_020, 3_000)] * 2
    assert told[0]["remaining"] - told[1]["remaining"] > 2_000


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("scopes", [{}, dict.fromkeys(Dimension, frozenset({1}))], ids=["all", "a part"])
async def test_every_document_of_clients_stays_within_the_budget_of_one_user(scopes: Any) -> None:
    """All of them, one after the other, by one user at the default rate, whatever of the company he sees.

    But for the check of the books, which another one does.
    """
    call = msgspec.structs.replace(ADMIN, scopes=scopes)
    auditor = msgspec.structs.replace(call, actor_id=2)
    one, costs = gate(), {}
    for name, text in operations.documents().items():
        variables = _variables(one, text)
        asks = auditor if name == "BookDifferences" else call
        admitted = await one.admit(Parameters(query=text, variables=variables), asks, "")
        costs[name] = admitted.told["scanned"]
    assert len(costs) > 200
    assert sum(cost > 0 for cost in costs.values()) > 10


def _variables(one: Gate, text: str) -> dict[str, Any]:
    """Something for every variable that must be given, and the largest page."""
    core, known = one.executor.schema, one.executor.prepare(text).operation.variable_definitions or ()
    kinds: dict[str, Any] = {each.variable.name.value: type_from_ast(core, each.type) for each in known}
    return {name: _some(kind) for name, kind in kinds.items() if _is_needed(kind) or kind.name == "Int"}


def _is_needed(kind: Any) -> bool:
    return isinstance(kind, GraphQLNonNull) or not hasattr(kind, "name")


def _some(kind: Any) -> Any:
    match get_nullable_type(kind):
        case GraphQLList():
            return []
        case GraphQLEnumType(values=values):
            return next(iter(values))
        case GraphQLInputObjectType(fields=fields):
            return {name: _some(field.type) for name, field in fields.items() if is_required_input_field(field)}
        case leaf:
            return {"ID": SKU, "Int": 100, "Boolean": True, "Date": "2026-11-01"}.get(leaf.name, "1")


async def test_reports_name_tables_that_there_are(database: db.Database) -> None:
    await db.look_at_sizes()
    assert schema.schema().types.query is not None
    sources = [field.source for field in schema.schema().types.query.fields.values()]
    named = {
        name
        for source in sources
        if isinstance(source, FromRoot) and source.adds_up
        for given in ({}, {"business_date": "2026-01-01"})
        for name in source.adds_up(**given)
    }
    assert "stock_day" in named
    assert named <= set(database.sizes)
