"""What a demo shows, and that it stays what it was until it is made anew."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from jxc_graphql.books.goods.queries import differences
from jxc_graphql.exchange.demo import FILE, Demo, NoDemo, Sample, usual_sample
from jxc_graphql.exchange.operations import load
from jxc_graphql.exchange.shop import SAMPLES, Bought, Moved, Sold, days_of, read_shop
from jxc_graphql.exchange.staging import stage
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.wiring import opened
from tests.conformance.server import Server
from tests.served import running
from tests.shell import jxc


def yesterday() -> date:
    return clock.day_of(clock.now()) - timedelta(days=1)


async def number(sql: str) -> int:
    ((found,),) = await db.fetch(sql)
    return int(found)


@pytest.mark.parametrize("sample", Sample)
async def test_a_shop_has_something_of_everything(call: Call, sample: Sample) -> None:
    shop, last = read_shop(SAMPLES / f"{sample}.toml"), yesterday()
    summary = await stage(call, shop, last)
    assert summary.refused == []
    assert await differences() == []
    for what in (
        "transfer WHERE status = 'IN_TRANSIT'",
        "stocktake WHERE status = 'COUNTING'",
        "place WHERE is_bin",
        "lot WHERE expires_on IS NOT NULL",
        "serial_number",
        "assembly",
        "loan WHERE status = 'LENT'",
        "purchase_order WHERE status = 'APPROVED'",
        "sales_order WHERE status = 'APPROVED'",
        "stocktake_line WHERE counted_quantity IS NULL",
        "stocktake_line WHERE variance < 0",
        "branch",
    ):
        assert await number(f"SELECT count(*) FROM {what}"), what
    facts, loaded = await number("SELECT count(*) FROM journal"), summary.loaded
    again = await stage(call, shop, last)
    assert (await number("SELECT count(*) FROM journal"), again.loaded) == (facts, loaded)


@pytest.mark.parametrize("sample", Sample)
@pytest.mark.parametrize("weekday", range(7))
def test_the_days_of_a_shop_end_with_things_under_way(sample: Sample, weekday: int) -> None:
    last = date(2026, 11, 23) + timedelta(days=weekday)
    shop = read_shop(SAMPLES / f"{sample}.toml")
    days = days_of(shop, last)
    assert days == days_of(shop, last)
    assert any(isinstance(one, Bought) and one.came_on is None for one in days)
    assert any(isinstance(one, Sold) and one.left_on is None for one in days)
    assert any(isinstance(one, Moved) and one.came_on is None for one in days)
    there = {one.code: one.opening for one in shop.goods}
    for one in days:
        if not isinstance(one, Bought):
            for code, count in one.goods.items():
                there[code] -= count
    bought = [one for one in days if isinstance(one, Bought) and one.came_on]
    assert all(left + sum(one.goods.get(code, 0) for one in bought) >= 0 for code, left in there.items())


async def test_northwind_ends_on_the_day_that_is_asked_for_and_is_recorded_on_its_days(call: Call) -> None:
    last = yesterday()
    summary = await load(call, through=last)
    assert len(summary.refused) == 11
    ((latest, first),) = await db.fetch("SELECT max(business_date), min(business_date) FROM stock_movement")
    assert [str(latest), str(first)] == [str(last), str(last - timedelta(days=160))]
    rows = await db.fetch(
        "SELECT created_at, business_date FROM goods_receipt UNION ALL SELECT created_at, business_date FROM shipment"
    )
    assert rows
    assert [row for row in rows if str(clock.day_of(db.moment(row[0]))) != str(row[1])] == []
    assert await differences() == []


@pytest.mark.parametrize(
    ("environment", "sample"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Sample.CN),
        ({"LANG": "en_US.UTF-8"}, Sample.NORTHWIND),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, Sample.NORTHWIND),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "C"}, Sample.CN),
    ],
)
def test_speaks_the_language_of_the_system(environment: dict[str, str], sample: Sample) -> None:
    assert usual_sample(environment) is sample


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[Server]:
    command = ("demo", *options, "--port", "0", "--data-dir", str(folder / "demo"))
    with running(folder, *command, JXC_RATE_LIMIT="0") as process:
        printed = dict(line.split(": ", 1) for line in process.says(4))
        yield Server(printed["url"].partition("#")[0], printed["token"], printed["password"])


def test_a_demo_is_kept_until_it_is_made_anew(tmp_path: Path) -> None:
    with demo(tmp_path, "--sample", "cn") as first:
        assert first.ask('{ skus(search: "hetao") { nodes { code } } }')["skus"]["nodes"][0]["code"] == "HT-500"
        first.ask('mutation { createSupplier(input: {code: "MINE", name: "我的"}) { userErrors { code } } }')
    with demo(tmp_path) as second:
        assert (second.password, second.token) == (first.password, first.token)
        assert second.ask("{ viewer { user { username } } }")["viewer"]["user"]["username"] == "demo"
        assert second.ask('{ suppliers(search: "MINE") { totalCount } }')["suppliers"]["totalCount"] == 1
    assert (tmp_path / "demo" / FILE).stat().st_mode & 0o777 == 0o600
    other = jxc(tmp_path, "demo", "--port", "0", "--data-dir", str(tmp_path / "demo"), "--sample", "northwind")
    assert (other.returncode, "--fresh" in other.stderr) == (1, True)
    with demo(tmp_path, "--fresh", "--sample", "northwind") as third:
        assert third.password != first.password
        assert third.ask('{ suppliers(search: "MINE") { totalCount } }')["suppliers"]["totalCount"] == 0


@pytest.mark.usefixtures("installed")
def test_throws_away_no_database_that_it_did_not_make(tmp_path: Path) -> None:
    assert jxc(tmp_path, "migrate").returncode == 0
    refused = jxc(tmp_path, "demo", "--port", "0", "--fresh")
    assert (refused.returncode, "left alone" in refused.stderr) == (1, True)
    assert (tmp_path / "data" / "jxc.sqlite3").exists()


async def test_a_database_that_was_thrown_away_begins_anew(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    with pytest.raises(NoDemo):
        await asyncio.to_thread(Demo(settings).clear)
    (tmp_path / FILE).write_text(
        json.dumps({"sample": "cn", "through": "2026-01-01", "password": "a long one", "token": ""})
    )
    await asyncio.to_thread(Demo(settings).clear)
    assert not (tmp_path / FILE).exists()
    async with opened(settings):
        assert await number("SELECT count(*) FROM company") == 1
        assert await number('SELECT count(*) FROM "user"') == 0


@pytest.mark.usefixtures("call")
async def test_the_folder_of_a_demo_whose_database_is_elsewhere_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Exception):
        pass

    async def interrupted(*_: object) -> None:
        raise Interrupted

    monkeypatch.setattr(Demo, "_load", interrupted)
    with pytest.raises(Interrupted):
        await Demo(Settings(data_dir=tmp_path / "new")).prepare(None, Sample.CN, print)
    assert (tmp_path / "new" / FILE).stat().st_mode & 0o777 == 0o600
