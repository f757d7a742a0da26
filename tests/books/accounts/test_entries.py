"""What documents debit and credit, as commerce.md 6 has it, and that a bug in any of it is found."""

import msgspec
import pytest

from jxc_graphql.books.accounts.chart import CHART, IDS, codes
from jxc_graphql.books.accounts.models import AccountingStandard
from jxc_graphql.books.accounts.roles import ROLE_OF_PLACE
from jxc_graphql.books.dues import operations as dues
from jxc_graphql.books.dues.models import Due
from jxc_graphql.books.goods.ledger import Charge, ValueChange
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.warehousing.consignments.models import ConsignmentEnd
from tests.make.consigning import make_consigning
from tests.make.debts import owe
from tests.make.entries import entered, wrong
from tests.make.haul import make_haul
from tests.make.processing import make_processing
from tests.make.trade import Trade, make_trade
from tests.make.workshop import RIBBON, TEA


def test_every_kind_of_place_is_an_account() -> None:
    assert set(ROLE_OF_PLACE) == set(PlaceKind)


@pytest.mark.parametrize("standard", AccountingStandard)
def test_charts_have_an_account_for_every_role_below_its_heading(standard: AccountingStandard) -> None:
    found = dict(codes(standard))
    assert len(set(found.values())) == len(CHART) == len(IDS)
    assert [one for one in CHART if one.below and not found[one.role].startswith(found[one.below])] == []


async def test_the_first_chart_is_that_for_small_enterprises(trade: Trade) -> None:
    rows = await db.fetch("SELECT id, role, code, kind, parent_id, name, name_en FROM account ORDER BY id")
    assert [tuple(row) for row in rows] == [
        (IDS[one.role], one.role, one.small, one.kind, IDS[one.below] if one.below else None, one.name, one.name_en)
        for one in CHART
    ]


async def test_what_is_not_invoiced_is_estimated_without_tax(trade: Trade) -> None:
    """B12: 60 at 10.00 with 13 % come in; what is owed for them is 678.00, and the estimate (暂估) 600.00."""
    ((tax_code_id,),) = await db.fetch("SELECT id FROM tax_code WHERE code = '13'")
    (line,) = trade.asked([(0, "60", "10")])
    order_id = await trade.draft_purchase(lines=[msgspec.structs.replace(line, tax_code_id=tax_code_id)])
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    received = await trade.receive(order_id, (0, "60"))
    assert await entered(received.goods_receipt_id) == {"PAYABLE_ESTIMATED": "-600", "STOCK": "600"}
    rows = await db.fetch("SELECT amount, net FROM due WHERE document_id = ?", (received.goods_receipt_id,))
    assert [tuple(str(Money(one)) for one in row) for row in rows] == [("-678", "-600")]


