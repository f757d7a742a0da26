"""A reader of the journal whose cursor is in the database: what it has not read yet, and how far it has come."""

from collections.abc import Collection

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
    """Whether there are more, to be read as soon as an older transaction has ended."""


_UNREAD = """
    WITH head AS MATERIALIZED ({head}),
    found AS (
        SELECT {entry} FROM journal
        WHERE (xid, id) > (?, ?) AND NOT is_echo AND name IN ({names}) {below}
            AND (xid, id) > (
                SELECT coalesce(max(xid), 0), coalesce(max(entry_id), 0) FROM reaction_cursor WHERE name = ?)
        ORDER BY xid, id LIMIT ?)
    SELECT head.xid, head.id, {above}, {found} FROM head LEFT JOIN found ON true ORDER BY found.xid, found.id"""
_BELOW = {"sqlite": "", "postgres": "AND xid < (SELECT xid FROM head)"}
_ABOVE = {
    "sqlite": "0",
    "postgres": "EXISTS (SELECT 1 FROM journal WHERE xid >= (SELECT xid FROM head) AND name IN ({names}))",
}


async def unread(reader: str, after: Cursor, names: Collection[str], limit: int) -> Unread:
    """The next facts of these names behind a reader's cursor, and not before `after`: in one statement."""
    dialect, spelt = db.dialect(), stored(names)
    named = ", ".join("?" * len(spelt)) or "NULL"
    statement = _UNREAD.format(
        head=HEAD[dialect],
        entry=ENTRY,
        found=", ".join(f"found.{column}" for column in ENTRY.split(", ")),
        names=named,
        below=_BELOW[dialect],
        above=_ABOVE[dialect].format(names=named),
    )
    above = spelt if dialect == "postgres" else ()
    rows = await db.fetch(statement, (after.xid, after.entry_id, *spelt, reader, limit, *above))
    entries = [entry(*row[3:]) for row in rows if row[3] is not None]
    xid, entry_id, unsettled, *_ = rows[0]
    whole = Cursor(xid, entry_id) if len(entries) < limit else Cursor()
    return Unread(
        entries=entries, read_to=max(after, whole, *(one.cursor for one in entries[-1:])), unsettled=bool(unsettled)
    )


async def have_read(reader: str, cursor: Cursor) -> None:
    """Writes down how far a reader has come: in the transaction with whatever he makes of it."""
    await db.execute(
        "INSERT INTO reaction_cursor (name, xid, entry_id) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, entry_id = excluded.entry_id",
        (reader, cursor.xid, cursor.entry_id),
    )
