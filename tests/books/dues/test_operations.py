"""What is owed for goods, and set off: amounts worked out by hand."""

import asyncio
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.books.dues import entering, operations, rebuild
from jxc_graphql.books.dues.models import Allocation, Due, DueKind, OwedBy
from jxc_graphql.books.dues.rules import AllocatedTooEarly, AllocationTooLarge, AskedPair, WriteOffTooLarge
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, Rejected
from jxc_graphql.kit.numbers import Money, Ratio
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.taxes import operations as taxes
from jxc_graphql.masters.taxes.models import TaxKind
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.company import queries as company
from tests.make.debts import owe, still_open
from tests.make.trade import Trade, set_column
from tests.refusals import refusal

DAY = timedelta(days=1)


def today(call: Call) -> date:
    return clock.day_of(call.at)


def pair(debit: int, credit: int, amount: str | None = None) -> AskedPair:
    return AskedPair(debit_due_id=debit, credit_due_id=credit, amount=None if amount is None else Money.of(amount))


async def due_of(document_id: int) -> Due:
    (found,) = await Due.filter(document_id=document_id)
    return found


async def receivable(trade: Trade, amount: str, **others: Any) -> int:
    return await owe(trade.call, amount, customer_id=trade.customer_id, **others)


class TestGoods:
    async def test_a_receipt_is_owed_gross_to_its_supplier_by_the_terms_of_its_order(self, trade: Trade) -> None:
        vat = await taxes.create_tax_code(trade.call, code="V", name="V", kind=TaxKind.STANDARD, rate=Ratio.of("0.13"))
        line = msgspec.structs.replace(trade.asked([(0, "100", "10")])[0], tax_code_id=vat.tax_code_id)
        order_id = await trade.buy(lines=[line], payment_term_id=5)
        fact = await trade.receive(order_id, (0, "50", "10"))
        due = await due_of(fact.goods_receipt_id)  # 60 of 100 × 10.00: net 600.00, tax 78.00
        assert (due.amount, due.open_amount, due.net) == (Money.of("-678"), Money.of("-678"), Money.of("-600"))
        assert (due.base_amount, due.base_open, due.currency) == (Money.of("-678"), Money.of("-678"), "CNY")
        assert (due.direction, due.kind) == ("PAYABLE", "PURCHASE")
        assert (due.supplier_id, due.customer_id) == (trade.supplier_id, None)
        first = today(trade.call).replace(day=1)
        month_end = (first + 32 * DAY).replace(day=1) - DAY
        assert (due.business_date, due.due_on) == (today(trade.call), month_end + 30 * DAY)

    async def test_parts_of_a_shipment_are_owed_as_they_leave_and_add_up_to_the_order(self, trade: Trade) -> None:
        await trade.stock_up("3")
        order_id = await trade.sell((0, "3", "3.3333"), discount=Money.of("0.01"))  # 9.9999 → 10.00, less 0.01
        parts = [await due_of((await trade.ship(order_id, (0, "1"))).shipment_id) for _ in range(3)]
        assert [str(one.amount) for one in parts] == ["3.33", "3.33", "3.33"]
        assert parts[0].due_on == today(trade.call) + 30 * DAY
        assert await trade.verify() == []

    async def test_nothing_is_owed_for_what_is_free(self, trade: Trade) -> None:
        await trade.stock_up("1", price="0")
        assert await Due.all().count() == 0
        assert await trade.verify() == []


