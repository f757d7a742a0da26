"""Taking files in, step by step."""

import asyncio
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec

from jxc_graphql.exchange.exports.models import FILES, IMPORT_FILES, DataFile
from jxc_graphql.exchange.imports import kinds, rules, running
from jxc_graphql.exchange.imports.rules import AskedImport, Counts, FileNotYours, NoFileThere, RefusedRow
from jxc_graphql.exchange.imports.running import Part, Sent
from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected, reject_if
from jxc_graphql.kit.files import KeptFile
from jxc_graphql.office.jobs.declared import Stage, kind
from jxc_graphql.office.jobs.owners import owner_of, rights_of
from jxc_graphql.office.jobs.rules import JobInputUnusable

_read = dict[tuple[str, bytes], Sent]()
"""The file that is being taken in, as it was read for the step before: a file has up to a thousand steps."""


class AheadOfPart(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt ahead of a step."""

    hash: str
    total: int
    part: Part
    is_last: bool
    made: KeptFile | None = None
    """The file of all rows that were refused, at the end, if any were."""


def asked_of(given: dict[str, Any]) -> AskedImport:
    """What an input says; raises `Rejected` for one that says something else."""
    try:
        return msgspec.convert(given, AskedImport)
    except msgspec.ValidationError as error:
        raise Rejected(JobInputUnusable(path=("job_input",), problem=str(error))) from None


async def check_input(call: Call, given: dict[str, Any]) -> None:
    """Raises `Rejected` or `Forbidden` where a caller cannot have such an import."""
    call.require(IMPORT_FILES)
    asked = asked_of(given)
    reject_if(rules.check_asked(asked, await kinds.whole(asked.import_kind)))
    if not asked.pattern:
        await file_of(call, asked)


async def file_of(call: Call, asked: AskedImport) -> DataFile:
    """The file that a caller sent; raises `Rejected` where he sent none with this id."""
    try:
        name, file_id = read_global_id(asked.file)
    except ValueError:
        name, file_id = "", 0
    file = await DataFile.get_or_none(id=file_id) if name == "DataFile" else None
    if file is None or file.owner_id != call.actor_id:
        raise Rejected(FileNotYours(path=("file",)))
    return file


async def read_on(stage: Stage) -> AheadOfPart:
    """Reads the file, and learns which of the next rows are right; at the end makes a file of those that were not."""
    asked, call = asked_of(stage.input), await owner_of(stage)
    call.require(IMPORT_FILES)
    hashed = stage.saved.get("hash") or await _chosen(call, asked)
    whole = await _whole(asked, hashed)
    part = await running.rehearsed(call, asked, rules.part(asked.import_kind, whole.rows, stage.done))
    before = [msgspec.convert(one, RefusedRow) for one in stage.saved.get("refused", ())]
    refused = [*before, *part.refused]
    is_last = stage.done + part.length >= len(whole.rows) or len(refused) > rules.MOST_REFUSED
    made = await _made(stage, whole, refused, asked) if is_last and refused else None
    if is_last:
        _read.clear()
    return AheadOfPart(hash=hashed, total=len(whole.rows), part=part, is_last=is_last, made=made)


async def _whole(asked: AskedImport, hashed: str) -> Sent:
    key = hashed, msgspec.json.encode(asked)
    if key not in _read:
        async with FILES.lent(hashed) as path:
            found = await running.sent(asked, path)
        _read.clear()
        _read[key] = found
    return _read[key]


async def _made(stage: Stage, whole: Sent, refused: list[RefusedRow], asked: AskedImport) -> KeptFile:
    path = FILES.draft(f"{stage.job_id}.refused")
    await asyncio.to_thread(running.write_refused, path, whole, refused, asked)
    return await FILES.take(path)


async def _chosen(call: Call, asked: AskedImport) -> str:
    """The hash of the file that is taken in; one of the folder is kept first, so that it stays what it is."""
    if not asked.pattern:
        return (await file_of(call, asked)).hash
    newest = await asyncio.to_thread(_newest, db.settings().imports_dir, asked.pattern)
    if newest is None:
        raise Rejected(NoFileThere(path=("pattern",), pattern=asked.pattern))
    draft = FILES.draft(f"{clock.now().timestamp()}.sent")
    await asyncio.to_thread(lambda: draft.write_bytes(newest.read_bytes()))
    return (await FILES.take(draft)).hash


def _newest(folder: Path | None, pattern: str) -> Path | None:
    if folder is None or not folder.is_dir():
        return None
    found = [one for one in folder.iterdir() if fnmatch(one.name, pattern) and one.is_file() and not one.is_symlink()]
    return max(found, key=lambda one: (one.stat().st_mtime, one.name), default=None)


@kind("IMPORT", "Take the rows of a file in (导入数据).", ahead=read_on, allows=check_input)
async def import_file(call: Call, stage: Stage) -> Stage:
    """Takes the next rows in that are right, and saves what became of the others."""
    found: AheadOfPart = stage.found
    asked, owner, part = asked_of(stage.input), await owner_of(stage), found.part
    acting = msgspec.structs.replace(owner, at=call.at)
    done = part.done
    if not asked.try_only and part.right:
        taken = await running.take(acting, asked.import_kind, part.right)
        if taken.refused:
            raise RuntimeError("something else happened meanwhile")  # so that the step is rehearsed anew
        done = [*taken.done.values()]
    counts = msgspec.convert(stage.saved.get("counts", {}), Counts).with_more(done, len(part.refused))
    refused = [*stage.saved.get("refused", ()), *msgspec.to_builtins(part.refused)]
    saved = {**stage.saved, "hash": found.hash, "counts": msgspec.to_builtins(counts), "refused": refused}
    result = rules.as_told(counts, tryOnly=asked.try_only)
    if found.made is not None:
        result["file"] = await _keep(acting, asked, found.made, len(refused))
    return Stage(done=stage.done + part.length, total=found.total, saved=saved, result=result, is_last=found.is_last)


async def _keep(owner: Call, asked: AskedImport, made: KeptFile, rows: int) -> str:
    """The id of the file of refused rows, as clients have it."""
    assert owner.actor_id is not None
    file = await DataFile.create(
        owner_id=owner.actor_id,
        name=f"{asked.import_kind.lower()}-refused-{clock.day_of(owner.at)}.xlsx",
        hash=made.hash,
        size=made.size,
        rows=rows,
        rights=msgspec.json.encode(rights_of(owner)).decode(),
        created_at=owner.at,
    )
    return global_id("DataFile", file.id)
