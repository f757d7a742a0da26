"""The company of the books: two warehouses, goods of every kind, and whom it buys from and sells to."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.operations import ReceivedLine
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.places import BinKind
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.masters.warehouses.queries import warehouse as known_warehouse
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.assembly.rules import Component
from jxc_graphql.wiring import MODEL_MODULES
from tests import databases
from tests.make.settings import taken_up

STOCKED = {"2": (7, 8), "3.01": (6, 3)}
"""At each price so many of everything have come, so many days ago."""


class Goods(msgspec.Struct, frozen=True):
    """A SKU, alone in its product."""

    sku_id: int
    product_id: int
    tracking: SkuTracking
    valuation: ValuationMethod


class Company(msgspec.Struct, frozen=True):
    """What there is before the first step."""

    actor_id: int
    warehouses: tuple[KnownWarehouse, ...]
    bins: dict[int, int]
    """A bin of each warehouse."""
    supplier_id: int
    customer_id: int
    goods: tuple[Goods, ...]
    """At the moving average, first in first out, by lot, by serial number, and a kit."""
    kit_id: int
    recipe: dict[int, Quantity]
    """What one kit is made of."""
    pieces: int
    """How many pieces have got a number: N1, N2, …"""


async def make_company() -> Company:
    """Opens it; there is something of everything in the first warehouse, bought at two prices on two days."""
    admin = await create_user(system_call(), username="clerk", name="Clerk", roles=["ADMIN"])
    call = Call(actor_id=admin.user_id, permissions=frozenset(Permission))
    known, bins = [], {}
    for code in ("A", "B"):
        opened = await warehouses.create_warehouse(call, code=code, name=f"仓库 {code}")
        warehouse = await known_warehouse(opened.warehouse_id)
        assert warehouse
        wanted = WantedBin(code=f"{code}-1", kind=BinKind.STOCK)
        made = await warehouses.create_bins(call, warehouse_id=warehouse.id, bins=[wanted])
        known.append(warehouse)
        bins[warehouse.id] = made.place_ids[0]
    category = await categories.create_category(call, code="C", name="茶")
    supplier = await partners.create_supplier(call, profile=Profile(code="V", name="供应商"))
    customer = await partners.create_customer(call, profile=Profile(code="K", name="客户"))
    average, fifo = ValuationMethod.MOVING_AVERAGE, ValuationMethod.FIFO
    kinds = {
        "AVG": (average, SkuTracking.NONE),
        "FIFO": (fifo, SkuTracking.NONE),
        "LOT": (fifo, SkuTracking.LOT),
        "SERIAL": (average, SkuTracking.SERIAL),
        "KIT": (average, SkuTracking.NONE),
    }
    goods = [await _goods(call, category.category_id, code, *kind) for code, kind in kinds.items()]
    *parts, kit = [one.sku_id for one in goods]
    recipe = dict(zip(parts, map(Quantity.of, ("2", "1", "0.5", "1")), strict=True))
    components = [Component(sku_id=sku_id, quantity=quantity) for sku_id, quantity in recipe.items()]
    await assembly.set_kit_components(call, sku_id=kit, components=components)
    company = Company(
        actor_id=admin.user_id,
        warehouses=tuple(known),
        bins=bins,
        supplier_id=supplier.supplier_id,
        customer_id=customer.customer_id,
        goods=tuple(goods),
        kit_id=kit,
        recipe=recipe,
        pieces=sum(pieces for pieces, _ in STOCKED.values()),
    )
    first_piece = 1
    for price, (pieces, days_ago) in STOCKED.items():
        late = msgspec.structs.replace(call, business_date=clock.day_of(clock.now()) - timedelta(days=days_ago))
        await _stock_up(late, company, price, range(first_piece, first_piece + pieces))
        first_piece += pieces
    return company


async def _goods(call: Call, category_id: int, code: str, valuation: ValuationMethod, tracking: SkuTracking) -> Goods:
    product = await catalog.create_product(call, code=code, name=code, category_id=category_id, valuation=valuation)
    sku = await catalog.create_sku(
        call, product_id=product.product_id, code=code, name=code, unit="件", tracking=tracking
    )
    return Goods(sku.sku_id, product.product_id, tracking, valuation)


async def _stock_up(call: Call, company: Company, price: str, pieces: range) -> None:
    quantity, where = Quantity.of(len(pieces)), company.warehouses[0]
    asked = [AskedLine(sku_id=one.sku_id, quantity=quantity, unit_price=UnitPrice.of(price)) for one in company.goods]
    ordered = await purchasing.create_purchase_order(
        call, supplier_id=company.supplier_id, warehouse_id=where.id, lines=asked
    )
    order_id = ordered.subject_id
    await purchasing.submit_purchase_order(call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(call, purchase_order_id=order_id)
    rows = await db.fetch(
        "SELECT id FROM purchase_order_line WHERE purchase_order_id = ? ORDER BY line_no", (order_id,)
    )
    lines = [
        ReceivedLine(
            purchase_order_line_id=line_id,
            quantity_accepted=quantity,
            lot=LotLabel(number=f"old {pieces[0]}") if one.tracking is SkuTracking.LOT else None,
            serials=[f"N{n}" for n in pieces] if one.tracking is SkuTracking.SERIAL else (),
        )
        for (line_id,), one in zip(rows, company.goods, strict=True)
    ]
    await receiving.receive_goods(call, purchase_order_id=order_id, lines=lines)


class Office(Protocol):
    """Where every run finds the company in a database of its own, as it was before the first step."""

    company: Company

    def copy(self) -> AbstractContextManager[str]:
        """The URL of a new database, for the duration of a block."""


def open_at(url: str) -> Company:
    """The company, founded in a database."""

    async def found() -> Company:
        async with db.open(url, MODEL_MODULES):
            await taken_up()
            return await make_company()

    return asyncio.run(found())


class SqliteOffice:
    """Copies a file."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._template = Path(shutil.copy(template, folder / "company.sqlite3"))
        self.company = open_at(f"sqlite:///{self._template}")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a new file."""
        path = Path(shutil.copy(self._template, self._folder / f"{next(self._numbers)}.sqlite3"))
        try:
            yield f"sqlite:///{path}"
        finally:
            for each in self._folder.glob(f"{path.name}*"):
                each.unlink()


class PostgresOffice:
    """Clones a database."""

    def __init__(self, server: databases.Postgres, template_url: str) -> None:
        self._server, self._template = server, urlsplit(template_url).path.removeprefix("/")
        self.company = open_at(template_url)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a clone."""
        with self._server.clone(self._template) as url:
            yield url
