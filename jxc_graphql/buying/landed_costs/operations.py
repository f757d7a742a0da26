"""Landing costs on what receipts brought, and taking them back."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Fee
from jxc_graphql.buying.landed_costs import rules
from jxc_graphql.buying.landed_costs.facts import CostsLanded, LandedCostReversed
from jxc_graphql.buying.landed_costs.models import (
    LAND_COSTS,
    LandedCost,
    LandedCostKind,
    LandedCostLine,
    LandedCostMethod,
    LandedCostReversal,
    LandedCostReversalLine,
)
from jxc_graphql.buying.landed_costs.rules import LineWeight
from jxc_graphql.buying.receiving import queries as receiving
from jxc_graphql.buying.receiving.queries import ReceivedGoods
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected, reject_if
from jxc_graphql.kit.fen import Amounts, in_base, unit_of
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.masters.currencies.queries import AskedCurrency, AskedRate
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents import amounts, reversing
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_external_number, check_note
from jxc_graphql.office.documents.states import DocumentAction

_RECEIPTS = "The receipts whose goods bear it, of one warehouse; 1 to 50, with 1,000 lines together."
_NET = "What it comes to without tax (不含税金额), which is shared."
_NO_TAX = Money(0)
_TAX = "The tax of that (税额), as it is printed; no goods bear it."
_WEIGHTS = "What the goods weigh, or the room they take, line by line, where it is shared by that."


@posting(LAND_COSTS)
async def land_costs(
    call: Call,
    *,
    supplier_id: Annotated[int, "Who is owed for it, such as a forwarder (承运商)."],
    goods_receipt_ids: Annotated[Sequence[int], _RECEIPTS],
    kind: LandedCostKind,
    method: LandedCostMethod,
    net: Annotated[Money, _NET],
    tax: Annotated[Money, _TAX] = _NO_TAX,
    weights: Annotated[Sequence[LineWeight], _WEIGHTS] = (),
    currency: AskedCurrency = None,
    exchange_rate: AskedRate = None,
    due_on: Annotated[date | None, "When it has to be paid; by default on its day."] = None,
    external_number: str = "",
    note: str = "",
) -> CostsLanded:
    """Charges freight, duty and the like (采购费用分摊) on the goods that receipts brought, wherever they are by now.

    They cost more from today on; what is gone of them raises the cost of what was sold. Raises `Rejected` with what is
    wrong with it, and a `NothingToShareBy` where all weights are 0 or all goods went back.
    """
    _, came, supplier = await db.together(
        door.hold_open(), _came(call, goods_receipt_ids), partners.supplier(call, supplier_id)
    )
    day, problems = await door.posting_date(call)
    in_currency, wrong = await currencies.asked_for(currency, exchange_rate, day)
    wrong += [*rules.check_supplier(supplier), *rules.check_receipts(goods_receipt_ids, came)]
    wrong += rules.check_amounts(net, tax, in_currency["currency_places"])
    wrong += rules.check_weights(method, weights, came)
    reject_if([*problems, *wrong, *check_external_number(external_number), *check_note(note)])
    own = Amounts(net=net, tax=tax, gross=net + tax)
    (base,) = in_base([own], in_currency["exchange_rate"], unit_of(in_currency["base_places"]))
    first = came[min(came)]
    how = {"supplier_id": supplier_id, "warehouse_id": first.warehouse_id, "kind": kind, "method": method}
    how |= {"external_number": external_number, "note": note, **in_currency}
    cost = made_out(LandedCost, call, day, **how, **AmountsInBoth(own=own, base=base).columns)
    told = {one.goods_receipt_line_id: one.weight for one in weights}
    lines = rules.lines_of_cost(cost, rules.in_order(goods_receipt_ids, came), told)
    if not lines:
        raise Rejected(rules.NothingToShareBy(path=("method",)))
    level_ids = await _charged(call, cost, lines, came, due_on=due_on or day)
    await opened(cost, lines, out_of=goods_receipt_ids, link=LinkKind.COST)
    return CostsLanded(landed_cost_id=cost.id, goods_receipt_ids=tuple(goods_receipt_ids), stock_level_ids=level_ids)


async def _charged(
    call: Call,
    cost: LandedCost,
    lines: Sequence[LandedCostLine],
    came: Mapping[int, ReceivedGoods],
    *,
    due_on: date,
) -> tuple[int, ...]:
    """Has goods bear their shares, and whoever it is be owed; gives the levels of which something is left."""
    whole, charged = amounts.of_line(cost, cost), [line for line in lines if line.share]
    fee = Fee(
        supplier_id=cost.supplier_id,
        currency=cost.currency,
        amounts=whole.own,
        base=whole.base,
        business_date=cost.business_date,
        due_on=due_on,
    )
    posted = await door.charge(call, rules.charges(charged, came), document_id=cost.id, fee=fee)
    worth = dict(zip((line.id for line in charged), zip(posted.values, posted.sold_values, strict=True), strict=True))
    for one in lines:
        one.value, one.sold_value = worth.get(one.id, (Money(0), Money(0)))
    cost.value, cost.sold_value = Money.total(posted.values), Money.total(posted.sold_values)
    return posted.stock_level_ids


@posting(LandedCost.states[DocumentAction.REVERSE])
async def reverse_landed_cost(
    call: Call, *, landed_cost_id: int, note: str, expected_version: int | None = None
) -> LandedCostReversed:
    """Takes a landed cost back (采购费用冲销): goods cost less from today on, and nothing is owed for it any more.

    What is left of them by now costs less, and what is gone lowers the cost of what was sold; no value falls below
    zero. Raises `Rejected` with what is wrong with its day, and `AlreadyReversed`.
    """
    kinds = (LandedCost, LandedCostLine)
    _, (cost, rows) = await db.together(
        door.hold_open(), reversing.to_reverse(kinds, call, landed_cost_id, expected_version, note=note)
    )
    charged = [line for line in rows.values() if line.share]
    came = await receiving.received_goods({line.goods_receipt_line_id for line in charged}, held=True)
    day, problems = await door.posting_date(call)
    reject_if([*problems, *reversing.check_day(cost, day)])
    of_it = {"landed_cost_id": cost.id, "supplier_id": cost.supplier_id, "warehouse_id": cost.warehouse_id}
    whole = amounts.of_line(cost, cost)
    reversal = made_out(LandedCostReversal, call, day, note=note, **of_it, **amounts.currency_of(cost), **whole.columns)
    fee = Fee(
        supplier_id=cost.supplier_id,
        currency=cost.currency,
        amounts=-whole.own,
        base=-whole.base,
        business_date=day,
        due_on=day,
    )
    posted = await door.charge(call, rules.charges(charged, came, sign=-1), document_id=reversal.id, fee=fee)
    lines = [
        LandedCostReversalLine(
            landed_cost_reversal_id=reversal.id,
            line_no=line_no,
            landed_cost_line_id=line.id,
            goods_receipt_line_id=line.goods_receipt_line_id,
            sku_id=line.sku_id,
            share=line.share,
            value=value,
            sold_value=sold,
        )
        for line_no, (line, value, sold) in enumerate(zip(charged, posted.values, posted.sold_values, strict=True), 1)
    ]
    reversal.value, reversal.sold_value = Money.total(posted.values), Money.total(posted.sold_values)
    await reversing.taken_back(cost, reversal, lines)
    return LandedCostReversed(
        landed_cost_id=cost.id,
        landed_cost_reversal_id=reversal.id,
        stock_level_ids=posted.stock_level_ids,
        note=note,
    )


async def _came(call: Call, receipt_ids: Sequence[int]) -> dict[int, ReceivedGoods]:
    """What the lines of receipts brought that the caller sees, kept from others until the transaction ends.

    Of one more than there may be, where there are too many.
    """
    asked = db.ids(receipt_ids[: rules.MOST_RECEIPTS])
    rows = await db.fetch(
        f"SELECT line.id FROM {asked.table} AS asked JOIN goods_receipt_line AS line "
        f"ON line.goods_receipt_id = asked.id ORDER BY line.id LIMIT {rules.MOST_LINES + 1}",
        asked.params,
    )
    found = await receiving.received_goods({line_id for (line_id,) in rows}, held=True)
    return {
        line_id: one
        for line_id, one in found.items()
        if call.sees(Dimension.WAREHOUSE, one.warehouse_id) and call.sees(Dimension.SUPPLIER, one.supplier_id)
    }
