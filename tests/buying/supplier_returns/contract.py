"""How goods go back to their supplier, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.buying.supplier_returns import operations
from jxc_graphql.buying.supplier_returns.models import SupplierReturn, SupplierReturnReversal
from jxc_graphql.buying.supplier_returns.reversals import reverse_supplier_return
from tests.make.contract import Contract
from tests.make.supplier_returns import going_back
from tests.make.trade import Trade


async def supplier_return(trade: Trade) -> dict[str, Any]:
    skus = range(len(trade.shop.skus))
    order_id = await trade.buy(*((sku, "100", "2") for sku in skus))
    came = await trade.receive(order_id, *((sku, "90") for sku in skus))
    lines = await going_back(came.goods_receipt_id, *((sku, "1") for sku in skus))
    return {"supplier_id": trade.supplier_id, "warehouse_id": trade.shop.warehouse.id, "lines": lines}


_THEN = (operations.submit_supplier_return, operations.approve_supplier_return, operations.post_supplier_return)


async def supplier_return_reversal(trade: Trade) -> dict[str, Any]:
    drafted = await operations.create_supplier_return(trade.call, **await supplier_return(trade))
    for operation in _THEN:
        await operation(trade.call, supplier_return_id=drafted.subject_id)
    return {"supplier_return_id": drafted.subject_id, "note": "录错"}


CONTRACTS = (
    Contract(SupplierReturn, operations.create_supplier_return, supplier_return, then=_THEN),
    Contract(SupplierReturnReversal, reverse_supplier_return, supplier_return_reversal),
)
