"""Price lists, promotions and minimum prices in plain decimals."""

from typing import Any

import msgspec

from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice
from jxc_graphql.masters.catalog.models import SkuUnit
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.selling.pricing import operations
from jxc_graphql.selling.pricing.checks import AskedListPrice, AskedMinimumPrice
from jxc_graphql.selling.pricing.models import PromotionKind, PromotionStep
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrderLine
from tests.make.trade import Trade

KINDS = {"percent": "PERCENT", "amount": "AMOUNT", "buy_quantity": "FREE_GOODS"}
NUMBERS: dict[str, Any] = {
    "percent": Ratio, "amount": Money, "minimum_quantity": Quantity, "minimum_amount": Money, "buy_quantity": Quantity,
    "free_quantity": Quantity,
}  # fmt: skip


class Pricing:
    """What a shop sells its goods for."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.call = trade.call
        self._made = 0

    def _named(self) -> dict[str, str]:
        self._made += 1
        return {"code": f"X{self._made}", "name": f"X{self._made}"}

    async def price_list(
        self, *prices: tuple[int, str] | tuple[int, str, str] | tuple[int, str, str, str], **said: Any
    ) -> int:
        """A list with prices: the place of a SKU, the price, from which quantity on, of which unit."""
        made = await operations.create_price_list(self.trade.call, **self._named() | said)
        if prices:
            await self.set(made.price_list_id, *prices)
        return made.price_list_id

    async def set(
        self, price_list_id: int, *prices: tuple[int, str] | tuple[int, str, str] | tuple[int, str, str, str]
    ) -> None:
        asked = []
        for sku, price, *more in prices:
            sku_id = self.trade.shop.skus[int(sku)]
            unit = (await SkuUnit.get(sku_id=sku_id, name=more[1])).id if len(more) > 1 else None
            above = Quantity.of(more[0] if more else "0")
            asked.append(
                AskedListPrice(sku_id=sku_id, unit_price=UnitPrice.of(price), from_quantity=above, sku_unit_id=unit)
            )
        await operations.set_list_prices(self.trade.call, price_list_id=price_list_id, prices=asked)

    async def promotion(self, step: str = "LINE", **said: Any) -> int:
        """A promotion by what it takes off: `percent`, `amount`, or `buy_quantity` with `free_quantity`."""
        kind = PromotionKind(next(KINDS[name] for name in said if name in KINDS))
        told = {name: NUMBERS[name].of(value) if name in NUMBERS else value for name, value in said.items()}
        made = await operations.create_promotion(
            self.trade.call, **self._named() | told, step=PromotionStep(step), kind=kind
        )
        return made.promotion_id

    async def minimum(self, *prices: tuple[int, str]) -> None:
        """The least for which SKUs are to be sold."""
        asked = [
            AskedMinimumPrice(sku_id=self.trade.shop.skus[sku], net_price=UnitPrice.of(price)) for sku, price in prices
        ]
        await operations.set_minimum_prices(self.trade.call, prices=asked)

    def wanted(self, *lines: tuple[int, str] | tuple[int, str, str]) -> list[LineToPrice]:
        """Lines without prices: the place of a SKU, how much of it, in which unit."""
        return [
            LineToPrice(
                sku_id=self.trade.shop.skus[sku], quantity=Quantity.of(quantity), unit=unit[0] if unit else None
            )
            for sku, quantity, *unit in lines
        ]

    async def order(self, *lines: tuple[int, str] | tuple[int, str, str], off: str = "0", **said: Any) -> int:
        """An order of lines without prices, each with a discount that is typed."""
        asked = [msgspec.structs.replace(one, discount=Money.of(off)) for one in self.wanted(*lines)]
        told: dict[str, Any] = {
            "customer_id": self.trade.customer_id,
            "warehouse_id": self.trade.shop.warehouse.id,
            "lines": asked,
        }
        return (await sales.create_sales_order(self.call, **told | said)).subject_id

    async def lines(self, order_id: int) -> list[SalesOrderLine]:
        """The lines of an order."""
        return await self.trade.sales_lines(order_id)
