"""Two warehouses, goods of two categories, and their limits in plain decimals."""

from datetime import date
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.warehousing.limits import operations
from jxc_graphql.warehousing.limits.rules import WantedLimit

Row = tuple[str, str, str, str | None, str | None, str | None]


class Plan(msgspec.Struct, frozen=True):
    """Drinks, of which tea is a kind, in two warehouses: cola is sku 0, tea 1 and 2, and 3 is no drink."""

    call: Call
    warehouses: tuple[int, int]
    skus: tuple[int, ...]
    drinks: int
    tea: int

    def wanted(self, sku: int = 0, limit: str = "5", warehouse: int = 0, **said: Any) -> WantedLimit:
        quantities = {"clear_above", "target", "upper"}
        said = {name: Quantity.of(value) if value and name in quantities else value for name, value in said.items()}
        return WantedLimit(
            sku_id=self.skus[sku], warehouse_id=self.warehouses[warehouse], limit=Quantity.of(limit), **said
        )

    async def set(self, *limits: WantedLimit) -> tuple[int, ...]:
        return (await operations.set_stock_limits(self.call, limits=limits)).stock_limit_ids

    async def limits(self, warehouse: int = 0) -> list[Row]:
        """SKU, limit, target, upper limit, first and last day of each, by SKU and first day."""
        rows = await db.fetch(
            'SELECT sku_id, "limit", target, upper, starts_on, ends_on FROM stock_limit WHERE warehouse_id = ? '
            "ORDER BY sku_id, coalesce(starts_on, '0001-01-01'), coalesce(ends_on, '0001-01-01')",
            (self.warehouses[warehouse],),
        )
        return [
            (
                str(self.skus.index(sku_id)),
                str(Quantity(limit)),
                str(Quantity(target)),
                None if upper is None else str(Quantity(upper)),
                starts_on and str(starts_on),
                ends_on and str(ends_on),
            )
            for sku_id, limit, target, upper, starts_on, ends_on in rows
        ]


async def make_plan(call: Call) -> Plan:
    drinks = (await categories.create_category(call, code="D", name="饮料")).category_id
    tea = (await categories.create_category(call, code="T", name="茶", parent_id=drinks)).category_id
    other = (await categories.create_category(call, code="O", name="杂货")).category_id
    skus = []
    for number, category_id in enumerate((drinks, tea, tea, other)):
        code = f"S{number}"
        product = await catalog.create_product(call, code=code, name=code, category_id=category_id)
        sku = await catalog.create_sku(call, product_id=product.product_id, code=code, name=code, unit="瓶")
        skus.append(sku.sku_id)
    first, second = [(await warehouses.create_warehouse(call, code=c, name=c)).warehouse_id for c in ("A", "B")]
    return Plan(call, (first, second), tuple(skus), drinks, tea)


def day(month: int, of_month: int) -> date:
    return date(2026, month, of_month)
