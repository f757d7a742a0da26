"""A warehouse and some SKUs to move about, made through operations."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.ledger import (
    Charge,
    ClaimKind,
    Incoming,
    Move,
    Posted,
    Revalued,
    ValueChange,
    VirtualPlace,
    Wish,
)
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Fixed, Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.operations import WantedBin
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.masters.warehouses.queries import warehouse as known_warehouse

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
LEVEL: dict[str, type[Fixed]] = {
    "on_hand": Quantity, "sellable": Quantity, "unfit": Quantity, "reserved": Quantity, "waiting": Quantity,
    "available": Quantity, "incoming": Quantity,
    "value": Money, "unit_cost": UnitPrice,
}  # fmt: skip


class Shop(msgspec.Struct, frozen=True):
    """One warehouse and its goods; every method is one transaction of its own."""

    call: Call
    warehouse: KnownWarehouse
    skus: tuple[int, ...]

    @property
    def at(self) -> Call:
        """The call at the moment of these tests."""
        return msgspec.structs.replace(self.call, at=AT)

    def move(
        self, source: int, target: int, quantity: str, value: str | None = None, sku: int = 0, **others: Any
    ) -> Move:
        said = {
            "sku_id": self.skus[sku],
            "warehouse_id": self.warehouse.id,
            "from_place_id": source,
            "to_place_id": target,
            "quantity": Quantity.of(quantity),
            "line_id": new_id(),
            "value": None if value is None else Money.of(value),
        }
        return Move(**(said | others))

    def coming(self, quantity: str, value: str, sku: int = 0, **others: Any) -> Move:
        return self.move(VirtualPlace.SUPPLIER, self.warehouse.stock_place_id, quantity, value, sku, **others)

    def going(self, quantity: str, sku: int = 0, **others: Any) -> Move:
        return self.move(self.warehouse.stock_place_id, VirtualPlace.CUSTOMER, quantity, None, sku, **others)

    def wish(self, quantity: str, owner_id: int, sku: int = 0) -> Wish:
        return Wish(
            owner_id=owner_id,
            document_id=owner_id + 1,
            kind=ClaimKind.SALES_ORDER,
            sku_id=self.skus[sku],
            warehouse_id=self.warehouse.id,
            quantity=Quantity.of(quantity),
        )

    @db.transactional
    async def post(self, *moves: Move, uses: Mapping[int, Quantity] | None = None, on: date = TODAY) -> Posted:
        return await door.post(
            Posting(call=self.at, document_id=new_id(), business_date=on, moves=moves, uses=uses or {})
        )

    @db.transactional
    async def charge(self, *charges: Charge) -> Revalued:
        return await door.charge(self.at, charges, document_id=new_id())

    @db.transactional
    async def revalue(self, *changes: ValueChange, on: date = TODAY) -> Revalued:
        return await door.revalue(self.at, changes, document_id=new_id(), business_date=on)

    @db.transactional
    async def lot(self, number: str, expires_on: date | None = None, sku: int = 0) -> int:
        """A lot of a SKU that is tracked by lot."""
        label = LotLabel(number, None, expires_on)
        (lot_id,) = await lots.ensure(self.call, [(self.skus[sku], label, ("lot",))])
        assert lot_id
        return lot_id

    async def bin(self, code: str) -> int:
        """A bin for goods to sell."""
        made = await warehouses.create_bins(self.call, warehouse_id=self.warehouse.id, bins=[WantedBin(code=code)])
        return made.place_ids[0]

    async def value_by(self, valuation: ValuationMethod) -> None:
        """Says what goods of all SKUs cost that leave from now on."""
        for (product_id,) in await db.fetch("SELECT DISTINCT product_id FROM sku WHERE id = ?", (self.skus[0],)):
            await catalog.update_product(self.call, product_id=product_id, valuation=valuation)

    async def taken(self, move: Move) -> list[tuple[Any, ...]]:
        """What a move took: the code of the place, the number of the lot, how much, and its value."""
        rows = await db.fetch(
            "SELECT place.code, lot.number, movement.quantity, movement.value FROM stock_movement AS movement "
            "JOIN place ON place.id = from_place_id LEFT JOIN lot ON lot.id = lot_id WHERE line_id = ? "
            "ORDER BY movement.id",
            (move.line_id,),
        )
        return [(place, lot, str(Quantity(quantity)), str(Money(value))) for place, lot, quantity, value in rows]

    async def layers(self, sku: int = 0) -> list[tuple[str, str | None]]:
        """What is left of each cost layer in this warehouse, oldest first: quantity and value."""
        rows = await db.fetch(
            "SELECT quantity, cost_layer.value FROM cost_layer JOIN stock_level ON stock_level.id = stock_level_id "
            "WHERE sku_id = ? AND warehouse_id = ? AND quantity > 0 ORDER BY origin_on, cost_layer.id",
            (self.skus[sku], self.warehouse.id),
        )
        return [(str(Quantity(quantity)), None if value is None else str(Money(value))) for quantity, value in rows]

    @db.transactional
    async def reserve(self, *wishes: Wish) -> dict[int, Quantity]:
        return {**(await ledger.claim(self.at, wishes)).got}

    @db.transactional
    async def release(self, *owner_ids: int) -> tuple[int, ...]:
        return await ledger.release(self.at, owner_ids)

    @db.transactional
    async def expect(self, *quantities: str) -> tuple[int, ...]:
        changes = [
            Incoming(sku_id=sku_id, warehouse_id=self.warehouse.id, quantity=Quantity.of(quantity))
            for sku_id, quantity in zip(self.skus, quantities, strict=False)
        ]
        return await ledger.expect(changes, at=AT)

    async def level(self, sku: int = 0) -> dict[str, str]:
        """A level as the table has it, in plain decimals."""
        columns = tuple(LEVEL)
        rows = await db.fetch(
            f"SELECT {', '.join(columns)} FROM stock_level WHERE sku_id = ? AND warehouse_id = ?",
            (self.skus[sku], self.warehouse.id),
        )
        return {name: str(LEVEL[name](value)) for row in rows for name, value in zip(columns, row, strict=True)}

    async def worth(self, sku: int = 0) -> tuple[str, str, str, str]:
        """A level's goods on hand and their value, in transit and their value."""
        rows = await db.fetch(
            "SELECT on_hand, value, in_transit, in_transit_value FROM stock_level "
            "WHERE sku_id = ? AND warehouse_id = ?",
            (self.skus[sku], self.warehouse.id),
        )
        ((on_hand, value, in_transit, in_transit_value),) = rows
        return str(Quantity(on_hand)), str(Money(value)), str(Quantity(in_transit)), str(Money(in_transit_value))


