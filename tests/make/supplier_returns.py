"""Goods that go back to their supplier, in plain decimals: drafted, approved, posted."""

from typing import Any

from jxc_graphql.buying.receiving.models import GoodsReceiptLine
from jxc_graphql.buying.supplier_returns import operations as returns
from jxc_graphql.buying.supplier_returns.facts import SupplierReturnPosted
from jxc_graphql.buying.supplier_returns.models import SupplierReturnLine, SupplierReturnResolution
from jxc_graphql.buying.supplier_returns.rules import GoodsToReturn
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from tests.make.trade import Trade

CREDIT, REPLACE = SupplierReturnResolution.CREDIT, SupplierReturnResolution.REPLACE
Back = tuple[int, str] | tuple[int, str, dict[str, Any]]
"""A line of the receipt by its position from 0, how much of it, and what else `GoodsToReturn` has."""


async def brought(receipt_id: int) -> list[GoodsReceiptLine]:
    return await GoodsReceiptLine.filter(goods_receipt_id=receipt_id).order_by("line_no")


async def going_back(receipt_id: int, *lines: Back) -> list[GoodsToReturn]:
    """The lines of a return of a receipt."""
    came = await brought(receipt_id)
    return [
        GoodsToReturn(
            goods_receipt_line_id=came[at].id, quantity=Quantity.of(quantity), **(others[0] if others else {})
        )
        for at, quantity, *others in lines
    ]


async def draft_back(trade: Trade, receipt_id: int, *lines: Back, **others: Any) -> int:
    """A draft of a return."""
    given: dict[str, Any] = {"supplier_id": trade.supplier_id, "warehouse_id": trade.shop.warehouse.id}
    given |= {"lines": await going_back(receipt_id, *lines)} if "lines" not in others else {}
    return (await returns.create_supplier_return(trade.call, **{**given, **others})).subject_id


async def agreed_back(trade: Trade, receipt_id: int, *lines: Back, **others: Any) -> int:
    """A return that is approved, and whose goods are still there."""
    return_id = await draft_back(trade, receipt_id, *lines, **others)
    await returns.submit_supplier_return(trade.call, supplier_return_id=return_id)
    await returns.approve_supplier_return(trade.call, supplier_return_id=return_id)
    return return_id


async def sent_back(call: Call, return_id: int, **others: Any) -> SupplierReturnPosted:
    return await returns.post_supplier_return(call, supplier_return_id=return_id, **others)


async def send_back(trade: Trade, receipt_id: int, *lines: Back, **others: Any) -> SupplierReturnPosted:
    """A return whose goods left."""
    return await sent_back(trade.call, await agreed_back(trade, receipt_id, *lines, **others))


async def lines_back(fact: SupplierReturnPosted) -> list[SupplierReturnLine]:
    return await SupplierReturnLine.filter(supplier_return_id=fact.supplier_return_id).order_by("line_no")
