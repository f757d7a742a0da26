"""How lent goods come back, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.loans import endings
from jxc_graphql.warehousing.loans.models import Loan, LoanLine, LoanReturn
from jxc_graphql.warehousing.loans.rules import ReturnedLine
from tests.make.contract import Contract, contract_of
from tests.make.trade import Trade


async def loan_return(trade: Trade) -> dict[str, Any]:
    loan_id = await contract_of(Loan).carried_out(trade)
    lent = await LoanLine.filter(loan_id=loan_id)
    lines = [ReturnedLine(loan_line_id=line.id, quantity=Quantity.of("2")) for line in lent]
    return {"loan_id": loan_id, "lines": lines}


CONTRACTS = (Contract(LoanReturn, endings.return_loan, loan_return),)
