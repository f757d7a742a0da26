import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.books.goods import fitness
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.errors import Conflict, Forbidden
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries
from jxc_graphql.office.company.operations import take_up, update_company
from jxc_graphql.office.company.rules import (
    BeforeBooksOpen,
    DocumentBeforeBooksOpen,
    TimeZoneChange,
    TimeZoneTooSoon,
    ToldOtherwise,
)
from jxc_graphql.office.company.settings import Choice, CompanySettings, ValuationMethod
from jxc_graphql.office.periods.operations import close_period
from jxc_graphql.warehousing.adjustments import operations
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from tests.make.begun import begun
from tests.make.corrections import adjust, draft, keeper, line
from tests.make.days import day
from tests.make.settings import company_says
from tests.make.shop import make_shop
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, refusal
from tests.steps import cost

DAY = timedelta(days=1)


trade = begun(make_trade)


def on(call: Call, business_date: date) -> Call:
    return msgspec.structs.replace(call, business_date=business_date)


class TestTakingUp:
    async def test_writes_what_the_first_process_was_told(self, call: Call) -> None:
        assert await queries.read() == CompanySettings()
        told = Choice(
            time_zone="America/New_York",
            currency="USD",
            valuation=ValuationMethod.FIFO,
            adjustment_threshold=Money.of("5"),
            expiry_alert_days=7,
            dead_stock_days=8,
            books_open_on=date(2026, 1, 1),
        )
        await take_up(call, told, anew=True)
        assert await queries.read() == CompanySettings(
            version=2,
            zones=((date.min, "America/New_York"),),
            currency="USD",
            valuation=ValuationMethod.FIFO,
            adjustment_threshold=Money.of("5"),
            expiry_alert_days=7,
            dead_stock_days=8,
            books_open_on=date(2026, 1, 1),
        )
        assert clock.calendar().zones == ((date.min, "America/New_York"),)
        rows = await db.fetch("SELECT name FROM journal WHERE subject_id = 1 ORDER BY id")
        assert rows == [("CompanySetUp",), ("CompanySetUp",)]

    @pytest.mark.parametrize(
        ("told", "name", "values"),
        [
            (Choice(time_zone="Asia/Tokyo"), "JXC_TIME_ZONE", ("Asia/Shanghai", "Asia/Tokyo")),
            (Choice(currency="USD"), "JXC_CURRENCY", ("CNY", "USD")),
            (Choice(valuation=ValuationMethod.FIFO), "JXC_VALUATION", ("MOVING_AVERAGE", "FIFO")),
            (Choice(adjustment_threshold=Money.of("7")), "JXC_ADJUSTMENT_THRESHOLD", ("1000", "7")),
            (Choice(expiry_alert_days=3), "JXC_EXPIRY_ALERT_DAYS", ("30", "3")),
            (Choice(dead_stock_days=4), "JXC_DEAD_STOCK_DAYS", ("90", "4")),
            (Choice(books_open_on=date(2020, 2, 2)), "JXC_BOOKS_OPEN_ON", ("2000-01-01", "2020-02-02")),
        ],
    )
    async def test_refuses_a_process_that_was_told_otherwise(
        self, call: Call, told: Choice, name: str, values: tuple[str, str]
    ) -> None:
        with pytest.raises(ToldOtherwise) as refused:
            await take_up(call, told)
        own, other = values
        assert f"is {own} in the database, and {other} as this process was told. Leave {name} out" in str(refused.value)
        assert await queries.read() == CompanySettings()

    async def test_lets_a_process_start_that_was_told_the_same(self, call: Call) -> None:
        await take_up(call, Choice(time_zone="Asia/Shanghai", adjustment_threshold=Money.of("1000.0")))

    async def test_a_planned_time_zone_may_be_told_already(self, call: Call) -> None:
        await update_company(call, choice=Choice(), time_zone=TimeZoneChange(time_zone="Asia/Tokyo", starts_on=day(-3)))
        for zone in ("Asia/Shanghai", "Asia/Tokyo"):
            await take_up(call, Choice(time_zone=zone))
        with pytest.raises(ToldOtherwise):
            await take_up(call, Choice(time_zone="UTC"))

    @pytest.mark.parametrize("name", ["quantity_places", "money_places", "unit_price_places"])
    async def test_refuses_a_database_whose_numbers_have_other_places(self, call: Call, name: str) -> None:
        await company_says(**{name: 2})
        with pytest.raises(ToldOtherwise, match=name.replace("_", " ")):
            await take_up(call, Choice())

    async def test_says_it_again_only_as_long_as_nothing_was_recorded(self, trade: Trade) -> None:
        await take_up(trade.call, Choice(currency="EUR"), anew=True)
        await trade.draft_purchase((0, "1", "1"))
        with pytest.raises(ToldOtherwise):
            await take_up(trade.call, Choice(currency="USD"), anew=True)
        await take_up(trade.call, Choice(currency="EUR"), anew=True)

    async def test_whoever_comes_second_takes_what_the_first_wrote(self, call: Call) -> None:
        """Two processes that start at once on a new database: one waits for the other, and writes nothing."""
        await without_company()
        told = [Choice(currency="USD"), Choice(currency="EUR")]
        ended = await asyncio.gather(*(take_up(call, one) for one in told), return_exceptions=True)
        (refused,) = [one for one in ended if one]
        assert isinstance(refused, ToldOtherwise)
        found = await queries.read()
        assert found
        assert (found.version, found.currency) == (1, told[ended.index(None)].currency)

    async def test_opens_an_older_database_with_its_first_document(self, trade: Trade) -> None:
        """As it is after the migration: documents, and no company."""
        await update_company(trade.call, choice=Choice(books_open_on=date(1990, 1, 1)))
        await purchasing_of(trade, date(1999, 5, 6))
        await without_company()
        assert await refusal(take_up(trade.call, Choice(books_open_on=date(2001, 1, 1)))) == [
            DocumentBeforeBooksOpen(path=("books_open_on",), earliest=date(1999, 5, 6))
        ]
        await take_up(trade.call, Choice(currency="USD"))
        found = await queries.read()
        assert found
        assert (found.books_open_on, found.currency) == (date(1999, 5, 6), "USD")

    @pytest.mark.usefixtures("database")
    async def test_the_company_is_never_deleted_and_never_two(self) -> None:
        for statements in (("DELETE FROM company_time_zone", "DELETE FROM company"), ("UPDATE company SET id = 2",)):
            with pytest.raises(IntegrityError):
                await write(*statements)


