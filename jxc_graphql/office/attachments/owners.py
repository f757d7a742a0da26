"""What has attachments: documents of every kind, and the things that features above name (`may_own`)."""
# ruff: noqa: S608  (statements are made of names of our own; values are parameters)

import msgspec

from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Path, UnknownId
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import sight


class Owner(msgspec.Struct, frozen=True):
    """A thing that has attachments: the column of theirs that names it, and its id."""

    column: str
    id: int


class OwnerKind(msgspec.Struct, frozen=True):
    """A kind of things besides documents: who sees them."""

    table: str
    seen_by: Permission
    dimension: Dimension | None


DOCUMENT = "document_id"
_KINDS: dict[str, OwnerKind] = {}


def may_own(kind: str, seen_by: Permission, dimension: Dimension | None = None) -> None:
    """Has things of a kind have attachments; who sees them is told by a permission, and by his scope in a dimension."""
    _KINDS[kind] = OwnerKind(screaming(kind).lower(), seen_by, dimension)


def columns() -> list[str]:
    """The columns of attachments that name what has them."""
    return [DOCUMENT, *(f"{kind.table}_id" for kind in _KINDS.values())]


async def owner(call: Call, kind: str, key: int, path: Path) -> Owner:
    """What a caller sees under an id of a type; raises `NotFound` where that is nothing, or nothing that has them."""
    if kind in _KINDS:
        found = Owner(f"{_KINDS[kind].table}_id", key)
    else:
        document = (await sight.looked_up([key])).get(key)
        is_meant = document is not None and kind in {"Document", "".join(map(str.capitalize, document.kind.split("_")))}
        found = Owner(DOCUMENT if is_meant else "", key)
    if not await is_seen(call, found):
        raise NotFound(UnknownId(path=path, kind="Node"))
    return found


async def is_seen(call: Call, found: Owner) -> bool:
    """Whether a caller sees something that has attachments, and it is there."""
    if found.column == DOCUMENT:
        document = (await sight.looked_up([found.id])).get(found.id)
        return document is not None and document.is_seen_by(call)
    kind = next((one for one in _KINDS.values() if f"{one.table}_id" == found.column), None)
    if kind is None or kind.seen_by not in call.permissions:
        return False
    if kind.dimension is not None and not call.sees(kind.dimension, found.id):
        return False
    return bool(await db.fetch(f"SELECT 1 FROM {kind.table} WHERE id = ?", (found.id,)))
