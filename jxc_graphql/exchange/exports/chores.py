"""Making files of lists, step by step, and throwing old ones away."""

import asyncio
import shutil
from datetime import timedelta
from typing import Any

import msgspec

from jxc_graphql.exchange.exports import drafts, facts, reading, rules
from jxc_graphql.exchange.exports.models import EXPORT_LISTS, FILES, DataFile
from jxc_graphql.exchange.exports.rules import AskedList
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.files import KeptFile
from jxc_graphql.office.jobs.declared import Stage, kind
from jxc_graphql.office.jobs.owners import owner_of, rights_of
from jxc_graphql.office.jobs.rules import JobInputUnusable

PAGES = 20
"""Pages of one step."""
KEPT, DRAFTS_KEPT = timedelta(days=30), timedelta(days=1)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """How far an export is: rows and bytes of its draft, and behind which cursor it goes on; None at its end."""

    rows: int = 0
    size: int = 0
    cursor: str | None = None
    made: KeptFile | None = None
    """The file, once it is there."""


def asked_of(given: dict[str, Any]) -> AskedList:
    """What an input says; raises `Rejected` for one that says something else."""
    try:
        return msgspec.convert(given, AskedList)
    except msgspec.ValidationError as error:
        raise Rejected(JobInputUnusable(path=("job_input",), problem=str(error))) from None


async def check_input(call: Call, given: dict[str, Any]) -> None:
    """Raises `Rejected` or `Forbidden` where a caller cannot have such an export."""
    call.require(EXPORT_LISTS)
    await reading.check_asked(call, asked_of(given))


async def read_on(stage: Stage) -> Draft:
    """Appends the next pages to the draft of an export; at the end of the list makes the file."""
    asked, call = asked_of(stage.input), await owner_of(stage)
    call.require(EXPORT_LISTS)
    columns = await reading.columns_of(asked)
    path, known = FILES.draft(f"{stage.job_id}.rows"), _known(stage)
    rows, cursor, count = known.rows, known.cursor, 0
    with path.open("r+b" if known.size else "wb") as draft:
        draft.truncate(known.size)
        draft.seek(known.size)
        async for page in reading.pages(call, asked, columns, cursor):
            drafts.append(draft, page.rows)
            rows, cursor, count = rows + len(page.rows), page.cursor, count + 1
            if count == PAGES:
                break
        size = draft.tell()
    if cursor is not None:
        return Draft(rows=rows, size=size, cursor=cursor)
    made = path.with_suffix(".made")
    await asyncio.to_thread(drafts.finish, path, made, asked, columns)
    return Draft(rows=rows, made=await FILES.take(made))


def _known(stage: Stage) -> Draft:
    """How far the draft is; from the beginning where it is not what the job says, as in another folder."""
    known = msgspec.convert(stage.saved.get("draft", {}), Draft)
    path = FILES.draft(f"{stage.job_id}.rows")
    return known if known.size and path.exists() and path.stat().st_size >= known.size else Draft()


@kind("EXPORT", "Make a file of a list (导出列表).", ahead=read_on, allows=check_input)
async def export(call: Call, stage: Stage) -> Stage:
    """Saves how far the draft is, or the file that it became."""
    draft: Draft = stage.found
    if draft.made is None:
        saved = {**stage.saved, "draft": msgspec.to_builtins(draft)}
        return Stage(done=draft.rows, saved=saved)
    asked, owner = asked_of(stage.input), await owner_of(stage)
    assert owner.actor_id is not None
    made = await DataFile.create(
        owner_id=owner.actor_id,
        name=rules.file_name(asked, clock.day_of(call.at).isoformat()),
        hash=draft.made.hash,
        size=draft.made.size,
        rows=draft.rows,
        rights=msgspec.json.encode(rights_of(owner)).decode(),
        created_at=call.at,
    )
    fact = facts.ListExported(data_file_id=made.id, list_name=asked.list_name, rows=draft.rows)
    journal.record(fact, msgspec.structs.replace(call, actor_id=owner.actor_id))
    db.after_commit(lambda: FILES.draft(f"{stage.job_id}.rows").unlink(missing_ok=True))
    result = {"file": global_id("DataFile", made.id), "rows": draft.rows}
    return Stage(done=draft.rows, total=draft.rows, is_last=True, result=result)


@kind("SWEEP_FILES", "Throw away data files of a month ago (清理数据文件).", usually="30 3 * * *")
async def sweep_files(call: Call, stage: Stage) -> Stage:
    """Throws away files that were made more than a month ago, and drafts that nobody goes on with."""
    old = await db.fetch("SELECT id, hash FROM data_file WHERE created_at < ?", (call.at - KEPT,))
    gone = await db.execute("DELETE FROM data_file WHERE created_at < ?", (call.at - KEPT,))
    hashes = {hashed for _, hashed in old}
    named = await db.fetch(
        f"SELECT hash FROM data_file WHERE hash IN (SELECT hash FROM {db.rows({'hash': 'text'})} AS gone)",  # noqa: S608
        (db.json([one] for one in hashes),),
    )
    left = hashes - {hashed for (hashed,) in named}
    await FILES.forget(left)
    await asyncio.to_thread(_sweep_drafts)
    return Stage(done=gone, total=gone, saved=stage.saved, is_last=True)


def _sweep_drafts() -> None:
    before = (clock.now() - DRAFTS_KEPT).timestamp()
    for path in FILES.draft("any").parent.iterdir():
        if path.stat().st_mtime < before:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
