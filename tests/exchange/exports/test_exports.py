"""Lists as files: what the query shows to whoever asks, by a job, by a schedule, fetched by him alone."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import UNSET, structs

from jxc_graphql.app import build_app
from jxc_graphql.exchange.exports import chores, operations, queries
from jxc_graphql.exchange.exports.models import EXPORT_LISTS, FILES, DataFile, FileFormat
from jxc_graphql.exchange.exports.rules import AskedList
from jxc_graphql.kit import clock, db, links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Unauthenticated
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.own_fields import operations as own_fields
from jxc_graphql.masters.own_fields.models import OwnFieldKind, OwnFieldType
from jxc_graphql.masters.own_fields.rules import WantedField, WantedValue
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.auth.queries import call_of_token, call_of_user
from jxc_graphql.office.auth.tokens import Limits
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs import running
from jxc_graphql.office.jobs.models import MANAGE_JOBS, Job, JobKind, JobState, Schedule
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.refusals import codes
from tests.shelves import InFolder

LIMITED = {Permission.SEE_CATALOG, Permission.SEE_STOCK, EXPORT_LISTS}


async def make_stocked(call: Call) -> Trade:
    trade = await make_trade(call)
    await trade.stock_up("10", "20", "30")
    return trade


trade = begun(make_stocked)


@pytest.fixture(autouse=True)
async def application(database: db.Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The application over the database of the test, with a folder for files and a key for links."""
    database.settings = structs.replace(database.settings, files_dir=tmp_path / "files")
    await links.ensure_key()
    transport = httpx.ASGITransport(build_app(Settings(database_url=database.settings.database_url)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


def kept() -> InFolder:
    return InFolder(db.settings().files, "data")


def asked(name: str = "skus", *columns: str, **told: Any) -> AskedList:
    return AskedList(list_name=name, columns=columns, **{"file_format": FileFormat.CSV, **told})


async def exported(call: Call, wish: AskedList) -> list[list[str]]:
    """The rows of the file that a job made, header first."""
    job_id = (await operations.export_list(call, asked=wish)).job_id
    await running.settle()
    job = await Job.get(id=job_id)
    assert job.state is JobState.DONE, job.error_text
    return rows_of(await DataFile.all().order_by("-id").first())


def rows_of(file: DataFile | None) -> list[list[str]]:
    assert file is not None
    return list(csv.reader(io.StringIO(kept().read(file.hash).decode("utf-8-sig"), newline="")))


async def clerk(call: Call, *permissions: Permission, name: str = "clerk") -> Call:
    """Somebody with these permissions alone."""
    await auth.create_role(call, code=name.upper(), name=name, permissions=sorted({*LIMITED, *permissions}))
    user = await auth.create_user(call, username=name, name=name, roles=[name.upper()])
    return await call_of_user(user.user_id)


async def test_a_file_has_the_rows_and_columns_that_are_asked_for(trade: Trade) -> None:
    wish = asked("stockLevels", "sku.code", "sku.product.name", "onHand", "value", locale="zh-CN")
    wish = structs.replace(wish, arguments={"orderBy": [{"field": "ON_HAND", "direction": "DESC"}]})
    header, *rows = await exported(trade.call, wish)
    assert header[-2:] == ["在库", "库存金额"] or len(header) == 4
    assert [row[2] for row in rows] == ["30", "20", "10"]
    assert all(row[0] and row[1] and row[3] for row in rows)
    where = {"where": {"sku": {"code": {"eq": rows[0][0]}}}}
    assert await exported(trade.call, structs.replace(wish, arguments=where)) == [header, rows[0]]


async def test_a_long_list_is_read_in_pages_and_none_is_missing(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "PAGES", 1)
    product_id = (await db.fetch("SELECT product_id FROM sku"))[0][0]
    for number in range(230):
        await catalog.create_sku(trade.call, product_id=product_id, code=f"0{number:03}", name="=cmd()", unit="个")
    _, *rows = await exported(trade.call, asked("skus", "code", "name"))
    job = await Job.all().order_by("-id").first()
    assert job is not None
    assert (job.steps_done, job.steps_total) == (233, 233)
    assert len({code for code, _ in rows}) == len(rows) == 233
    assert ["0007", "'=cmd()"] in rows


async def test_what_the_caller_may_not_see_is_empty_or_refused_as_in_the_query(trade: Trade) -> None:
    his = await clerk(trade.call)
    _, *rows = await exported(his, asked("stockLevels", "sku.code", "onHand", "value"))
    assert len(rows) == 3
    assert {value for *_, value in rows} == {""}
    hidden = {"where": {"value": {"gt": "1"}}}
    for wish in (asked("suppliers", "code"), structs.replace(asked("stockLevels", "onHand"), arguments=hidden)):
        with pytest.raises(Forbidden):
            await operations.export_list(his, asked=wish)
    assert await Job.filter(job_kind="EXPORT").count() == 1


async def test_a_caller_without_the_permission_exports_nothing(trade: Trade) -> None:
    call = structs.replace(trade.call, permissions=trade.call.permissions - {EXPORT_LISTS})
    with pytest.raises(Forbidden):
        await operations.export_list(call, asked=asked())
    with pytest.raises(Unauthenticated):
        await operations.export_list(Call(), asked=asked())


async def test_a_token_with_less_than_its_user_sees_no_more_by_a_file(trade: Trade) -> None:
    narrow = structs.replace(trade.call, permissions=frozenset(LIMITED))
    _, *rows = await exported(narrow, asked("stockLevels", "sku.code", "value"))
    assert {value for _, value in rows} == {""}
    await exported(trade.call, asked("stockLevels", "sku.code", "value"))
    told = [(one.id, one.owner_id, one.rights) for one in await DataFile.all().order_by("id")]
    assert [bool(link) for link in await queries.links_of(narrow, told)] == [True, False]
    assert [bool(link) for link in await queries.links_of(trade.call, told)] == [True, True]


async def test_own_fields_are_columns_of_their_types(trade: Trade) -> None:
    for code, of in (("weight", OwnFieldType.NUMBER), ("since", OwnFieldType.DATE), ("season", OwnFieldType.TEXT)):
        wanted = WantedField(name=f"{code}名", decimals=2 if of is OwnFieldType.NUMBER else UNSET)
        await own_fields.create_own_field(trade.call, kind=OwnFieldKind.SKU, code=code, value_type=of, wanted=wanted)
    sku_id = sorted(trade.shop.skus)[1]
    said = [("weight", "12.50"), ("since", "2026-01-31"), ("season", "=1+1")]
    fields = [WantedValue(code=code, value=value) for code, value in said]
    await own_fields.set_own_fields(trade.call, owner=("Sku", sku_id), fields=fields)
    columns = ("fields.weight", "fields.since", "fields.season")
    given: dict[str, Any] = {"arguments": {"orderBy": [{"field": "OWN", "code": "weight"}]}, "locale": "zh-CN"}
    head, first, *others = await exported(trade.call, asked("skus", *columns, **given))
    assert head == ["weight名", "since名", "season名"]
    assert first == ["12.5", "2026-01-31", "'=1+1"]
    assert others == [["", "", ""]] * 2
    head, *rows = await exported(trade.call, asked("stockLevels", "sku.fields.weight", locale="zh-CN"))
    assert head == ["规格weight名"]
    assert sorted(rows) == [[""], [""], ["12.5"]]
    wish = operations.export_list(trade.call, asked=asked("skus", "code", "fields.colour"))
    assert await codes(wish) == [("UNKNOWN_COLUMN", ("columns", 1))]


NO_SENSE = [
    (asked("nothing"), "UNKNOWN_LIST"),
    (asked("viewer"), "UNKNOWN_LIST"),
    (asked("skus", "code", "barcodes"), "UNKNOWN_COLUMN"),
    (asked("skus", "product"), "UNKNOWN_COLUMN"),
    (asked("skus", "code } } evil: skus { nodes { id"), "UNKNOWN_COLUMN"),
    (asked("skus", *(f"a{at}" for at in range(61))), "TOO_MANY_COLUMNS"),
    (asked("skus", "code", arguments={"where": {"colour": 1}}), "LIST_REFUSED"),
    (asked("skus", "code", arguments={"first": 1}), "LIST_REFUSED"),
    (asked("skus", "code", arguments={"orderBy": [{"field": "EVIL"}]}), "LIST_REFUSED"),
]


async def test_a_wish_that_makes_no_sense_is_refused_where_it_is_wrong(call: Call) -> None:
    for wish, code in NO_SENSE:
        assert code in [one for one, _ in await codes(operations.export_list(call, asked=wish))]
    assert not await Job.exists(job_kind="EXPORT")


async def test_a_link_leads_its_owner_alone_to_the_file_and_not_when_his_rights_are_less(
    trade: Trade, application: httpx.AsyncClient
) -> None:
    his = await clerk(trade.call, Permission.SEE_COST, MANAGE_JOBS)
    rows = await exported(his, asked("stockLevels", "sku.code", "value"))
    (file,) = await DataFile.all()
    told = [(file.id, file.owner_id, file.rights)]
    (link,) = await queries.links_of(his, told)
    assert link is not None
    answer = await application.get(link)
    assert answer.status_code == 200
    assert list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))) == rows
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["cache-control"] == "private, no-store"
    assert await queries.links_of(trade.call, told) == [None]
    assert (await application.get(link.replace(f".{file.id}.", f".{file.id + 1}."))).status_code == 404
    role = (await db.fetch("SELECT id FROM role WHERE code = 'CLERK'"))[0][0]
    await auth.set_role_permissions(trade.call, role_id=role, permissions=sorted({*LIMITED, MANAGE_JOBS}))
    assert (await application.get(link)).status_code == 403