class TestUpdating:
    async def test_changes_what_is_given_and_records_it(self, call: Call) -> None:
        fact = await update_company(
            call, choice=Choice(adjustment_threshold=Money.of("5"), dead_stock_days=10), expected_version=1
        )
        assert (fact.version, [(one.name, one.before, one.after) for one in fact.changes]) == (
            2, [("adjustment_threshold", "1000", "5"), ("dead_stock_days", "90", "10")],
        )  # fmt: skip
        same = await update_company(call, choice=Choice(dead_stock_days=10), expected_version=2)
        assert (same.version, same.changes) == (2, ())
        with pytest.raises(Conflict):
            await update_company(call, choice=Choice(dead_stock_days=11), expected_version=1)

    async def test_takes_the_permission(self, call: Call) -> None:
        others = msgspec.structs.replace(call, permissions=frozenset(Permission) - {Permission.MANAGE_COMPANY})
        with pytest.raises(Forbidden):
            await update_company(others, choice=Choice(dead_stock_days=10))

    async def test_tells_everything_that_is_wrong(self, call: Call) -> None:
        wrong = Choice(currency="yuan", adjustment_threshold=Money.of("-1"), expiry_alert_days=3_651, dead_stock_days=0)
        zone = TimeZoneChange(time_zone="Mars/Olympus", starts_on=day(-3))
        assert await codes(update_company(call, choice=wrong, time_zone=zone)) == [
            ("INVALID_CURRENCY", ("currency",)),
            ("OUT_OF_BOUNDS", ("adjustment_threshold",)),
            ("COMPANY_DAYS_OUT_OF_RANGE", ("expiry_alert_days",)),
            ("COMPANY_DAYS_OUT_OF_RANGE", ("dead_stock_days",)),
            ("UNKNOWN_TIME_ZONE", ("time_zone", "time_zone")),
        ]

    async def test_the_currency_stays_from_the_first_document_on(self, trade: Trade) -> None:
        await update_company(trade.call, choice=Choice(currency="USD"))
        await trade.draft_purchase((0, "1", "1"))
        assert await codes(update_company(trade.call, choice=Choice(currency="EUR"))) == [
            ("CURRENCY_IN_USE", ("currency",))
        ]
        await update_company(trade.call, choice=Choice(currency="USD"))

    async def test_products_are_valued_as_the_company_says(self, call: Call) -> None:
        await update_company(call, choice=Choice(valuation=ValuationMethod.FIFO))
        category = await categories.create_category(call, code="C", name="c")
        for code, valuation in (("P", None), ("Q", ValuationMethod.MOVING_AVERAGE)):
            await catalog.create_product(
                call, code=code, name="p", category_id=category.category_id, valuation=valuation
            )
        rows = await db.fetch("SELECT valuation FROM product ORDER BY code")
        assert rows == [("FIFO",), ("MOVING_AVERAGE",)]

    async def test_a_new_threshold_holds_for_the_next_correction(self, call: Call) -> None:
        shop = await make_shop(call, skus=1)
        found = AdjustmentReason.FOUND
        first, second = [await draft(shop, found, line(shop, "1", "10")) for _ in range(2)]
        posted = await operations.post_adjustment(keeper(shop), adjustment_id=first)
        await update_company(call, choice=Choice(adjustment_threshold=Money.of("9.99")))
        waits = await operations.post_adjustment(keeper(shop), adjustment_id=second)
        assert [type(one).__name__ for one in (posted, waits)] == ["AdjustmentPosted", "AdjustmentSubmitted"]
        await adjust(shop, found, line(shop, "1", "10"))