class TestAllocateDues:
    async def test_sets_off_in_parts_and_is_taken_back(self, trade: Trade) -> None:
        call, debt = trade.call, await receivable(trade, "1000")
        paid = await receivable(trade, "-700")
        first = await operations.allocate_dues(call, pairs=[pair(debt, paid, "600")])
        assert await still_open(debt, paid) == ["400", "-100"]
        second = await operations.allocate_dues(call, pairs=[pair(debt, paid)])
        assert await still_open(debt, paid) == ["300", "0"]
        back = await operations.reverse_allocations(call, allocation_ids=first.allocation_ids, note="wrong")
        assert await still_open(debt, paid) == ["900", "-600"]
        (undone,) = await Allocation.filter(id__in=back.allocation_ids)
        assert (undone.amount, undone.reverses_id) == (Money.of("-600"), first.allocation_ids[0])
        assert second.due_ids == (debt, paid)
        assert await trade.verify() == []

    async def test_refuses_more_than_is_open_over_all_pairs_and_tells_all_that_is_wrong(self, trade: Trade) -> None:
        call, debt, other = trade.call, await receivable(trade, "1000"), await receivable(trade, "5")
        paid = await receivable(trade, "-800")
        stranger = await partners.create_customer(call, profile=Profile(code="X", name="x"))
        theirs = await owe(call, "-50", customer_id=stranger.customer_id)
        dollars = await receivable(trade, "-50", currency="USD", base="-355")
        reasons = await refusal(
            operations.allocate_dues(
                call,
                pairs=[
                    pair(debt, paid, "600"),
                    pair(debt, paid, "300"),
                    pair(debt, theirs, "1"),
                    pair(debt, dollars, "1"),
                    pair(paid, debt, "1"),
                    pair(other, paid, "0.001"),
                    pair(7, paid, "-1"),
                ],
            )
        )
        assert [(one.code, one.path) for one in reasons] == [
            ("ALLOCATION_TOO_LARGE", ("pairs", 1, "amount")),
            ("DUES_DO_NOT_MATCH", ("pairs", 2)),
            ("DUES_DO_NOT_MATCH", ("pairs", 3)),
            ("DUES_DO_NOT_MATCH", ("pairs", 4)),
            ("ALLOCATION_TOO_LARGE", ("pairs", 4, "amount")),
            ("TOO_MANY_DECIMALS", ("pairs", 5, "amount")),
            ("ALLOCATION_TOO_LARGE", ("pairs", 5, "amount")),
            ("UNKNOWN_ID", ("pairs", 6, "debit_due_id")),
            ("MUST_BE_POSITIVE", ("pairs", 6, "amount")),
        ]
        assert reasons[0] == AllocationTooLarge(
            path=("pairs", 1, "amount"), open=Money.of("200"), asked=Money.of("300")
        )

    async def test_counts_for_a_day_on_which_both_were_there(self, trade: Trade) -> None:
        call = trade.call
        debt = await receivable(trade, "10", on=today(call) - 5 * DAY)
        paid = await receivable(trade, "-10", on=today(call) - 2 * DAY)
        early = operations.allocate_dues(call, pairs=[pair(debt, paid)], business_date=today(call) - 3 * DAY)
        assert await refusal(early) == [AllocatedTooEarly(path=("business_date",), first_day=today(call) - 2 * DAY)]
        done = await operations.allocate_dues(call, pairs=[pair(debt, paid)], business_date=today(call) - DAY)
        back: dict[str, Any] = {"allocation_ids": done.allocation_ids, "note": "x"}
        (reason,) = await refusal(operations.reverse_allocations(call, **back, business_date=today(call) - 2 * DAY))
        assert reason.code == "ALLOCATED_TOO_EARLY"
        await operations.reverse_allocations(call, **back)
        (reason,) = await refusal(operations.reverse_allocations(call, **back))
        assert (reason.code, reason.path) == ("ALLOCATION_TAKEN_BACK", ("allocation_ids", 0))

    async def test_what_is_disputed_is_left_alone(self, trade: Trade) -> None:
        call, debt, paid = trade.call, await receivable(trade, "10"), await receivable(trade, "-10")
        await operations.dispute_due(call, due_id=debt, is_disputed=True, note="短少", expected_version=1)
        (reason,) = await refusal(operations.allocate_dues(call, pairs=[pair(debt, paid)]))
        assert (reason.code, reason.path) == ("DUE_DISPUTED", ("pairs", 0, "debit_due_id"))
        (reason,) = await refusal(operations.settle_due(call, due_id=paid))
        assert reason.code == "NOTHING_TO_ALLOCATE"
        await operations.dispute_due(call, due_id=debt, is_disputed=False, note="已补")
        await operations.settle_due(call, due_id=paid)
        assert await still_open(debt, paid) == ["0", "0"]

    async def test_a_key_is_answered_once(self, trade: Trade) -> None:
        debt, paid = await receivable(trade, "10"), await receivable(trade, "-10")
        keyed = msgspec.structs.replace(trade.call, idempotency_key="k", actor_id=trade.call.actor_id)
        first = await operations.allocate_dues(keyed, pairs=[pair(debt, paid, "4")])
        assert await operations.allocate_dues(keyed, pairs=[pair(debt, paid, "4")]) == first
        assert await still_open(debt, paid) == ["6", "-6"]

    async def test_of_what_the_caller_does_not_see_there_is_nothing(self, trade: Trade) -> None:
        debt, paid = await receivable(trade, "10"), await receivable(trade, "-10")
        elsewhere = msgspec.structs.replace(trade.call, scopes={Dimension.CUSTOMER: frozenset({1})})
        reasons = await refusal(operations.allocate_dues(elsewhere, pairs=[pair(debt, paid)]))
        assert [one.code for one in reasons] == ["UNKNOWN_ID", "UNKNOWN_ID"]
        with pytest.raises(NotFound):
            await operations.settle_due(elsewhere, due_id=paid)
        clerk = msgspec.structs.replace(trade.call, permissions=frozenset({"SEE_DUES"}))
        with pytest.raises(Forbidden):
            await operations.settle_due(clerk, due_id=paid)


