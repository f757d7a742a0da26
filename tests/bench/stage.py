"""What the proofs run on: a database of each kind, a small shop in it, and processes that work on it."""

import asyncio
import multiprocessing
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import date
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from jxc_graphql import wiring
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.operations import OpeningLine
from tests import databases
from tests.make.settings import taken_up

Process = multiprocessing.get_context("spawn").Process
MODELS = wiring.MODEL_MODULES


class Stage(msgspec.Struct, frozen=True):
    """Whom a proof buys from and sells to, where, and what."""

    actor_id: int
    warehouse_id: int
    supplier_id: int
    customer_id: int
    sku_ids: tuple[int, ...]

    def call(self, key: str | None = None) -> Call:
        """A call of somebody who may do everything."""
        return Call(actor_id=self.actor_id, permissions=frozenset(Permission), idempotency_key=key)

    def line(self, sku: int, quantity: str = "1", price: str = "9.9") -> AskedLine:
        """A line of an order."""
        return AskedLine(sku_id=self.sku_ids[sku], quantity=Quantity.of(quantity), unit_price=UnitPrice.of(price))


async def set_up(skus: int, quantity: str) -> Stage:
    """A shop that has so much of each of so many SKUs."""
    system = auth.system_call()
    await auth.ensure_roles(system)
    user = await auth.create_user(system, username=f"u{new_id()}", name="Proof", roles=["ADMIN"])
    call = Call(actor_id=user.user_id, permissions=frozenset(Permission))
    warehouse = await warehouses.create_warehouse(call, code="W1", name="一号仓")
    category = await categories.create_category(call, code="C1", name="饮料")
    product = await catalog.create_product(call, code="P1", name="茶", category_id=category.category_id)
    made = [
        await catalog.create_sku(call, product_id=product.product_id, code=f"S{n}", name=f"茶 {n}", unit="瓶")
        for n in range(skus)
    ]
    supplier = await partners.create_supplier(call, profile=Profile(code="V1", name="供应商"))
    customer = await partners.create_customer(call, profile=Profile(code="K1", name="客户"))
    cost = UnitPrice.of("7.3")
    lines = [OpeningLine(sku_id=sku.sku_id, quantity=Quantity.of(quantity), unit_cost=cost) for sku in made]
    await openings.post_opening_balance(
        call, warehouse_id=warehouse.warehouse_id, business_date=date(2026, 1, 1), lines=lines
    )
    return Stage(
        actor_id=user.user_id,
        warehouse_id=warehouse.warehouse_id,
        supplier_id=supplier.supplier_id,
        customer_id=customer.customer_id,
        sku_ids=tuple(sku.sku_id for sku in made),
    )


class Databases(Protocol):
    """Where databases of one kind come from; all of them go away at the end."""

    name: str

    def new(self) -> str:
        """The URL of a migrated, empty one."""

    def copy(self, url: str) -> str:
        """The URL of another one like that, to which nobody is connected."""


class SqliteDatabases:
    """Files in a folder."""

    name = "sqlite"

    def __init__(self, run: databases.Run) -> None:
        self._template = f"sqlite:///{run.sqlite_template()}"
        self._folder, self._numbers = run.folder, count()

    def new(self) -> str:
        """A copy of the template."""
        return self.copy(self._template)

    def copy(self, url: str) -> str:
        """A copy of the file."""
        return (
            f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), self._folder / f'{next(self._numbers)}.sqlite3')}"
        )


class PostgresDatabases:
    """Clones on a server."""

    name = "postgres"

    def __init__(self, server: databases.Postgres, clones: ExitStack) -> None:
        self._server, self._clones = server, clones

    def new(self) -> str:
        """A clone of the template."""
        return self._clones.enter_context(self._server.clone())

    def copy(self, url: str) -> str:
        """A clone of the database."""
        return self._clones.enter_context(self._server.clone(urlsplit(url).path.removeprefix("/")))


@contextmanager
def kinds_of_databases(only: str | None = None) -> Iterator[list[Databases]]:
    """Both kinds, or one; without a PostgreSQL server SQLite alone."""
    found: list[Databases] = []
    with databases.run() as run, ExitStack() as clones:
        if only != "postgres":
            found.append(SqliteDatabases(run))
        if only != "sqlite":
            server = clones.enter_context(run.postgres())
            if server:
                found.append(PostgresDatabases(server, clones))
            else:
                print("no PostgreSQL here: SQLite only")
        yield found


@contextmanager
def fresh_databases(only: str | None = None) -> Iterator[list[tuple[str, str]]]:
    """A migrated, empty database of each kind (or of one) as name and URL."""
    with kinds_of_databases(only) as kinds:
        yield [(kind.name, kind.new()) for kind in kinds]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[db.Database]:
    """This process, connected."""
    async with db.open(url, MODELS) as database:
        await taken_up()
        yield database


def at(url: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What some work gives that needs a connection, in a loop of its own."""

    async def run() -> Any:
        async with connected(url):
            return await work()

    return asyncio.run(run())


def run_processes(work: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> None:
    """One process per tuple of arguments, until all have ended."""
    processes = [Process(target=work, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0, process.exitcode


async def verified() -> int:
    """How many values in the books do not agree with what they were made from, reactions settled."""
    await wiring.REACTIONS.settle()
    return len(await differences())
