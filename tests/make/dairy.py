"""SKUs that are tracked by lot, one with a shelf life, and one that is not tracked."""

from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.lots import operations
from jxc_graphql.masters.lots.labels import LotLabel

SHELF_LIFE_DAYS = 30


class Goods(msgspec.Struct, frozen=True):
    """Three SKUs: milk lasts thirty days, wine does not expire by itself, glasses have no lots."""

    call: Call
    milk: int
    wine: int
    glasses: int

    @db.transactional
    async def ensure(self, *lines: tuple[int, LotLabel | None]) -> list[int | None]:
        """The lots of a document with these lines, in a transaction of its own."""
        return await operations.ensure(
            self.call, [(sku_id, label, ("lines", index, "lot")) for index, (sku_id, label) in enumerate(lines)]
        )

    async def lot(self, *dates: Any, sku_id: int | None = None, number: str = "L1") -> int:
        """One lot, of milk unless said otherwise."""
        (lot_id,) = await self.ensure((sku_id or self.milk, LotLabel(number, *dates)))
        assert lot_id
        return lot_id


async def make_goods(call: Call) -> Goods:
    category = await categories.create_category(call, code="C", name="c")
    product = await catalog.create_product(call, code="P", name="p", category_id=category.category_id)

    async def sku(code: str, tracking: SkuTracking, shelf_life_days: int | None = None) -> int:
        made = await catalog.create_sku(
            call,
            product_id=product.product_id,
            code=code,
            name=code,
            unit="瓶",
            tracking=tracking,
            shelf_life_days=shelf_life_days,
        )
        return made.sku_id

    return Goods(
        call,
        await sku("MILK", SkuTracking.LOT, SHELF_LIFE_DAYS),
        await sku("WINE", SkuTracking.LOT),
        await sku("GLASS", SkuTracking.NONE),
    )
