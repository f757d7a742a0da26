"""Rows of a list on their way into a file: a line of JSON each, so that nobody has all of them in memory."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from jxc_graphql.exchange.exports import reading, writing
from jxc_graphql.exchange.exports.models import EXPORT_LISTS
from jxc_graphql.exchange.exports.rules import AskedList, FileColumn
from jxc_graphql.kit.call import Call


def append(draft: BinaryIO, rows: Sequence[Any]) -> None:
    """Writes further rows."""
    draft.writelines(msgspec.json.encode(row) + b"\n" for row in rows)


def finish(draft: Path, made: Path, asked: AskedList, columns: Sequence[FileColumn]) -> None:
    """Makes a file of all rows; it takes its time and none of the loop's."""

    def rows() -> Iterator[Any]:
        with draft.open("rb") as file:
            for line in file:
                yield msgspec.json.decode(line)

    writing.write(made, asked.file_format, columns, rows(), asked.locale)


async def write_list(call: Call, asked: AskedList, made: Path) -> int:
    """Makes a file of a list at once, as for the command line; gives how many rows it has."""
    call.require(EXPORT_LISTS)
    columns, draft, count = await reading.columns_of(asked), made.with_name(f"{made.name}.rows"), 0
    try:
        with draft.open("wb") as file:
            async for page in reading.pages(call, asked, columns):
                append(file, page.rows)
                count += len(page.rows)
        await asyncio.to_thread(finish, draft, made, asked, columns)
    finally:
        draft.unlink(missing_ok=True)
    return count
