"""Quotes by hand: what is kept for them until when, what is ordered of them, and what becomes of the rest."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.goods import fitness
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.documents import copying
from jxc_graphql.office.documents.models import DocumentLink
from jxc_graphql.office.jobs.declared import Stage
from jxc_graphql.selling.credit import operations as credit
from jxc_graphql.selling.quotes import chores, operations
from jxc_graphql.selling.quotes.models import Quote
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrder
from tests.make.quotes import draft_quote, kept, order, quote, quote_lines, stands
from tests.make.trade import Trade
from tests.refusals import codes


async def clean() -> bool:
    return [*await verification.differences()] == []


async def days_later(trade: Trade, days: int) -> Trade:
    """The same shop so many days later, on which the day of the books has begun."""

    later = msgspec.structs.replace(trade.call, at=trade.call.at + timedelta(days=days))
    await fitness.begin_day(later.at)
    return msgspec.structs.replace(trade, call=later)


class TestKeeping:
    async def test_counts_against_what_may_be_promised(self, trade: Trade) -> None:
        await trade.stock_up("10")
        draft = await draft_quote(trade, (0, "6", "5"))
        assert await trade.level(0, "available") == ["10"]
        await operations.submit_quote(trade.call, quote_id=draft)
        await operations.approve_quote(trade.call, quote_id=draft)
        assert (await kept(draft), await trade.level(0, "available", "reserved")) == (["6"], ["4", "6"])
        order_id = await trade.sell((0, "5", "5"))
        assert await trade.reserved(order_id) == ["4"]
        assert await clean()

    async def test_two_want_the_last_and_one_expires(self, trade: Trade) -> None:
        """A33: two quotes for the last 5: the second has 0, and 5 when the first expires, whoever ran at midnight."""
        await trade.stock_up("5")
        first = await quote(trade, (0, "5", "5"), days=1)
        second = await quote(trade, (0, "5", "5"), days=9)
        assert (await kept(first), await kept(second)) == (["5"], ["0"])
        trade = await days_later(trade, 1)
        assert (await kept(first), await kept(second)) == (["5"], ["0"])
        trade = await days_later(trade, 1)
        assert (await kept(first), await kept(second)) == (["0"], ["5"])
        assert await stands(first) == ("APPROVED", ["0"])  # until the job has written it down
        assert await codes(operations.order_quote(trade.call, quote_id=first)) == [("QUOTE_OVER", ("id",))]
        assert await clean()
        stage = await db.transactional(chores.expire_quotes)(trade.call, Stage())
        assert (stage.done, stage.is_last) == (1, True)
        assert (await stands(first), await stands(second)) == (("EXPIRED", ["0"]), ("APPROVED", ["0"]))
        assert await db.fetch("SELECT count(*) FROM journal WHERE name = 'QuoteExpired'") == [(1,)]
        assert await clean()

    async def test_whoever_writes_first_on_a_day_finds_what_expired_free(self, trade: Trade) -> None:

        await trade.stock_up("5")
        first = await quote(trade, (0, "5", "5"), days=0)
        order_id = await trade.draft_sale((0, "5", "5"))
        tomorrow = msgspec.structs.replace(trade.call, at=trade.call.at + timedelta(days=1))
        await sales.approve_sales_order(tomorrow, sales_order_id=order_id)
        assert (await kept(first), await trade.reserved(order_id)) == (["0"], ["5"])
        assert await clean()

    async def test_is_given_up_once(self, trade: Trade) -> None:
        """A reservation that is released twice would make more available than there is: levels agree with claims."""
        await trade.stock_up("10")
        one, other = await quote(trade, (0, "6", "5"), days=0), await quote(trade, (0, "3", "5"))
        await operations.lose_quote(trade.call, quote_id=one, note="太贵")
        assert await trade.level(0, "available", "reserved") == ["7", "3"]
        trade = await days_later(trade, 1)
        assert await trade.level(0, "available", "reserved") == ["7", "3"]
        for again in (operations.cancel_quote, operations.expire_quote):
            assert await codes(again(trade.call, quote_id=one)) == [("ILLEGAL_TRANSITION", ("id",))]
        assert await stands(one) == ("LOST", ["0"])
        assert await kept(other) == ["3"]
        assert await clean()


class TestOrdering:
    async def test_in_parts_takes_what_was_kept_along(self, trade: Trade) -> None:
        """Of 10 at 5.00, 7 of which are kept: orders of 4 and 6, the first in full, the second with the 3 left."""
        await trade.stock_up("7")
        quote_id = await quote(trade, (0, "10", "5"))
        waiting = await trade.sell((0, "2", "5"))
        first = await order(trade, quote_id, (0, "4"))
        assert (await trade.reserved(first), await kept(quote_id)) == (["4"], ["3"])
        assert await stands(quote_id) == ("PARTIALLY_ORDERED", ["4"])
        assert await codes(_order_part(trade, quote_id, "6.0001")) == [("MORE_THAN_QUOTED", ("lines", 0, "quantity"))]
        second = await order(trade, quote_id)
        assert await trade.reserved(second) == ["3"]
        assert await stands(quote_id) == ("ORDERED", ["10"])
        assert await trade.reserved(waiting) == ["0"]
        assert await trade.level(0, "available", "reserved", "waiting") == ["0", "7", "5"]
        found = await SalesOrder.get(id=second)
        assert (found.status.value, str(found.total)) == ("APPROVED", "30")
        assert await clean()
        await trade.stock_up("4")  # goods that come go to who waited first: the rest of the quote's orders
        assert (await trade.reserved(second), await trade.reserved(waiting)) == (["6"], ["1"])
        await trade.ship(second, (0, "6"))
        assert await clean()

    async def test_has_the_prices_and_the_parts_of_discounts_of_the_quote(self, trade: Trade) -> None:
        """3 at 33.33 less 10.00: 89.99; orders of 1 and 2 have discounts of 3.33 and 6.67: 30.00 and 59.99."""
        quote_id = await quote(trade, (0, "3", "33.33"), discount=Money.of("10"))
        assert str((await Quote.get(id=quote_id)).total) == "89.99"
        orders = [await order(trade, quote_id, (0, "1")), await order(trade, quote_id)]
        assert [str((await SalesOrder.get(id=one)).total) for one in orders] == ["30", "59.99"]
        assert await clean()

    async def test_asks_the_credit_of_the_customer(self, trade: Trade) -> None:
        quote_id = await quote(trade, (0, "10", "10"))
        given: Any = {"customer_id": trade.customer_id, "amount": Money.of("60")}
        await credit.set_credit_limit(trade.call, **given)
        assert await codes(operations.order_quote(trade.call, quote_id=quote_id)) == [("CREDIT_EXCEEDED", ("id",))]
        await order(trade, quote_id, (0, "6"))
        assert await stands(quote_id) == ("PARTIALLY_ORDERED", ["6"])

    async def test_what_is_left_is_lost_with_a_reason(self, trade: Trade) -> None:
        await trade.stock_up("10")
        quote_id = await quote(trade, (0, "8", "5"))
        await order(trade, quote_id, (0, "2"))
        assert await codes(operations.lose_quote(trade.call, quote_id=quote_id, note=" ")) == [("REQUIRED", ("note",))]
        await operations.lose_quote(trade.call, quote_id=quote_id, note="买了别家")
        assert (await stands(quote_id), await trade.level(0, "reserved")) == (("CLOSED", ["2"]), ["2"])
        assert await codes(operations.order_quote(trade.call, quote_id=quote_id)) == [("ILLEGAL_TRANSITION", ("id",))]
        assert await clean()

    async def test_takes_as_many_statements_for_many_lines_as_for_one(self, trade: Trade) -> None:
        await trade.stock_up("50", "50", "50")
        counted = []
        for lines in (3, 3, 1):  # whoever is first makes what others find
            told = [(at, "4", "5") for at in range(lines)]
            with db.round_trips() as approving:
                quote_id = await quote(trade, *told)
            with db.round_trips() as ordering:
                await operations.order_quote(trade.call, quote_id=quote_id)
            counted.append((len(approving), len(ordering)))
        assert counted[1] == counted[2]


class TestVersions:
    async def test_a_newer_version_stands_in_the_place_of_the_old_one(self, trade: Trade) -> None:
        await trade.stock_up("10")
        old = await quote(trade, (0, "6", "5"), (1, "2", "3"))
        day = clock.day_of(trade.call.at) + timedelta(days=30)
        fact = await operations.revise_quote(trade.call, quote_id=old, valid_through=day)
        new = await Quote.get(id=fact.quote_id)
        assert (new.revision, new.status.value, new.valid_through, str(new.total)) == (2, "DRAFT", day, "36")
        assert (await stands(old))[0] == "SUPERSEDED"
        assert await trade.level(0, "reserved") == ["0"]
        assert [one.kind.value for one in await DocumentLink.filter(target_id=new.id, source_id=old)] == ["REVISION"]
        assert await codes(operations.order_quote(trade.call, quote_id=old)) == [("ILLEGAL_TRANSITION", ("id",))]
        await operations.approve_quote(trade.call, quote_id=new.id)
        assert await kept(new.id) == ["6", "0"]
        assert [line.id for line in await quote_lines(old)] != [line.id for line in await quote_lines(new.id)]
        assert await clean()

    async def test_one_that_expired_is_put_anew_and_any_is_copied(self, trade: Trade) -> None:
        old = await quote(trade, (0, "6", "5"), days=0)
        trade = await days_later(trade, 1)
        await operations.expire_quote(trade.call, quote_id=old)
        day = clock.day_of(trade.call.at)
        late = operations.revise_quote(trade.call, quote_id=old, valid_through=day - timedelta(days=1))
        assert await codes(late) == [("NOT_AHEAD", ("valid_through",))]
        await operations.revise_quote(trade.call, quote_id=old, valid_through=day)
        made = await copying.copy_document(trade.call, document_id=old)
        copied = await Quote.get(id=made.document_id)
        assert (copied.revision, copied.valid_through, str(copied.total)) == (1, day, "30")


class TestRaces:
    @pytest.mark.parametrize("seed", range(2))
    async def test_expiry_ordering_and_giving_up_at_once(self, trade: Trade, seed: int) -> None:
        """Eight at once, on the evening of the last day and the morning after: nothing is kept twice."""

        draw = random.Random(seed)
        await trade.stock_up("20")
        quotes = [await quote(trade, (0, "4", "5"), days=draw.choice((0, 3))) for _ in range(6)]
        waiting = await trade.sell((0, "9", "5"))
        morning = msgspec.structs.replace(trade, call=msgspec.structs.replace(
            trade.call, at=trade.call.at + timedelta(days=1)
        ))  # fmt: skip

        async def clerk(number: int) -> int:
            done = 0
            for at in range(4):
                now = morning if number % 2 and at > 1 else trade
                one = quotes[(number + at) % len(quotes)]
                step = draw.choice(("part", "rest", "cancel", "lose", "expire", "day", "job"))
                try:
                    await _step(now, step, one)
                except Rejected:
                    continue
                done += 1
            return done

        assert sum(await asyncio.gather(*(clerk(number) for number in range(8)))) > 0
        assert await clean()
        (level,) = await db.fetch("SELECT sellable, reserved, available FROM stock_level WHERE sku_id = ?",
                                  (trade.shop.skus[0],))  # fmt: skip
        assert level[0] == 20 * 10_000
        assert level[1] + level[2] == level[0]
        rows = await db.fetch("SELECT count(*) FROM quote_line WHERE quantity_ordered > quantity")
        assert rows == [(0,)]
        await sales.cancel_sales_order(trade.call, sales_order_id=waiting)
        assert await clean()


async def _order_part(trade: Trade, quote_id: int, quantity: str) -> None:
    await order(trade, quote_id, (0, quantity))


async def _step(trade: Trade, step: str, quote_id: int) -> None:
    told: dict[str, Any] = {"quote_id": quote_id}
    match step:
        case "part":
            await order(trade, quote_id, (0, "1"))
        case "rest":
            await order(trade, quote_id)
        case "cancel":
            await operations.cancel_quote(trade.call, **told)
        case "lose":
            await operations.lose_quote(trade.call, note="丢单", **told)
        case "expire":
            await operations.expire_quote(trade.call, **told)
        case "day":
            await fitness.begin_day(trade.call.at)
        case _:
            await db.transactional(chores.expire_quotes)(trade.call, Stage())
