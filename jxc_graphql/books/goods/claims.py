"""Claims (要货): what documents ask of a level, and how much of it is kept for each: the promises of the book of goods.

There is one order of claims, `TURN`. Who stands earlier in it is served first, whatever brought the goods, and in parts
if need be; who stands later gives back first when there is less than was kept: nothing is kept for anybody while one
before him waits. A level is settled when nobody waits
while something is available, and no more is kept than there is: whatever changes a level settles it in the same
transaction (`allot`), so nobody can take what somebody before him waits for. Claims are written under the lock of their
level only, and no document reads its own: what is kept of a line is what its claim says.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.facts import GoodsAllotted, GoodsTakenBack
from jxc_graphql.books.goods.rules import Wish
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.numbers import Quantity

NOTHING: Mapping[int, Quantity | None] = MappingProxyType({})

TURN = ("priority", "promised_on", "approved_at", "owner_id")
"""Who is served first: the lowest of these, in this order."""

Row = tuple[Any, ...]
_ROW = "claim.owner_id, claim.stock_level_id, claim.wanted, claim.reserved"
_BY_ID = "JOIN stock_level AS level ON level.id = line.id"
_TURNS = "last turns of levels"
_Turn = tuple[datetime, Quantity]
"""When the last was approved who asks something of a level, and what all of them ask for."""
_NEVER, _TICK = datetime.min.replace(tzinfo=UTC), timedelta(microseconds=1)

DUE = f"""
    SELECT owner_id, document_id, stock_level_id, reserved,
        CASE WHEN good <= ahead THEN 0 WHEN good - ahead < wanted THEN good - ahead ELSE wanted END AS due
    FROM (SELECT claim.owner_id, claim.document_id, claim.stock_level_id, claim.reserved, claim.wanted, asked.good,
            CAST(SUM(claim.wanted) OVER turn AS BIGINT) - claim.wanted AS ahead
        FROM {{levels}} AS asked JOIN claim ON claim.stock_level_id = asked.id
        WINDOW turn AS (PARTITION BY claim.stock_level_id ORDER BY {", ".join(TURN)} ROWS UNBOUNDED PRECEDING)
    ) AS queue"""
"""What is due to each claim of levels in which so much may be sold; a select of `id` and `good`.

`ahead` is what all of those ask for who stand earlier.
"""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of wishes."""

    stock_level_ids: tuple[int, ...]
    """The levels that were asked."""
    got: Mapping[int, Quantity]
    """How much is kept for each owner now, 0 included."""


class Used(msgspec.Struct, frozen=True):
    """A claim of which a document uses up a part, or gives it up: what it asked and had, and what it does and has."""

    owner_id: int
    old_wanted: Quantity
    old_reserved: Quantity
    wanted: Quantity
    reserved: Quantity


class ClaimTurned(msgspec.Struct, frozen=True):
    """For a claim more is kept than before, or less."""

    owner_id: int
    document_id: int
    stock_level_id: int
    old_reserved: Quantity
    reserved: Quantity

    @property
    def is_loss(self) -> bool:
        """Whether it is less."""
        return self.reserved < self.old_reserved


async def claim(
    call: Call,
    wishes: Sequence[Wish],
    levels: Mapping[tuple[int, int], BookLevel],
    approved_at: datetime | None = None,
) -> Mapping[int, Quantity]:
    """Makes claims of wishes on levels that are locked: where nobody waits, what is available is kept for them at once.

    They stand behind all claims there are, also where the call began before another one that was quicker. Gives how
    much each owner got, 0 included; the levels are changed and not yet written.
    """
    approved_at = approved_at or await _next_turn(call, levels.values())
    rows, got = [], {}
    for wish in sorted(wishes, key=lambda wish: wish.turn):
        level = levels[wish.level_key]
        kept = min(wish.quantity, max(level.available, Quantity(0))) if not level.waiting else Quantity(0)
        rows.append((wish, level, kept))
        got[wish.owner_id] = kept
        level.reserved += kept
        level.waiting += wish.quantity - kept
    columns = {
        "owner_id": "bigint", "stock_level_id": "bigint", "document_id": "bigint", "kind": "text",
        "priority": "bigint", "promised_on": "date", "lasts_through": "date", "wanted": "bigint", "reserved": "bigint",
    }  # fmt: skip
    db.later(
        f"""
        INSERT INTO claim ({", ".join(columns)}, approved_at)
        SELECT {", ".join(f"line.{name}" for name in columns)}, ? FROM {db.rows(columns)} AS line""",
        (
            approved_at,
            db.json(
                (wish.owner_id, level.id, wish.document_id, wish.kind.value, wish.priority, wish.promised_on,
                 wish.lasts_through, wish.quantity, kept)
                for wish, level, kept in rows
            ),
        ),
    )  # fmt: skip
    return got


