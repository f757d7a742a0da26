"""Who may fetch a file, and by which link."""

from collections.abc import Sequence

import msgspec

from jxc_graphql.exchange.exports import rules
from jxc_graphql.exchange.exports.models import FILES, DataFile
from jxc_graphql.kit import links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, UnknownId
from jxc_graphql.kit.rights import personal
from jxc_graphql.office.auth.queries import call_of_user

LINK = "data"
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@personal
async def links_of(call: Call, keys: Sequence[tuple[int, int, str]]) -> list[str | None]:
    """Where the caller fetches files, by id, owner and rights; None for those of others, and beyond his rights."""
    own = [file_id for file_id, owner_id, kept in keys if _may_fetch(call, owner_id, kept)]
    if not own or call.actor_id is None:
        return [None] * len(keys)
    found = await links.signed(LINK, call.actor_id, own)
    return [found.get(file_id) for file_id, _, _ in keys]


@links.opens(LINK)
async def fetched(user_id: int, file_id: int) -> links.Download:
    """The file that a link of a user leads to; raises `Forbidden` where he may not see by now what is in it."""
    file = await DataFile.get_or_none(id=file_id)
    if file is None:
        raise NotFound(UnknownId(path=("id",), kind="DataFile"))
    if not _may_fetch(await call_of_user(user_id), file.owner_id, file.rights):
        raise Forbidden("EXPORT_LISTS")
    suffix = file.name.rpartition(".")[2]
    return links.Download(file=await FILES.found(file.hash), name=file.name, media_type=MEDIA[suffix])


def _may_fetch(call: Call, owner_id: int, kept: str) -> bool:
    return call.actor_id == owner_id and rules.covers(call, msgspec.json.decode(kept))
