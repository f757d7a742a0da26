"""How goods arrive from another warehouse, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.transfers import transit
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine
from jxc_graphql.warehousing.transfers.models import Transfer, TransferLine, TransferReceipt
from tests.make.contract import Contract, contract_of
from tests.make.trade import Trade


async def transfer_receipt(trade: Trade) -> dict[str, Any]:
    transfer_id = await contract_of(Transfer).carried_out(trade)
    lines = [
        ArrivedLine(transfer_line_id=line.id, quantity_accepted=Quantity.of("2"), quantity_damaged=Quantity.of("1"))
        for line in await TransferLine.filter(transfer_id=transfer_id)
    ]
    return {"transfer_id": transfer_id, "lines": lines}


CONTRACTS = (Contract(TransferReceipt, transit.receive_transfer, transfer_receipt),)