async def test_a_schedule_makes_a_file_each_time_for_whoever_made_it(
    trade: Trade, pass_time: Callable[[float], None]
) -> None:
    his = await clerk(trade.call, MANAGE_JOBS)
    given = json.dumps({"list_name": "stockLevels", "columns": ["sku.code", "value"], "file_format": "CSV"})
    told: dict[str, Any] = {"name": "每日库存", "job_kind": JobKind("EXPORT"), "cron": "0 8 * * *", "job_input": given}
    await jobs.create_schedule(his, **told)
    for day in (1, 2):
        pass_time(timedelta(days=1).total_seconds())
        await running.settle()
        files = await DataFile.all()
        assert len(files) == day
    assert {file.owner_id for file in files} == {his.actor_id}
    assert {value for _, value in rows_of(files[0])[1:]} == {""}
    job = await Job.filter(job_kind="EXPORT").first()
    assert job is not None
    assert (job.asked_by_id, job.state) == (his.actor_id, JobState.DONE)


async def test_whoever_says_anew_what_a_schedule_does_has_its_files_from_then_on(
    trade: Trade, pass_time: Callable[[float], None]
) -> None:
    his, hers = await clerk(trade.call, MANAGE_JOBS), await clerk(trade.call, MANAGE_JOBS, name="other")
    told: dict[str, Any] = {"name": "每日库存", "job_kind": JobKind("EXPORT"), "cron": "0 8 * * *"}
    made = await jobs.create_schedule(his, **told, job_input='{"list_name": "skus", "columns": ["code"]}')
    await jobs.update_schedule(hers, schedule_id=made.schedule_id, name="规格")
    assert (await Schedule.get(id=made.schedule_id)).owner_id == his.actor_id
    given = '{"list_name": "skus", "columns": ["code", "name"]}'
    await jobs.update_schedule(hers, schedule_id=made.schedule_id, job_input=given)
    pass_time(timedelta(days=1).total_seconds())
    await running.settle()
    assert [file.owner_id for file in await DataFile.all()] == [hers.actor_id]


