"""How the lines of a stocktake are dealt out to the sheets of several counters."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.office.auth import queries as users
from jxc_graphql.office.documents.rules import check_line_count
from jxc_graphql.warehousing.stocktakes import rules
from jxc_graphql.warehousing.stocktakes.models import StocktakeSheet
from jxc_graphql.warehousing.stocktakes.rules import RangeEmpty, SheetsInUse, WantedSheet


async def deal_out(stocktake_id: int, wanted: Sequence[WantedSheet]) -> list[int]:
    """Makes these sheets instead of those there are, and gives each its lines: a range of places, or an equal part."""
    reject_if(check_line_count(len(wanted), rules.MAX_SHEETS))
    counters = {sheet.counter_id for sheet in wanted if sheet.counter_id is not None}
    reject_if(rules.check_sheets(wanted, await users.active(counters)))
    await _clear(stocktake_id)
    made = [
        StocktakeSheet(stocktake_id=stocktake_id, sheet_no=number, name=sheet.name.strip(), counter_id=sheet.counter_id)
        for number, sheet in enumerate(wanted, 1)
    ]
    await StocktakeSheet.bulk_create(made)
    if wanted[0].from_place is None and wanted[0].to_place is None:
        await _by_part(stocktake_id, made)
    else:
        await _by_range(stocktake_id, made, wanted)
    return [sheet.id for sheet in made]


async def _clear(stocktake_id: int) -> None:
    """Takes the lines off their sheets; refused once somebody wrote on one."""
    used = await db.fetch(
        "SELECT 1 FROM stocktake_sheet AS sheet JOIN stocktake_count ON sheet_id = sheet.id "
        "WHERE sheet.stocktake_id = ? LIMIT 1",
        (stocktake_id,),
    )
    reject_if([SheetsInUse(path=("sheets",))] if used else [])
    await db.execute("UPDATE stocktake_line SET sheet_id = NULL WHERE stocktake_id = ?", (stocktake_id,))
    await db.execute("DELETE FROM stocktake_sheet WHERE stocktake_id = ?", (stocktake_id,))


async def _by_part(stocktake_id: int, sheets: Sequence[StocktakeSheet]) -> None:
    ((lines,),) = await db.fetch("SELECT count(*) FROM stocktake_line WHERE stocktake_id = ?", (stocktake_id,))
    parts = zip(sheets, rules.parts(lines, len(sheets)), strict=True)
    await db.execute(
        f"""
        UPDATE stocktake_line SET sheet_id = part.id
        FROM {db.rows({"id": "bigint", "first": "bigint", "last": "bigint"})} AS part
        WHERE stocktake_line.stocktake_id = ? AND line_no BETWEEN part.first AND part.last""",
        (db.json((sheet.id, first, last) for sheet, (first, last) in parts), stocktake_id),
    )


async def _by_range(stocktake_id: int, sheets: Sequence[StocktakeSheet], wanted: Sequence[WantedSheet]) -> None:
    """A place that lies in several ranges goes to the first of them."""
    places = await db.fetch(
        "SELECT id, code FROM place WHERE id IN (SELECT place_id FROM stocktake_line WHERE stocktake_id = ?)",
        (stocktake_id,),
    )
    sheet_of = {
        place_id: next((at for at, sheet in enumerate(wanted) if sheet.has(code)), None) for place_id, code in places
    }
    taken = {at for at in sheet_of.values() if at is not None}
    reject_if(RangeEmpty(path=("sheets", at)) for at in range(len(wanted)) if at not in taken)
    await db.execute(
        f"""
        UPDATE stocktake_line SET sheet_id = part.id
        FROM {db.rows({"place_id": "bigint", "id": "bigint"})} AS part
        WHERE stocktake_line.stocktake_id = ? AND stocktake_line.place_id = part.place_id""",
        (db.json((place_id, sheets[at].id) for place_id, at in sheet_of.items() if at is not None), stocktake_id),
    )
