from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books import door
from jxc_graphql.books.goods import rebuild
from jxc_graphql.books.goods.ledger import Charge
from jxc_graphql.insight.verification.queries import told
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.models import Product
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.office.documents.models import DocumentLink
from jxc_graphql.warehousing.assembly.models import Assembly
from jxc_graphql.warehousing.loans.models import LoanLossReason, LoanPurpose
from tests.make.processing import Processing
from tests.make.workshop import BOX, RIBBON, TEA
from tests.refusals import refusal


async def refused(work: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(reason.code, reason.path) for reason in await refusal(work)]


async def used(loan_id: int) -> list[tuple[str, str, str]]:
    """Of each line of a loan: SKU by its position, used, and what the processor still has."""
    rows = await db.fetch(
        "SELECT line_no, quantity_used, quantity_lent - quantity_returned - quantity_used - quantity_lost "
        "FROM loan_line WHERE loan_id = ? ORDER BY line_no",
        (loan_id,),
    )
    return [(str(line_no), str(Quantity(one)), str(Quantity(left))) for line_no, one, left in rows]


class TestReceiving:
    async def test_what_comes_in_is_worth_its_components_and_the_fee(self, processing: Processing) -> None:
        loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
        shop = processing.workshop
        assert await shop.level(TEA) == ("10", "30")
        # 6 teas at 3 and a ribbon at 0.5 are 18.50; 3 × 1.255 = 3.765, which is 3.77 to the fen.
        assembly_id = await processing.receive(loan_id, "3", fee="1.255")
        assert await shop.told(assembly_id) == (["18.5", "3.77", "22.27"], [["6", "6", "18"], ["1", "1", "0.5"]])
        assert await shop.level(BOX) == ("3", "22.27")
        assert await used(loan_id) == [("1", "6", "4"), ("2", "1", "1")]
        assert await processing.lender.level(TEA) == ("10", "10", "4", "30", "12")
        assert await processing.lender.status(loan_id) == "PARTIALLY_RETURNED"
        made = await Assembly.get(id=assembly_id)
        assert (made.kind.value, made.supplier_id) == ("PROCESS", processing.workshop.trade.supplier_id)
        assert await DocumentLink.filter(source_id=loan_id, target_id=assembly_id).exists()
        ((owed, supplier_id),) = await db.fetch(
            "SELECT amount, supplier_id FROM due WHERE document_id = ?", (assembly_id,)
        )
        assert (str(Money(owed)), supplier_id) == ("-3.77", processing.workshop.trade.supplier_id)
        assert await shop.verify() == []

    async def test_components_come_back_and_get_lost_as_whatever_is_lent(self, processing: Processing) -> None:
        loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
        await processing.receive(loan_id, "3")
        await processing.lender.bring(loan_id, (0, "3"), (1, "1"))
        assert await processing.lender.level(TEA) == ("13", "13", "1", "39", "3")
        await processing.lender.close(loan_id, LoanLossReason.BROKEN)
        assert (await used(loan_id), await processing.lender.status(loan_id)) == (
            [("1", "6", "0"), ("2", "1", "0")],
            "CLOSED",
        )
        assert await refused(processing.receive(loan_id, "3")) == [("ILLEGAL_TRANSITION", ("id",))]
        assert await processing.workshop.verify() == []

    async def test_more_or_less_is_used_for_a_reason_only(self, processing: Processing) -> None:
        loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
        lines = processing.workshop.lines((TEA, "7"))
        assert await refused(processing.receive(loan_id, "3", lines=lines)) == [
            ("DEVIATION_UNEXPLAINED", ("lines", 0, "quantity"))
        ]
        assembly_id = await processing.receive(loan_id, "3", lines=lines, reason="破损一包", fee="2")
        # 7 × 3 + 0.5 = 21.50, and 3 × 2 for the work
        assert await processing.workshop.told(assembly_id) == (
            ["21.5", "6", "27.5"],
            [["6", "7", "21"], ["1", "1", "0.5"]],
        )
        assert await processing.workshop.verify() == []

    @pytest.mark.parametrize("method", ValuationMethod)
    async def test_components_cost_what_they_cost_when_they_left(
        self, processing: Processing, method: ValuationMethod
    ) -> None:
        trade = processing.workshop.trade
        product_id = (await db.fetch("SELECT product_id FROM sku WHERE id = ?", (processing.workshop.sku(TEA),)))[0][0]
        await Product.filter(id=product_id).update(valuation=method)
        order = await trade.buy((TEA, "10", "6"))
        await trade.receive(order, (0, "10"))
        # On average (60 + 60) ÷ 30 = 4 each, 22 are 88. First in, first out 20 × 3 + 2 × 6 = 72.
        loan_id = await processing.give((TEA, "22"), (RIBBON, "4"))
        fifo = method is ValuationMethod.FIFO
        assert (await processing.lender.level(TEA))[4] == ("72" if fifo else "88")
        await processing.receive(loan_id, "9")  # 18 teas: 54, or 72; 3 ribbons: 1.50
        assert await processing.workshop.level(BOX) == ("9", "55.5" if fifo else "73.5")
        await processing.receive(loan_id, "2", lines=processing.workshop.lines((RIBBON, "1")), reason="多用")
        # 4 teas: 2 × 3 + 2 × 6 = 18, or 16, and the last ribbon at 0.50
        assert await processing.workshop.level(BOX) == ("11", "74" if fifo else "90")
        assert (await processing.lender.level(TEA))[2:] == (("0", "48", "0") if fifo else ("0", "32", "0"))
        assert await processing.workshop.verify() == []

    async def test_what_is_charged_on_components_meanwhile_is_in_the_value(self, processing: Processing) -> None:
        loan_id = await processing.give((TEA, "10"), (RIBBON, "1"))
        ((line_id,),) = await db.fetch(
            "SELECT line_id FROM stock_movement WHERE sku_id = ? AND from_place_id = 1", (processing.workshop.sku(TEA),)
        )
        charges = [Charge(line_id=line_id, amount=Money.of("20"))]
        await db.transactional(door.charge)(processing.call, charges, document_id=line_id)
        await processing.receive(loan_id, "3")  # 6 × (3 + 1) + 0.5
        assert await processing.workshop.level(BOX) == ("3", "24.5")

    async def test_says_everything_that_is_wrong(self, processing: Processing) -> None:
        loan_id = await processing.give((TEA, "5"))
        assert await refused(processing.receive(loan_id, "3")) == [
            ("NOT_ENOUGH_LENT", ("quantity",)),
            ("NOT_ENOUGH_LENT", ("quantity",)),
        ]
        lent = await processing.lender.lend((TEA, "6"), (RIBBON, "1"))
        assert await refused(processing.receive(lent, "3")) == [("NOT_FOR_PROCESSING", ("id",))]
        assert await refused(processing.receive(loan_id, "3", fee="-1")) == [("OUT_OF_BOUNDS", ("fee",))]
        assert await refused(processing.receive(loan_id, "1000000", fee="1000000")) == [("OUT_OF_BOUNDS", ("fee",))]
        early = msgspec.structs.replace(
            processing.call, business_date=clock.day_of(processing.call.at) - timedelta(days=1)
        )
        workshop = msgspec.structs.replace(processing.workshop.trade, call=early)
        before = Processing(msgspec.structs.replace(processing.workshop, trade=workshop))
        lines = processing.workshop.lines((TEA, "5"))
        found = await refused(before.receive(loan_id, "3", lines=lines, reason="少"))
        assert ("BACK_BEFORE_LENT", ("business_date",)) in found

    async def test_purposes_have_their_partners(self, processing: Processing) -> None:
        lender = processing.lender
        to_customer = {"purpose": LoanPurpose.PROCESSING}
        assert await refused(lender.draft((TEA, "1"), **to_customer)) == [("WRONG_PARTNER", ("purpose",))]
        to_supplier = processing.to_processor | {"purpose": LoanPurpose.CONSIGNMENT}
        assert await refused(lender.draft((TEA, "1"), **to_supplier)) == [("WRONG_PARTNER", ("purpose",))]

    @pytest.mark.parametrize(
        "wrong",
        [
            "UPDATE loan_line SET quantity_used = quantity_used - 10000 WHERE quantity_used > 10000",
            "UPDATE assembly SET extra_cost = extra_cost + 100, value = value + 100",
        ],
    )
    async def test_what_does_not_agree_is_found(self, processing: Processing, wrong: str) -> None:
        loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
        await processing.receive(loan_id, "3", fee="1")
        await db.transactional(db.execute)(wrong)
        assert await processing.workshop.verify() != []

    async def test_the_ledger_leads_to_it_again(self, processing: Processing) -> None:
        loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
        await processing.receive(loan_id, "3", fee="1")
        await db.transactional(db.execute)("UPDATE stock_level SET lent_value = lent_value + 1 WHERE lent_value > 0")
        await rebuild.rebuild(processing.call, processing.workshop.trade.shop.skus, told())
        assert await processing.workshop.verify() == []
