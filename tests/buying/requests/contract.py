"""How something is asked for that a supplier has a price for, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.buying.requests import operations
from jxc_graphql.buying.requests.models import PurchaseRequest
from jxc_graphql.kit.numbers import UnitPrice
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice
from tests.make import contract
from tests.make.contract import Contract
from tests.make.trade import Trade


async def purchase_request(trade: Trade) -> dict[str, Any]:
    prices = [AskedPrice(sku_id=sku_id, unit_price=UnitPrice.of("2")) for sku_id in trade.shop.skus]
    await partners.set_supplier_prices(trade.call, supplier_id=trade.supplier_id, prices=prices)
    return await contract.given(trade, operations.create_purchase_request)


CONTRACTS = (
    Contract(
        PurchaseRequest,
        operations.create_purchase_request,
        purchase_request,
        then=(operations.submit_purchase_request, operations.approve_purchase_request),
    ),
)