class TestSettleDue:
    async def test_takes_what_is_due_first_first(self, trade: Trade) -> None:
        call, day = trade.call, today(trade.call)
        late = await receivable(trade, "400", due_on=day + 9 * DAY)
        middle = await receivable(trade, "500", due_on=day + 5 * DAY)
        early = await receivable(trade, "300", due_on=day + 1 * DAY)
        paid = await receivable(trade, "-1000")
        fact = await operations.settle_due(call, due_id=paid)  # 300, 500, 200; 200 stay open
        assert await still_open(early, middle, late, paid) == ["0", "0", "200", "0"]
        amounts = [str(one.amount) for one in await Allocation.filter(id__in=fact.allocation_ids).order_by("id")]
        assert amounts == ["300", "500", "200"]
        assert await trade.verify() == []

    async def test_leaves_what_is_too_much_as_paid_ahead(self, trade: Trade) -> None:
        debt, paid = await receivable(trade, "3390"), await receivable(trade, "-5000")
        await operations.settle_due(trade.call, due_id=debt)
        assert await still_open(debt, paid) == ["0", "-1610"]

    async def test_refuses_more_than_is_open(self, trade: Trade) -> None:
        debt = await receivable(trade, "10")
        await receivable(trade, "-50")
        found = await refusal(operations.settle_due(trade.call, due_id=debt, amount=Money.of("10.01")))
        assert found == [AllocationTooLarge(path=("amount",), open=Money.of("10"), asked=Money.of("10.01"))]


class TestEnterDue:
    async def test_enters_what_was_paid_ahead_and_takes_it_back(self, trade: Trade) -> None:
        call = trade.call
        given: dict[str, Any] = {"kind": DueKind.PREPAYMENT, "owed_by": OwedBy.COMPANY, "note": "定金"}
        entered = await entering.enter_due(
            call, customer_id=trade.customer_id, amount=Money.of("500"), reference=" F-1 ", **given
        )
        due = await Due.get(id=entered.due_id)
        assert (due.amount, due.open_amount, due.document_id) == (Money.of("-500"), Money.of("-500"), None)
        assert (due.due_on, due.reference, due.note) == (today(call), "F-1", "定金")
        debt = await receivable(trade, "200")
        made = await operations.settle_due(call, due_id=debt)
        (reason,) = await refusal(entering.reverse_due(call, due_id=due.id, note="x"))
        assert (reason.code, reason.path) == ("DUE_IN_USE", ("due_id",))
        await operations.reverse_allocations(call, allocation_ids=made.allocation_ids, note="x")
        back = await entering.reverse_due(call, due_id=due.id, note="退回")
        assert await still_open(due.id, back.reversal_id) == ["0", "0"]
        other = await Due.get(id=back.reversal_id)
        assert (other.amount, other.reverses_id) == (Money.of("500"), due.id)
        for one in (due.id, other.id):
            (reason, *_) = await refusal(entering.reverse_due(call, due_id=one, note="x"))
            assert reason.code in {"DUE_IN_USE", "NOT_ENTERED"}
        assert await trade.verify() == []

    async def test_tells_everything_that_is_wrong(self, trade: Trade) -> None:
        found = await refusal(
            entering.enter_due(
                trade.call, customer_id=7, kind=DueKind.SALE, owed_by=OwedBy.COMPANY, amount=Money.of("-0.001"),
                reference="x" * 61, note=" ",
            )
        )  # fmt: skip
        assert [(one.code, one.path) for one in found] == [
            ("UNKNOWN_ID", ("customer_id",)), ("OWED_FOR_GOODS", ("kind",)), ("MUST_BE_POSITIVE", ("amount",)),
            ("TOO_MANY_DECIMALS", ("amount",)), ("TEXT_TOO_LONG", ("reference",)), ("REQUIRED", ("note",)),
        ]  # fmt: skip
        given: dict[str, Any] = {"kind": DueKind.FEE, "owed_by": OwedBy.COMPANY, "note": "运费"}
        both: dict[str, Any] = {"customer_id": trade.customer_id, "supplier_id": trade.supplier_id}
        (reason,) = await refusal(entering.enter_due(trade.call, **both, amount=Money.of("1"), **given))
        assert reason.code == "ONE_COUNTERPARTY"


