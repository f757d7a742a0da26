"""How goods are lent and come back, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.loans import endings, operations
from jxc_graphql.warehousing.loans.models import Loan, LoanLine, LoanReturn
from jxc_graphql.warehousing.loans.rules import ReturnedLine
from tests.make.contract import Contract, given
from tests.make.trade import Trade


async def loan_return(trade: Trade) -> dict[str, Any]:
    made = await operations.create_loan(trade.call, **await given(trade, operations.create_loan, "customer_id"))
    await operations.approve_loan(trade.call, loan_id=made.subject_id)
    lent = await LoanLine.filter(loan_id=made.subject_id)
    lines = [ReturnedLine(loan_line_id=line.id, quantity=Quantity.of("2")) for line in lent]
    return {"loan_id": made.subject_id, "lines": lines}


CONTRACTS = (
    Contract(Loan, operations.create_loan, also=("customer_id",), then=(operations.approve_loan,)),
    Contract(LoanReturn, endings.return_loan, loan_return),
)
