"""A reader of the journal whose cursor is in the database: what it has not read yet, and how far it has come."""

from collections.abc import Collection
from functools import lru_cache
from zlib import crc32

import msgspec
from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.journal import ENTRY, HEAD, Cursor, Entry, entry, stored


class ReactionCursor(Model):
    """How far a set of reactions has read the journal."""

    name = fields.CharField(max_length=60, primary_key=True)
    xid = fields.BigIntField()
    entry_id = fields.BigIntField()

    class Meta:
        table = "reaction_cursor"


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """What one look shows of the facts that a reader has not read."""

    entries: list[Entry]
    """The next ones that are settled."""
    read_to: Cursor
    """Before it nothing else is left, nor will there ever be."""
    unsettled: bool
    """Whether facts of any name wait for an older transaction to end."""
    characters: int
    """How long the texts of the entries are: the more things one names, the longer is its text."""


# Facts are read in their order from the cursor on. What else is wanted of them stands in `coalesce`, which no planner
# sees through: where it hopes that they are few, it has all that is left sorted for each batch.
_UNREAD = """
    WITH head AS MATERIALIZED ({head}),
    cursors AS (
        SELECT CAST(? AS bigint) AS xid, CAST(? AS bigint) AS entry_id
        UNION ALL SELECT xid, entry_id FROM reaction_cursor WHERE name = ?),
    found AS (
        SELECT {entry} FROM journal
        WHERE {behind} AND coalesce(NOT is_echo AND name IN ({names}) {settled}, false)
        ORDER BY {order} LIMIT {limit:d})
    SELECT head.xid, head.id, {unsettled}, {found} FROM head LEFT JOIN found ON true ORDER BY found.xid, found.id"""
_BEHIND = {
    "sqlite": "id > (SELECT max(entry_id) FROM cursors)",
    "postgres": "(xid, id) > (SELECT xid, entry_id FROM cursors ORDER BY xid DESC, entry_id DESC LIMIT 1)",
}
_SETTLED = {"sqlite": "", "postgres": "AND xid < (SELECT xid FROM head)"}
_ORDER = {"sqlite": "id", "postgres": "xid, id"}
_UNSETTLED = {"sqlite": "0", "postgres": "coalesce((SELECT max(xid) FROM journal) >= head.xid, false)"}


@lru_cache(maxsize=64)
def _unread(dialect: str, names: int, limit: int) -> str:
    return _UNREAD.format(
        head=HEAD[dialect],
        entry=ENTRY,
        behind=_BEHIND[dialect],
        names=", ".join("?" * names) or "NULL",
        settled=_SETTLED[dialect],
        order=_ORDER[dialect],
        limit=limit,
        unsettled=_UNSETTLED[dialect],
        found=", ".join(f"found.{column}" for column in ENTRY.split(", ")),
    )


async def unread(reader: str, after: Cursor, names: Collection[str], limit: int) -> Unread:
    """The next facts of these names behind a reader's cursor, and not before `after`: in one statement."""
    spelt = stored(names)
    statement = _unread(db.dialect(), len(spelt), limit)
    rows = await db.fetch(statement, (after.xid, after.entry_id, reader, *spelt))
    found = [row[3:] for row in rows if row[3] is not None]
    entries = [entry(*row) for row in found]
    xid, entry_id, unsettled, *_ = rows[0]
    whole = Cursor(xid, entry_id) if len(entries) < limit else Cursor()
    return Unread(
        entries=entries,
        read_to=max(after, whole, *(one.cursor for one in entries[-1:])),
        unsettled=bool(unsettled),
        characters=sum(len(body) for *_, body in found),
    )


def have_read(reader: str, cursor: Cursor) -> None:
    """Writes down how far a reader has come: in the transaction with whatever he makes of it."""
    db.later(
        "INSERT INTO reaction_cursor (name, xid, entry_id) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, entry_id = excluded.entry_id",
        (reader, cursor.xid, cursor.entry_id),
        row=crc32(reader.encode()),
    )
