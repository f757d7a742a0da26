"""Event streams of several operations and what was posted to them, as every process sees them.

    event_stream      reserved by a user, opened once, gone when it ends or `expires_at` has passed; the process that
                      carries it puts that off as long as it lives
    stream_operation  posted to any process; taken once, by the process that carries the stream

A process that dies leaves its streams to time: they do not count any more when they expire, and a job clears them away.
An operation that was not taken by then was never run; one that was taken, a mutation for instance, ended as if its
client had hung up. Limits hold over all processes.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from tortoise import fields
from tortoise.models import Model

from jxc_graphql.gql.run.result import Result
from jxc_graphql.gql.wire.request import BadRequest, Parameters
from jxc_graphql.kit import bus, clock, db
from jxc_graphql.kit.ids import IdField, new_id

OPERATIONS = 20
"""At a time, on one stream."""
STREAMS_OF_A_USER = 20
UNOPENED_SECONDS = 60.0
"""How long a reservation waits for its stream to be opened."""
LEASE_SECONDS = 30.0
"""How long an open stream is believed to be alive after its process last said so."""
TAKEN_AT_ONCE = 100

NEWS = bus.Topic("stream")
"""Wakes the carriers of streams."""
_LOCK = {"sqlite": "", "postgres": " FOR UPDATE"}
_OWNED = "token_hash = ? AND actor_id = ? AND expires_at > ?"


class EventStream(Model):
    id = IdField()
    token_hash = fields.CharField(max_length=64, unique=True)
    actor_id = fields.BigIntField(db_index=True)
    is_open = fields.BooleanField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "event_stream"


class StreamOperation(Model):
    """An operation that waits, runs, or is to be ended."""

    id = IdField()
    stream = fields.ForeignKeyField("models.EventStream", related_name=False, on_delete=fields.RESTRICT)
    name = fields.CharField(max_length=100, null=True)
    """The id that its client gave it, who may use it again once it is null: then the operation is to be ended."""
    body = fields.BinaryField()
    is_taken = fields.BooleanField()

    class Meta:
        table = "stream_operation"
        unique_together = (("stream", "name"),)


class PostedOperation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that was let in, or refused, by the process that received it."""

    parameters: Parameters
    token_id: int | None
    """By what its sender is known; asked again when it is run."""
    locale: str | None
    """The language that its sender named."""
    address: str = ""
    """From where it was sent."""
    request_id: str
    cost: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """What its sender learns about its cost."""
    refusal: Result | None = None


class Taken(msgspec.Struct, frozen=True):
    """An operation that is this process's to run."""

    id: int
    stream_id: int
    name: str
    body: bytes

    def opened(self, token: str) -> PostedOperation:
        """What was posted, for a process that knows the token of the stream."""
        posted: PostedOperation = msgspec.json.decode(_veiled(self.body, token, self.id), type=PostedOperation)
        return posted


@db.transactional
async def reserve(actor_id: int) -> str:
    """The token of a new stream; raises `BadRequest` for one too many of a user."""
    if db.dialect() == "postgres":
        # One reservation of a user at a time; every other advisory lock of ours has a key of two parts.
        await db.fetch("SELECT pg_advisory_xact_lock(?)", (actor_id,))
    now = clock.now()
    own = "SELECT count(*) FROM event_stream WHERE actor_id = ? AND expires_at > ?"
    ((held,),) = await db.fetch(own, (actor_id, now))
    if held >= STREAMS_OF_A_USER:
        raise BadRequest(429, "LIMIT_EXCEEDED", f"A user has at most {STREAMS_OF_A_USER} streams.")
    token = secrets.token_urlsafe(24)
    await db.execute(
        "INSERT INTO event_stream (id, token_hash, actor_id, is_open, expires_at) VALUES (?, ?, ?, ?, ?)",
        (new_id(), _hash(token), actor_id, False, now + timedelta(seconds=UNOPENED_SECONDS)),
    )
    return token


@db.transactional
async def open(token: str, actor_id: int) -> int:  # noqa: A001  (read as streams.open)
    """Takes a stream, which this process carries from now on; raises `BadRequest` when it is open already."""
    now = clock.now()
    opened = await db.fetch(
        f"UPDATE event_stream SET is_open = ?, expires_at = ? WHERE {_OWNED} AND NOT is_open RETURNING id",
        (True, now + timedelta(seconds=LEASE_SECONDS), _hash(token), actor_id, now),
    )
    if not opened:
        await _find(token, actor_id)
        raise BadRequest(409, "CONFLICT", "This stream is open already.")
    ((stream_id,),) = opened
    return int(stream_id)


