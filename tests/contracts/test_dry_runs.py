"""What is only tried is answered as if it were done, and leaves every table as it was."""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import httpx

from jxc_graphql import schema
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.requests import operations as requests
from jxc_graphql.gql.schema.types import InputType
from jxc_graphql.gql.words.describe import camel
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.documents.states import DocumentStatus
from jxc_graphql.selling.customer_returns import operations as customer_returns
from jxc_graphql.selling.customer_returns.inspection import InspectedLine
from jxc_graphql.selling.customer_returns.models import CustomerReturn, CustomerReturnLine
from jxc_graphql.selling.quotes import operations as quotes
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.rules import ScrappedGoods
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.assembly.models import Assembly
from jxc_graphql.warehousing.loans import endings
from jxc_graphql.warehousing.loans.models import Loan, LoanLine, LoanLossReason, LoanPurpose
from jxc_graphql.warehousing.loans.rules import SoldLine
from jxc_graphql.warehousing.processing import operations as processing
from jxc_graphql.warehousing.sharing import operations as sharing
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes.models import Stocktake, StocktakeLine, UncountedLines
from jxc_graphql.warehousing.stocktakes.rules import WantedSheet
from jxc_graphql.warehousing.stocktakes.slips import AskedCount
from jxc_graphql.warehousing.transfers import transit
from jxc_graphql.warehousing.transfers.models import Transfer, TransferDiscrepancyReason
from tests.contracts.kinds import every_kind
from tests.contracts.test_lives import Deed, deeds, each_deed
from tests.contracts.wire import fields_of, sent_by, written
from tests.each import each
from tests.make.contract import Contract, Operation, contracts, elsewhere
from tests.make.lending import Lender
from tests.make.quotes import quote
from tests.make.requests import order, request
from tests.make.trade import Trade, set_column
from tests.operations import answered
from tests.refusals import everything

Given = Mapping[str, Any]


SAME = ("status", "version", "total", "note")
COUNTING = (
    stocktakes.split_stocktake, stocktakes.start_stocktake, stocktakes.record_counts, stocktakes.submit_stocktake,
    stocktakes.reject_stocktake, stocktakes.request_recount, stocktakes.approve_stocktake, stocktakes.post_stocktake,
)  # fmt: skip


def of(kind: type) -> Contract:
    return next(one for one in contracts() if one.kind is kind)


async def tried(client: httpx.AsyncClient, operation: Operation, given: Given) -> dict[str, Any]:
    """The payload of a dry run, which has kept nothing."""
    before = await everything()
    payload = await _sent(client, operation, given, dryRun=True)
    assert await everything() == before
    return payload


async def _sent(client: httpx.AsyncClient, operation: Operation, given: Given, **also: Any) -> dict[str, Any]:
    variables = written(operation, given)
    keyed = {"idempotencyKey": operation.__name__} if "idempotencyKey" in fields_of(operation) else {}
    answer = await answered(client, sent_by(operation)[0], {"input": variables["input"] | keyed | also})
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    assert payload["userErrors"] == []
    assert any(payload[name] for name in payload if name != "userErrors")
    return dict(payload)


@every_kind
async def test_what_is_tried_is_shown_as_it_would_be_and_not_kept(
    client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract
) -> None:
    told, shown_as = await contract.what(trade), camel(contract.table)
    for operation in (contract.makes, *contract.then):
        shown = (await tried(client, operation, told))[shown_as]
        done = (await _sent(client, operation, told))[shown_as]
        assert shown.keys() == done.keys()
        assert [shown.get(name) for name in SAME] == [done.get(name) for name in SAME]
        if operation is contract.makes:
            assert shown["number"].startswith(f"{contract.kind.series}-")
            assert "?" in shown["number"]
            assert shown["id"] != done["id"]
        document = await contract.kind.all().order_by("-id").first()
        assert document is not None
        told = {contract.key: document.id}


@every_kind
async def test_it_uses_up_no_number(client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract) -> None:
    numbers = []
    for _ in range(2):
        told = await contract.what(trade)
        await tried(client, contract.makes, told)
        made = await contract.kind.get(id=await contract.make(call, **told))
        numbers.append(int(made.number.rpartition("-")[2]))
    assert numbers[1] - numbers[0] == 1 + (await others_between(contract, numbers))


