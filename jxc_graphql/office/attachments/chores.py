"""What is cleared away by night: files that no attachment has any more, and links to which nothing was sent."""

from datetime import timedelta

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.attachments import queries
from jxc_graphql.office.attachments.models import FILES, LOCK, Upload
from jxc_graphql.office.jobs.declared import Stage, kind

KEPT = timedelta(days=1)
"""How long what was broken off, or never begun, is left."""
AT_A_TIME = 16
"""So many parts of the folder are looked through in a step."""
ALL = 256


class FilesThere(msgspec.Struct, frozen=True):
    """The files that were there in the next parts, and with which part it goes on."""

    there: list[set[str]]
    next: int


async def look(stage: Stage) -> FilesThere:
    """Which files there are in the next parts."""
    parts = [part for part in await FILES.parts() if int(part, 16) >= stage.done]
    there = [set(await FILES.listed(part)) for part in parts[:AT_A_TIME]]
    left = parts[AT_A_TIME:]
    return FilesThere(there, int(left[0], 16) if left else ALL)


@kind("SWEEP_ATTACHMENTS", "Clear away files that no attachment has (清理附件文件).", usually="50 3 * * *", ahead=look)
async def sweep_attachments(call: Call, stage: Stage) -> Stage:
    """Clears away files that only deleted attachments named, or none: whoever attaches one is waited for."""
    if not stage.done:
        await Upload.filter(created_at__lt=call.at - KEPT).delete()
        await FILES.forget_drafts((call.at - KEPT).timestamp())
    await db.hold(LOCK)
    seen: FilesThere = stage.found
    for there in seen.there:
        await FILES.forget(there - await queries.named(there))
    return Stage(done=seen.next, total=ALL, saved=stage.saved, is_last=seen.next == ALL)
