"""Two warehouses of two branches, SKUs in two categories, and a past in which anything is posted at any moment."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.days import COLUMNS
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.masters.warehouses.queries import warehouses as known_warehouses

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
"""When the tests ask: noon of the last day of March."""
TODAY = date(2026, 3, 31)

NONE = tuple(name for name in COLUMNS if name not in {"value", "revalued"})
"""What a day does not say of a revaluation."""
FIGURES = ("on_hand", "value", "in_transit", "in_transit_value", "lent", "lent_value")
Levels = Mapping[int, tuple[int, ...]]
"""These figures of each level, in steps."""


def noon(day: int) -> datetime:
    return datetime(2026, 3, day, 4, 0, tzinfo=UTC)


class Group(msgspec.Struct, frozen=True):
    """SKU 0 and 1 are tea (0 by moving average, 1 FIFO), below drinks; SKU 2 is bread, in a category of its own."""

    call: Call
    warehouses: tuple[KnownWarehouse, ...]
    branch_ids: tuple[int, ...]
    category_ids: Mapping[str, int]
    product_ids: tuple[int, ...]
    skus: tuple[int, ...]

    def coming(self, quantity: str, value: str, sku: int = 0, house: int = 0, **others: Any) -> Move:
        return self._move(
            VirtualPlace.SUPPLIER, self._shelf(house), quantity, sku, house, value=Money.of(value), **others
        )

    def going(self, quantity: str, sku: int = 0, house: int = 0) -> Move:
        return self._move(self._shelf(house), VirtualPlace.CUSTOMER, quantity, sku, house)

    def breaking(self, quantity: str, sku: int = 0, house: int = 0) -> Move:
        """Goods that stay in the warehouse, but cannot be sold."""
        return self._move(self._shelf(house), self.warehouses[house].damaged_place_id, quantity, sku, house)

    def sending(self, quantity: str, consignment_id: int, sku: int = 0) -> Move:
        """From the first warehouse on the way to the second."""
        target = self.warehouses[1].transit_place_id
        return self._move(self._shelf(0), target, quantity, sku, 0, consignment_id=consignment_id)

    def arriving(self, quantity: str, consignment_id: int, sku: int = 0) -> Move:
        source = self.warehouses[1].transit_place_id
        return self._move(source, self._shelf(1), quantity, sku, 1, consignment_id=consignment_id)

    def lending(self, quantity: str, loan: int, sku: int = 0, house: int = 0) -> Move:
        """To a partner."""
        target = self.warehouses[house].lent_place_id
        return self._move(self._shelf(house), target, quantity, sku, house, consignment_id=-loan)

    def giving_back(self, quantity: str, loan: int, sku: int = 0, house: int = 0) -> Move:
        source = self.warehouses[house].lent_place_id
        return self._move(source, self._shelf(house), quantity, sku, house, consignment_id=-loan)

    def _shelf(self, house: int) -> int:
        return self.warehouses[house].stock_place_id

    def _move(self, source: int, target: int, quantity: str, sku: int, house: int, **others: Any) -> Move:
        return Move(
            sku_id=self.skus[sku],
            warehouse_id=self.warehouses[house].id,
            from_place_id=source,
            to_place_id=target,
            quantity=Quantity.of(quantity),
            line_id=new_id(),
            **others,
        )

    @db.transactional
    async def post(self, at: datetime, *moves: Move, on: date | None = None) -> None:
        day = on or clock.day_of(at)
        await ledger.post(Call(at=at), moves, document_id=new_id(), business_date=day)

    @db.transactional
    async def revalue(self, at: datetime, value: str, sku: int = 0, house: int = 0) -> None:
        """What the goods of a level cost changes, as a revaluation document would have it."""
        level = (self.skus[sku], self.warehouses[house].id)
        day, more = clock.day_of(at), Money.of(value)
        await db.execute(
            "UPDATE stock_level SET value = value + ?, "
            "unit_cost = (value + ?) * 1000000 / on_hand WHERE sku_id = ? AND warehouse_id = ?",
            (int(more), int(more), *level),
        )
        await db.execute(
            "INSERT INTO stock_revaluation (sku_id, warehouse_id, value, in_transit_value, lent_value, sold_value, "
            "business_date, posted_at, document_id, line_id) VALUES (?, ?, ?, 0, 0, 0, ?, ?, 1, 1)",
            (*level, int(more), day, at),
        )
        await db.execute(
            f"INSERT INTO stock_day (id, stock_level_id, posted_on, business_date, value, revalued, {', '.join(NONE)}) "
            f"SELECT line.id, level.id, line.day, line.day, line.value, line.value, {', '.join('0' * len(NONE))} "
            f"FROM {db.rows({'id': 'bigint', 'day': 'date', 'value': 'bigint'})} AS line JOIN stock_level AS level "
            "ON level.sku_id = ? AND level.warehouse_id = ? WHERE true "
            "ON CONFLICT (stock_level_id, posted_on, business_date) DO UPDATE "
            "SET value = stock_day.value + excluded.value, revalued = stock_day.revalued + excluded.revalued",
            (db.json([(new_id(), day, int(more))]), *level),
        )

    async def levels(self) -> Levels:
        rows = await db.fetch(f"SELECT id, {', '.join(FIGURES)} FROM stock_level")
        return {level_id: tuple(figures) for level_id, *figures in rows}


async def make_group(call: Call) -> Group:
    branches = [await warehouses.create_branch(call, code=f"B{n}", name=f"门店 {n}") for n in range(2)]
    made = [
        await warehouses.create_warehouse(call, code=f"W{n}", name=f"仓库 {n}", branch_id=branches[n].branch_id)
        for n in range(2)
    ]
    ids = [one.warehouse_id for one in made]
    known = await known_warehouses(ids)
    drinks = await categories.create_category(call, code="D", name="饮料")
    tea = await categories.create_category(call, code="T", name="茶", parent_id=drinks.category_id)
    bread = await categories.create_category(call, code="B", name="面包")
    products, skus = [], []
    for code, category, valuation in (
        ("T0", tea, ValuationMethod.MOVING_AVERAGE),
        ("T1", tea, ValuationMethod.FIFO),
        ("X2", bread, ValuationMethod.MOVING_AVERAGE),
    ):
        product = await catalog.create_product(
            call, code=code, name=code, category_id=category.category_id, valuation=valuation
        )
        sku = await catalog.create_sku(call, product_id=product.product_id, code=code, name=code, unit="个")
        products.append(product.product_id)
        skus.append(sku.sku_id)
    return Group(
        msgspec.structs.replace(call, at=NOW),
        tuple(known[one] for one in ids),
        tuple(one.branch_id for one in branches),
        {"drinks": drinks.category_id, "tea": tea.category_id, "bread": bread.category_id},
        tuple(products),
        tuple(skus),
    )
