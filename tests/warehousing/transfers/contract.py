"""How goods go to another warehouse, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.transfers import operations, transit
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine
from jxc_graphql.warehousing.transfers.models import Transfer, TransferLine, TransferReceipt
from jxc_graphql.warehousing.transfers.rules import AskedGoods
from tests.make.contract import Contract
from tests.make.shop import open_warehouse
from tests.make.trade import Trade

SENT = (operations.submit_transfer, operations.approve_transfer, transit.dispatch_transfer)


async def transfer(trade: Trade) -> dict[str, Any]:
    lines = [AskedGoods(sku_id=sku_id, quantity=Quantity.of("3")) for sku_id in trade.shop.skus]
    other = await open_warehouse(trade.call)
    return {"from_warehouse_id": trade.shop.warehouse.id, "to_warehouse_id": other.id, "lines": lines}


async def transfer_receipt(trade: Trade) -> dict[str, Any]:
    made = await operations.create_transfer(trade.call, **await transfer(trade))
    for operation in SENT:
        await operation(trade.call, transfer_id=made.subject_id)
    lines = [
        ArrivedLine(transfer_line_id=line.id, quantity_accepted=Quantity.of("2"), quantity_damaged=Quantity.of("1"))
        for line in await TransferLine.filter(transfer_id=made.subject_id)
    ]
    return {"transfer_id": made.subject_id, "lines": lines}


CONTRACTS = (
    Contract(Transfer, operations.create_transfer, transfer, then=SENT),
    Contract(TransferReceipt, transit.receive_transfer, transfer_receipt),
)
