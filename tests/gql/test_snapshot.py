"""An answer shows one state of the database, whoever commits between two of its statements."""

from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from jxc_graphql import features
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.selling.sales import operations
from jxc_graphql.selling.sales.models import SalesOrder
from tests.gql import meddler
from tests.gql.meddler import meddling
from tests.make import begun as copies
from tests.make.redrafts import new_lines
from tests.make.trade import Trade, make_trade

EXECUTOR = Executor(Schema([*features.modules("*api"), meddler]), adopt=Call.with_input)

ORDER = "total meddled lines { amount }"
LIST = f"""{{ salesOrders(first: 100) {{
    nodes {{ {ORDER} }} totalCount pageInfo {{ hasNextPage }} aggregates {{ count sum {{ total }} }} }} }}"""


trade = copies.begun(make_trade)


@pytest.fixture
async def order_id(trade: Trade) -> AsyncIterator[int]:
    """A draft that grows, and gets another one beside it, whenever somebody meddles."""
    order_id = await trade.draft_sale((0, "1", "1"))
    quantity = 1

    async def grow() -> None:
        nonlocal quantity
        quantity += 1
        lines: Any = new_lines(trade.asked([(n, str(quantity), "1") for n in range(2)]))
        await operations.update_sales_order(trade.call, sales_order_id=order_id, lines=lines)
        await trade.draft_sale((0, "1", "1"))

    async with meddling(grow):
        yield order_id


async def ask(call: Call, text: str, **variables: Any) -> dict[str, Any]:
    result = await EXECUTOR.run(EXECUTOR.prepare(text), variables, call)
    assert isinstance(result.data, dict), result
    assert b'"errors"' not in result.encode("test")
    return result.data


def is_whole(order: dict[str, Any]) -> bool:
    """Whether its lines add up to its total."""
    assert order["meddled"]
    return Money.of(order["total"]) == Money.total(Money.of(line["amount"]) for line in order["lines"])


async def test_a_list_agrees_with_its_lines_its_count_and_its_sums(trade: Trade, order_id: int) -> None:
    listed = (await ask(trade.call, LIST))["salesOrders"]
    assert [is_whole(order) for order in listed["nodes"]] == [True]
    assert listed["totalCount"] == listed["aggregates"]["count"] == 1
    assert listed["aggregates"]["sum"]["total"] == listed["nodes"][0]["total"]
    listed = (await ask(trade.call, LIST))["salesOrders"]
    assert listed["totalCount"] == listed["aggregates"]["count"] == len(listed["nodes"]) == 2


async def test_the_second_door_does_the_same(trade: Trade, order_id: int) -> None:
    result = await EXECUTOR.run_by_core(EXECUTOR.prepare(LIST), {}, trade.call)
    assert isinstance(result.data, dict)
    assert is_whole(result.data["salesOrders"]["nodes"][0])


ALONE = [
    "salesOrders(first: 1) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { number } }",
    "salesOrders(last: 1) { nodes { id } aggregates { count } }",
    "salesOrders(first: 1) { totalCount aggregates { sum { total } } }",
    "node(id: $id) { ... on SalesOrder { number } }",
]


@pytest.mark.parametrize("field", ALONE)
async def test_one_statement_shows_one_moment_without_a_transaction(
    trade: Trade, order_id: int, database: db.Database, field: str
) -> None:
    text = f"{{ found: {field} }}".replace("$id", f'"{global_id("SalesOrder", order_id)}"')
    with db.statements() as seen, begun(database) as snapshots:
        answer = await ask(trade.call, text)
    assert answer["found"]
    assert (len(seen), len(snapshots)) == (1, 0)


async def test_a_list_is_counted_by_the_statement_of_its_page(trade: Trade, order_id: int) -> None:
    await trade.draft_sale((0, "1", "1"))
    counted = "totalCount nodes { number lines { quantity } } pageInfo { endCursor hasPreviousPage }"
    with db.statements() as seen:
        first = (await ask(trade.call, f"{{ salesOrders(first: 1) {{ {counted} }} }}"))["salesOrders"]
    assert (first["totalCount"], len(seen)) == (2, 2)
    text = f"query($after: String) {{ salesOrders(first: 1, after: $after) {{ {counted} }} }}"
    other = (await ask(trade.call, text, after=first["pageInfo"]["endCursor"]))["salesOrders"]
    assert other["totalCount"] == 2
    assert other["nodes"] != first["nodes"]
    nothing = '{ salesOrders(where: {number: {eq: "none"}}) { totalCount aggregates { count } nodes { id } } }'
    assert (await ask(trade.call, nothing))["salesOrders"] == {"totalCount": 0, "aggregates": {"count": 0}, "nodes": []}