class TestWriteOffDue:
    async def test_waives_the_odd_fen(self, trade: Trade) -> None:
        debt, paid = await receivable(trade, "1000.03"), await receivable(trade, "-1000")
        await operations.settle_due(trade.call, due_id=paid)
        assert await still_open(debt, paid) == ["0.03", "0"]
        done = await entering.write_off_due(trade.call, due_id=debt, note="抹零")
        assert await still_open(debt, done.write_off_id) == ["0", "0"]
        waived = await Due.get(id=done.write_off_id)
        assert (waived.kind, waived.amount) == (DueKind.WRITE_OFF, Money.of("-0.03"))
        await operations.reverse_allocations(trade.call, allocation_ids=done.allocation_ids, note="x")
        assert await still_open(debt, done.write_off_id) == ["0.03", "-0.03"]
        assert await trade.verify() == []

    async def test_takes_an_approver_above_the_threshold(self, trade: Trade) -> None:
        debt = await receivable(trade, "5000")
        clerk = msgspec.structs.replace(trade.call, permissions=frozenset({"WRITE_OFF_DUES"}))
        threshold = (await company.present()).adjustment_threshold
        over = entering.write_off_due(clerk, due_id=debt, amount=threshold + Money.of("0.01"), note="x")
        assert await refusal(over) == [
            WriteOffTooLarge(path=("amount",), limit=threshold, asked=threshold + Money.of("0.01"))
        ]
        (reason,) = await refusal(entering.write_off_due(trade.call, due_id=debt, amount=Money.of("5000.01"), note="x"))
        assert reason.code == "ALLOCATION_TOO_LARGE"
        await entering.write_off_due(trade.call, due_id=debt, note="坏账")
        assert await still_open(debt) == ["0"]


class TestOffsetPartner:
    async def test_sets_off_one_company_by_its_tax_number(self, trade: Trade) -> None:
        call = trade.call
        both: dict[str, Any] = {"customer_id": trade.customer_id, "supplier_id": trade.supplier_id}
        (reason,) = await refusal(operations.offset_partner(call, **both))
        assert reason.code == "OTHER_COMPANY"
        tax = Profile(tax_number="91110000600037341L")
        await partners.update_customer(call, customer_id=trade.customer_id, profile=tax)
        await partners.update_supplier(call, supplier_id=trade.supplier_id, profile=tax)
        (reason,) = await refusal(operations.offset_partner(call, **both))
        assert reason.code == "NOTHING_TO_ALLOCATE"
        owed = await receivable(trade, "300")
        owing = await owe(call, "-1000", supplier_id=trade.supplier_id)
        (reason,) = await refusal(operations.offset_partner(call, **both, amount=Money.of("301")))
        assert reason == AllocationTooLarge(path=("amount",), open=Money.of("300"), asked=Money.of("301"))
        await operations.offset_partner(call, **both, amount=Money.of("120"))
        assert await still_open(owed, owing) == ["180", "-880"]
        await operations.offset_partner(call, **both)
        assert await still_open(owed, owing) == ["0", "-700"]
        assert await trade.verify() == []


