"""Goods that a customer borrows: he brings them back in parts, buys them, or loses them."""

from datetime import timedelta

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.warehousing.loans import endings
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.loans.models import LoanLossReason
from jxc_graphql.warehousing.loans.rules import ReturnedLine, SoldLine, WantedLine
from tests.bookkeeping.clerk import Dice, step, today
from tests.bookkeeping.trading import OpenLine, Trading

_LINES = """
    SELECT id, sku_id, quantity_lent - quantity_returned - quantity_sold - quantity_lost FROM loan_line
    WHERE loan_id = ? ORDER BY line_no"""
_ASKED = """
    SELECT line.id, line.sales_order_id, line.sku_id, quantity - quantity_shipped - quantity_cancelled
    FROM sales_order_line AS line JOIN sales_order ON sales_order.id = sales_order_id
    WHERE status IN ('APPROVED', 'PARTIALLY_SHIPPED') AND warehouse_id = ? ORDER BY line.id"""


class Lending(Trading):
    """What becomes of goods that are with a partner."""

    @step(3)
    async def lend(self, dice: Dice) -> None:
        """Something that is kept for nobody is lent, or more than there is of it."""
        warehouse = dice.pick(self.company.warehouses)
        lines = []
        for n, one in enumerate(await self.free(warehouse)):
            if n == 0 or dice.one_in(3):
                quantity, goods = self.share(dice, one), self.goods_of(one.sku_id)
                pieces = await self.some_pieces(dice, goods, quantity, warehouse.id)
                lines.append(WantedLine(sku_id=one.sku_id, quantity=quantity, serials=pieces))
        drafted = await self.do(
            dice,
            loans.create_loan,
            warehouse_id=warehouse.id,
            customer_id=self.company.customer_id,
            due_on=today() + timedelta(days=30),
            lines=lines,
        )
        if drafted:
            await self.do(dice, loans.cancel_loan if dice.one_in(8) else loans.approve_loan, loan_id=drafted.loan_id)

    @step(3, otherwise="lend")
    async def bring_back(self, dice: Dice) -> None:
        """Some of it comes back, where it was or to the damaged goods."""
        if not (found := await self._lent(dice)):
            return
        loan_id, warehouse_id, lines = found
        warehouse = next(one for one in self.company.warehouses if one.id == warehouse_id)
        parts = [
            ReturnedLine(
                loan_line_id=one.id,
                quantity=quantity,
                place_id=warehouse.damaged_place_id if dice.one_in(5) else None,
                serials=await self._pieces(one, quantity),
            )
            for n, one in enumerate(lines)
            if n == 0 or dice.one_in(2)
            for quantity in [self.share(dice, one)]
        ]
        await self.do(dice, endings.return_loan, loan_id=loan_id, lines=parts)

    @step(2, otherwise="lend")
    async def sell_lent(self, dice: Dice) -> None:
        """The customer keeps it: it leaves for an order of his, and what was kept for the order is free."""
        if not (found := await self._lent(dice)):
            return
        loan_id, warehouse_id, lines = found
        for line_id, order_id, sku_id, outstanding in await db.fetch(_ASKED, (warehouse_id,)):
            if line := next((one for one in lines if one.sku_id == sku_id), None):
                quantity = min(self.share(dice, line), Quantity(outstanding))
                part = SoldLine(
                    loan_line_id=line.id,
                    sales_order_line_id=line_id,
                    quantity=quantity,
                    serials=await self._pieces(line, quantity),
                )
                await self.do(dice, endings.sell_loan, loan_id=loan_id, sales_order_id=order_id, lines=[part])
                return

    @step(1, otherwise="bring_back")
    async def lose_lent(self, dice: Dice) -> None:
        """The rest is lost or broken."""
        if found := await self._lent(dice):
            reason = dice.pick(tuple(LoanLossReason))
            await self.do(dice, endings.close_loan, loan_id=found[0], reason=reason, note="丢了")

    async def _lent(self, dice: Dice) -> tuple[int, int, list[OpenLine]] | None:
        """A loan of which goods are away: its warehouse, and what is."""
        rows = await db.fetch(
            "SELECT id, warehouse_id FROM loan WHERE status IN ('LENT', 'PARTIALLY_RETURNED') ORDER BY id"
        )
        if not rows:
            return None
        loan_id, warehouse_id = dice.pick(rows)
        lines = [
            OpenLine(line_id, sku_id, Quantity(out)) for line_id, sku_id, out in await db.fetch(_LINES, (loan_id,))
        ]
        return loan_id, warehouse_id, [one for one in lines if one.outstanding]

    async def _pieces(self, line: OpenLine, quantity: Quantity) -> tuple[str, ...]:
        if self.goods_of(line.sku_id).tracking is not SkuTracking.SERIAL:
            return ()
        rows = await db.fetch(
            "SELECT serial.number FROM serial_number AS serial JOIN place ON place.id = serial.place_id "
            "WHERE place.kind = 'LENT' AND EXISTS (SELECT 1 FROM serial_movement AS one "
            "JOIN stock_movement AS movement ON movement.id = one.movement_id "
            "WHERE one.serial_id = serial.id AND movement.consignment_id = ?) ORDER BY serial.id",
            (-line.id,),
        )
        return tuple(number for (number,) in rows)[: int(quantity) // 10_000]
