"""The journal: what happened, in the order in which it was committed.

A fact is written in the transaction that made it true. The journal is the audit trail, the outbox of reactions and the
point from which subscriptions resume.

On SQLite there is one writer, so row ids are in commit order. On PostgreSQL they are not: a transaction that took a low
id may commit after one with a higher id was already read. Rows therefore carry the id of their transaction, and are
read only once every transaction with a lower id has ended (they are *settled*), ordered by transaction id and row id.
Ids are of the whole server: a transaction that holds a lock on a table of another database cannot write here, and is
not waited for.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

import base64
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, NewType, Self

import msgspec
from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit import bus, db, happened
from jxc_graphql.kit.beside import NOTHING, Noted, with_beside
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, Rejected
from jxc_graphql.kit.numbers import Fixed

PAGE = 500
RESUMABLE = 100_000
"""How many facts behind the newest one a cursor may lie."""


class JournalEntry(Model):
    """One fact. Never updated, never deleted.

    A fact that belongs to the history of several things stands here once for each; all but the first are its echoes,
    which whoever reads on is not told of.
    """

    id = fields.BigIntField(primary_key=True)
    xid = fields.BigIntField()
    at = fields.DatetimeField()
    name = fields.CharField(max_length=60)
    subject_id = fields.BigIntField()
    is_echo = fields.BooleanField(default=False)
    actor_id = fields.BigIntField(null=True)
    request_id = fields.CharField(max_length=64, default="")
    address = fields.CharField(max_length=45, default="")
    """From where it was asked for; empty for what happens by itself."""
    token_id = fields.BigIntField(null=True)
    """The token that was shown."""
    body = fields.TextField()

    class Meta:
        table = "journal"
        indexes = (
            ("xid", "id"),
            ("subject_id",),
            ("actor_id", "id"),
            ("name", "id"),
            ("at", "id"),
            ("address", "id"),
        )


def _plain(value: Any) -> int:
    if isinstance(value, Fixed):
        return int(value)
    raise NotImplementedError(f"a fact cannot hold {type(value).__name__}")


def _typed(kind: Callable[[Any], Any], value: Any) -> Any:
    return kind(value)


Meaning = NewType("Meaning", str)
"""What a fact means to whoever reacts, whatever it was that happened."""
Convert = Callable[[dict[str, Any]], dict[str, Any]]


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened. Journals keep it for years, so whatever was ever stored is read for good.

    A new field has a default: it is what older facts of this name say. A class that is renamed names what it is stored
    as. A class that tells what others told before takes them over: from the fields of the old fact, as JSON has them,
    each function gives the fields of the new one. Who asks for the new facts gets the old ones among them.

        class StockAlertRaised(Fact, frozen=True, kw_only=True):
            stored_as: ClassVar[str] = "AlertRaised"
            takes_over: ClassVar[Mapping[str, Convert]] = {"LowStockAlertRaised": lambda old: old | {"kind": "LOW"}}
    """

    subject: ClassVar[str]
    """The field with the id of the thing whose history this belongs to: its first one unless it says another."""
    echoes: ClassVar[tuple[str, ...]] = ()
    """The fields with the ids of other things whose history it belongs to as well, one each or several."""
    stored_as: ClassVar[str]
    """Its name in journals: the name of the class unless it says another."""
    makes: ClassVar[str] = ""
    """The field with the id, or the ids, of what there is since and may need more than its operation was told."""
    means: ClassVar[Meaning | None] = None
    """What it means to those who react; None where nobody needs to hear of it."""
    takes_over: ClassVar[Mapping[str, Convert]] = {}
    """The names of facts that nobody records any more, and how to read them as this one."""
    registry: ClassVar[dict[str, type["Fact"]]] = {}
    """The class that reads what is stored under a name."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.stored_as = vars(cls).get("stored_as", cls.__name__)
        cls.takes_over = vars(cls).get("takes_over", {})
        told = vars(cls).get("__annotations__", {}).items()
        own = [name for name, kind in told if getattr(kind, "__origin__", None) is not ClassVar]
        if own and not hasattr(cls, "subject"):
            cls.subject = own[0]
        if "__orig_bases__" in vars(cls):
            return  # what facts of several kinds have in common, each of which is a fact of its own
        for name in (cls.stored_as, *cls.takes_over):
            other = Fact.registry.setdefault(name, cls)
            if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"{cls.__qualname__} cannot be stored as {name}: {other.__qualname__} is")
            Fact.registry[name] = cls
            happened.note(name, cls.__doc__)

    @property
    def subject_id(self) -> int:
        """The id of the thing whose history this belongs to."""
        return int(getattr(self, self.subject))

    def encode(self) -> str:
        """The fact's fields as JSON; fixed-point numbers as their count of steps."""
        return msgspec.json.encode(self, enc_hook=_plain).decode()

    @staticmethod
    def decode(name: str, body: str) -> "Fact":
        """The fact that was stored under that name as what `encode` gave."""
        kind = Fact.registry[name]
        if name not in kind.takes_over:
            return msgspec.json.decode(body, type=kind, dec_hook=_typed)
        return msgspec.convert(kind.takes_over[name](msgspec.json.decode(body)), kind, dec_hook=_typed)


