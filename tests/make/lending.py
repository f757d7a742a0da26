"""A shop that lends: each step one operation, in plain decimals."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.warehousing.loans import endings, operations
from jxc_graphql.warehousing.loans.facts import GoodsLent, LoanReturned, LoanSold
from jxc_graphql.warehousing.loans.models import Loan, LoanLine, LoanLossReason
from jxc_graphql.warehousing.loans.rules import ReturnedLine, SoldLine, WantedLine
from tests.make.trade import Trade, make_trade


class Lender(msgspec.Struct, frozen=True):
    trade: Trade

    @property
    def call(self) -> Call:
        return self.trade.call

    def at(self, at: datetime) -> "Lender":
        """The same at another moment."""
        return Lender(msgspec.structs.replace(self.trade, call=msgspec.structs.replace(self.call, at=at)))

    @property
    def due_on(self) -> date:
        return clock.day_of(self.call.at) + timedelta(days=7)

    def asked(self, *lines: tuple[int, str] | tuple[int, str, dict[str, Any]]) -> list[WantedLine]:
        return [
            WantedLine(sku_id=self.trade.shop.skus[sku], quantity=Quantity.of(quantity), **dict(*named))
            for sku, quantity, *named in lines
        ]

    async def draft(self, *lines: tuple[int, str] | tuple[int, str, dict[str, Any]], **others: Any) -> int:
        given: dict[str, Any] = {
            "warehouse_id": self.trade.shop.warehouse.id,
            "customer_id": self.trade.customer_id,
            "due_on": self.due_on,
            "lines": self.asked(*lines),
        }
        return (await operations.create_loan(self.call, **given | others)).subject_id

    async def approve(self, loan_id: int) -> GoodsLent:
        return await operations.approve_loan(self.call, loan_id=loan_id)

    async def lend(self, *lines: tuple[int, str] | tuple[int, str, dict[str, Any]], **others: Any) -> int:
        loan_id = await self.draft(*lines, **others)
        await self.approve(loan_id)
        return loan_id

    async def lines(self, loan_id: int) -> list[LoanLine]:
        return await LoanLine.filter(loan_id=loan_id).order_by("line_no")

    async def parts(self, loan_id: int, lines: Sequence[Any]) -> list[ReturnedLine]:
        of = await self.lines(loan_id)
        return [
            ReturnedLine(loan_line_id=of[at].id, quantity=Quantity.of(quantity), **dict(*named))
            for at, quantity, *named in lines
        ]

    async def bring(self, loan_id: int, *lines: tuple[int, str] | tuple[int, str, dict[str, Any]]) -> LoanReturned:
        return await endings.return_loan(self.call, loan_id=loan_id, lines=await self.parts(loan_id, lines))

    async def sell(
        self, loan_id: int, order_id: int, *lines: tuple[int, str] | tuple[int, str, dict[str, Any]]
    ) -> LoanSold:
        ordered = await self.trade.sales_lines(order_id)
        parts = [
            SoldLine(
                loan_line_id=one.loan_line_id,
                sales_order_line_id=ordered[at].id,
                quantity=one.quantity,
                lot_number=one.lot_number,
                serials=one.serials,
            )
            for at, one in enumerate(await self.parts(loan_id, lines))
        ]
        return await endings.sell_loan(self.call, loan_id=loan_id, sales_order_id=order_id, lines=parts)

    async def close(self, loan_id: int, reason: LoanLossReason = LoanLossReason.LOST, note: str = "没有归还") -> None:
        await endings.close_loan(self.call, loan_id=loan_id, reason=reason, note=note)

    async def status(self, loan_id: int) -> str:
        return (await Loan.get(id=loan_id)).status.value

    async def counted(self, loan_id: int) -> list[tuple[str, ...]]:
        """Of each line: lent, returned, sold, lost, cost."""
        return [
            tuple(map(str, (one.quantity_lent, one.quantity_returned, one.quantity_sold, one.quantity_lost, one.cost)))
            for one in await self.lines(loan_id)
        ]

    async def level(self, sku: int = 0) -> tuple[str, ...]:
        """On hand, available, lent, value and value lent."""
        ((*quantities, value, lent_value),) = await db.fetch(
            "SELECT on_hand, available, lent, value, lent_value FROM stock_level WHERE sku_id = ?",
            (self.trade.shop.skus[sku],),
        )
        return (*(str(Quantity(one)) for one in quantities), str(Money(value)), str(Money(lent_value)))


async def make_lender(call: Call, tracking: SkuTracking = SkuTracking.NONE) -> Lender:
    return Lender(await make_trade(call, tracking=tracking))
