"""A schema whose every field takes longer than any deadline."""

import asyncio

import msgspec

from jxc_graphql.gql.declare import input_type, mutation, payload, query, value
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.categories.models import Category

LONG = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT count(*) FROM n
"""


@value
class Count:
    """A count."""

    rows: int
    """How many."""


class Counted(msgspec.Struct, frozen=True):
    rows: int


@query(Count)
async def counted(call: Call) -> Counted:
    """Counts for ever, on a reader."""
    ((rows,),) = await db.fetch(LONG.format(most=10**12))
    return Counted(rows)


@query(Count)
async def written(call: Call) -> Counted:
    """Tries to write, which no query may."""
    return Counted(await write(1))


@input_type
class CountInput:
    """What to count."""

    code: str
    """The category to write before."""
    most: int
    """How far."""


@payload
class CountPayload:
    """What was counted."""

    rows: int | None
    """How many."""


@mutation(CountPayload)
async def count(call: Call, input: CountInput) -> Counted:  # noqa: A002
    """Writes a category, then counts for a while, in one transaction."""
    return Counted(await write(input.most, input.code))


WAITING: list[asyncio.Future[Counted]] = []


@mutation(CountPayload)
async def wait(call: Call) -> Counted:
    """Waits until a test says how it ends."""
    WAITING.append(asyncio.get_running_loop().create_future())
    return await WAITING[-1]


@db.transactional
async def write(most: int, code: str = "C") -> int:
    await Category.create(code=code, name="counted")
    ((rows,),) = await db.fetch(LONG.format(most=most))
    return int(rows)