def renew(wishes: Sequence[Wish], levels: Mapping[tuple[int, int], BookLevel]) -> set[int]:
    """Has claims ask for so much more on levels that are locked: where they stand, or stood, in their turn.

    What is kept for them is settled with their levels, which are given.
    """
    if not wishes:
        return set()
    columns = {
        "owner_id": "bigint", "stock_level_id": "bigint", "document_id": "bigint", "kind": "text",
        "priority": "bigint", "promised_on": "date", "lasts_through": "date", "approved_at": "timestamptz",
        "wanted": "bigint",
    }  # fmt: skip
    for wish in wishes:
        levels[wish.level_key].waiting += wish.quantity
    db.later(
        f"""
        INSERT INTO claim ({", ".join(columns)}, reserved)
        SELECT {", ".join(f"line.{name}" for name in columns)}, 0 FROM {db.rows(columns)} AS line WHERE true
        ON CONFLICT (owner_id) DO UPDATE SET wanted = claim.wanted + excluded.wanted""",
        (
            db.json(
                (wish.owner_id, levels[wish.level_key].id, wish.document_id, wish.kind.value, wish.priority,
                 wish.promised_on, wish.lasts_through, wish.approved_at, wish.quantity)
                for wish in wishes
            ),
        ),
        rows=len(wishes),
    )  # fmt: skip
    return {levels[wish.level_key].id for wish in wishes}


async def look_at_turns(keys: Iterable[tuple[Any, ...]], columns: Mapping[str, str], join: str) -> None:
    """Sees when the last of those was approved who ask something of levels that are locked, before any of them claims.

    The arguments are those of `levels.lock`.
    """
    rows = await db.fetch(
        f"SELECT stock_level_id, MAX(approved_at), CAST(SUM(wanted) AS BIGINT) FROM claim WHERE stock_level_id IN "
        f"(SELECT level.id FROM {db.rows(columns)} AS line {join}) GROUP BY stock_level_id",
        (db.json(keys),),
    )
    turns: dict[int, _Turn] = running().known.setdefault(_TURNS, {})
    turns.update((level_id, (db.moment(last), Quantity(wanted))) for level_id, last, wanted in rows)


async def _next_turn(call: Call, levels: Iterable[BookLevel]) -> datetime:
    """When somebody is approved now who stands behind all claims of levels."""
    return max(call.at, await _last_turn(levels) + _TICK)


async def _last_turn(levels: Iterable[BookLevel]) -> datetime:
    """When the last of those was approved who ask something of levels; no statement where nobody does."""
    asked = {level.id: level.reserved + level.waiting for level in levels if level.reserved or level.waiting}
    turns: dict[int, _Turn] = running().known.get(_TURNS, {})
    # What was seen before a level was locked, which had just come into being, does not add up to what it says.
    missing = [(level_id,) for level_id, wanted in asked.items() if turns.get(level_id, (_NEVER, None))[1] != wanted]
    if missing:
        await look_at_turns(missing, {"id": "bigint"}, _BY_ID)
        turns = running().known[_TURNS]
    return max((turns[level_id][0] for level_id in asked), default=_NEVER)


async def use(uses: Mapping[int, Quantity | None], levels: Collection[BookLevel]) -> list[Used]:
    """Takes what is used of claims off the figures of their levels, which are locked: first what is kept for them.

    None gives a claim up, if there is one.
    """
    if not uses:
        return []
    rows = await of("owner_id", uses)
    assert {owner_id for owner_id, quantity in uses.items() if quantity is not None} <= {row[0] for row in rows}
    return _used(rows, uses, levels)


async def of(whose: str, ids: Collection[int]) -> list[Row]:
    """What is claimed by those who have these ids in a column."""
    return await db.fetch(
        f"SELECT {_ROW} FROM {db.rows({'id': 'bigint'})} AS line JOIN claim ON claim.{whose} = line.id",
        (db.json([one] for one in sorted(ids)),),
    )


