"""Sending files, and asking for imports."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from jxc_graphql.exchange.exports.models import FILES, IMPORT_FILES, DataFile
from jxc_graphql.exchange.imports import chores, kinds, running
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.exchange.imports.rules import AskedImport, FileNotYours
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db, ids, links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.files import KeptFile
from jxc_graphql.kit.messages import LOCALES
from jxc_graphql.office.auth.queries import call_of_user
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.jobs import facts
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.office.jobs.owners import rights_of

MOST_BYTES = 50 * 2**20
"""Of a file that somebody sends."""
_ENDINGS = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls"}
_TEMPLATES = list(ImportKind)


@posting(IMPORT_FILES)
async def import_file(call: Call, *, asked: AskedImport) -> facts.JobQueued:
    """Has the rows of a file that the caller sent taken in by a job."""
    given = msgspec.to_builtins(asked)
    await chores.check_input(call, given)
    return await jobs.queue(call, JobKind("IMPORT"), given=given, saved={"rights": rights_of(call)})


async def keep_sent(call: Call, path: Path) -> DataFile:
    """Keeps a copy of a file for whoever sends it, as on the command line."""
    call.require(IMPORT_FILES)
    draft = FILES.draft(f"{ids.new_id()}.sent")
    await asyncio.to_thread(lambda: draft.write_bytes(path.read_bytes()))
    ending = await asyncio.to_thread(_ending, draft)
    return await _keep(call, ids.new_id(), await FILES.take(draft), ending)


async def places(call: Call, kind: ImportKind) -> dict[str, str | None]:
    """Where the caller fetches the template of a kind, and where he sends a file; the latter by IMPORT_FILES only."""
    if call.actor_id is None:
        return {"template": None, "upload": None}
    number, own = _TEMPLATES.index(kind) * len(LOCALES) + LOCALES.index(call.locale), ids.new_id()
    template = (await links.signed("template", call.actor_id, [number]))[number]
    may = IMPORT_FILES in call.permissions
    return {"template": template, "upload": (await links.signed("import", call.actor_id, [own]))[own] if may else None}


@links.takes("import")
async def take_sent(user_id: int, file_id: int, chunks: AsyncIterable[bytes]) -> Mapping[str, Any]:
    """Keeps what a user sends; the same link takes one file."""
    call = await call_of_user(user_id)
    call.require(IMPORT_FILES)
    draft = await FILES.received(chunks, most=MOST_BYTES)
    try:
        ending = await asyncio.to_thread(_ending, draft)
        kept = await FILES.take(draft)
    finally:
        draft.unlink(missing_ok=True)
    known = await DataFile.get_or_none(id=file_id)
    if known is not None and known.hash != kept.hash:
        raise Rejected(FileNotYours(path=("file",)))
    file = known or await _keep(call, file_id, kept, ending)
    return {"file": global_id("DataFile", file.id)}


@links.opens("template")
async def template(user_id: int, number: int) -> links.Download:
    """The template of a kind, in a language."""
    await call_of_user(user_id)
    kind, locale = _TEMPLATES[number // len(LOCALES)], LOCALES[number % len(LOCALES)]
    path = FILES.draft(f"template-{number}.xlsx")
    made = FILES.draft(f"{ids.new_id()}.made")
    await asyncio.to_thread(running.write_template, made, await kinds.whole(kind), locale)
    made.replace(path)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return links.Download(file=path, name=f"{kind.lower()}.xlsx", media_type=media)


@db.transactional
async def _keep(call: Call, file_id: int, kept: KeptFile, ending: str) -> DataFile:
    return await DataFile.create(
        id=file_id,
        owner_id=call.actor_id,
        name=f"sent-{clock.day_of(call.at)}.{ending}",
        hash=kept.hash,
        size=kept.size,
        rows=0,
        rights="{}",
        created_at=call.at,
    )


def _ending(path: Path) -> str:
    with path.open("rb") as file:
        return _ENDINGS.get(file.read(4), "csv")
