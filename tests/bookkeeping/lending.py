"""Goods that are lent, and what becomes of them: they come back in parts, are sold to who has them, or are lost."""

from datetime import timedelta
from typing import Any

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.warehousing.loans import endings
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.loans.models import LoanLossReason, LoanPurpose
from jxc_graphql.warehousing.loans.rules import ReturnedLine, SoldLine, WantedLine
from tests.bookkeeping.clerk import Dice, Operation, step, today
from tests.bookkeeping.trading import PRICES, OpenLine, Trading

_LOANS = {
    "DRAFT": "SELECT id FROM loan WHERE status = 'DRAFT' ORDER BY id",
    "OUT": "SELECT id FROM loan WHERE status IN ('LENT', 'PARTIALLY_RETURNED') ORDER BY id",
    "OF A CUSTOMER": """
        SELECT id FROM loan WHERE status IN ('LENT', 'PARTIALLY_RETURNED') AND customer_id IS NOT NULL ORDER BY id""",
}
_DUE_IN_DAYS = (0, 1, 3, 30, 7)


class Lending(Trading):
    """What happens to goods lent."""

    @step(4)
    async def lend(self, dice: Dice) -> None:
        """Samples for a customer or a supplier; where there is not enough it stays a draft."""
        warehouse = dice.pick(self.company.warehouses)
        wanted = []
        for _ in range(dice.pick((1, 2, 1))):
            goods = dice.pick(self.company.goods)
            quantity = self.some(dice, goods)
            serials = await self.some_pieces(dice, goods, quantity, warehouse.id)
            lot = await self._some_lot(dice, goods.sku_id)
            wanted.append(WantedLine(sku_id=goods.sku_id, quantity=quantity, lot_number=lot, serials=serials))
        to = "supplier_id" if dice.one_in(4) else "customer_id"
        other = LoanPurpose.PROCESSING if to == "supplier_id" else LoanPurpose.CONSIGNMENT
        drafted = await self.do(
            dice,
            loans.create_loan,
            warehouse_id=warehouse.id,
            purpose=dice.pick((LoanPurpose.LOAN, other)),
            due_on=today() + timedelta(days=dice.pick(_DUE_IN_DAYS)),
            lines=wanted,
            **{to: getattr(self.company, to)},
        )
        if drafted:
            await self.do(dice, loans.approve_loan, loan_id=drafted.loan_id)

    @step(1, otherwise="lend")
    async def lend_later(self, dice: Dice) -> None:
        """What there was not enough for may be there by now, or is not wanted any more."""
        if loan_ids := await self._loans("DRAFT"):
            either: tuple[Operation, ...] = (loans.approve_loan, loans.cancel_loan)
            await self.do(dice, dice.pick(either), loan_id=dice.pick(loan_ids))

    @step(5, otherwise="lend")
    async def bring_back(self, dice: Dice) -> None:
        """Some of what is lent comes back, to where it is sold from or somewhere else."""
        if loan_ids := await self._loans("OUT"):
            loan_id = dice.pick(loan_ids)
            warehouse_id = await self._warehouse_of("loan", loan_id)
            there = next(one for one in self.company.warehouses if one.id == warehouse_id)
            places = (None, self.company.bins[there.id], there.damaged_place_id, there.stock_place_id)
            parts = [
                ReturnedLine(**await self._part(dice, one), place_id=dice.pick(places))
                for one in await self._out(loan_id)
            ]
            await self.do(dice, endings.return_loan, loan_id=loan_id, lines=parts)

    @step(3, otherwise="lend")
    async def sell_what_is_lent(self, dice: Dice) -> None:
        """The customer keeps some: by an order for what he has, or less."""
        if not (loan_ids := await self._loans("OF A CUSTOMER")):
            return
        loan_id = dice.pick(loan_ids)
        lent = await self._out(loan_id)
        asked = [
            AskedLine(sku_id=one.sku_id, quantity=one.outstanding, unit_price=UnitPrice.of(dice.pick(PRICES)))
            for one in lent
        ]
        ordered = await self.do(
            dice,
            sales.create_sales_order,
            customer_id=self.company.customer_id,
            warehouse_id=await self._warehouse_of("loan", loan_id),
            lines=asked,
        )
        if ordered and await self.do(dice, sales.approve_sales_order, sales_order_id=ordered.sales_order_id):
            rows = await db.fetch(
                "SELECT id FROM sales_order_line WHERE sales_order_id = ? ORDER BY line_no", (ordered.sales_order_id,)
            )
            parts = [
                SoldLine(**await self._part(dice, one), sales_order_line_id=line_id)
                for one, (line_id,) in zip(lent, rows, strict=True)
            ]
            await self.do(dice, endings.sell_loan, loan_id=loan_id, sales_order_id=ordered.sales_order_id, lines=parts)

    @step(2, otherwise="lend")
    async def give_up_loan(self, dice: Dice) -> None:
        """The rest does not come back."""
        if loan_ids := await self._loans("OUT"):
            reason = dice.pick(tuple(LoanLossReason))
            await self.do(dice, endings.close_loan, loan_id=dice.pick(loan_ids), reason=reason, note="没有归还")

    async def _part(self, dice: Dice, line: OpenLine) -> dict[str, Any]:
        quantity = self.share(dice, line)
        serials: tuple[str, ...] = ()
        if self.goods_of(line.sku_id).tracking is SkuTracking.SERIAL:
            there = [*await self._pieces(line.id), "N1"]
            first = dice.pick(range(max(len(there) - 1 - int(quantity) // 10_000, 0) + 1))
            serials = tuple(there[first : first + int(quantity) // 10_000])
        lot = await self._some_lot(dice, line.sku_id)
        return {"loan_line_id": line.id, "quantity": quantity, "lot_number": lot, "serials": serials}

    async def _some_lot(self, dice: Dice, sku_id: int) -> str | None:
        rows = await db.fetch("SELECT number FROM lot WHERE sku_id = ? ORDER BY id", (sku_id,))
        return dice.pick(rows)[0] if rows and dice.one_in(4) else None

    async def _loans(self, which: str) -> list[int]:
        return [loan_id for (loan_id,) in await db.fetch(_LOANS[which])]

    async def _out(self, loan_id: int) -> list[OpenLine]:
        """The lines of which the partner has something."""
        rows = await db.fetch(
            "SELECT id, sku_id, quantity_lent - quantity_returned - quantity_sold - quantity_used - quantity_lost "
            "AS there FROM loan_line WHERE loan_id = ? ORDER BY line_no",
            (loan_id,),
        )
        return [OpenLine(line_id, sku_id, Quantity(there)) for line_id, sku_id, there in rows if there]

    async def _pieces(self, line_id: int) -> list[str]:
        """The numbers of the pieces of a line that the partner has."""
        rows = await db.fetch(
            "SELECT number FROM serial_number JOIN place ON place.id = place_id AND place.kind = 'LENT' "
            "WHERE (SELECT consignment_id FROM stock_movement WHERE id = (SELECT MAX(movement_id) FROM serial_movement "
            "WHERE serial_id = serial_number.id)) = ? ORDER BY serial_number.id",
            (-line_id,),
        )
        return [number for (number,) in rows]