async def test_goods_are_bought_sold_and_taken_back(trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"))
    received = await trade.receive(order_id, (0, "10"))
    assert await entered(received.goods_receipt_id) == {"PAYABLE_ESTIMATED": "-20", "STOCK": "20"}
    shipped = await trade.ship(await trade.sell((0, "4", "9")), (0, "4"))
    assert await entered(shipped.shipment_id) == {"COST": "8", "RECEIVABLE": "36", "REVENUE": "-36", "STOCK": "-8"}
    rows = await db.fetch(
        "SELECT role, entry.customer_id, entry.category_id, entry.warehouse_id FROM account_entry AS entry "
        "JOIN account ON account.id = account_id WHERE document_id = ? ORDER BY role",
        (shipped.shipment_id,),
    )
    ((category_id,),) = await db.fetch("SELECT category_id FROM sku WHERE id = ?", (trade.shop.skus[0],))
    here = trade.shop.warehouse.id
    assert [tuple(row) for row in rows] == [
        ("COST", trade.customer_id, category_id, here), ("RECEIVABLE", trade.customer_id, None, here),
        ("REVENUE", trade.customer_id, category_id, here), ("STOCK", None, category_id, here),
    ]  # fmt: skip
    assert await verification.differences() == []


async def test_many_lines_are_as_many_statements_as_one(call: Call) -> None:
    trade, counts = await make_trade(call, 30), set()
    for lines in (1, 30):
        order_id = await trade.buy(*((sku, "1", "2") for sku in range(lines)))
        with db.statements() as seen:
            await trade.receive(order_id, *((sku, "1") for sku in range(lines)))
        counts.add(sum("INTO account_entry" in one for one in seen))
    assert len(counts) == 1


async def test_goods_on_the_road_and_lent_keep_accounts_of_their_own(call: Call) -> None:
    haul = await make_haul(call)
    await haul.stock(0, "5", "10")
    transfer_id = await haul.sent((0, "2"))
    assert await entered(transfer_id) == {"STOCK": "-4", "STOCK_IN_TRANSIT": "4"}
    assert await wrong() == set()


async def test_work_is_owed_to_who_did_it(call: Call) -> None:
    processing = await make_processing(call)
    loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
    assembly_id = await processing.receive(loan_id, "3", fee="1.255")
    assert await entered(assembly_id) == {"PAYABLE_ESTIMATED": "-3.77", "STOCK": "22.27", "STOCK_LENT": "-18.5"}
    assert await wrong() == set()


async def test_goods_of_suppliers_are_owed_for_once_they_are_gone(call: Call) -> None:
    consigning = await make_consigning(call)
    receipt_id = await consigning.bring((0, "10", "3"))
    assert await entered(receipt_id) == {}
    issue_id = await consigning.end(receipt_id, ConsignmentEnd.LOST, (0, "2"))
    assert await entered(issue_id) == {"PAYABLE_ESTIMATED": "-6", "PENDING_LOSS": "6"}
    shipped = await consigning.trade.ship(await consigning.trade.sell((0, "1", "9")), (0, "1"))
    assert await entered(shipped.shipment_id) == {
        "COST": "3", "PAYABLE_ESTIMATED": "-3", "RECEIVABLE": "9", "REVENUE": "-9",
    }  # fmt: skip
    rows = await db.fetch("SELECT DISTINCT supplier_id FROM account_entry WHERE supplier_id IS NOT NULL")
    assert [tuple(row) for row in rows] == [(consigning.trade.supplier_id,)]
    assert await wrong() == set()


async def test_what_goods_cost_after_the_fact(trade: Trade) -> None:
    await trade.stock_up("10")
    await trade.ship(await trade.sell((0, "4", "9")), (0, "4"))
    ((line_id,),) = await db.fetch("SELECT id FROM goods_receipt_line")
    charge = Charge(line_id=line_id, amount=Money.of("5"))
    change = ValueChange(
        sku_id=trade.shop.skus[0], warehouse_id=trade.shop.warehouse.id, line_id=new_id(), by=Money.of("-1")
    )
    await trade.shop.charge(charge)
    charged = await newest()
    await trade.shop.revalue(change, on=clock.day_of(trade.call.at))
    revalued = await newest()
    assert await entered(charged) == {"ACCRUED": "-5", "COST": "2", "STOCK": "3"}
    assert await entered(revalued) == {"REVALUATION": "1", "STOCK": "-1"}
    assert await wrong() == set()


async def test_what_is_owed_besides_goods_and_set_off(trade: Trade) -> None:
    tax = Profile(tax_number="91110000600037341L")
    await partners.update_customer(trade.call, customer_id=trade.customer_id, profile=tax)
    await partners.update_supplier(trade.call, supplier_id=trade.supplier_id, profile=tax)
    await owe(trade.call, "30", customer_id=trade.customer_id)
    await owe(trade.call, "-20", supplier_id=trade.supplier_id)
    kinds = {due.kind for due in await Due.all()}
    before = await entered()
    assert (before["RECEIVABLE"], before["PAYABLE"], len(kinds)) == ("30", "-20", 1)
    await dues.offset_partner(trade.call, customer_id=trade.customer_id, supplier_id=trade.supplier_id)
    after = await entered()
    assert (after["RECEIVABLE"], after.get("PAYABLE")) == ("10", None)
    assert await verification.differences() == []


async def newest() -> int:
    ((document_id,),) = await db.fetch("SELECT document_id FROM account_entry ORDER BY id DESC LIMIT 1")
    return int(document_id)


PLANTED = {
    "STOCK_IN_TRANSIT": "what a document did to stock is what it moved and revalued",
    "REVENUE": "REVENUE of a document is what it sold",
    "PAYABLE_ESTIMATED": "PAYABLE_ESTIMATED of a document is what it bought",
    "RECEIVABLE": "RECEIVABLE of a customer is what is open of his dues",
    "PAYABLE": "PAYABLE of a supplier is what is open of its dues but for goods",
}


@pytest.mark.parametrize("role", PLANTED)
async def test_an_amount_in_the_wrong_account_is_found(trade: Trade, role: str) -> None:
    await trade.stock_up("10")
    shipped = await trade.ship(await trade.sell((0, "4", "9")), (0, "4"))
    await plant(role, shipped.shipment_id, trade, 100)
    await plant("BANK", shipped.shipment_id, trade, -100)
    assert {one.removeprefix("account_entry: ") for one in await wrong()} >= {PLANTED[role]}
    assert not any("add up" in one for one in await wrong())


async def test_what_does_not_balance_is_found(trade: Trade) -> None:
    await trade.stock_up("10")
    shipped = await trade.ship(await trade.sell((0, "4", "9")), (0, "4"))
    await plant("BANK", shipped.shipment_id, trade, 1)
    assert await wrong() == {"account_entry: the entries of one source add up to zero"}


@pytest.mark.parametrize("what", ["UPDATE account_entry SET amount = 1", "DELETE FROM account_entry"])
async def test_entries_never_change(trade: Trade, what: str) -> None:
    await trade.stock_up("10")
    with pytest.raises(Exception, match="append-only"):
        await db.transactional(db.execute)(what)


async def plant(role: str, document_id: int, trade: Trade, amount: int) -> None:
    """An entry that no code of ours would write."""
    await db.transactional(db.execute)(
        "INSERT INTO account_entry (xid, account_id, amount, source, source_id, document_id, business_date, posted_at, "
        "customer_id, supplier_id, warehouse_id) SELECT 0, account.id, ?, 'GOODS', ?, ?, ?, ?, ?, ?, ? "
        "FROM account WHERE role = ?",
        (
            amount, document_id, document_id, clock.day_of(trade.call.at), trade.call.at,
            trade.customer_id, trade.supplier_id, trade.shop.warehouse.id, role,
        ),
    )  # fmt: skip