async def make_shop(
    call: Call,
    skus: int = 3,
    tracking: SkuTracking = SkuTracking.NONE,
    *,
    valuation: ValuationMethod = ValuationMethod.MOVING_AVERAGE,
) -> Shop:
    await _begin_day(TODAY)
    name = str(new_id())
    category = await categories.create_category(call, code=name, name="饮料")
    product = await catalog.create_product(
        call, code=name, name="可乐", category_id=category.category_id, valuation=valuation
    )
    made = [
        await catalog.create_sku(
            call, product_id=product.product_id, code=f"{name}-{n}", name=f"可乐 {n}", unit="瓶", tracking=tracking
        )
        for n in range(skus)
    ]
    return Shop(call, await open_warehouse(call), tuple(sku.sku_id for sku in made))


@db.transactional
async def _begin_day(day: date) -> None:
    """Has books without a movement begin on a day of the past, so that documents of that day are not late."""
    await db.execute("UPDATE book_day SET day = ? WHERE NOT EXISTS (SELECT 1 FROM stock_movement)", (day,))


async def open_warehouse(call: Call) -> KnownWarehouse:
    opened = await warehouses.create_warehouse(call, code=str(new_id()), name="一号仓")
    warehouse = await known_warehouse(opened.warehouse_id)
    assert warehouse
    return warehouse


async def other_warehouse(shop: Shop) -> Shop:
    """The same goods in a warehouse of their own."""
    return Shop(shop.call, await open_warehouse(shop.call), shop.skus)
