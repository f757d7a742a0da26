"""A warehouse and some SKUs to move about, made through operations."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from jxc_graphql.catalog import operations as catalog
from jxc_graphql.catalog.tracking import SkuTracking
from jxc_graphql.categories import operations as categories
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.stock import ledger
from jxc_graphql.stock.ledger import Expectation, Move, Posting, ReservationKind, VirtualPlace, Wish
from jxc_graphql.warehouses import operations as warehouses
from jxc_graphql.warehouses.queries import KnownWarehouse
from jxc_graphql.warehouses.queries import warehouse as known_warehouse

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
TABLES = ("stock_movement", "place_level", "stock_level", "reservation", "opening_balance", "warehouse", "journal")


class Shop(msgspec.Struct, frozen=True):
    """One warehouse and its goods; every method is one transaction of its own."""

    call: Call
    warehouse: KnownWarehouse
    skus: tuple[int, ...]

    def move(self, source: int, target: int, quantity: str, value: str | None = None, sku: int = 0) -> Move:
        return Move(
            sku_id=self.skus[sku],
            warehouse_id=self.warehouse.id,
            from_place_id=source,
            to_place_id=target,
            quantity=Quantity.of(quantity),
            line_id=new_id(),
            value=None if value is None else Money.of(value),
        )

    def coming(self, quantity: str, value: str, sku: int = 0) -> Move:
        return self.move(VirtualPlace.SUPPLIER, self.warehouse.stock_place_id, quantity, value, sku)

    def going(self, quantity: str, sku: int = 0) -> Move:
        return self.move(self.warehouse.stock_place_id, VirtualPlace.CUSTOMER, quantity, None, sku)

    def wish(self, quantity: str, owner_id: int, sku: int = 0) -> Wish:
        return Wish(
            owner_id=owner_id,
            kind=ReservationKind.SALES_ORDER,
            sku_id=self.skus[sku],
            warehouse_id=self.warehouse.id,
            quantity=Quantity.of(quantity),
        )

    @db.transactional
    async def post(self, *moves: Move, releases: Mapping[int, Quantity] | None = None, on: date = TODAY) -> Posting:
        return await ledger.post(
            moves, document_id=new_id(), business_date=on, at=AT, releases={} if releases is None else releases
        )

    @db.transactional
    async def reserve(self, *wishes: Wish) -> dict[int, Quantity]:
        return await ledger.reserve(wishes, at=AT)

    @db.transactional
    async def release(self, *owner_ids: int) -> tuple[int, ...]:
        return await ledger.release(owner_ids)

    @db.transactional
    async def expect(self, *quantities: str) -> tuple[int, ...]:
        changes = [
            Expectation(sku_id=sku_id, warehouse_id=self.warehouse.id, quantity=Quantity.of(quantity))
            for sku_id, quantity in zip(self.skus, quantities, strict=False)
        ]
        return await ledger.expect(changes, at=AT)

    async def level(self, sku: int = 0) -> dict[str, str]:
        """A level as the table has it, in plain decimals."""
        columns = ("on_hand", "sellable", "reserved", "available", "incoming", "value", "unit_cost")
        rows = await db.fetch(
            f"SELECT {', '.join(columns)} FROM stock_level WHERE sku_id = ? AND warehouse_id = ?",
            (self.skus[sku], self.warehouse.id),
        )
        kinds = (*[Quantity] * 5, Money, UnitPrice)
        return {name: str(kind(value)) for row in rows for name, kind, value in zip(columns, kinds, row, strict=True)}


async def make_shop(call: Call, skus: int = 3, tracking: SkuTracking = SkuTracking.NONE) -> Shop:
    name = str(new_id())
    category = await categories.create_category(call, code=name, name="饮料")
    product = await catalog.create_product(call, code=name, name="可乐", category_id=category.category_id)
    made = [
        await catalog.create_sku(
            call, product_id=product.product_id, code=f"{name}-{n}", name=f"可乐 {n}", unit="瓶", tracking=tracking
        )
        for n in range(skus)
    ]
    opened = await warehouses.create_warehouse(call, code=name, name="一号仓")
    warehouse = await known_warehouse(opened.warehouse_id)
    assert warehouse
    return Shop(call, warehouse, tuple(sku.sku_id for sku in made))


async def rows_written() -> dict[str, Any]:
    """How many rows each table has, to tell that a refusal wrote nothing."""
    return {table: (await db.fetch(f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}


@pytest.fixture
async def shop(call: Call) -> Shop:
    return await make_shop(call)