@contextmanager
def begun(database: db.Database) -> Iterator[list[Hashable]]:
    """The callers for whom something was read at once meanwhile."""
    callers: list[Hashable] = []
    with pytest.MonkeyPatch.context() as patch:
        snapshot = database.client.snapshot

        def noted(caller: Hashable) -> Any:
            callers.append(caller)
            return snapshot(caller)

        patch.setattr(database.client, "snapshot", noted)
        yield callers


async def test_nodes_are_all_of_one_moment(trade: Trade, order_id: int) -> None:
    text = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on SalesOrder {{ {ORDER} }} }} }}"
    (order,) = (await ask(trade.call, text, ids=[global_id("SalesOrder", order_id)]))["nodes"]
    assert is_whole(order)


async def test_root_fields_are_all_of_one_moment(trade: Trade, order_id: int) -> None:
    count = "salesOrders(first: 1) { totalCount }"
    answer = await ask(trade.call, f"{{ a: {count} meddled b: {count} counts {{ before after }} }}")
    assert answer["a"] == answer["b"] == {"totalCount": 1}
    assert answer["counts"] == {"before": 1, "after": 1}
    assert await SalesOrder.all().count() == 3


async def test_a_mutation_shows_one_moment_that_has_what_it_did(trade: Trade, order_id: int) -> None:
    text = f"""mutation($input: UpdateSalesOrderInput!) {{ updateSalesOrder(input: $input) {{
        userErrors {{ code }} salesOrder {{ {ORDER} }} query {{ {LIST.strip()[1:-1]} }} }} }}"""
    line = {"skuId": global_id("Sku", trade.shop.skus[0]), "quantity": "70", "unitPrice": "1"}
    given = {"id": global_id("SalesOrder", order_id), "lines": [line]}
    payload = (await ask(trade.call, text, input=given))["updateSalesOrder"]
    assert payload["userErrors"] == []
    assert payload["salesOrder"]["total"] == "70"
    assert is_whole(payload["salesOrder"])
    assert payload["query"]["salesOrders"]["nodes"] == [payload["salesOrder"]]
    assert payload["query"]["salesOrders"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("shown", "alone"),
    [
        ("userErrors { code }", "sqlite postgres"),
        ("salesOrder { number customer { name } }", "sqlite postgres"),
        ("salesOrder { number lines { quantity sku { code } } }", "postgres"),
        ("salesOrder { lines { quantityReserved } }", ""),
        ("salesOrder { number } query { salesOrders(first: 1) { totalCount } }", ""),
    ],
)
async def test_what_one_statement_shows_of_a_mutation_takes_no_transaction(
    trade: Trade, database: db.Database, shown: str, alone: str
) -> None:
    order_id = await trade.draft_sale((0, "1", "1"))
    text = f"mutation($input: SubmitSalesOrderInput!) {{ submitSalesOrder(input: $input) {{ {shown} }} }}"
    with db.statements() as seen, begun(database) as snapshots:
        await ask(trade.call, text, input={"id": global_id("SalesOrder", order_id)})
    assert bool(snapshots) == (db.dialect() not in alone)
    behind = [statement for statement in seen if "t0" in statement]
    assert len(behind) <= 1 or snapshots


async def test_each_mutation_shows_what_the_one_before_it_did(trade: Trade, order_id: int) -> None:
    text = """mutation($input: CreateSalesOrderInput!) {
        a: createSalesOrder(input: $input) { query { salesOrders(first: 1) { totalCount } } }
        b: createSalesOrder(input: $input) { query { salesOrders(first: 1) { totalCount } } } }"""
    line = {"skuId": global_id("Sku", trade.shop.skus[0]), "quantity": "1", "unitPrice": "1"}
    given = {
        "customerId": global_id("Customer", trade.customer_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "lines": [line],
    }
    answer = await ask(trade.call, text, input=given)
    assert [one["query"]["salesOrders"]["totalCount"] for one in answer.values()] == [2, 3]


async def test_an_event_shows_one_moment_that_has_what_it_tells(trade: Trade, order_id: int) -> None:
    text = f"subscription($id: ID!) {{ orderSeen(salesOrderId: $id) {{ salesOrder {{ {ORDER} }} }} }}"
    subscription = EXECUTOR.subscription(EXECUTOR.prepare(text), {"id": global_id("SalesOrder", order_id)})

    async def renew() -> Call:
        return trade.call

    (event,) = [event async for event in subscription.events(renew)]
    assert event.result
    order = event.result.data["orderSeen"]["salesOrder"]
    assert is_whole(order)
    assert order["total"] == "4"  # what was meddled before it was told
