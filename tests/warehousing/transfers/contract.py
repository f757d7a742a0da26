"""How goods go to another warehouse, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.transfers import operations, transit
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine
from jxc_graphql.warehousing.transfers.models import Transfer, TransferLine, TransferReceipt
from tests.make.contract import Contract, given
from tests.make.trade import Trade

SENT = (operations.submit_transfer, operations.approve_transfer, transit.dispatch_transfer)


async def transfer_receipt(trade: Trade) -> dict[str, Any]:
    made = await operations.create_transfer(trade.call, **await given(trade, operations.create_transfer))
    for operation in SENT:
        await operation(trade.call, transfer_id=made.subject_id)
    lines = [
        ArrivedLine(transfer_line_id=line.id, quantity_accepted=Quantity.of("2"), quantity_damaged=Quantity.of("1"))
        for line in await TransferLine.filter(transfer_id=made.subject_id)
    ]
    return {"transfer_id": made.subject_id, "lines": lines}


CONTRACTS = (
    Contract(Transfer, operations.create_transfer, then=SENT),
    Contract(TransferReceipt, transit.receive_transfer, transfer_receipt),
)