def give_up(rows: Sequence[Row], levels: Collection[BookLevel]) -> list[Used]:
    """Takes claims off the figures of their levels, which are locked."""
    return _used(rows, {row[0]: None for row in rows}, levels)


def _used(rows: Sequence[Row], uses: Mapping[int, Quantity | None], levels: Collection[BookLevel]) -> list[Used]:
    by_id = {level.id: level for level in levels}
    used = []
    for owner_id, level_id, wanted, reserved in rows:
        quantity = Quantity(wanted) if (some := uses[owner_id]) is None else some
        assert 0 < quantity <= wanted
        still, kept = Quantity(wanted) - quantity, max(Quantity(reserved) - quantity, Quantity(0))
        level = by_id[level_id]
        level.waiting += (still - kept) - Quantity(wanted - reserved)
        level.reserved += kept - Quantity(reserved)
        used.append(Used(owner_id, Quantity(wanted), Quantity(reserved), still, kept))
    return used


def write_used(used: Sequence[Used]) -> None:
    """Lowers the claims that were used; those that ask for nothing any more go."""
    lowered = [one for one in used if one.wanted]
    gone = [(one.owner_id, one.old_wanted, one.old_reserved) for one in used if not one.wanted]
    if lowered:
        db.later(
            f"UPDATE claim SET wanted = line.wanted, reserved = line.reserved "
            f"FROM {db.rows(dict.fromkeys(Used.__struct_fields__, 'bigint'))} AS line "
            "WHERE claim.owner_id = line.owner_id AND claim.wanted = line.old_wanted "
            "AND claim.reserved = line.old_reserved",
            (db.json(map(msgspec.structs.astuple, lowered)),),
            rows=len(lowered),
        )
    if gone:
        columns = {"owner_id": "bigint", "wanted": "bigint", "reserved": "bigint"}
        db.later(
            f"DELETE FROM claim WHERE (owner_id, wanted, reserved) IN "
            f"(SELECT line.owner_id, line.wanted, line.reserved FROM {db.rows(columns)} AS line)",
            (db.json(gone),),
            rows=len(gone),
            apart=True,  # others than were lowered
        )


async def hand_over(
    wishes: Mapping[int, Wish], rows: Sequence[Row], levels: Mapping[tuple[int, int], BookLevel]
) -> None:
    """Has what is claimed by others be asked for by these, each for so much of one claim, with what is kept of that.

    They stand just before what is left of it. So levels say the same before and after, and nobody gets in between.
    """
    at = await db.fetch(
        f"SELECT owner_id, approved_at FROM {db.rows({'id': 'bigint'})} AS line JOIN claim ON owner_id = line.id",
        (db.json([one] for one in sorted(wishes)),),
    )
    turns = {owner_id: db.moment(moment) - _TICK for owner_id, moment in at}
    used = _used(rows, {owner_id: wish.quantity for owner_id, wish in wishes.items()}, [*levels.values()])
    write_used(used)
    columns = {
        "owner_id": "bigint", "stock_level_id": "bigint", "document_id": "bigint", "kind": "text",
        "priority": "bigint", "promised_on": "date", "lasts_through": "date", "approved_at": "timestamptz",
        "wanted": "bigint", "reserved": "bigint",
    }  # fmt: skip
    made = []
    for one in used:
        wish, kept = wishes[one.owner_id], one.old_reserved - one.reserved
        level = levels[wish.level_key]
        level.reserved += kept
        level.waiting += wish.quantity - kept
        made.append((wish.owner_id, level.id, wish.document_id, wish.kind.value, wish.priority, wish.promised_on,
                     wish.lasts_through, turns[one.owner_id], wish.quantity, kept))  # fmt: skip
    db.later(
        f"INSERT INTO claim ({', '.join(columns)}) "
        f"SELECT {', '.join(f'line.{name}' for name in columns)} FROM {db.rows(columns)} AS line",
        (db.json(made),),
        rows=len(made),
    )


async def over(today: date) -> list[Row]:
    """The claims that nobody may make any more since a day began."""
    return await db.fetch(f"SELECT {_ROW} FROM claim WHERE lasts_through < ?", (today,))


