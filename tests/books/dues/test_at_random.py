"""Whatever happens to dues, in whatever order, the book agrees with itself, and with what a simple count says."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from jxc_graphql.books.dues import entering, operations, rules
from jxc_graphql.books.dues.models import Allocation, Due, DueDirection, DueKind, OwedBy
from jxc_graphql.insight.analytics import aged_dues
from jxc_graphql.kit import clock
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money
from jxc_graphql.selling.sales import exposure as sales
from tests.make.trade import Trade

STEPS = 25


class Clerk:
    """Does something at random, some of which is refused."""

    def __init__(self, trade: Trade, seed: int) -> None:
        self.trade, self.dice, self.done = trade, Random(seed), 0
        self.orders: list[int] = []

    async def step(self) -> None:
        """One thing more."""
        deed = self.dice.choice(
            [self.receive, self.order, self.ship, self.pay, self.pay, self.settle, self.pair, self.undo, self.waive]
        )
        try:
            await deed()
            self.done += 1
        except Rejected:
            pass

    async def receive(self) -> None:
        await self.trade.stock_up(str(self.dice.randint(1, 9)), price=f"{self.dice.randint(1, 900) / 100}")

    async def order(self) -> None:
        price = f"{self.dice.randint(1, 90000) / 10000}"
        self.orders.append(await self.trade.sell((0, str(self.dice.randint(1, 5)), price)))

    async def ship(self) -> None:
        if self.orders:
            await self.trade.ship(self.dice.choice(self.orders), (0, "1"))

    async def pay(self) -> None:
        by_customer = self.dice.random() < 0.5
        who: dict[str, Any] = (
            {"customer_id": self.trade.customer_id, "owed_by": OwedBy.COMPANY}
            if by_customer
            else {"supplier_id": self.trade.supplier_id, "owed_by": OwedBy.COUNTERPARTY}
        )
        await entering.enter_due(self.trade.call, kind=DueKind.PREPAYMENT, amount=self._amount(), note="x", **who)

    async def settle(self) -> None:
        amount = self.dice.choice([None, self._amount()])
        await operations.settle_due(self.trade.call, due_id=await self._due(), amount=amount)

    async def pair(self) -> None:
        pairs = [
            rules.AskedPair(debit_due_id=await self._due(), credit_due_id=await self._due(), amount=self._amount())
            for _ in range(self.dice.randint(1, 3))
        ]
        await operations.allocate_dues(self.trade.call, pairs=pairs)

    async def undo(self) -> None:
        if made := await Allocation.all():
            one = self.dice.choice(made).id
            await operations.reverse_allocations(self.trade.call, allocation_ids=[one], note="x")

    async def waive(self) -> None:
        await entering.write_off_due(self.trade.call, due_id=await self._due(), amount=Money.of("0.03"), note="抹零")

    async def _due(self) -> int:
        there = await Due.all()
        return self.dice.choice(there).id if there else 0

    def _amount(self) -> Money:
        return Money(self.dice.randint(1, 2000) * 100)

    async def wrong(self) -> list[object]:
        """What does not agree: with itself, between now and the past, or with what customers are trusted with."""
        found: list[object] = [*await self.trade.verify()]
        dues = await Due.all()
        day = clock.day_of(self.trade.call.at)
        for direction in DueDirection:
            sign = 1 if direction is DueDirection.RECEIVABLE else -1
            there = sum(sign * int(one.base_open) for one in dues if one.direction is direction)
            report = await aged_dues.aged(self.trade.call, direction, as_of=day, buckets=[30])
            found += [(direction, there, report.balance)] if there != int(report.balance) else []
            before = await aged_dues.aged(self.trade.call, direction, as_of=day - timedelta(days=1), buckets=[30])
            found += [before] if before.balance else []
        (exposure,) = await sales.exposures(self.trade.call, [self.trade.customer_id])
        owed = sum(int(one.base_open) for one in dues if one.direction is DueDirection.RECEIVABLE)
        found += [exposure] if int(exposure.exposure) - int(exposure.orders) != owed else []
        return found


@pytest.mark.parametrize("seed", range(3))
async def test_the_book_agrees_after_every_step(trade: Trade, seed: int) -> None:
    clerk = Clerk(trade, seed)
    for _ in range(STEPS):
        await clerk.step()
        assert await clerk.wrong() == []
    assert clerk.done > STEPS // 3
    assert await Allocation.all().count() > 0


async def test_a_planted_bug_is_found(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    settle = rules.OpenDue.settle

    def forgetful(due: rules.OpenDue, amount: Money, base: Money | None = None) -> Money:
        before = due.open_amount, due.base_open
        settled = settle(due, amount, base)
        if amount < 0:
            due.open_amount, due.base_open = before  # as if nothing had been taken back
        return settled

    monkeypatch.setattr(rules.OpenDue, "settle", forgetful)
    clerk = Clerk(trade, 1)
    for _ in range(STEPS * 4):
        await clerk.step()
        if await clerk.wrong():
            return
    pytest.fail("nobody noticed")
