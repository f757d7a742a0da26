"""Counts of a stocktake out of a CSV file: all of them or none, and what is wrong by the line of the file.

Columns: `code` (of the SKU, or a barcode) and `quantity`; where they are needed `place` (its code), `lot` (its number),
`unit` and `serials` (separated by semicolons); or as Chinese sheets name them (`COLUMNS`).
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from jxc_graphql.exchange import sheet
from jxc_graphql.exchange.sheet import Remark, Row, Unusable
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Reason, Rejected, UnknownId
from jxc_graphql.kit.messages import render
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes import queries
from jxc_graphql.warehousing.stocktakes.operations import AskedCount, CountMode

CHUNK = 10_000
"""Counts written down at once."""

COLUMNS = {
    "code": "SKU barcode 编码 商品编码 货品编码 物料编码 规格编码 SKU编码 货号 条码 商品条码 条形码 扫码",
    "quantity": "qty 数量 实盘数量 实盘数 实盘 盘点数量 盘点数 实存数量 实存 实际数量 库存数量 库存",
    "place": "库位 位置 货位 仓位 储位 库位编码",
    "lot": "批次 批号 批次号 生产批号",
    "unit": "单位 计量单位",
    "serials": "serial 序列号 串号 唯一码",
}
"""By what names the columns go."""


class CountsSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What an import of counts did, or would do; where anything is refused, nothing was written."""

    lines_counted: int
    lines_found: int
    refused: list[Remark]

    def told(self) -> list[str]:
        """The same in lines for people."""
        if not self.refused:
            return [f"{self.lines_counted} lines counted, {self.lines_found} of them found."]
        rows = [f"{each.file}:{each.line} {each.text}" for each in self.refused]
        return [*rows, f"{len(rows)} counts are refused; nothing was written."]


class _Undone(Exception):
    """Takes back what was written."""


async def import_counts(
    call: Call,
    file: Path,
    *,
    number: str,
    sheet_no: int | None = None,
    add: bool = False,
    dry_run: bool = False,
) -> CountsSummary:
    """Writes down the counts in a file for the stocktake with this number, beside earlier ones (`add`) or instead.

    `dry_run` only tells what would come of it. Raises `SheetMissing` for a file that cannot be read, and `Rejected` for
    what is wrong with all of it.
    """
    rows = sheet.read(file.parent, file.name, {"code", "quantity"}, COLUMNS)
    asked, refused = _asked(rows)
    mode = CountMode.ADD if add else CountMode.REPLACE
    done = {"lines_counted": 0, "lines_found": 0}
    stocktake_id = await queries.stocktake_id(call, number)
    if stocktake_id is None:
        raise NotFound(UnknownId(path=("number",), kind="Stocktake"))
    sheet_id = None if sheet_no is None else await queries.sheet_id(stocktake_id, sheet_no)
    if sheet_no is not None and sheet_id is None:
        raise NotFound(UnknownId(path=("sheet_no",), kind="StocktakeSheet"))

    @db.transactional
    async def write_down() -> None:
        for start in range(0, len(asked), CHUNK):
            part = asked[start : start + CHUNK]
            try:
                fact = await stocktakes.record_counts(
                    call, stocktake_id=stocktake_id, sheet_id=sheet_id, mode=mode, counts=[one for _, one in part]
                )
                done["lines_counted"] += fact.lines_counted
                done["lines_found"] += fact.lines_found
            except Rejected as refusal:
                refused.extend(_remark(part, reason) for reason in refusal.reasons)
        if refused or dry_run:
            raise _Undone

    with suppress(_Undone):
        await write_down()
    return CountsSummary(**done, refused=sorted(refused, key=lambda remark: remark.line))


def _asked(rows: Sequence[Row]) -> tuple[list[tuple[Row, AskedCount]], list[Remark]]:
    """The counts that rows tell, and what is wrong with those that cannot be read."""
    asked, refused = [], []
    for row in rows:
        try:
            asked.append((row, _count(row)))
        except Unusable as error:
            refused.append(row.remark(str(error)))
    return asked, refused


def _count(row: Row) -> AskedCount:
    return AskedCount(
        code=row.text("code"),
        place=row.text("place") or None,
        lot=LotLabel(row.text("lot")) if row.text("lot") else None,
        quantity=row.exact("quantity", Quantity) if row.text("quantity") or not row.text("serials") else None,
        unit=row.text("unit") or None,
        serials=row.texts("serials"),
    )


def _remark(part: Sequence[tuple[Row, AskedCount]], reason: Reason) -> Remark:
    """What was refused, at the row of the count that its path leads to; else at the first one."""
    index = reason.path[1] if len(reason.path) > 1 else 0
    row = part[index][0] if isinstance(index, int) else part[0][0]
    field = f"{reason.path[2]}: " if len(reason.path) > 2 else ""  # noqa: PLR2004  (counts, index, field)
    return row.remark(f"{field}{render(reason, 'en')}")
