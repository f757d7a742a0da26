"""Orders that are amended while they are carried out: more, less, another price, the rest given up, goods besides."""

from collections.abc import Mapping
from typing import Any

import msgspec

from jxc_graphql.buying.purchase_amendments import operations as purchase_amendments
from jxc_graphql.buying.purchase_amendments.rules import ChangedPurchaseLine
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.selling.sales_amendments import operations as sales_amendments
from jxc_graphql.selling.sales_amendments.rules import ChangedSalesLine
from tests.bookkeeping.clerk import Dice, Operation, step
from tests.bookkeeping.trading import PRICES, Trading


class Side(msgspec.Struct, frozen=True):
    """How orders of one side are amended."""

    order: str
    done: str
    line: Any
    amend: Operation
    steps: Mapping[str, Operation]

    @property
    def table(self) -> str:
        """Where its amendments are."""
        return self.order.replace("_order", "_amendment")


PURCHASES = Side(
    "purchase_order", "quantity_received", ChangedPurchaseLine, purchase_amendments.amend_purchase_order,
    {
        "submit": purchase_amendments.submit_purchase_amendment,
        "approve": purchase_amendments.approve_purchase_amendment,
        "reject": purchase_amendments.reject_purchase_amendment,
        "cancel": purchase_amendments.cancel_purchase_amendment,
    },
)  # fmt: skip
SALES = Side(
    "sales_order", "quantity_shipped", ChangedSalesLine, sales_amendments.amend_sales_order,
    {
        "submit": sales_amendments.submit_sales_amendment,
        "approve": sales_amendments.approve_sales_amendment,
        "reject": sales_amendments.reject_sales_amendment,
        "cancel": sales_amendments.cancel_sales_amendment,
    },
)  # fmt: skip


class Amending(Trading):
    """What becomes of orders that are binding already."""

    @step(3, otherwise="buy")
    async def amend_purchase(self, dice: Dice) -> None:
        """An amendment of an order to a supplier, drafted; now and then it is applied at once."""
        await self._amend(dice, PURCHASES)

    @step(4, otherwise="sell")
    async def amend_sale(self, dice: Dice) -> None:
        """The same of what a customer ordered."""
        await self._amend(dice, SALES)

    @step(3, otherwise="amend_sale")
    async def apply_amendment(self, dice: Dice) -> None:
        """One that was drafted a while ago is applied to what the order has become, or given up."""
        side = dice.pick((SALES, PURCHASES))
        rows = await db.fetch(f"SELECT id FROM {side.table} WHERE status IN ('DRAFT', 'SUBMITTED') ORDER BY id")
        if rows:
            await self._end(dice, side, dice.pick(rows)[0])

    @step(4, otherwise="buy")
    async def amend_too_late(self, dice: Dice) -> None:
        """Less is to come of an order, and before that is applied more came."""
        if not (order_ids := await self.open_orders("purchase_order")):
            return
        order_id = dice.pick(order_ids)
        lines = await self._open_lines("purchase_order", order_id, "quantity_received")
        line = next(one for one in lines if one.outstanding)
        ((quantity,),) = await db.fetch("SELECT quantity FROM purchase_order_line WHERE id = ?", (line.id,))
        least = Quantity(quantity) - line.outstanding or Quantity.of("0.0001")
        drafted = await self.do(
            dice,
            PURCHASES.amend,
            purchase_order_id=order_id,
            change=[ChangedPurchaseLine(purchase_order_line_id=line.id, quantity=least)],
        )
        came = self._arrival(dice, line, await self._warehouse_of("purchase_order", order_id))
        await self.do(dice, receiving.receive_goods, purchase_order_id=order_id, lines=[came])
        if drafted:
            await self._end(dice, PURCHASES, drafted.subject_id, "approve")

    async def _amend(self, dice: Dice, side: Side) -> None:
        order_ids = await self.open_orders(side.order)
        if not order_ids:
            return
        order_id = dice.pick(order_ids)
        lines = await db.fetch(
            f"SELECT id, quantity, {side.done} FROM {side.order}_line WHERE {side.order}_id = ? ORDER BY line_no",
            (order_id,),
        )
        change, cancelled = [], []
        for line_id, quantity, done in lines:
            match dice.pick(("more", "less", "price", "rest", "stays", "discount")):
                case "more":
                    told: dict[str, Any] = {"quantity": Quantity(quantity) + Quantity.of(dice.pick(("1", "5")))}
                case "less":
                    told = {"quantity": Quantity(quantity) - Quantity.of("1") if quantity > 10_000 else Quantity(done)}
                case "price":
                    told = {"unit_price": UnitPrice.of(dice.pick(PRICES))}
                case "discount":
                    told = {"discount": Money.of(dice.pick(("0.01", "1")))}
                case "rest":
                    cancelled.append(line_id)
                    continue
                case _:
                    continue
            change.append(side.line(**{f"{side.order}_line_id": line_id}, **told))
        drafted = await self.do(
            dice,
            side.amend,
            **{f"{side.order}_id": order_id},
            add=self.asked(dice)[:1] if dice.one_in(3) else (),
            change=change,
            cancel_rest_ids=cancelled,
            new_discount=Money.of(dice.pick(("0", "0.5"))) if dice.one_in(4) else None,
        )
        if drafted and not dice.one_in(3):
            await self._end(dice, side, drafted.subject_id)

    async def _end(self, dice: Dice, side: Side, amendment_id: int, way: str = "") -> None:
        which = {f"{side.table}_id": amendment_id}
        await self.do(dice, side.steps["submit"], **which)
        way = way or dice.pick(("approve", "approve", "approve", "reject", "cancel"))
        if await self.do(dice, side.steps[way], **which) is None:
            await self.do(dice, side.steps["cancel"], **which)
