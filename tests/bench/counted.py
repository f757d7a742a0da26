"""What mutations send to the database, as the tests send them: a plugin of pytest that works in any build.

    python -m pytest -p tests.bench.counted …

writes a line of JSON into the file that `COUNTED` names for each mutation that was answered without an error: its
name, the database, how many statements it took besides BEGIN and COMMIT, and how many round trips with these.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import graphql
import httpx

from jxc_graphql.kit import db

_ends: ContextVar[list[str] | None] = ContextVar("ends", default=None)


def pytest_configure() -> None:
    """Counts from here on."""
    sent = httpx.AsyncClient.post
    if not hasattr(db, "round_trips"):
        _note_ends()

    async def post(self: httpx.AsyncClient, url: Any, **given: Any) -> httpx.Response:
        name = _mutation(given.get("json"))
        if name is None:
            return await sent(self, url, **given)
        with db.statements() as statements, _trips() as trips:
            response = await sent(self, url, **given)
        if (dialect := _dialect()) and _is_done(response):
            count = len(trips) if hasattr(db, "round_trips") else len(statements) + len(trips)
            _write_down([name, dialect, len(statements), count])
        return response

    httpx.AsyncClient.post = post  # type: ignore[method-assign]


def _write_down(found: list[Any]) -> None:
    with Path(os.environ["COUNTED"]).open("a") as file:
        file.write(json.dumps(found) + "\n")


def _dialect() -> str | None:
    try:
        return str(db.dialect())
    except Exception:  # noqa: BLE001  (no database is connected)
        return None


def _mutation(body: Any) -> str | None:
    """The field of a request that is one mutation."""
    try:
        (operation,) = (
            one for one in graphql.parse(body["query"]).definitions if isinstance(one, graphql.OperationDefinitionNode)
        )
        (field,) = operation.selection_set.selections
    except Exception:  # noqa: BLE001  (whatever else was sent)
        return None
    is_mutation = operation.operation is graphql.OperationType.MUTATION
    return field.name.value if is_mutation and isinstance(field, graphql.FieldNode) else None


def _is_done(response: httpx.Response) -> bool:
    try:
        answer = response.json()
        ((_, payload),) = answer["data"].items()
    except Exception:  # noqa: BLE001  (whatever else was answered)
        return False
    return bool(payload) and "errors" not in answer and not payload.get("userErrors")


@contextmanager
def _trips() -> Iterator[list[str]]:
    if hasattr(db, "round_trips"):
        with db.round_trips() as trips:
            yield trips
        return
    trips = []
    token = _ends.set(trips)
    try:
        yield trips
    finally:
        _ends.reset(token)


def _note_ends() -> None:
    """Counts where transactions begin and end, in a build that does not."""
    from jxc_graphql.kit.db import asyncpg_safe, sqlite_pool  # noqa: PLC0415  (of that build)

    def counted(method: Callable[..., Any], what: str) -> Callable[..., Any]:
        async def run(self: Any, *args: Any, **given: Any) -> Any:
            if (ends := _ends.get()) is not None:
                ends.append(what)
            return await method(self, *args, **given)

        return run

    kinds: tuple[Any, ...] = (asyncpg_safe.AsyncpgTransaction, sqlite_pool.SqliteTransaction)
    for kind in kinds:
        kind.begin = counted(kind.begin, "BEGIN")
        kind.finish = counted(kind.finish, "COMMIT")
