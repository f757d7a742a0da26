"""Clients of users with a role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from jxc_graphql.app import build_app
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import operations as auth
from tests.operations import limit_to


@asynccontextmanager
async def signed_in(name: str, role: str, *warehouse_ids: int) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """Somebody's client, and his id as clients have it."""
    user = await auth.create_user(auth.system_call(), username=name, name=name, roles=[role])
    await limit_to(user.user_id, *warehouse_ids)
    token = (await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="till")).token
    headers = {"authorization": f"Bearer {token}", "accept-language": "en"}
    transport = httpx.ASGITransport(build_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client, global_id("User", user.user_id)
