"""Users and their tokens, as tests make them, and refusals as tests read them."""

from collections.abc import Awaitable
from datetime import datetime

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.office.auth import operations, queries
from jxc_graphql.office.auth.operations import system_call

PASSWORD = "correct horse"
NOBODY = Call(request_id="test")


async def codes(work: Awaitable[object]) -> list[tuple[str, tuple[str | int, ...]]]:
    """Why something is refused."""
    with pytest.raises(Rejected) as refusal:
        await work
    return [(reason.code, reason.path) for reason in refusal.value.reasons]


async def count(table: str) -> int:
    """How many rows there are."""
    found: int = (await db.fetch(f'SELECT count(*) FROM "{table}"'))[0][0]
    return found


async def facts(name: str) -> list[str]:
    """The bodies of all facts of a name."""
    return [body for (body,) in await db.fetch("SELECT body FROM journal WHERE name = ? ORDER BY id", (name,))]


async def made(username: str, *roles: str, password: str | None = None) -> int:
    """A new user's id."""
    user = await operations.create_user(
        system_call(), username=username, name=username.title(), roles=roles, password=password
    )
    return user.user_id


async def token_of(user_id: int) -> str:
    """A new API token."""
    issued = await operations.create_api_token(system_call(), user_id=user_id, name="test")
    return issued.token


async def call_of(token: str, address: str = "") -> Call:
    """Whoever shows a token."""
    return await queries.call_of_token(token, locale=None, request_id="test", address=address)


async def caller(username: str, *roles: str) -> Call:
    """The call of a new user with these roles."""
    return await call_of(await token_of(await made(username, *roles)))


def moment(raw: datetime | str) -> datetime:
    """A moment out of a column."""
    return datetime.fromisoformat(raw) if isinstance(raw, str) else raw
