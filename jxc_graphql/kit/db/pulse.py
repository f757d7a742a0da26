"""Whether the database answers at all: a connection of its own asks every second, with replicas how far it has come.

Whoever waits for a statement cannot tell one that takes long from a database that has fallen silent.
"""

import asyncio
from typing import TYPE_CHECKING

from jxc_graphql.kit.db.replicas import POSITION

if TYPE_CHECKING:
    from jxc_graphql.kit.db.connect import Database

BEAT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""After so long without an answer it is silent."""


async def feel(database: "Database") -> None:
    """Keeps `Database.answers` true to what is the case, until it is cancelled; a file always answers."""
    while database.dialect == "postgres":
        try:
            await _listen(database)
        except Exception:  # noqa: BLE001  (whatever it is, there is no answer)
            database.answers = False
        await asyncio.sleep(BEAT_SECONDS)


async def _listen(database: "Database") -> None:
    connection = await database.client.servers.connect(command_timeout=ANSWER_SECONDS, statement_cache_size=0)
    try:
        while True:
            if database.replicas:
                async with connection.transaction():  # behind a pooler, which lends one server for all of it
                    position = await connection.fetchval(POSITION)
                database.written.note(asyncio.get_running_loop().time(), position)
            else:
                await connection.execute("SELECT 1")
            database.answers = True
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        connection.terminate()
