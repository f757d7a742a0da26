"""What becomes of goods on consignment, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.consignments import operations
from jxc_graphql.warehousing.consignments.models import (
    ConsignmentEnd,
    ConsignmentIssue,
    ConsignmentReceipt,
    ConsignmentReceiptLine,
)
from jxc_graphql.warehousing.consignments.rules import IssuedLine
from tests.make.contract import Contract, contract_of
from tests.make.trade import Trade


async def issue(trade: Trade) -> dict[str, Any]:
    receipt_id = await contract_of(ConsignmentReceipt).carried_out(trade)
    came = await ConsignmentReceiptLine.filter(consignment_receipt_id=receipt_id).order_by("line_no")
    lines = [IssuedLine(consignment_receipt_line_id=line.id, quantity=Quantity.of("2")) for line in came]
    of_whom = {"supplier_id": trade.supplier_id, "warehouse_id": trade.shop.warehouse.id}
    return {**of_whom, "ending": ConsignmentEnd.TAKE_OVER, "lines": lines}


CONTRACTS = (Contract(ConsignmentIssue, operations.issue_consignment, issue),)