async def test_a_token_that_is_limited_makes_no_schedule_which_would_do_more(trade: Trade) -> None:
    his = await clerk(trade.call, MANAGE_JOBS)
    assert his.actor_id is not None
    limits = Limits(permissions=[MANAGE_JOBS, EXPORT_LISTS, Permission.SEE_STOCK])
    issued = await auth.create_api_token(his, user_id=his.actor_id, name="robot", limits=limits)
    robot = await call_of_token(issued.token, locale="en", request_id="robot")
    told: dict[str, Any] = {"name": "每日库存", "job_kind": JobKind("EXPORT"), "cron": "0 8 * * *"}
    given = '{"list_name": "skus", "columns": ["code"]}'
    made = await jobs.create_schedule(his, **told, job_input=given)
    refused = [("TOKEN_TOO_NARROW", ("job_input",))]
    assert await codes(jobs.create_schedule(robot, **told, job_input=given)) == refused
    change = given.replace("code", "name")
    assert await codes(jobs.update_schedule(robot, schedule_id=made.schedule_id, job_input=change)) == refused
    assert [one.id for one in await Schedule.filter(is_built_in=False)] == [made.schedule_id]
    await jobs.create_schedule(robot, name="清理", job_kind=JobKind("SWEEP_JOBS"), cron="0 5 * * *")


