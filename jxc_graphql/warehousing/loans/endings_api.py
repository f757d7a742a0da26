"""How clients take goods back, sell what a customer keeps, and say what does not come back."""

from datetime import date

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import Id, input_type, mutation, payload
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.api import Place
from jxc_graphql.selling.sales.api import SalesOrder, SalesOrderLine
from jxc_graphql.selling.shipping.api import Shipment
from jxc_graphql.warehousing.loans import endings, facts, models, rules
from jxc_graphql.warehousing.loans.api import Loan, LoanLine, LoanReturn


@input_type
class LoanReturnLineInput:
    """What comes back of one line."""

    loan_line_id: Id[LoanLine]
    """Of which line of the loan."""
    quantity: Quantity
    """How much, in the base unit; more than 0."""
    place_id: Id[Place] | None = None
    """To which place or bin (库位) of the warehouse; by default to its stock."""
    lot_number: str | None = None
    """Of which lot (批号); by default of those that left, the first to expire first."""
    serials: list[str] | None = None
    """The number of each piece (序列号), for SKUs that are tracked by them."""

    def part(self) -> rules.LoanPart:
        """The line as the operation takes it."""
        return rules.LoanPart(**vars(self) | {"serials": tuple(self.serials or ())})


@input_type
class ReturnLoanInput:
    """What comes back of a loan."""

    loan_id: Id[Loan]
    """Of which loan."""
    lines: list[LoanReturnLineInput]
    """What; 1 to 500 lines."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注)."""
    expected_version: int | None = None
    """The version of the loan you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods come back once (幂等键)."""


@payload
class ReturnLoanPayload:
    """What came back, and what it changed."""

    loan: Loan | None
    """The loan."""
    loan_return: LoanReturn | None
    """The return."""
    stock_levels: list[StockLevel]
    """The stock levels that it changed."""


@mutation(ReturnLoanPayload)
async def return_loan(call: Call, input: ReturnLoanInput) -> facts.LoanReturned:
    """Takes back what a partner brings (归还), in parts if need be, at the cost at which it left."""
    return await endings.return_loan(
        call,
        loan_id=input.loan_id,
        lines=[line.part() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


@input_type
class SoldLoanLineInput:
    """What of one line is sold by one line of the order."""

    loan_line_id: Id[LoanLine]
    """Of which line of the loan."""
    sales_order_line_id: Id[SalesOrderLine]
    """By which line of the order; of the same SKU."""
    quantity: Quantity
    """How much, in the base unit; more than 0."""
    lot_number: str | None = None
    """Of which lot (批号); by default of those that left, the first to expire first."""
    serials: list[str] | None = None
    """The number of each piece (序列号), for SKUs that are tracked by them."""

    def part(self) -> rules.LoanPart:
        """The line as the operation takes it."""
        return rules.LoanPart(**vars(self) | {"serials": tuple(self.serials or ())})


@input_type
class SellLoanInput:
    """What of a loan is sold to the customer who has it."""

    loan_id: Id[Loan]
    """Of which loan."""
    sales_order_id: Id[SalesOrder]
    """By which approved order of the same customer and warehouse."""
    lines: list[SoldLoanLineInput]
    """What; 1 to 500 lines."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注) on the shipment."""
    expected_version: int | None = None
    """The version of the loan you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods are sold once (幂等键)."""


@payload
class SellLoanPayload:
    """What was sold, and what it changed."""

    loan: Loan | None
    """The loan."""
    sales_order: SalesOrder | None
    """The order."""
    shipment: Shipment | None
    """The shipment with which the goods left the books."""
    stock_levels: list[StockLevel]
    """The stock levels that it changed."""


@mutation(SellLoanPayload)
async def sell_loan(call: Call, input: SellLoanInput) -> facts.LoanSold:
    """Sells goods to the customer who has them (借出转销售): by an approved order, with a shipment, at their cost."""
    return await endings.sell_loan(
        call,
        loan_id=input.loan_id,
        sales_order_id=input.sales_order_id,
        lines=[line.part() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


@input_type
class CloseLoanInput:
    """Why the rest of a loan does not come back."""

    id: Id[Loan]
    """The loan."""
    reason: models.LoanLossReason
    """Why; it decides where the books put the goods."""
    note: str
    """What happened (原因); 1 to 500 characters."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the loan is closed once (幂等键)."""


@payload
class CloseLoanPayload:
    """The loan, and what its end changed."""

    loan: Loan | None
    """The loan."""
    stock_levels: list[StockLevel]
    """The stock levels that it changed."""


@mutation(CloseLoanPayload)
async def close_loan(call: Call, input: CloseLoanInput) -> facts.LoanClosed:
    """Ends a loan of which goods do not come back (借出损失): what is still out is lost or broken, at its cost."""
    return await endings.close_loan(
        call, loan_id=input.id, reason=input.reason, note=input.note, expected_version=input.expected_version
    )
