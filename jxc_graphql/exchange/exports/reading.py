"""Reading a list page by page, as its query answers it."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from jxc_graphql.exchange.exports import rules
from jxc_graphql.exchange.exports.rules import AskedList, FileColumn, ListRefused
from jxc_graphql.gql.run.result import Refused
from jxc_graphql.gql.words.selected import selection
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Rejected, Unauthenticated, reject_if
from jxc_graphql.kit.pages import MAX_SIZE
from jxc_graphql.masters.own_fields import queries as own_fields

if TYPE_CHECKING:
    from jxc_graphql.gql.run.execute import Executor

_EXECUTORS: "list[Executor]" = []


class ReadPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of a list, and where it goes on; None at its end."""

    rows: list[list[Any]]
    cursor: str | None


def answered_by(executor: "Executor") -> None:
    """Says who answers lists: whoever is above knows the whole schema."""
    _EXECUTORS[:] = [executor]


async def columns_of(asked: AskedList) -> list[FileColumn]:
    """The columns of what is asked for; raises `Rejected` where it is no list, or has no such columns."""
    found, wrong = rules.columns(_EXECUTORS[0].types, asked)
    reject_if(wrong)
    own = [(column.own_field.type_name, column.own_field.code) for column in found if column.own_field is not None]
    found, wrong = rules.with_own_fields(found, await own_fields.named(own), asked.locale)
    reject_if(wrong)
    return found


async def check_asked(call: Call, asked: AskedList) -> None:
    """Raises `Rejected`, `Forbidden` or `Unauthenticated` where the list cannot be asked for so by this caller."""
    await read(call, asked, await columns_of(asked), None, size=1)


async def pages(
    call: Call, asked: AskedList, columns: Sequence[FileColumn], after: str | None = None
) -> AsyncIterator[ReadPage]:
    """The pages of a list behind a cursor."""
    while True:
        page = await read(call, asked, columns, after)
        yield page
        after = page.cursor
        if after is None:
            return


async def read(
    call: Call, asked: AskedList, columns: Sequence[FileColumn], after: str | None, size: int = MAX_SIZE
) -> ReadPage:
    """One page of a list behind a cursor, or from its beginning on."""
    executor = _EXECUTORS[0]
    try:
        prepared = executor.prepare(_document(executor, asked, columns))
        result = await executor.run(prepared, {**asked.arguments, "first": size, "after": after}, call)
    except Refused as refused:
        raise _told(refused.result.errors) from None
    if result.errors is not msgspec.UNSET or result.data["rows"] is None:
        raise _told(result.errors)
    found = result.data["rows"]
    rows = [[column.of(node) for column in columns] for node in found["nodes"]]
    info = found["pageInfo"]
    return ReadPage(rows=rows, cursor=info["endCursor"] if info["hasNextPage"] else None)


def _document(executor: "Executor", asked: AskedList, columns: Sequence[FileColumn]) -> str:
    assert executor.schema.query_type is not None
    told = executor.schema.query_type.fields[asked.list_name].args
    names = [*asked.arguments, "first", "after"]
    variables = ", ".join(f"${name}: {told[name].type}" for name in names)
    arguments = ", ".join(f"{name}: ${name}" for name in names)
    chosen = selection(path for column in columns for path in column.paths)
    info = "pageInfo { hasNextPage endCursor }"
    return f"query Export({variables}) {{ rows: {asked.list_name}({arguments}) {{ nodes {chosen} {info} }} }}"


def _told(errors: Any) -> Exception:
    """What a query would have answered, as it is raised by operations."""
    error: dict[str, Any] = errors[0] if errors is not msgspec.UNSET and errors else {"message": "", "extensions": {}}
    told = error["extensions"]
    code = told.get("code", "")
    if code == "FORBIDDEN":
        return Forbidden(told["permission"], told.get("field"))
    if code == "UNAUTHENTICATED":
        return Unauthenticated()
    if code in {"UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED"}:
        return RuntimeError(code)
    return Rejected(ListRefused(path=("arguments",), problem=error["message"]))