@db.transactional
async def post(token: str, actor_id: int, name: str, posted: PostedOperation) -> None:
    """Hands an operation to whoever carries its stream; raises `BadRequest` for one too many, or again."""
    stream_id = await _find(token, actor_id)
    named = "SELECT name FROM stream_operation WHERE stream_id = ? AND name IS NOT NULL"
    names = [row[0] for row in await db.fetch(named, (stream_id,))]
    if name in names:
        raise BadRequest(409, "CONFLICT", "An operation with this id is running.")
    if len(names) >= OPERATIONS:
        raise BadRequest(429, "LIMIT_EXCEEDED", f"A stream carries at most {OPERATIONS} operations.")
    operation_id = new_id()
    await db.execute(
        "INSERT INTO stream_operation (id, stream_id, name, body, is_taken) VALUES (?, ?, ?, ?, ?)",
        (operation_id, stream_id, name, _veiled(msgspec.json.encode(posted), token, operation_id), False),
    )
    db.after_commit(NEWS.wake)


@db.transactional
async def stop(token: str, actor_id: int, name: str) -> None:
    """Has an operation ended, if there is one of this name; raises `BadRequest` where there is no such stream."""
    whose = (await _find(token, actor_id), name)
    await db.execute("DELETE FROM stream_operation WHERE stream_id = ? AND name = ? AND NOT is_taken", whose)
    if await db.execute("UPDATE stream_operation SET name = NULL WHERE stream_id = ? AND name = ?", whose):
        db.after_commit(NEWS.wake)


async def due(stream_ids: Collection[int]) -> tuple[list[int], list[tuple[int, int]]]:
    """What is to be done for these streams: operations to take, and those (of which stream) to end."""
    rows = await db.fetch(
        f"""
        SELECT operation.id, operation.stream_id, operation.name FROM stream_operation AS operation
        JOIN {db.rows({"id": "bigint"})} AS own ON own.id = operation.stream_id
        WHERE NOT operation.is_taken OR operation.name IS NULL ORDER BY operation.id LIMIT {TAKEN_AT_ONCE:d}""",
        (_ids(stream_ids),),
    )
    waiting = [operation_id for operation_id, _, name in rows if name is not None]
    return waiting, [(operation_id, stream_id) for operation_id, stream_id, name in rows if name is None]


@db.transactional
async def take(operation_ids: Collection[int]) -> list[Taken]:
    """Those of these operations that nobody has taken before: they are the caller's to run."""
    taken = await db.fetch(
        f"UPDATE stream_operation SET is_taken = ? WHERE id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS waiting) "
        "AND NOT is_taken AND name IS NOT NULL RETURNING id, stream_id, name, body",
        (True, _ids(operation_ids)),
    )
    return [Taken(*row) for row in sorted(taken)]


@db.transactional
async def forget(operation_ids: Collection[int]) -> None:
    """Clears away operations that have ended."""
    await db.execute(
        f"DELETE FROM stream_operation WHERE id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS ended)",
        (_ids(operation_ids),),
    )


@db.transactional
async def prolong(stream_ids: Collection[int]) -> set[int]:
    """Says that the process that carries these streams is alive; those that are still there."""
    kept = await db.fetch(
        f"UPDATE event_stream SET expires_at = ? WHERE id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS own) "
        "RETURNING id",
        (clock.now() + timedelta(seconds=LEASE_SECONDS), _ids(stream_ids)),
    )
    return {row[0] for row in kept}


@db.transactional
async def close(stream_id: int) -> None:
    """Ends a stream for good, its operations with it."""
    await _clear("id = ?", stream_id)


@db.transactional
async def purge_streams() -> int:
    """Clears away streams that were never opened, or whose process died; returns how many."""
    return await _clear("expires_at <= ?", clock.now())


async def forget_all() -> int:
    """Clears all away, in a copy of the database: those who carry them carry those of the original."""
    return await _clear("id >= ?", 0)


async def _clear(condition: str, value: Any) -> int:
    lock = _LOCK[db.dialect()]
    found = await db.fetch(f"SELECT id FROM event_stream WHERE {condition} ORDER BY id{lock}", (value,))
    ids, among = _ids(row[0] for row in found), f"(SELECT id FROM {db.rows({'id': 'bigint'})} AS gone)"
    await db.execute(f"DELETE FROM stream_operation WHERE stream_id IN {among}", (ids,))
    return await db.execute(f"DELETE FROM event_stream WHERE id IN {among}", (ids,))


async def _find(token: str, actor_id: int) -> int:
    """A stream of this user's, kept from others until the transaction ends; raises `BadRequest` where there is none."""
    found = await db.fetch(
        f"SELECT id FROM event_stream WHERE {_OWNED}{_LOCK[db.dialect()]}", (_hash(token), actor_id, clock.now())
    )
    if not found:
        raise BadRequest(404, "STREAM_NOT_FOUND", "There is no such stream.")
    return int(found[0][0])


def _ids(ids: Iterable[int]) -> str:
    return db.json([one] for one in ids)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _veiled(data: bytes, token: str, operation_id: int) -> bytes:
    """What nobody can read without the stream's token, and what can be read again with it.

    Variables may hold passwords. The database knows only a hash of the token, which is random, long and used for one
    stream; with the id of the operation it makes a key stream that is used once.
    """
    key_stream = hashlib.shake_256(f"{token}/{operation_id}".encode(errors="surrogatepass")).digest(len(data))
    return (int.from_bytes(data) ^ int.from_bytes(key_stream)).to_bytes(len(data))