async def turn(call: Call, wishes: Sequence[Wish], levels: Mapping[tuple[int, int], BookLevel]) -> list[ClaimTurned]:
    """Has owners ask locked levels for more or less than before, or for nothing; gives whose claims changed.

    Who asks for less, or for no more than is available while nobody waits, keeps his turn. Who asks for more than that
    stands behind all others from now on, so that nothing is taken from anybody for it.
    """
    there = {row[0]: row for row in await of("owner_id", [wish.owner_id for wish in wishes])}
    last = await _next_turn(call, levels.values())
    asked = [
        (wish, levels[wish.level_key], wish.quantity - Quantity(there[wish.owner_id][2]))
        for wish in wishes
        if wish.owner_id in there
    ]
    less: dict[int, Quantity | None] = {wish.owner_id: -more for wish, _, more in asked if more < 0}
    write_used(_used([there[owner_id] for owner_id in less], less, [*levels.values()]))
    raised, behind = [], set[int]()
    for wish, level, more in sorted(asked, key=lambda one: one[0].turn):
        if more > 0:
            kept = more if not level.waiting and level.available >= more else Quantity(0)
            level.reserved += kept
            level.waiting += more - kept
            raised.append((wish.owner_id, wish.quantity, kept, int(kept == 0)))
            behind |= set() if kept else {level.id}
    if raised:
        columns = dict.fromkeys(("owner_id", "wanted", "kept", "is_behind"), "bigint")
        db.later(
            "UPDATE claim SET wanted = line.wanted, reserved = claim.reserved + line.kept, approved_at = "
            f"CASE WHEN line.is_behind = 1 THEN ? ELSE claim.approved_at END FROM {db.rows(columns)} AS line "
            "WHERE claim.owner_id = line.owner_id",
            (last, db.json(raised)),
            rows=len(raised),
            apart=True,  # others than were lowered
        )
    if new := [wish for wish in wishes if wish.owner_id not in there and wish.quantity]:
        await claim(call, new, levels, last)
    return await settle([level for level in levels.values() if level.id in behind])


async def allot(levels: Iterable[BookLevel], renewed: Collection[int] = ()) -> list[ClaimTurned]:
    """Settles levels that are locked: what is free goes to those who wait, what is missing is taken from the last.

    No statement where nothing is to be done. Gives whose claims changed; the levels are not yet written. `renewed`:
    the levels at which somebody waits again who may stand before others.
    """
    return await settle([
        level
        for level in levels
        if level.available < 0 or (level.available > 0 and level.waiting > 0) or level.id in renewed
    ])  # fmt: skip


async def settle(levels: Collection[BookLevel]) -> list[ClaimTurned]:
    """Keeps for each claim of levels that are locked what is due to it, whatever was kept before."""
    if not levels:
        return []
    by_id = {level.id: level for level in levels}
    asked = db.rows({"id": "bigint", "good": "bigint"})
    rows = await db.fetch(
        f"SELECT * FROM ({DUE.format(levels=asked)}) AS turn WHERE due <> reserved ORDER BY owner_id",
        (db.json((level.id, level.sellable - level.unfit) for level in levels),),
    )
    turned = [
        ClaimTurned(owner_id, document_id, level_id, Quantity(reserved), Quantity(due))
        for owner_id, document_id, level_id, reserved, due in rows
    ]
    for one in turned:
        level, more = by_id[one.stock_level_id], one.reserved - one.old_reserved
        level.reserved += more
        level.waiting -= more
    db.later(
        f"UPDATE claim SET reserved = line.reserved "
        f"FROM {db.rows({'owner_id': 'bigint', 'old_reserved': 'bigint', 'reserved': 'bigint'})} AS line "
        "WHERE claim.owner_id = line.owner_id AND claim.reserved = line.old_reserved",
        (db.json((one.owner_id, one.old_reserved, one.reserved) for one in turned),),
        rows=len(turned),
    )
    return turned


def tell(call: Call, turned: Sequence[ClaimTurned]) -> None:
    """Says in the history of each document that goods are kept for it now, or are not any more."""
    facts = [
        fact(document_id=document_id, stock_level_ids=tuple(sorted(level_ids)))
        for fact, is_loss in ((GoodsTakenBack, True), (GoodsAllotted, False))
        for document_id, level_ids in _by_document(one for one in turned if one.is_loss is is_loss).items()
    ]
    journal.record_all(facts, call)


def losers(turned: Iterable[ClaimTurned]) -> tuple[int, ...]:
    """The documents for which less is kept than before."""
    return tuple(sorted({one.document_id for one in turned if one.is_loss}))


def _by_document(turned: Iterable[ClaimTurned]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for one in turned:
        found.setdefault(one.document_id, set()).add(one.stock_level_id)
    return found
