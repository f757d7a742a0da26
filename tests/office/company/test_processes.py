"""Several processes on one database, several databases in one process, and shells that were told other things."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jxc_graphql import wiring
from jxc_graphql.insight.alerts import daily
from jxc_graphql.insight.alerts import queries as alerts
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import Database
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company.operations import update_company
from jxc_graphql.office.company.rules import TimeZoneChange, ToldOtherwise
from jxc_graphql.office.company.settings import Choice
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from tests.make.corrections import draft, keeper, line
from tests.make.days import day
from tests.make.shop import Shop, make_shop
from tests.make.trade import make_trade
from tests.served import served
from tests.shell import jxc


def elsewhere() -> str:
    """A zone where it is another day now than where nobody said anything: these two are 25 hours apart."""
    usual = clock.Calendar((date.min, "Asia/Shanghai")).day_of(clock.now())
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    return next(one for one in zones if clock.Calendar((date.min, one)).day_of(clock.now()) != usual)


def told(url: str, **settings: Any) -> Settings:
    return Settings(database_url=url, told=settings)


async def admin() -> Call:
    user = await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])
    return Call(actor_id=user.user_id, permissions=frozenset(Permission), request_id="test")


async def correct(shop: Shop, worth: str) -> str:
    """What becomes of a correction that is worth so much."""
    adjustment_id = await draft(shop, AdjustmentReason.FOUND, line(shop, "1", worth))
    return type(await adjustments.post_adjustment(keeper(shop), adjustment_id=adjustment_id)).__name__


async def test_two_databases_in_one_process_have_their_own_days_and_thresholds(
    empty_url: str, database_url: str
) -> None:
    first = told(database_url, time_zone="Pacific/Kiritimati", adjustment_threshold="10")
    second = told(empty_url, time_zone="Pacific/Pago_Pago", adjustment_threshold="20", expiry_alert_days=7)
    async with wiring.opened(first, anew=True) as one, wiring.opened(second, beside=True) as other:

        async def work() -> tuple[date, list[str], list[str]]:
            shop, seen = await make_shop(await admin(), skus=1), []
            for worth in ("10", "11", "21"):
                seen.append(await correct(shop, worth))
                await asyncio.sleep(0)  # so that the two take turns
            days = await db.fetch("SELECT DISTINCT business_date FROM adjustment")
            zones = await db.fetch("SELECT time_zone FROM company_time_zone")
            assert [db.day(each) for (each,) in days] == [clock.day_of(clock.now())]
            return clock.day_of(clock.now()), seen, [zone for (zone,) in zones]

        (east, strict, zones), (west, lenient, other_zones) = await asyncio.gather(one.run(work()), other.run(work()))
        posted, waits = "AdjustmentPosted", "AdjustmentSubmitted"
        assert (strict, lenient) == ([posted, waits, waits], [posted, posted, waits])
        assert (zones, other_zones) == (["Pacific/Kiritimati"], ["Pacific/Pago_Pago"])
        assert east > west
        assert clock.day_of(clock.now()) == east  # of the one that all tasks find


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """One database as two processes see it."""
    settings = told(database_url)
    async with wiring.opened(settings) as one, wiring.opened(settings, beside=True) as other:
        yield one, other


async def test_what_one_process_changes_holds_for_the_next_write_of_another(both: tuple[Database, Database]) -> None:
    one, other = both
    shop = await make_shop(await admin(), skus=1)
    assert await other.run(correct(shop, "10")) == "AdjustmentPosted"
    await update_company(shop.call, choice=Choice(adjustment_threshold=Money.of("9")))
    assert await other.run(correct(shop, "10")) == "AdjustmentSubmitted"
    change = TimeZoneChange(time_zone="America/New_York", starts_on=day(-3))
    await update_company(shop.call, choice=Choice(), time_zone=change)
    assert len(other.calendar.zones) == 1
    await other.run(correct(shop, "1"))
    assert other.calendar.zones == one.calendar.zones == (
        (date.min, "Asia/Shanghai"), (day(-3), "America/New_York"),
    )  # fmt: skip


async def test_a_promise_is_made_by_the_days_of_another_process(both: tuple[Database, Database]) -> None:
    _, other = both
    trade = await make_trade(await admin())
    await trade.stock_up("9")
    order_id = await trade.draft_sale((0, "1", "1"))
    await other.run(sales.submit_sales_order(trade.call, sales_order_id=order_id))
    await update_company(trade.call, choice=Choice(), time_zone=TimeZoneChange(time_zone="UTC", starts_on=day(-3)))
    await other.run(sales.approve_sales_order(trade.call, sales_order_id=order_id))
    assert len(other.calendar.zones) == 2


async def test_waits_for_postings_under_way(both: tuple[Database, Database]) -> None:
    """Whoever writes by a setting has written before it is another."""
    _, other = both
    shop = await make_shop(await admin(), skus=1)
    adjustment_id = await draft(shop, AdjustmentReason.FOUND, line(shop, "1", "10"))
    order: list[str] = []

    @db.transactional
    async def posted() -> None:
        fact = await adjustments.post_adjustment(keeper(shop), adjustment_id=adjustment_id)
        begun.set()
        await asyncio.sleep(0.2)
        order.append(type(fact).__name__)

    async def slowly() -> None:
        await posted()

    begun = asyncio.Event()
    posting = asyncio.create_task(slowly())
    await begun.wait()
    await other.run(update_company(shop.call, choice=Choice(adjustment_threshold=Money.of("9"))))
    order.append("changed")
    await posting
    assert order == ["AdjustmentPosted", "changed"]


async def test_alerts_follow_when_the_company_counts_other_days(both: tuple[Database, Database]) -> None:
    shop = await make_shop(await admin(), skus=1)
    await shop.post(shop.coming("1", "1"))
    await daily.review_day()
    update = await update_company(shop.call, choice=Choice(dead_stock_days=3_650))
    await wiring.REACTIONS.settle()
    assert await alerts.reviewed_on() is None
    await daily.review_day()
    assert await alerts.reviewed_on() == clock.day_of(clock.now())
    assert await alerts.differences() == []
    await update_company(shop.call, choice=Choice(valuation=None, adjustment_threshold=Money.of("1")))
    await wiring.REACTIONS.settle()
    assert await alerts.reviewed_on() == clock.day_of(clock.now())
    assert update.version == 2


async def test_a_shell_that_was_told_nothing_finds_right_books_right(database_url: str, tmp_path: Path) -> None:
    zone = elsewhere()
    async with wiring.opened(told(database_url, time_zone=zone), anew=True):
        trade = await make_trade(await admin())
        await trade.stock_up("9")
        await trade.ship(await trade.sell((0, "2", "3")), (0, "2"))
        await daily.review_day()
        await wiring.REACTIONS.settle()
    verified = jxc(tmp_path, "verify", JXC_DATABASE_URL=database_url)
    assert (verified.returncode, verified.stdout) == (0, "Everything agrees with the ledger.\n")
    rebuilt = jxc(tmp_path, "rebuild", JXC_DATABASE_URL=database_url)
    assert (rebuilt.returncode, rebuilt.stdout) == (0, "Everything agreed with the ledger.\n")
    for command in ("verify", "rebuild", "serve", "migrate", "import"):
        arguments = (command, "--user", "admin") if command == "import" else (command,)
        refused = jxc(tmp_path, *arguments, JXC_DATABASE_URL=database_url, JXC_TIME_ZONE="Asia/Shanghai", JXC_PORT="0")
        assert refused.returncode == 1
        assert f"time_zone is {zone} in the database, and Asia/Shanghai as this process was told" in refused.stderr
        assert "Leave JXC_TIME_ZONE out" in refused.stderr
        assert "Traceback" not in refused.stderr
    with pytest.raises(ToldOtherwise):
        async with wiring.opened(told(database_url, time_zone="Asia/Shanghai")):
            pass


def test_init_sets_the_company_up(tmp_path: Path) -> None:
    options = ("--time-zone", "Europe/Berlin", "--currency", "EUR", "--valuation", "FIFO", "--books-open", "2026-01-01")
    made = jxc(tmp_path, "init", *options, JXC_DEAD_STOCK_DAYS="10")
    assert made.returncode == 0
    said = [
        "time_zone = Europe/Berlin", "currency = EUR", "valuation = FIFO", "adjustment_threshold = 1000",
        "expiry_alert_days = 30", "dead_stock_days = 10", "books_open_on = 2026-01-01",
        "name = ", "address = ", "phone = ", "file_megabytes = 0", "files_megabytes = 0",
        "consigned_turn = LAST",
    ]  # fmt: skip
    assert made.stdout.splitlines() == said
    assert jxc(tmp_path, "init").stdout.splitlines() == said
    again = jxc(tmp_path, "init", "--time-zone", "Europe/Paris").stdout.splitlines()
    assert again == ["time_zone = Europe/Paris", *said[1:]]
    for wrong, name in (
        ("--time-zone=Mars", "time_zone"),
        ("--valuation=LIFO", "valuation"),
        ("--currency=x", "currency"),
    ):
        refused = jxc(tmp_path, "init", wrong)
        assert refused.returncode == 1
        assert refused.stderr.startswith("Error: settings: ")
        assert name in refused.stderr
    assert jxc(tmp_path, "init").stdout.splitlines() == again


def test_settings_in_the_file_count_for_every_process_of_a_server(tmp_path: Path) -> None:
    (tmp_path / "jxc.toml").write_text('time_zone = "Asia/Tokyo"\nbooks_open_on = 2026-01-01\n')
    command = [sys.executable, "-m", "jxc_graphql", "init"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JXC_")}
    made = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert made.stdout.splitlines()[0] == "time_zone = Asia/Tokyo"
    assert "books_open_on = 2026-01-01" in made.stdout.splitlines()


def test_several_processes_serve_with_what_the_first_was_told(tmp_path: Path) -> None:
    with served(tmp_path, "--workers", "2", JXC_TIME_ZONE="Asia/Tokyo", JXC_ADJUSTMENT_THRESHOLD="5") as server:
        assert server.stop(signal.SIGTERM)[0] == 0
    assert jxc(tmp_path, "init").stdout.splitlines()[0] == "time_zone = Asia/Tokyo"
