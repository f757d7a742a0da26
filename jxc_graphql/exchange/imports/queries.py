"""How a file of a kind is made and sent."""

from collections.abc import Sequence

import msgspec

from jxc_graphql.exchange.imports import operations
from jxc_graphql.exchange.imports.kinds import ImportKind, whole
from jxc_graphql.kit.call import Call


class ShownColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column, as the caller calls it."""

    import_kind: ImportKind
    key: str
    name: str
    is_needed: bool
    example: str


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a kind of file, where its template is, and where a file is sent."""

    import_kind: ImportKind
    columns: Sequence[ShownColumn]
    template: str | None
    upload: str | None


async def form(call: Call, kind: ImportKind) -> Form:
    """The columns of a kind of file, and the links that the caller has."""
    columns = [
        ShownColumn(
            import_kind=kind,
            key=one.key,
            name=one.chinese if call.locale == "zh-CN" else one.english,
            is_needed=one.needed,
            example=one.example,
        )
        for one in (await whole(kind)).columns
    ]
    return Form(import_kind=kind, columns=columns, **await operations.places(call, kind))