async def others_between(contract: Contract, numbers: list[int]) -> int:
    """Documents of the kind that were made for the second one."""
    rows = await db.fetch(f"SELECT number FROM {contract.table}")
    return sum(numbers[0] < int(number.rpartition("-")[2]) < numbers[1] for (number,) in rows)


def further() -> Iterator[Deed]:
    """What is done to a document that needs no more than its id, and is not how it is taken on."""
    for deed in deeds():
        if deed.takes_no_more and deed.operation not in (*deed.contract.then, *COUNTING):
            yield deed


@each_deed(further())
async def test_whatever_else_is_done_to_it_is_tried_as_well(
    client: httpx.AsyncClient, call: Call, trade: Trade, deed: Deed
) -> None:
    contract, kind = deed.contract, deed.contract.kind
    document_id = await contract.make(call, **await contract.what(trade))
    waits = "estimated_value" in kind._meta.fields_map and DocumentStatus.SUBMITTED in deed.action.ways  # noqa: SLF001
    for operation in () if waits else contract.then:
        if (await kind.get(id=document_id)).status not in deed.action.ways:
            await operation(call, **{contract.key: document_id})
    if waits:  # above the threshold
        await set_column(
            f"UPDATE {contract.table} SET status = 'SUBMITTED', estimated_value = 1 WHERE id = ?", document_id
        )
    if deed.operation is quotes.expire_quote:
        await set_column("UPDATE quote SET valid_through = '2020-01-01' WHERE id = ?", document_id)
    said = {"note": "另"} if "note" in inspect.signature(deed.operation).parameters else {}
    await tried(client, deed.operation, {deed.contract.key: document_id} | said)


async def bought_in_part(trade: Trade) -> Given:
    order_id = await trade.buy((0, "5", "2"))
    await trade.receive(order_id, (0, "2"))
    return {"purchase_order_id": order_id, "note": "停产"}


async def sold_in_part(trade: Trade) -> Given:
    order_id = await trade.sell((0, "5", "9"))
    await trade.ship(order_id, (0, "2"))
    return {"sales_order_id": order_id, "note": "客户不要了"}


async def needed_in_part(trade: Trade) -> Given:
    request_id = await request(trade, (0, "5"), (1, "5"))
    await order(trade, request_id, (0, "2"))
    return {"purchase_request_id": request_id, "note": "不需要了"}


async def not_wanted(trade: Trade) -> Given:
    return {"quote_id": await quote(trade, (0, "5", "9")), "note": "太贵"}


async def put_anew(trade: Trade) -> Given:
    return {"quote_id": await quote(trade, (0, "5", "9")), "valid_through": clock.day_of(trade.call.at)}


async def lost_on_the_way(trade: Trade) -> Given:
    transfer_id = await of(Transfer).carried_out(trade)
    return {"transfer_id": transfer_id, "reason": next(iter(TransferDiscrepancyReason)), "note": "丢失"}


async def lost_by_a_partner(trade: Trade) -> Given:
    return {"loan_id": await of(Loan).carried_out(trade), "reason": next(iter(LoanLossReason)), "note": "丢失"}


async def sold_to_a_partner(trade: Trade) -> Given:
    order_id = await trade.draft_sale((0, "2", "9"), (1, "2", "9"))
    loan_id = await of(Loan).carried_out(trade)
    await sales.approve_sales_order(trade.call, sales_order_id=order_id)
    lent = await LoanLine.filter(loan_id=loan_id).order_by("line_no")
    lines = [
        SoldLine(loan_line_id=one.id, sales_order_line_id=line.id, quantity=Quantity.of("2"))
        for one, line in zip(lent, await trade.sales_lines(order_id), strict=True)
    ]
    return {"loan_id": loan_id, "sales_order_id": order_id, "lines": lines}


async def scrapped(trade: Trade) -> Given:
    goods = [ScrappedGoods(sku_id=sku_id, quantity=Quantity.of("2")) for sku_id in trade.shop.skus]
    return {"warehouse_id": trade.shop.warehouse.id, "lines": goods}


async def asked_of_another(trade: Trade) -> Given:
    ends = {"from_warehouse_id": trade.shop.warehouse.id, "to_warehouse_id": await elsewhere(trade)}
    return {"sku_id": trade.shop.skus[0], "quantity": Quantity.of("2"), **ends}


async def taken_apart(trade: Trade) -> Given:
    whole = await of(Assembly).what(trade)
    await assembly.assemble_kits(trade.call, **whole)
    return whole