class InvalidCursor(Reason, frozen=True, kw_only=True):
    """A text that is no cursor, or a point that this journal has not reached."""


class ResyncRequired(Reason, frozen=True, kw_only=True):
    """A cursor that nothing can be resumed from: of another journal, or of too long ago."""


class Cursor(msgspec.Struct, frozen=True, order=True, gc=False):
    """A point in the journal: everything up to it has been read."""

    xid: int = 0
    entry_id: int = 0

    def encode(self) -> str:
        """The cursor as an opaque text for clients."""
        return base64.urlsafe_b64encode(f"{self.xid}:{self.entry_id}".encode()).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """The cursor that gave this text; raises `Rejected` for any other text."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
            xid, entry_id = (int(part) for part in raw.split(":"))
        except ValueError:
            raise Rejected(InvalidCursor(path=("after",))) from None
        cursor = cls(xid, entry_id)
        if cursor.encode() != text or not (0 <= xid < 2**63 and 0 <= entry_id < 2**63):
            raise Rejected(InvalidCursor(path=("after",)))
        return cursor


BEGUN_ANEW = Meaning("begun anew")
"""Facts before such a one may have had others behind them, in the database that this is a copy of."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact as the journal holds it."""

    cursor: Cursor
    at: datetime
    fact: Fact
    subject_id: int
    actor_id: int | None
    request_id: str

    @property
    def name(self) -> str:
        """What a fact of this kind is stored as today."""
        return self.fact.stored_as


LINE = "journal_line()"
"""On PostgreSQL, what transaction ids are raised by: those of the server that a copy came from lie below (`part`)."""
THIS_TRANSACTION = {"sqlite": "0", "postgres": f"pg_current_xact_id()::text::bigint + {LINE}"}
_HORIZON = """(
    WITH held AS MATERIALIZED (
        SELECT virtualtransaction AS owner, database, transactionid,
            locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted AS is_own FROM pg_locks),
    elsewhere AS (
        SELECT held.transactionid FROM held JOIN held AS other ON other.owner = held.owner WHERE held.is_own
            AND other.database NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
    SELECT coalesce(MIN(xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint) + journal_line()
    FROM pg_snapshot_xip(pg_current_snapshot()) AS xid
    WHERE xid::xid NOT IN (SELECT transactionid FROM elsewhere))"""
"""Below it every transaction that may write here has ended, as this statement sees it.

One that ends elsewhere while we look is waited for, so the horizon may seem to fall back for a moment; what lies below
it is settled all the same.
"""
HEAD = {
    "sqlite": "SELECT 0 AS xid, coalesce(max(id), 0) AS id FROM journal",
    "postgres": f"SELECT {_HORIZON} AS xid, 0 AS id",
}
_NEXT = {
    "sqlite": HEAD["sqlite"],
    "postgres": f"SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + {LINE}, 0",
}
"""What no cursor that was ever given lies behind."""
_LOOK = {
    "sqlite": "SELECT coalesce(max(id), 0), 0 FROM journal",
    "postgres": f"""
        SELECT (SELECT id FROM journal WHERE xid < horizon ORDER BY xid DESC, id DESC LIMIT 1),
               EXISTS (SELECT 1 FROM journal WHERE xid >= horizon) FROM (SELECT {_HORIZON} AS horizon) AS settled""",
}
ENTRY = "xid, id, at, name, subject_id, actor_id, request_id, body"
_BEHIND = {
    "sqlite": f"SELECT {ENTRY} FROM journal WHERE +xid >= ? AND id > ? {{only}} AND +name {{named}} ORDER BY id",
    "postgres": f"SELECT {ENTRY} FROM journal WHERE (xid, id) > (?, ?) AND xid < {_HORIZON} {{only}} AND name {{named}}"
    " ORDER BY xid, id",
}
"""Behind a cursor are few: by an index of names SQLite would go through all that ever happened."""


