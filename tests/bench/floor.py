"""The sales chain written by hand: the rows that the product writes, in its tables, in as few statements as it takes.

What each step writes is learnt from the product: it sells each SKU, and what differs in the database between two steps
is what the step wrote. By hand the same is written again under other ids and numbers, a step one transaction:

    PostgreSQL   BEGIN · what is locked, read in one statement · one statement of all writes · COMMIT
    SQLite       the same on the loop, statement by statement, COMMIT too

with the indexes, foreign keys and triggers of the product, synchronous as the product is. No GraphQL, nobody is
authenticated, nothing is checked, no retry key, no reactions.
"""

import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, Protocol

import asyncpg
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jxc_graphql.kit import db, ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.operations import ShippedLine
from tests.bench.stage import at

STEPS = ("create", "submit", "approve", "ship")
SKUS = 10
"""How many are sold; each is learnt by itself."""
IDS = 1_000
"""How many one chain may make."""
_SMALL = 2**48
"""No quantity and no amount of these chains is as great, and every id of the product's own making is greater."""
KEPT_OUT = {"id_node", "search_index", "reaction_cursor", "token", "document_number"}
"""Tables that no chain of the product needs to write: numbers come in blocks."""
_LOCKS = {
    "create": "SELECT customer.id, sku.id, warehouse.id FROM customer, sku, warehouse "
    "WHERE customer.id = {customer} AND sku.id = {sku} AND warehouse.id = {warehouse}",
    "submit": "SELECT id, status, version FROM sales_order WHERE id = {order}{lock}",
    **dict.fromkeys(
        ("approve", "ship"),
        "SELECT sales_order.id, sales_order.status, line.id, line.quantity, level.id, level.available, level.value "
        "FROM sales_order JOIN sales_order_line AS line ON line.sales_order_id = sales_order.id "
        "JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = sales_order.warehouse_id "
        "WHERE sales_order.id = {order}{lock}",
    ),
}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.\d]*\+00:00$")

Rows = dict[str, dict[Any, dict[str, Any]]]
"""By table and primary key."""


class Written(msgspec.Struct, frozen=True):
    """A row that a step wrote: a new one, one that changed, or one that is gone."""

    table: str
    key: tuple[str, Any]
    set_to: Mapping[str, Any]
    added: Mapping[str, int] = {}
    """Of rows that were there before: by how much a number changed."""
    is_new: bool = False
    is_gone: bool = False


class Sold(msgspec.Struct, frozen=True):
    """What the product wrote when it sold a SKU."""

    order_id: int
    made: Mapping[int, int]
    """The ids that it made, each with its place among them."""
    numbers: frozenset[str]
    names: Mapping[str, int]
    """The customer, the SKU and the warehouse."""
    steps: Mapping[str, tuple[Written, ...]]


class Hand(Protocol):
    """A way to the database by its driver alone."""

    async def rows(self, statement: str) -> list[dict[str, Any]]:
        """What is read."""

    async def close(self) -> None:
        """Hangs up."""

    async def write(self, lock: str, writes: list[tuple[str, list[Any]]]) -> None:
        """One transaction."""


async def learn(hand: Hand) -> list[Sold]:
    """Has the product sell each SKU twice: what it wrote the second time, when the day has its rows."""
    ((actor_id,),) = await db.fetch('SELECT max(id) FROM "user"')
    ((customer_id, warehouse_id),) = await db.fetch("SELECT customer.id, warehouse.id FROM customer, warehouse")
    skus = await db.fetch(f"SELECT id FROM sku ORDER BY id LIMIT {SKUS:d}")
    call = Call(actor_id=actor_id, permissions=frozenset(Permission))
    found = list[Sold]()
    for (sku_id,) in skus:
        names = {"customer": customer_id, "warehouse": warehouse_id, "sku": sku_id}
        async for _ in _sell(call, names):
            pass
        states, orders = [await all_rows(hand)], list[int]()
        async for order_id in _sell(call, names):
            orders.append(order_id)
            states.append(await all_rows(hand))
        found.append(_sold(orders[0], names, states))
    return found