async def made_by_a_processor(trade: Trade) -> Given:
    kit = await of(Assembly).what(trade)
    lines = [(position, "2") for position, _ in enumerate(trade.shop.skus)]
    loan_id = await Lender(trade).lend(
        *lines, customer_id=None, supplier_id=trade.supplier_id, purpose=LoanPurpose.PROCESSING
    )
    return {"loan_id": loan_id, "sku_id": kit["sku_id"], "quantity": kit["quantity"], "fee": UnitPrice.of("3")}


async def brought_back(trade: Trade) -> Given:
    return_id = await of(CustomerReturn).carried_out(trade)
    lines = await CustomerReturnLine.filter(customer_return_id=return_id)
    came = [InspectedLine(customer_return_line_id=line.id, quantity=line.quantity) for line in lines]
    return {"customer_return_id": return_id, "lines": came}


OTHERS: tuple[tuple[Operation, Callable[[Trade], Awaitable[Given]]], ...] = (
    (purchasing.close_purchase_order, bought_in_part),
    (sales.close_sales_order, sold_in_part),
    (customer_returns.receive_customer_return, brought_back),
    (requests.close_purchase_request, needed_in_part),
    (quotes.lose_quote, not_wanted),
    (quotes.revise_quote, put_anew),
    (transit.close_transfer_short, lost_on_the_way),
    (endings.close_loan, lost_by_a_partner),
    (endings.sell_loan, sold_to_a_partner),
    (adjustments.write_off, scrapped),
    (sharing.request_transfer, asked_of_another),
    (assembly.disassemble_kits, taken_apart),
    (processing.receive_processed, made_by_a_processor),
)
"""What needs more than an id, or makes a document in another way."""
OF_NO_KIND = {
    "copyDocument", "setNumberingRule", "setOwnFields", "allocateDues", "settleDue", "offsetPartner",
    "reverseAllocations", "enterDue", "reverseDue", "writeOffDue",
}  # fmt: skip
"""What is tried by its own tests: `test_copying`, and those of numbering, own fields and dues."""


@each("other", OTHERS, lambda one: one[0].__name__)
async def test_what_needs_more_is_tried_as_well(
    client: httpx.AsyncClient, call: Call, trade: Trade, other: tuple[Operation, Callable[[Trade], Awaitable[Given]]]
) -> None:
    operation, what = other
    told = await what(trade)
    await tried(client, operation, told)
    await _sent(client, operation, told)


async def test_every_step_of_a_count_is_tried_before_it_is_done(
    client: httpx.AsyncClient, call: Call, trade: Trade
) -> None:
    stocktake_id = await of(Stocktake).make(call, **await of(Stocktake).what(trade))
    lines = await StocktakeLine.filter(stocktake_id=stocktake_id)
    counts = [AskedCount(line_id=line.id, quantity=Quantity.of("9")) for line in lines]
    for operation, more in (
        (stocktakes.split_stocktake, {"sheets": [WantedSheet(name="甲")]}),
        (stocktakes.start_stocktake, {}),
        (stocktakes.record_counts, {"counts": counts}),
        (stocktakes.submit_stocktake, {}),
        (stocktakes.reject_stocktake, {"note": "再看"}),
        (stocktakes.submit_stocktake, {}),
        (stocktakes.request_recount, {"line_ids": [lines[0].id]}),
        (stocktakes.submit_stocktake, {"uncounted": UncountedLines.UNCOUNTED_UNCHANGED}),
        (stocktakes.approve_stocktake, {}),
        (stocktakes.post_stocktake, {}),
    ):
        told = {"stocktake_id": stocktake_id, **more}
        await tried(client, operation, told)
        await _sent(client, operation, told)


def test_whatever_can_be_tried_is_tried_here() -> None:
    mutation = schema.schema().types.mutation
    assert mutation is not None
    inputs = {name: field.arguments["input"].type.of for name, field in mutation.fields.items() if field.arguments}
    kinds = {name: kind for name, kind in inputs.items() if isinstance(kind, InputType)}
    can = {name for name, kind in kinds.items() if "dryRun" in kind.fields and "errorPolicy" not in kind.fields}
    are = {one for contract in contracts() for one in (contract.makes, *contract.then)} | {*COUNTING}
    are |= {deed.operation for deed in further()} | {operation for operation, _ in OTHERS}
    assert can - OF_NO_KIND == {camel(one.__name__) for one in are}
    assert can >= {camel(deed.operation.__name__) for deed in deeds()}