class TestTheOpeningOfTheBooks:
    async def test_no_document_is_of_an_earlier_day(self, trade: Trade) -> None:
        await update_company(trade.call, choice=Choice(books_open_on=day(5)))
        reason = BeforeBooksOpen(path=("business_date",), opened_on=day(5))
        assert await refusal(purchasing_of(trade, day(6))) == [reason]
        order_id = await trade.buy((0, "1", "1"))
        early = msgspec.structs.replace(trade, call=on(trade.call, day(6)))
        assert await refusal(early.receive(order_id, (0, "1"))) == [reason]
        await purchasing_of(trade, day(5))

    async def test_moves_earlier_and_later_up_to_the_first_document(self, trade: Trade) -> None:
        await purchasing_of(trade, day(5))
        await update_company(trade.call, choice=Choice(books_open_on=day(9)))
        await update_company(trade.call, choice=Choice(books_open_on=day(5)))
        assert await refusal(update_company(trade.call, choice=Choice(books_open_on=day(4)))) == [
            DocumentBeforeBooksOpen(path=("books_open_on",), earliest=day(5))
        ]

    async def test_nothing_is_closed_before_it(self, call: Call) -> None:
        await update_company(call, choice=Choice(books_open_on=day(5)))
        assert await codes(close_period(call, through=day(6))) == [("BEFORE_BOOKS_OPEN", ("through",))]
        await close_period(call, through=day(5))


