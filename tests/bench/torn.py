"""Answers about a draft while it is being changed: how many overlapped a commit, how many showed two states at once."""

import asyncio
from functools import partial
from itertools import count
from typing import Any

from jxc_graphql import schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.selling.sales import operations
from tests.bench.stage import Stage, at, fresh_databases, set_up
from tests.make.redrafts import new_lines

ANSWERS, OVERLAPPING, READERS, LINES = 5_000, 1_000, 4, 20
ORDER = "version total lines { amount }"
QUERY = f"""query($id: ID!) {{
    node(id: $id) {{ ... on SalesOrder {{ {ORDER} }} }}
    salesOrders(first: 100) {{ totalCount nodes {{ {ORDER} }} aggregates {{ count sum {{ total }} }} }}
    nodes(ids: [$id]) {{ ... on SalesOrder {{ {ORDER} }} }} }}"""


class _Draft:
    """A draft whose lines and total change all the time, with other drafts beside it that come one by one."""

    def __init__(self, stage: Stage, order_id: int) -> None:
        self._stage = stage
        self.id = order_id
        self.commits = 0

    async def change(self) -> None:
        for n in count(1):
            lines: Any = new_lines([self._stage.line(sku, str(n % 90 + 1)) for sku in range(1 + n % LINES)])
            await operations.update_sales_order(self._stage.call(), sales_order_id=self.id, lines=lines)
            self.commits += 1
            if n % 50 == 0:
                await draft(self._stage)


async def draft(stage: Stage) -> int:
    """Another draft."""
    fact = await operations.create_sales_order(
        stage.call(), customer_id=stage.customer_id, warehouse_id=stage.warehouse_id, lines=[stage.line(0)]
    )
    return fact.subject_id


def is_torn(data: dict[str, Any]) -> bool:
    """Whether it shows more than one state."""
    listed, (named,) = data["salesOrders"], data["nodes"]
    orders = [data["node"], named, *listed["nodes"]]
    totals = [Money.of(order["total"]) for order in listed["nodes"]]
    return (
        data["node"] != named
        or (listed["totalCount"] <= len(totals) and named not in listed["nodes"])
        or any(
            Money.of(one["total"]) != Money.total(Money.of(line["amount"]) for line in one["lines"]) for one in orders
        )
        or listed["totalCount"] != listed["aggregates"]["count"]
        or (
            listed["totalCount"] <= len(totals)
            and Money.of(listed["aggregates"]["sum"]["total"]) != Money.total(totals)
        )
    )


async def _measure(name: str) -> None:
    stage = await set_up(LINES, "1")
    changed = _Draft(stage, await draft(stage))
    executor = schema.executor(introspection=False)
    prepared, variables = executor.prepare(QUERY), {"id": global_id("SalesOrder", changed.id)}
    writing = asyncio.create_task(changed.change())
    answers = overlapped = torn_ones = 0

    async def read() -> None:
        nonlocal answers, overlapped, torn_ones
        while answers < ANSWERS or overlapped < OVERLAPPING:
            before = changed.commits
            result = await executor.run(prepared, variables, stage.call())
            answers += 1
            overlapped += changed.commits > before
            torn_ones += is_torn(result.data)

    await asyncio.gather(*(read() for _ in range(READERS)))
    writing.cancel()
    await asyncio.wait({writing})
    print(f"{name}: {answers} answers, {overlapped} overlapped a commit ({changed.commits} commits): {torn_ones} torn")


def torn(only: str | None = None) -> None:
    """5,000 answers about a draft that is changed all the time, 1,000 of them during a commit: torn ones."""
    with fresh_databases(only) as found:
        for name, url in found:
            at(url, partial(_measure, name))
