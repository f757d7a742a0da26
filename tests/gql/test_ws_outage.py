"""Sockets while there is no database."""

import shutil

import pytest

from jxc_graphql.kit import db
from tests.gql.sockets import ACK, Open, bearer, close_code, hear


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough to talk about sockets."""
    return sqlite_url


async def test_asks_to_come_again_where_the_database_cannot_be_used(
    opened: Open, token: str, database: db.Database
) -> None:
    shutil.move(database.client.filename, f"{database.client.filename}.gone")
    assert await close_code(await opened(bearer(token))) == 1013
    shutil.move(f"{database.client.filename}.gone", database.client.filename)
    assert await hear(await opened(bearer(token))) == ACK
