"""Counts of stocktakes: what somebody wrote down of goods, row by row.

A count replaces what was counted of the same goods before; one that says the same again is not written down once more.
Where counts are worth beside earlier ones (ADD), the rows of a stocktake are taken in together or not at all, and the
same rows of the same caller once: their retry key is made of them, and kept for good.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from jxc_graphql.exchange.imports.cells import CellUnknownCode, RowGoesWith, SentRow
from jxc_graphql.exchange.imports.taking import Done, TakenRows, by_row
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.catalog.queries import KnownSku, Scan
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.documents.operations import IMPORT_KEYS
from jxc_graphql.office.documents.posting import was_done
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes import queries
from jxc_graphql.warehousing.stocktakes.operations import AskedCount, CountMode
from jxc_graphql.warehousing.stocktakes.queries import CountedGoods, GoodsNamed

PART = 5_000
"""Rows that are written down at once."""
_MOST_NAMED = 5


class CountSheet(msgspec.Struct, frozen=True):
    """On what counts were written, and what becomes of earlier counts; ids."""

    stocktake_id: int
    sheet_id: int | None
    mode: CountMode


Rows = list[tuple[SentRow, AskedCount]]


async def counts(call: Call, rows: Sequence[SentRow]) -> TakenRows:
    """Writes counts down, those of each sheet at once."""
    call.require(stocktakes.COUNT_STOCK)
    taken, sheets = TakenRows(done={}, refused={}), dict[CountSheet, Rows]()
    known = dict[tuple[str, str, str], CountSheet]()
    for row in rows:
        try:
            sheet = await _sheet(call, row, known)
            sheets.setdefault(sheet, []).append((row, _count(row)))
        except Rejected as refusal:
            taken.refused[row.number] = list(refusal.reasons)
    for sheet, asked in sheets.items():
        write = _added if sheet.mode is CountMode.ADD else _replaced
        await write(call, sheet, asked, taken)
    return taken


async def _sheet(call: Call, row: SentRow, known: dict[tuple[str, str, str], CountSheet]) -> CountSheet:
    key = row.need_text("stocktake"), row.read_text("sheet"), row.read_text("mode")
    if key not in known:
        mode = row.choice("mode", CountMode) if key[2] else CountMode.REPLACE
        stocktake_id = await queries.stocktake_id(call, key[0])
        if stocktake_id is None:
            raise Rejected(CellUnknownCode(cell=row.at("stocktake"), kind="Stocktake", text=key[0][:60]))
        sheet_id = await queries.sheet_id(stocktake_id, row.integer("sheet")) if key[1] else None
        if key[1] and sheet_id is None:
            raise Rejected(CellUnknownCode(cell=row.at("sheet"), kind="StocktakeSheet", text=key[1][:60]))
        known[key] = CountSheet(stocktake_id, sheet_id, mode)
    return known[key]


def _count(row: SentRow) -> AskedCount:
    return AskedCount(
        code=row.need_text("code"),
        place=row.read_text("place") or None,
        lot=LotLabel(row.read_text("lot")) if row.has("lot") else None,
        quantity=row.fixed("quantity", Quantity) if row.has("quantity") or not row.has("serials") else None,
        unit=row.read_text("unit") or None,
        serials=row.read_texts("serials"),
    )


async def _replaced(call: Call, sheet: CountSheet, asked: Rows, taken: TakenRows) -> None:
    codes = await catalog.scan_all(call, {count.code for _, count in asked if count.code})
    skus = await catalog.skus({scan.sku_id for scan in codes.values()})
    before = await queries.counted(sheet.stocktake_id, [*skus], pieces=any(count.serials for _, count in asked))
    goods = {row.number: _goods(count, codes) for row, count in asked}
    times = Counter(goods.values())
    new, done = Rows(), dict[int, Done]()
    for row, count in asked:
        known = before.get(goods[row.number])
        if known is not None and times[goods[row.number]] == 1 and _says(known, count, codes, skus):
            taken.done[row.number] = Done.UNCHANGED
        else:
            new.append((row, count))
            done[row.number] = Done.CREATED if known is None else Done.UPDATED
    if not new:
        return
    try:
        await _record(call, sheet, new)
        taken.done.update(done)
    except Rejected as refusal:
        taken.refused.update(by_row([row for row, _ in new], refusal))


def _goods(count: AskedCount, codes: Mapping[str, Scan]) -> GoodsNamed:
    scan = codes.get(count.code or "")
    lot = count.lot.number if count.lot else (scan and scan.lot_number) or ""
    return (scan.sku_id if scan else 0, count.place or "", lot)


def _says(known: CountedGoods, count: AskedCount, codes: Mapping[str, Scan], skus: Mapping[int, KnownSku]) -> bool:
    """Whether a line says already what was counted."""
    scan = codes[count.code or ""]
    if count.serials or count.quantity is None:
        return known.pieces == frozenset(count.serials)
    return known.quantity == skus[scan.sku_id].in_base(count.unit or scan.unit, count.quantity)


async def _added(call: Call, sheet: CountSheet, asked: Rows, taken: TakenRows) -> None:
    rows = [row for row, _ in asked]
    digest = hashlib.sha256(msgspec.json.encode((sheet, [count for _, count in asked]), enc_hook=int)).hexdigest()
    once = msgspec.structs.replace(call, idempotency_key=f"{IMPORT_KEYS}counts/{digest}")
    if await was_done(once, stocktakes.record_counts):
        taken.done.update(dict.fromkeys((row.number for row in rows), Done.UNCHANGED))
        return
    wrong = dict(taken.refused)
    if not wrong:
        try:
            await _record(once, sheet, asked)
        except Rejected as refusal:
            wrong = by_row(rows, refusal)
    named = tuple(sorted(wrong)[:_MOST_NAMED])
    for row in rows:
        if wrong:
            taken.refused[row.number] = wrong.get(row.number) or [RowGoesWith(cell=row.at("code"), rows=named)]
        else:
            taken.done[row.number] = Done.CREATED


async def _record(call: Call, sheet: CountSheet, asked: Rows) -> None:
    await stocktakes.record_counts(
        call,
        stocktake_id=sheet.stocktake_id,
        sheet_id=sheet.sheet_id,
        mode=sheet.mode,
        counts=[count for _, count in asked],
    )
