"""Which goods may be sold: those of lots that are blocked or have expired on the day of the books may not.

The day of the books is one row. Whoever writes shares it until the end of his transaction; whoever comes first after
the company's midnight turns it, alone, and with it every level in which something has expired, or of which something is
claimed through a day that is over. Promises that can no longer be kept are taken back there and then, from the last in
the order of claims, and what is free goes to those who wait.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence
from datetime import date, datetime

import msgspec

from jxc_graphql.books.goods import claims
from jxc_graphql.books.goods import levels as stock_levels
from jxc_graphql.books.goods.claims import ClaimTurned
from jxc_graphql.books.goods.facts import GoodsExpired
from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.company import queries as company

BAD = "(lot.is_blocked OR lot.expires_on < (SELECT day FROM book_day))"
"""Which lots may not be sold."""
UNFIT = f"""
    SELECT place_level.sku_id, place.warehouse_id, place_level.quantity FROM place_level
    JOIN place ON place.id = place_level.place_id AND place.kind = 'STOCK'
    JOIN lot ON lot.id = place_level.lot_id AND {BAD}
    WHERE place_level.quantity > 0"""
"""What may not be sold of what lies at stock places: SKU, warehouse and quantity."""

_DAY, _LOTS = "book day", "lots of the book"
_SHARED = {"sqlite": "", "postgres": "FOR SHARE OF book_day"}
_ALONE = {"sqlite": "", "postgres": "FOR UPDATE OF book_day"}
_BY_ID = "JOIN stock_level AS level ON level.id = line.level_id"
_HOLDING = """
    SELECT DISTINCT level.id FROM place_level
    JOIN place ON place.id = place_level.place_id AND place_level.quantity > 0
    JOIN stock_level AS level ON level.sku_id = place_level.sku_id AND level.warehouse_id = place.warehouse_id"""


async def day(call: Call) -> date:
    """The day of the books, which stays until the transaction ends; begun by whoever comes first.

    Belongs before the locks of any level.
    """
    found = await begun(call)
    if found is None:
        running().known[_DAY] = found = await _turn(call)
    return found


async def begun(call: Call) -> date | None:
    """The same day; None where that of the call has yet to begin."""
    known = running().known
    if _DAY not in known and (found := await _begun(call)):
        known[_DAY] = found
    return known.get(_DAY)


async def begin_day(now: datetime | None = None) -> None:
    """Turns the day of the books if nobody has since the company's midnight; learns of new settings on the way."""
    call = Call(request_id="midnight", at=now or clock.now())
    ((begun, version),) = await db.fetch("SELECT day, version FROM book_day, company")
    if db.day(begun) < (await company.at(version)).calendar.day_of(call.at):
        await db.transactional(day)(call)


async def bad_lots(lot_ids: Collection[int], on: date) -> set[int]:
    """Those of the lots that are not good on a day; none of them changes until the transaction ends."""
    known: dict[int, bool] = running().known.setdefault(_LOTS, {})
    if missing := set(lot_ids) - known.keys():
        known |= await _look(missing, on)
    return {lot_id for lot_id in lot_ids if known[lot_id]}


async def _look(lot_ids: Collection[int], on: date) -> dict[int, bool]:
    asked = f"FROM {db.rows({'id': 'bigint'})} AS asked JOIN lot ON lot.id = asked.id"
    wanted = db.json([lot_id] for lot_id in lot_ids)
    await db.lock(f"SELECT lot.id {asked} ORDER BY lot.id FOR SHARE OF lot", (wanted,))
    rows = await db.fetch(f"SELECT lot.id, lot.is_blocked OR coalesce(lot.expires_on < ?, false) {asked}", (on, wanted))
    return {lot_id: bool(is_bad) for lot_id, is_bad in rows}


async def lots_changed(call: Call, lot_ids: Collection[int]) -> tuple[int, ...]:
    """Counts the goods of lots anew that were blocked or expire on another day; gives the documents it took from.

    The lots are locked.
    """
    await day(call)
    rows = await db.fetch(
        f"{_HOLDING} JOIN {db.rows({'lot_id': 'bigint'})} AS line ON line.lot_id = place_level.lot_id",
        (db.json([lot_id] for lot_id in lot_ids),),
    )
    return claims.losers(await _requalify(call, [level_id for (level_id,) in rows])) if rows else ()


async def unfit(level_ids: Collection[int]) -> dict[int, Quantity]:
    """What may not be sold of the levels in which there is any of it."""
    rows = await db.fetch(
        f"""
        SELECT level.id, CAST(SUM(bad.quantity) AS BIGINT) FROM {db.rows({"level_id": "bigint"})} AS line {_BY_ID}
        JOIN ({UNFIT}) AS bad ON bad.sku_id = level.sku_id AND bad.warehouse_id = level.warehouse_id
        GROUP BY level.id""",
        (db.json([level_id] for level_id in sorted(level_ids)),),
    )
    return {level_id: Quantity(quantity) for level_id, quantity in rows}


async def _begun(call: Call) -> date | None:
    """The day of the books, kept as it is; None where that of the call has yet to begin."""
    today = clock.day_of(call.at)
    await db.lock("SELECT day FROM book_day WHERE day >= ? FOR SHARE", (today,))
    rows = await db.fetch(
        f"SELECT day, (SELECT version FROM company) FROM book_day WHERE day >= ? {_SHARED[db.dialect()]}", (today,)
    )
    for found, version in rows:
        day_begun, today = db.day(found), (await company.at(version)).calendar.day_of(call.at)
        return day_begun if day_begun >= today else None
    return None


async def _turn(call: Call) -> date:
    """Begins the day of a call; who waited here finds that another one has."""
    ((before, version),) = await db.fetch(f"SELECT day, version FROM book_day, company {_ALONE[db.dialect()]}")
    today, before = (await company.at(version)).calendar.day_of(call.at), db.day(before)
    if before >= today:
        return before
    await db.execute("UPDATE book_day SET day = ?", (today,))
    expired = "JOIN lot ON lot.id = place_level.lot_id AND lot.expires_on >= ? AND lot.expires_on < ?"
    rows = await db.fetch(f"{_HOLDING} {expired} WHERE NOT lot.is_blocked", (before, today))
    system = msgspec.structs.replace(call, actor_id=None)
    over = await claims.over(today)
    level_ids = sorted({level_id for (level_id,) in rows} | {row[1] for row in over})
    if level_ids:
        await _requalify(system, level_ids, over)
        journal.record(GoodsExpired(day_number=today.toordinal(), stock_level_ids=tuple(level_ids)), system)
    return today


async def _requalify(call: Call, level_ids: Collection[int], over: Sequence[claims.Row] = ()) -> list[ClaimTurned]:
    """Counts anew what may not be sold of levels, gives up the claims on them that are over, and settles them."""
    found = await stock_levels.lock(((level_id,) for level_id in level_ids), {"level_id": "bigint"}, _BY_ID)
    before = stock_levels.copies(found)
    bad = await unfit(level_ids)
    for level in found.values():
        level.unfit = bad.get(level.id, Quantity(0))
    claims.write_used(claims.give_up(over, found.values()))
    turned = await claims.allot(found.values())
    stock_levels.write(before, found, call.at)
    claims.tell(call, turned)
    return turned
