"""One month of a trading company, to the fen: its goods, and what is owed for them, up to the 18th day.

A hundred pieces are ordered at 11.30 with 13 % tax; stock is worth the moving average. What a supplier's invoice says
otherwise than the receipt, and what accounts say of it all, comes with these.
"""

from typing import Any

import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.books import door
from jxc_graphql.books.dues import entering
from jxc_graphql.books.dues import operations as dues
from jxc_graphql.books.dues.models import Due, DueKind
from jxc_graphql.books.goods.revaluation import Charge
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.office.documents.lines import AskedLine
from tests.make import customer_returns, supplier_returns
from tests.make.trade import Trade, make_trade


@pytest.fixture
async def trade(call: Call) -> Trade:
    return msgspec.structs.replace(await make_trade(call, skus=1), reactions=wiring.REACTIONS)


async def asked(trade: Trade, quantity: str, price: str) -> dict[str, Any]:
    """An order of so many, at a price with 13 % tax."""
    ((taxed,),) = await db.fetch("SELECT id FROM tax_code WHERE code = '13'")
    line = AskedLine(
        sku_id=trade.shop.skus[0],
        quantity=Quantity.of(quantity),
        unit_price=UnitPrice.of(price),
        tax_code_id=taxed,
    )
    return {"prices_include_tax": True, "lines": [line]}


async def charged(trade: Trade, receipt_id: int, amount: str) -> None:
    """What goods of a receipt cost more, those included that left meanwhile."""
    (line,) = await supplier_returns.brought(receipt_id)
    charge = Charge(line_id=line.id, amount=Money.of(amount))
    await db.transactional(door.charge)(trade.call, [charge], document_id=new_id())


async def paid(trade: Trade, amount: str, owed_by: entering.OwedBy, **partner: Any) -> None:
    """What was paid is set off against what is due first; what is left of it was paid ahead."""
    entered = await entering.enter_due(
        trade.call, kind=DueKind.PREPAYMENT, owed_by=owed_by, amount=Money.of(amount), note="付款", **partner
    )
    await dues.settle_due(trade.call, due_id=entered.due_id)


async def test_a_month_up_to_its_18th_day(trade: Trade) -> None:
    customer, supplier = {"customer_id": trade.customer_id}, {"supplier_id": trade.supplier_id}

    async def books() -> list[str]:
        """How many there are, what they are worth; what the customer owes, and we owe the supplier."""
        assert await differences() == []
        receivable = Money.total([one.open_amount for one in await Due.filter(**customer)])
        payable = -Money.total([one.open_amount for one in await Due.filter(**supplier)])
        return [*await trade.level(0, "on_hand", "value"), str(receivable), str(payable)]

    bought = await trade.buy(**await asked(trade, "100", "11.3"))
    receipt = await trade.receive(bought, (0, "60"))  # on the 2nd
    assert await books() == ["60", "600", "0", "678"]
    sold = await trade.sell(**await asked(trade, "24", "22.6"))
    sent = await trade.ship(sold, (0, "24"))  # on the 5th
    assert await books() == ["36", "360", "542.4", "678"]
    await charged(trade, receipt.goods_receipt_id, "30")  # the invoice of the 8th: 10.50 apiece, for those sold as well
    assert await books() == ["36", "378", "542.4", "678"]
    await charged(trade, receipt.goods_receipt_id, "100")  # freight, on the 9th
    assert await books() == ["36", "438", "542.4", "678"]
    await paid(trade, "500", entering.OwedBy.COUNTERPARTY, **supplier)  # on the 10th
    await paid(trade, "600", entering.OwedBy.COMPANY, **customer)  # on the 14th, of which 57.60 ahead
    assert await books() == ["36", "438", "-57.6", "178"]
    (line,) = await customer_returns.sent_lines(sent)
    back = await customer_returns.bring_back(trade, customer_returns.returned(line.id, "4"))  # on the 16th
    assert await customer_returns.worth(back) == ("80", "10.4", "90.4", "0", "40")
    assert await books() == ["40", "478", "-148", "178"]
    gone = await supplier_returns.send_back(trade, receipt.goods_receipt_id, (0, "6"))  # on the 18th
    (left,) = await supplier_returns.lines_back(gone)
    assert (str(left.value), str(left.net), str(left.tax)) == ("73", "60", "7.8")  # its part of 600 + 30 + 100
    assert await books() == ["34", "405", "-148", "110.2"]