class TestCurrencies:
    async def test_parts_add_up_to_what_it_is_in_the_currency_of_the_company(self, trade: Trade) -> None:
        call = trade.call  # 10.01 × 7.1234 = 71.31
        debt = await receivable(trade, "10.01", currency="USD", base="71.31")
        paid = await receivable(trade, "-10.01", currency="USD", base="-72.00")
        fact = await operations.allocate_dues(call, pairs=[pair(debt, paid, "5"), pair(debt, paid)])
        parts = await Allocation.filter(id__in=fact.allocation_ids).order_by("id")
        # After 5.00, 5.01 is left: 71.31 × 501 ÷ 1001 = 35.69; and 72.00 × 501 ÷ 1001 = 36.04.
        assert [str(one.debit_base) for one in parts] == ["35.62", "35.69"]
        assert [str(one.credit_base) for one in parts] == ["35.96", "36.04"]
        assert await trade.verify() == []
        await operations.reverse_allocations(call, allocation_ids=fact.allocation_ids, note="x")
        back = await Due.get(id=debt)
        assert (str(back.open_amount), str(back.base_open)) == ("10.01", "71.31")
        assert await trade.verify() == []


class TestTheBook:
    async def test_is_append_only_but_for_what_is_open(self, trade: Trade) -> None:
        debt, paid = await receivable(trade, "10"), await receivable(trade, "-10")
        await operations.allocate_dues(trade.call, pairs=[pair(debt, paid, "4")])
        for statement in (
            "UPDATE due SET amount = 5",
            "UPDATE due SET due_on = '2099-01-01'",
            "UPDATE due SET customer_id = NULL",
            "DELETE FROM due",
            "UPDATE allocation SET amount = 1",
            "DELETE FROM allocation",
        ):
            with pytest.raises(IntegrityError, match="append-only"):
                await db.transactional(db.execute)(statement)

    async def test_keeps_what_is_open_within_the_amount(self, trade: Trade) -> None:
        await receivable(trade, "10")
        for column in ("open_amount = 100100", "open_amount = -100", "open_amount = 50", "base_open = 100100"):
            with pytest.raises(IntegrityError):
                await db.transactional(db.execute)(f"UPDATE due SET {column}")

    async def test_a_difference_is_found_and_repaired(self, trade: Trade) -> None:
        debt, paid = await receivable(trade, "10"), await receivable(trade, "-10")
        await operations.allocate_dues(trade.call, pairs=[pair(debt, paid)])
        await set_column("UPDATE due SET open_amount = 30000, base_open = 20000 WHERE id = ?", debt)
        found = await trade.verify()
        assert [(one.what, one.expected, one.actual) for one in found] == [
            ("due.open_amount is what was not set off", "0", "3"),
            ("due.base_open is what was not set off", "0", "2"),
            ("account_entry: RECEIVABLE of a customer is what is open of his dues", "2", "0"),
        ]
        assert await db.transactional(rebuild.repair)() == 1
        assert await trade.verify() == []
        assert await db.transactional(rebuild.repair)() == 0


class TestRaces:
    async def test_the_same_fen_is_set_off_once(self, trade: Trade) -> None:
        call, debt = trade.call, await receivable(trade, "1000")
        paid = [await receivable(trade, "-600") for _ in range(2)]
        done = await asyncio.gather(
            *(operations.allocate_dues(call, pairs=[pair(debt, one, "600")]) for one in paid),
            return_exceptions=True,
        )
        (refused,) = [one for one in done if isinstance(one, Rejected)]
        assert refused.reasons == (
            AllocationTooLarge(path=("pairs", 0, "amount"), open=Money.of("400"), asked=Money.of("600")),
        )
        assert (await still_open(debt), sorted(await still_open(*paid))) == (["400"], ["-600", "0"])
        assert await trade.verify() == []

    async def test_oldest_first_leaves_the_rest_as_paid_ahead(self, trade: Trade) -> None:
        call, debt = trade.call, await receivable(trade, "1000")
        paid = [await receivable(trade, "-600") for _ in range(2)]
        await asyncio.gather(*(operations.settle_due(call, due_id=one) for one in paid))
        assert (await still_open(debt), sorted(await still_open(*paid))) == (["0"], ["-200", "0"])
        assert await trade.verify() == []

    async def test_an_allocation_is_taken_back_once(self, trade: Trade) -> None:
        debt, paid = await receivable(trade, "10"), await receivable(trade, "-10")
        made = await operations.allocate_dues(trade.call, pairs=[pair(debt, paid)])
        back = (
            operations.reverse_allocations(trade.call, allocation_ids=made.allocation_ids, note="x") for _ in range(4)
        )
        done = await asyncio.gather(*back, return_exceptions=True)
        assert sum(isinstance(one, Rejected) for one in done) == 3
        assert await still_open(debt, paid) == ["10", "-10"]
