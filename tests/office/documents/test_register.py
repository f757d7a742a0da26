"""The register says of every document what its own table says, is compared with it and repaired."""

import pytest

from jxc_graphql import schema
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.comparisons import compare
from jxc_graphql.office.documents.models import Document, DocumentKind, DocumentLink
from jxc_graphql.selling.sales import operations as sales
from tests.make.begun import begun
from tests.make.redrafts import new_lines
from tests.make.trade import Trade, make_trade, set_column


async def make_traded(call: Call) -> Trade:
    """Goods were bought and received in two parts, and some of them sold and shipped."""
    trade = await make_trade(call, skus=1)
    order_id = await trade.buy((0, "10", "2"))
    await trade.receive(order_id, (0, "4"))
    await trade.receive(order_id, (0, "6"))
    await trade.ship(await trade.sell((0, "5", "9")), (0, "5"))
    return trade


trade = begun(make_traded)


async def told() -> list[tuple[str, str, str, str, str | None]]:
    """Kind, number, status and amount of each document, and who the partner is."""
    found = await Document.all().order_by("id")
    partner = {"supplier": "supplier_id", "customer": "customer_id"}
    return [
        (
            str(one.document_kind),
            one.number[:3],
            str(one.status),
            str(one.amount),
            next((name for name, column in partner.items() if getattr(one, column)), None),
        )
        for one in found
    ]


async def test_it_has_what_all_documents_have(trade: Trade) -> None:
    assert await told() == [
        ("PURCHASE_ORDER", "PO-", "RECEIVED", "20", "supplier"),
        ("GOODS_RECEIPT", "GR-", "POSTED", "8", "supplier"),
        ("GOODS_RECEIPT", "GR-", "POSTED", "12", "supplier"),
        ("SALES_ORDER", "SO-", "SHIPPED", "45", "customer"),
        ("SHIPMENT", "SH-", "POSTED", "10", "customer"),
    ]
    order = await PurchaseOrder.first()
    assert order is not None
    entry = await Document.get(id=order.id)
    assert (entry.number, entry.version, entry.created_at) == (order.number, order.version, order.created_at)
    assert (entry.created_by_id, entry.business_date) == (trade.call.actor_id, order.business_date)


async def test_it_follows_what_is_changed(trade: Trade) -> None:
    order_id = await trade.draft_sale((0, "2", "5"), note="加急")
    await sales.update_sales_order(
        trade.call, sales_order_id=order_id, lines=new_lines(trade.asked([(0, "3", "5")])), note="ＶＩＰ"
    )
    entry = await Document.get(id=order_id)
    assert (entry.note, str(entry.amount), entry.version) == ("ＶＩＰ", "15", 2)
    assert entry.search_text == f"{entry.number.lower()} vip"
    await sales.cancel_sales_order(trade.call, sales_order_id=order_id)
    assert (await Document.get(id=order_id)).status == "CANCELLED"
    assert await compare(register.comparisons()) == []


async def test_what_only_moves_on_says_no_more_than_where_it_is(trade: Trade) -> None:
    order_id = await trade.draft_sale((0, "1", "5"))
    with db.statements() as seen:
        await sales.submit_sales_order(trade.call, sales_order_id=order_id)
    (written,) = [one for one in seen if one.startswith(("UPDATE document", "INSERT INTO document"))]
    assert "search_text" not in written
    assert (await Document.get(id=order_id)).status == "SUBMITTED"
    assert await compare(register.comparisons()) == []


async def test_it_knows_what_was_made_out_of_what(trade: Trade) -> None:
    links = await DocumentLink.all().order_by("id").prefetch_related("source", "target")
    assert [(str(one.source.document_kind), str(one.target.document_kind), str(one.kind)) for one in links] == [
        ("PURCHASE_ORDER", "GOODS_RECEIPT", "FULFILMENT"),
        ("PURCHASE_ORDER", "GOODS_RECEIPT", "FULFILMENT"),
        ("SALES_ORDER", "SHIPMENT", "FULFILMENT"),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE document SET status = 'CLOSED'",
        "UPDATE document SET supplier_id = NULL",
        "UPDATE document SET amount = amount + 1 WHERE document_kind = 'SHIPMENT'",
        "UPDATE goods_receipt SET note = 'x'",
    ],
)
async def test_it_is_compared_and_repaired(trade: Trade, damage: str) -> None:
    await set_column(damage)
    assert await compare(register.comparisons()) != []
    assert await db.transactional(register.repair)() > 0
    assert await compare(register.comparisons()) == []


async def test_a_document_that_it_lacks_is_found(trade: Trade) -> None:
    for table in ("document_link", "follower"):
        await set_column(f"DELETE FROM {table}")
    await set_column("DELETE FROM document WHERE document_kind = 'SHIPMENT'")
    (difference,) = await compare(register.comparisons())
    assert (difference.what, difference.expected, difference.actual) == ("document is what shipment says", "1", "0")
    assert await db.transactional(register.repair)() == 1
    assert await compare(register.comparisons()) == []


async def test_writing_it_takes_no_round_trip_of_its_own(trade: Trade) -> None:
    with db.round_trips() as seen:
        await trade.draft_sale((0, "1", "1"))
    (writes,) = [one for one in seen if "INSERT INTO document (" in one]
    assert 'INSERT INTO "sales_order" (' in writes


def test_every_kind_is_a_type_of_the_schema() -> None:
    shown = schema.schema().types.objects["Document"].register
    assert shown is not None
    assert shown.complete
    assert set(shown.kinds) == set(DocumentKind) == {register.kind_of(model) for model in register.kinds()}