def meant_by(heard: type[Fact] | Meaning) -> Iterator[type[Fact]]:
    """A fact itself, or every fact that was declared with a meaning by now."""
    if isinstance(heard, str):
        yield from (fact for name, fact in Fact.registry.items() if fact.means == heard and fact.stored_as == name)
    else:
        yield heard


def record(fact: Fact, call: Call, kept: Noted = NOTHING) -> None:
    """Writes a fact, and what is kept with it, in the present transaction; readers are woken when it commits."""
    record_all((fact,), call, kept=kept)


def record_all(facts: Sequence[Fact], call: Call, requests: Sequence[str] = (), kept: Noted = NOTHING) -> None:
    """Writes facts in their order, each once for every subject; `requests`: whence each comes, if not from the call."""
    if not facts:
        return
    numbers, texts = ("line_no", "subject_id", "echo"), ("name", "body", "request_id")
    columns = dict.fromkeys(numbers, "bigint") | dict.fromkeys(texts, "text")
    causes = requests or (call.request_id,) * len(facts)
    lines = ((*line, cause) for fact, cause in zip(facts, causes, strict=True) for line in _lines(fact, kept))
    db.later(
        f"""
        INSERT INTO journal (xid, at, name, subject_id, is_echo, actor_id, request_id, address, token_id, body)
        SELECT {THIS_TRANSACTION[db.dialect()]}, ?, line.name, line.subject_id, line.echo > 0, ?,
            line.request_id, ?, ?, line.body
        FROM {db.rows(columns)} AS line ORDER BY line.line_no""",
        (
            call.at,
            call.actor_id,
            call.address,
            call.token_id,
            db.json((line_no, *line) for line_no, line in enumerate(lines)),
        ),
    )
    for topic in {topic for fact in facts for topic in _awaited.get(fact.stored_as, ())}:
        db.after_commit(topic.wake)


def _lines(fact: Fact, kept: Noted) -> Iterator[tuple[int, int, str, str]]:
    """What is written for each subject of a fact."""
    body, told = fact.encode(), [getattr(fact, name) for name in (fact.subject, *fact.echoes)]
    ids = dict.fromkeys(n for one in told for n in (one if isinstance(one, tuple) else [one]))
    yield from ((n, echo, fact.stored_as, with_beside(body, kept.get(n))) for echo, n in enumerate(ids))


async def head() -> Cursor:
    """The point behind every settled fact: nothing will ever appear before it any more."""
    ((xid, entry_id),) = await db.fetch(HEAD[db.dialect()])
    return Cursor(xid, entry_id)


async def deeds(since: int) -> tuple[bool, int]:
    """Whether somebody did something behind an entry, in whichever process, and the id of the newest one by now."""
    # In the order of ids, as an index has them: a planner that hopes to meet somebody soon would read the whole table.
    recent = f"SELECT actor_id FROM journal WHERE id > ? ORDER BY id DESC LIMIT {PAGE:d}"
    told = f"SELECT (SELECT count(actor_id) FROM ({recent}) AS recent), (SELECT coalesce(max(id), 0) FROM journal)"
    ((found, newest),) = await db.fetch(told, (since,))
    return found > 0, newest


async def look() -> bus.Look:
    """The newest settled fact, and whether there are committed ones that wait for an older transaction to end."""
    ((newest, unsettled),) = await db.fetch(_LOOK[db.dialect()])
    return bus.Look(newest, bool(unsettled))


NEWS = bus.Topic("journal", look)
"""Wakes whoever follows facts of a name that anybody follows."""
_awaited: dict[str, set[bus.Topic]] = {}


