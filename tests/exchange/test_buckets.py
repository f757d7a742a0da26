"""Files of lists and files that come in, where a bucket keeps them."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.app import build_app
from jxc_graphql.exchange.exports import operations as exports
from jxc_graphql.exchange.exports import queries
from jxc_graphql.exchange.exports.models import DataFile, FileFormat
from jxc_graphql.exchange.exports.rules import AskedList
from jxc_graphql.exchange.imports import operations
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.exchange.imports.rules import AskedImport
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db, links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs import running
from jxc_graphql.office.jobs.models import Job, JobKind, JobState
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.shelves import InBucket, shelf

trade = begun(make_trade)


@pytest.fixture
async def place(database: db.Database, tmp_path: Path) -> AsyncIterator[InBucket]:
    with shelf("bucket", tmp_path / "files", "data") as place:
        told = {"files_dir": place.files, "files_url": place.url}
        database.settings = msgspec.structs.replace(database.settings, **told)
        await links.ensure_key()
        schema.executor(introspection=False)
        assert isinstance(place, InBucket)
        yield place


async def saved(call: Call, file: DataFile) -> str:
    """What its link answers with."""
    (link,) = await queries.links_of(call, [(file.id, file.owner_id, file.rights)])
    assert link is not None
    transport = httpx.ASGITransport(build_app(Settings(database_url=db.settings().database_url)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get(link, headers={"accept-encoding": "identity"})
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(answer.content)))
    return answer.content.decode("utf-8-sig")


async def done(job_id: int) -> None:
    await running.settle()
    job = await Job.get(id=job_id)
    assert job.state is JobState.DONE, job.error_text


async def test_a_list_is_saved_from_a_bucket(trade: Trade, place: InBucket) -> None:
    wish = AskedList(list_name="skus", columns=("code",), file_format=FileFormat.CSV)
    await done((await exports.export_list(trade.call, asked=wish)).job_id)
    file = await DataFile.get()
    assert place.names() == [file.hash]
    rows = list(csv.reader(io.StringIO(await saved(trade.call, file), newline="")))
    assert len(rows) == 1 + len(await db.fetch("SELECT 1 FROM sku"))
    await DataFile.all().update(created_at=clock.now() - timedelta(days=31))
    await done((await jobs.start_job(trade.call, job_kind=JobKind("SWEEP_FILES"))).job_id)
    assert place.names() == []


async def test_a_file_comes_in_from_a_bucket(trade: Trade, place: InBucket, tmp_path: Path) -> None:
    sent = tmp_path / "categories.csv"
    sent.write_text("编码,名称,上级分类\nFOOD,食品,\nNUTS,坚果,NOWHERE\n", encoding="gb18030")
    file = await operations.keep_sent(trade.call, sent)
    assert place.names() == [file.hash]
    asked = AskedImport(import_kind=ImportKind.CATEGORIES, file=global_id("DataFile", file.id))
    await done((await operations.import_file(trade.call, asked=asked)).job_id)
    assert await Category.exists(code="FOOD")
    assert not await Category.exists(code="NUTS")
    refused = await DataFile.all().order_by("-id").first()
    assert refused is not None
    assert refused.id != file.id
    assert place.names() == sorted([file.hash, refused.hash])