async def _sell(call: Call, names: Mapping[str, int]) -> AsyncIterator[int]:
    """One after each step."""
    line = AskedLine(sku_id=names["sku"], quantity=Quantity.of("1"), unit_price=UnitPrice.of("9.9"))
    asked: dict[str, Any] = {"customer_id": names["customer"], "warehouse_id": names["warehouse"], "lines": [line]}
    order_id = (await sales.create_sales_order(call, **asked)).subject_id
    assert order_id is not None
    yield order_id
    await sales.submit_sales_order(call, sales_order_id=order_id)
    yield order_id
    await sales.approve_sales_order(call, sales_order_id=order_id)
    yield order_id
    ((line_id,),) = await db.fetch("SELECT id FROM sales_order_line WHERE sales_order_id = ?", (order_id,))
    left = [ShippedLine(sales_order_line_id=line_id, quantity=Quantity.of("1"))]
    await shipping.ship_goods(call, sales_order_id=order_id, lines=left)
    yield order_id


def _keys() -> dict[str, str]:
    """The tables, each with its primary key."""
    apps = current().context.apps
    assert apps
    metas = [model._meta for model in apps.get_models_iterable()]  # noqa: SLF001
    return {of.db_table: of.db_pk_column for of in metas if of.db_table not in KEPT_OUT}


async def all_rows(hand: Hand) -> Rows:
    """Every row of every table, as the driver has them."""
    return {
        table: {row[key]: row for row in await hand.rows(f'SELECT * FROM "{table}"')} for table, key in _keys().items()
    }


def _sold(order_id: int, names: Mapping[str, int], states: list[Rows]) -> Sold:
    numbers = frozenset(
        row["number"]
        for table, rows in states[-1].items()
        for key, row in rows.items()
        if key not in states[0][table] and isinstance(row.get("number"), str)
    )
    passing = {key for state in states for table, rows in state.items() for key in rows if key not in states[0][table]}
    made = {key: place for place, key in enumerate(sorted(key for key in passing if isinstance(key, int)))}
    steps = {
        step: tuple(_written(before, after, states[0]))
        for step, before, after in zip(STEPS, states, states[1:], strict=False)
    }
    return Sold(order_id=order_id, made=made, numbers=numbers, names=names, steps=steps)


def _written(before: Rows, after: Rows, first: Rows) -> Iterator[Written]:
    for table, name in _keys().items():
        for key, row in after[table].items():
            was = before[table].get(key)
            if was is None:
                yield Written(table, (name, key), row, is_new=True)
            elif row != was:
                yield _changed(Written(table, (name, key), row), was, is_ours=key not in first[table])
        for key in before[table].keys() - after[table].keys():
            yield Written(table, (name, key), {}, is_gone=True)


def _changed(one: Written, was: Mapping[str, Any], *, is_ours: bool) -> Written:
    """What differs in a row: of one that others change as well, by how much."""
    changed = {column: value for column, value in one.set_to.items() if value != was[column]}
    counted = {
        column: value - was[column]
        for column, value in changed.items()
        if not is_ours and type(value) is type(was[column]) is int and not _is_id(column, value)
    }
    rest = {column: value for column, value in changed.items() if column not in counted}
    return msgspec.structs.replace(one, set_to=rest, added=counted)


class SqliteByHand:
    """On the loop."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
            self._connection.execute(f"PRAGMA {pragma}")

    async def rows(self, statement: str) -> list[dict[str, Any]]:
        """What is read."""
        return [dict(row) for row in self._connection.execute(statement)]

    async def close(self) -> None:
        """Hangs up."""
        self._connection.close()

    async def write(self, lock: str, writes: list[tuple[str, list[Any]]]) -> None:
        """Nobody comes between, since nothing is waited for."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        run("PRAGMA defer_foreign_keys = ON")  # rows come in no order of theirs
        assert run(lock).fetchall(), lock
        for statement, values in writes:
            run(statement, values)
        run("COMMIT")