def awaited(topic: bus.Topic, names: Collection[str]) -> None:
    """Has facts of these names wake a topic from now on; those that nobody awaits wake nobody."""
    for name in names:
        _awaited.setdefault(name, set()).add(topic)


async def read(
    after: Cursor, names: Collection[str] | None = None, limit: int = PAGE, *, echoes: bool = False
) -> list[Entry]:
    """The next settled facts behind a cursor, of the given names or of all, in commit order; `echoes`: these too."""
    spelt = stored(names) if names is not None else ()
    named = f"IN ({', '.join('?' * len(spelt)) or 'NULL'})" if names is not None else "IS NOT NULL"
    behind = _BEHIND[db.dialect()].format(only="" if echoes else "AND NOT is_echo", named=named)
    rows = await db.fetch(f"{behind} LIMIT {limit:d}", (after.xid, after.entry_id, *spelt))
    return [entry(*row) for row in rows]


def stored(names: Collection[str]) -> tuple[str, ...]:
    """All names under which facts of these names were ever stored."""
    return _stored(frozenset(names), len(Fact.registry))


@lru_cache(maxsize=64)
def _stored(names: frozenset[str], _known: int) -> tuple[str, ...]:
    return tuple([name for name, kind in Fact.registry.items() if kind.stored_as in names])


def entry(*row: Any) -> Entry:
    """The fact of a row with the columns `ENTRY`."""
    xid, entry_id, at, name, subject_id, actor_id, request_id, body = row
    return Entry(
        cursor=Cursor(xid, entry_id),
        at=at if isinstance(at, datetime) else datetime.fromisoformat(at),
        fact=Fact.decode(name, body),
        subject_id=subject_id,
        actor_id=actor_id,
        request_id=request_id,
    )


async def check_resumable(after: Cursor) -> None:
    """Raises `Rejected` with `ResyncRequired` for a cursor ahead of this journal, too far behind, or of an original."""
    anew = [fact.stored_as for fact in meant_by(BEGUN_ANEW)]
    behind = "SELECT name FROM journal WHERE (xid, id) > (?, ?) ORDER BY xid, id LIMIT 1"
    lost = f"""
        SELECT 1 WHERE ({behind}) IN ({", ".join("?" * len(anew))})
        UNION ALL SELECT 1 FROM ({behind} OFFSET {RESUMABLE:d}) AS too_far"""
    place = after.xid, after.entry_id
    ((xid, entry_id),) = await db.fetch(_NEXT[db.dialect()])
    if after > Cursor(xid, entry_id) or await db.fetch(lost, (*place, *anew, *place)):
        raise Rejected(ResyncRequired(path=("after",)))


async def part() -> None:
    """Has what follows stand far behind all that the original of this copy wrote, or will have written since.

    On PostgreSQL its server counts transactions by itself, and may be far behind the one that the copy came from.
    Within a transaction that records what is `BEGUN_ANEW`.
    """
    if db.dialect() == "sqlite":
        await db.execute(f"UPDATE sqlite_sequence SET seq = seq + {2**32:d} WHERE name = 'journal'")
        return
    ((newest,),) = await db.fetch("SELECT coalesce(max(xid), 0) FROM journal")
    await db.fetch(
        f"CREATE OR REPLACE FUNCTION {LINE} RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT {newest + 2**40:d}'"
    )


async def follow(
    after: Cursor, names: Collection[str] | None = None, *, echoes: bool = False
) -> AsyncIterator[Entry | Cursor]:
    """Every settled fact behind a cursor, those to come included, without end; order is commit order.

    A cursor among them says that everything up to it was told, and that nothing more is known for now.
    """
    awaited(NEWS, [kind.stored_as for kind in Fact.registry.values()] if names is None else names)
    with NEWS.read():
        while True:
            before = NEWS.seen()
            horizon = await head()
            entries = await read(after, names, echoes=echoes) if horizon > after else []
            for one in entries:
                yield one
            if len(entries) == PAGE:
                after = entries[-1].cursor
            else:
                # Facts of other names up to the horizon need no second look.
                after = max(after, horizon, *(one.cursor for one in entries[-1:]))
                yield after
                await NEWS.wait(before)