async def test_a_schedule_is_refused_an_input_that_its_kind_cannot_be_told(trade: Trade) -> None:
    for kind, given, code in (
        ("EXPORT", None, "JOB_NEEDS_INPUT"),
        ("EXPORT", "[]", "JOB_INPUT_UNUSABLE"),
        ("EXPORT", '{"list_name": 1}', "JOB_INPUT_UNUSABLE"),
        ("EXPORT", '{"list_name": "nothing"}', "UNKNOWN_LIST"),
        ("SWEEP_JOBS", '{"a": 1}', "JOB_INPUT_UNUSABLE"),
    ):
        told: dict[str, Any] = {"name": "x", "job_kind": JobKind(kind), "cron": "0 8 * * *", "job_input": given}
        assert [one for one, _ in await codes(jobs.create_schedule(trade.call, **told))] == [code]
    refused = await codes(jobs.start_job(trade.call, job_kind=JobKind("EXPORT")))
    assert refused == [("JOB_NEEDS_INPUT", ("job_kind",))]


async def test_an_export_that_was_killed_goes_on_and_begins_anew_where_its_draft_is_gone(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, pass_time: Callable[[float], None]
) -> None:
    monkeypatch.setattr(chores, "PAGES", 1)
    product_id = (await db.fetch("SELECT product_id FROM sku"))[0][0]
    for number in range(130):
        await catalog.create_sku(trade.call, product_id=product_id, code=f"Z{number:03}", name="Z", unit="个")
    job_ids = [(await operations.export_list(trade.call, asked=asked("skus", "code"))).job_id for _ in range(2)]
    for job_id in job_ids:
        held = await running.claim(clock.now())
        assert held is not None
        assert await running.step(held, await running._ahead(held))  # noqa: SLF001  (and then it dies)
        draft = FILES.draft(f"{job_id}.rows")
        if job_id == job_ids[0]:
            draft.write_bytes(draft.read_bytes() + b'["half a row')
        else:
            draft.unlink()
    pass_time(running.LEASE.total_seconds() + 1)
    await running.settle()
    for file in await DataFile.all():
        _, *rows = rows_of(file)
        assert len(rows) == len({code for (code,) in rows}) == 133
    assert await DataFile.all().count() == 2
    assert list(FILES.draft("x").parent.iterdir()) == []


async def test_old_files_are_thrown_away_and_those_that_another_row_names_stay(
    trade: Trade, pass_time: Callable[[float], None]
) -> None:
    await exported(trade.call, asked("skus", "code"))
    pass_time(timedelta(days=20).total_seconds())
    await exported(trade.call, asked("skus", "code"))
    await exported(trade.call, asked("skus", "name"))
    first, again, other = await DataFile.all().order_by("id")
    assert first.hash == again.hash != other.hash
    pass_time(timedelta(days=11).total_seconds())
    await jobs.start_job(trade.call, job_kind=JobKind("SWEEP_FILES"))
    await running.settle()
    assert [one.id for one in await DataFile.all().order_by("id")] == [again.id, other.id]
    assert again.hash in kept().names()
    pass_time(timedelta(days=30).total_seconds())
    await jobs.start_job(trade.call, job_kind=JobKind("SWEEP_FILES"))
    await running.settle()
    assert again.hash not in kept().names()