class TestTheTimeZone:
    async def test_counts_from_a_day_to_come(self, call: Call) -> None:
        """On the evening before, on the day, and over the midnight that moved."""
        starts_on = day(-3)
        for back in (0, -1):
            soon = TimeZoneChange(time_zone="America/New_York", starts_on=day(back))
            assert await refusal(update_company(call, choice=Choice(), time_zone=soon)) == [
                TimeZoneTooSoon(path=("time_zone", "starts_on"), earliest=day(-2))
            ]
        change = TimeZoneChange(time_zone="America/New_York", starts_on=starts_on)
        await update_company(call, choice=Choice(), time_zone=change)
        next_day = TimeZoneChange(time_zone="Pacific/Kiritimati", starts_on=starts_on + DAY)
        assert await refusal(update_company(call, choice=Choice(), time_zone=next_day)) == [
            TimeZoneTooSoon(path=("time_zone", "starts_on"), earliest=starts_on + 2 * DAY)
        ]
        midnight = clock.start_of(starts_on)
        assert midnight.astimezone(UTC).hour in {4, 5}
        old_midnight = datetime.combine(starts_on, datetime.min.time(), UTC) - timedelta(hours=8)
        assert clock.day_of(old_midnight - timedelta(seconds=1)) == starts_on - DAY
        assert clock.day_of(old_midnight) == starts_on - DAY
        assert clock.day_of(midnight - timedelta(seconds=1)) == starts_on - DAY
        assert clock.day_of(midnight) == starts_on
        assert (clock.start_of(starts_on - DAY).hour, clock.day_of(clock.now())) == (16, starts_on - 3 * DAY)

    async def test_goods_are_posted_under_the_days_it_says(
        self, trade: Trade, pass_time: Callable[[float], None]
    ) -> None:
        starts_on = day(-3)
        await update_company(
            trade.call, choice=Choice(), time_zone=TimeZoneChange(time_zone="America/New_York", starts_on=starts_on)
        )
        order_id = await trade.buy((0, "9", "1"))
        seen = []
        for moment in (
            datetime.combine(starts_on, datetime.min.time(), UTC) - timedelta(hours=7),  # an hour past Shanghai's
            clock.start_of(starts_on) + timedelta(hours=1),
        ):
            pass_time((moment - clock.now()).total_seconds())
            later = msgspec.structs.replace(trade, call=msgspec.structs.replace(trade.call, at=clock.now()))
            await later.receive(order_id, (0, "1"))
            seen.append(clock.day_of(clock.now()))
        assert seen == [starts_on - DAY, starts_on]
        rows = await db.fetch("SELECT business_date FROM goods_receipt ORDER BY id")
        assert [db.day(one) for (one,) in rows] == seen
        assert await trade.verify() == []

    async def test_a_plan_is_planned_anew_or_dropped(self, call: Call) -> None:
        async def plan(zone: str, starts_on: date) -> list[tuple[date | None, str]]:
            await update_company(call, choice=Choice(), time_zone=TimeZoneChange(time_zone=zone, starts_on=starts_on))
            rows = await db.fetch("SELECT starts_on, time_zone FROM company_time_zone ORDER BY id")
            return [(one and db.day(one), said) for one, said in rows]

        first = (None, "Asia/Shanghai")
        assert await plan("Asia/Tokyo", day(-9)) == [first, (day(-9), "Asia/Tokyo")]
        assert await plan("UTC", day(-5)) == [first, (day(-5), "UTC")]
        assert await plan("Asia/Tokyo", day(-9)) == [first, (day(-5), "UTC"), (day(-9), "Asia/Tokyo")]
        assert await plan("Asia/Shanghai", day(-4)) == [first]


class TestStatements:
    async def test_a_posting_needs_none_for_settings_that_are_known(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "9", "1"))
        await trade.receive(order_id, (0, "1"))
        with db.statements() as seen:
            await trade.receive(order_id, (0, "1"))
        assert [one for one in seen if "company" in one and "period" not in one and "book_day" not in one] == []

    async def test_a_posting_reads_settings_that_are_new_once(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "9", "1"))
        await trade.receive(order_id, (0, "1"))
        usual = await cost(trade.receive(order_id, (0, "1")))
        await company_says(expiry_alert_days=31)
        assert await cost(trade.receive(order_id, (0, "1"))) == usual + 1
        assert await cost(trade.receive(order_id, (0, "1"))) == usual

    async def test_a_process_without_work_looks_each_second(self, database: db.Database) -> None:
        await fitness.begin_day()
        await company_says(expiry_alert_days=31)
        await fitness.begin_day()
        assert database.known["company"].expiry_alert_days == 31


async def purchasing_of(trade: Trade, business_date: date) -> int:
    """A draft for a day."""
    fact = await purchasing.create_purchase_order(
        on(trade.call, business_date),
        supplier_id=trade.supplier_id,
        warehouse_id=trade.shop.warehouse.id,
        lines=trade.asked([(0, "1", "1")]),
    )
    return fact.subject_id


@db.transactional
async def write(*statements: str) -> None:
    for statement in statements:
        await db.execute(statement, ())


async def without_company() -> None:
    """Takes the company away, which only a new table can."""
    async with current().client.transaction() as transaction:
        if db.dialect() == "postgres":
            await transaction.execute_script("ALTER TABLE company DISABLE TRIGGER ALL")
        else:
            await transaction.execute_script("DROP TRIGGER company_refuses_delete")
        await transaction.execute_script("DELETE FROM company_time_zone; DELETE FROM company")
