"""What a console sees of the books: every check, and what it finds."""

from typing import Annotated

from jxc_graphql.gql.declare import query, value
from jxc_graphql.insight.verification import queries
from jxc_graphql.kit.call import Call


@value(row_of=("what", "key", "expected", "actual"))
class BookDifference:
    """Something that is kept does not agree with what it follows from (差异)."""

    what: str
    """Which value, such as `stock_level.on_hand is the sum of its places`."""
    key: str
    """Of which row: codes and numbers as people know them."""
    expected: str
    """What it should be."""
    actual: str
    """What it is."""


@value
class BookDifferences:
    """What a check found (核对结果)."""

    differences: list[BookDifference]
    """Where it is not so, at most 1,000; nothing when the books are right."""
    after: str | None
    """The check goes on: ask again with this as `after`; null when it is done."""


@query(list[str])
async def book_checks(call: Call) -> list[str]:
    """What can be checked about the books (核对项), in order; `jxc verify` runs them all."""
    return queries.names(call)


@query(BookDifferences | None, adds_up={"stock_movement": 100})
async def book_differences(
    call: Call,
    check: Annotated[str, "One of `bookChecks`."],
    after: Annotated[str | None, "Where an earlier part of the same check ended."] = None,
) -> queries.CheckTold:
    """Compares what is kept with what it follows from (核对), one check at a time."""
    return await queries.check_told(call, check, after)