class PostgresByHand:
    """asyncpg, which keeps what it is sent prepared."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._texts: dict[tuple[str, ...], str] = {}

    async def rows(self, statement: str) -> list[dict[str, Any]]:
        """What is read."""
        return [dict(row) for row in await self._pool.fetch(statement)]

    async def close(self) -> None:
        """Hangs up."""
        await self._pool.close()

    async def write(self, lock: str, writes: list[tuple[str, list[Any]]]) -> None:
        """All that is written is one statement."""
        key = tuple(statement for statement, _ in writes)
        if key not in self._texts:
            self._texts[key] = _together(key)
        async with self._pool.acquire() as connection, connection.transaction():
            assert await connection.fetch(lock), lock
            await connection.fetch(self._texts[key], *(value for _, values in writes for value in values))


def _together(statements: tuple[str, ...]) -> str:
    numbers = count(1)
    parts = [
        f"w{place} AS ({''.join(f'${next(numbers)}' if one == '?' else one for one in statement)})"
        for place, statement in enumerate(statements)
    ]
    return f"WITH {', '.join(parts)} SELECT 1"


async def connected_by_hand(url: str) -> Hand:
    """A way to a database."""
    if url.startswith("sqlite"):
        return SqliteByHand(url.removeprefix("sqlite:///"))
    settings = {"random_page_cost": "1.1", "plan_cache_mode": "force_generic_plan"}
    return PostgresByHand(await asyncpg.create_pool(url, min_size=1, max_size=10, server_settings=settings))


class Counter:
    """Sells by hand what was learnt."""

    def __init__(self, hand: Hand, sold: list[Sold], *, is_sqlite: bool) -> None:
        self._hand, self._sold, self._is_sqlite = hand, sold, is_sqlite
        self._begin = ids.new_id()
        self._chains = count(1)

    async def do(self, step: str, sku: int, chain: int | None) -> int:
        """A step of a chain, which is a new one at first; which one it is."""
        sold, chain = self._sold[sku % len(self._sold)], next(self._chains) if chain is None else chain
        new = self._begin + chain * IDS
        moment: Any = datetime.now(UTC)
        if self._is_sqlite:
            moment = moment.isoformat(sep=" ")

        def told(column: str, value: Any) -> Any:
            if isinstance(value, datetime) or (self._is_sqlite and _is_moment(value)):
                return moment
            if type(value) is int and value in sold.made and _is_id(column, value):
                return new + sold.made[value]
            return f"{value[:3]}{new + sold.made[sold.order_id]}" if value in sold.numbers else value

        await self._hand.write(
            _LOCKS[step].format(
                order=new + sold.made[sold.order_id], lock="" if self._is_sqlite else " FOR UPDATE", **sold.names
            ),
            [_statement(one, told) for one in sold.steps[step]],
        )
        return chain


def _is_moment(value: object) -> bool:
    """Whether a text is one, as SQLite keeps them; a day is not."""
    return isinstance(value, str) and _MOMENT.match(value) is not None


_BY_HAND = {"account_id"}
"""What points to rows with ids that somebody counted, such as accounts of the chart."""


def _is_id(column: str, value: int) -> bool:
    return value > _SMALL or column == "id" or (column.endswith("_id") and column not in _BY_HAND)


def _statement(one: Written, told: Callable[[str, Any], Any]) -> tuple[str, list[Any]]:
    key, value = one.key
    if one.is_new:
        columns = ", ".join(f'"{column}"' for column in one.set_to)
        values = [told(column, each) for column, each in one.set_to.items()]
        return f'INSERT INTO "{one.table}" ({columns}) VALUES ({", ".join("?" * len(values))})', values
    where = told(key, value)
    if one.is_gone:
        return f'DELETE FROM "{one.table}" WHERE "{key}" = ?', [where]
    parts = [f'"{column}" = ?' for column in one.set_to] + [f'"{column}" = "{column}" + ?' for column in one.added]
    values = [told(column, each) for column, each in one.set_to.items()]
    return f'UPDATE "{one.table}" SET {", ".join(parts)} WHERE "{key}" = ?', [*values, *one.added.values(), where]


async def _learnt(url: str) -> list[Sold]:
    hand = await connected_by_hand(url)
    try:
        return await learn(hand)
    finally:
        await hand.close()


def application(url: str) -> Starlette:
    """A server that sells by hand on a database, which the product has filled and nobody else uses any more."""
    sold, counters = at(url, partial(_learnt, url)), list[Counter]()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        hand = await connected_by_hand(url)
        counters.append(Counter(hand, sold, is_sqlite=url.startswith("sqlite")))
        yield
        await hand.close()

    async def answer(request: Request) -> Response:
        asked = msgspec.json.decode(await request.body())
        step, told = asked["query"], asked["variables"]["input"]
        chain = await counters[0].do(step, told["sku"], told.get("chain"))
        payload = {"chain": chain, "userErrors": []}
        return Response(msgspec.json.encode({"data": {step: payload}}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)
