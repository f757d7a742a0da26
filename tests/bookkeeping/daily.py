"""Daily facts worked out once more, movement by movement, by somebody who does not know our code."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from jxc_graphql.kit import clock, db
from tests.bookkeeping.by_hand import day, moment, with_owners

_IN = {
    "SUPPLIER": "received", "CUSTOMER": "customer_returned", "VARIANCE": "found", "SCRAP": "found",
    "OPENING": "opened", "ASSEMBLY": "assembled",
}  # fmt: skip
_OUT = {
    "SUPPLIER": "supplier_returned", "CUSTOMER": "sold", "VARIANCE": "missing", "SCRAP": "scrapped",
    "OPENING": "missing", "ASSEMBLY": "used",
}  # fmt: skip
_ELSEWHERE = {"TRANSIT": "in_transit", "LENT": "lent"}
_LEDGER = """
    SELECT sku_id, movement.warehouse_id, source.kind, source.warehouse_id, target.kind, target.warehouse_id, quantity,
        value, business_date, posted_at
    FROM stock_movement AS movement JOIN place_with_owner AS source ON source.id = from_place_id
    JOIN place_with_owner AS target ON target.id = to_place_id ORDER BY movement.id"""
_REVALUED = """
    SELECT sku_id, warehouse_id, value, in_transit_value, lent_value, sold_value, business_date, posted_at
    FROM stock_revaluation"""
_GIVEN_UP = """
    SELECT line.sku_id, warehouse_id, business_date, quantity_cancelled FROM sales_order_line AS line
    JOIN sales_order ON sales_order.id = sales_order_id WHERE approved_at IS NOT NULL"""

Key = tuple[int, int, date, date, str]
"""SKU, warehouse, day of posting, business date, and which figure."""
Spans = list[tuple[datetime, datetime | None]]


class Days:
    """What days should say, and when levels should have had nothing."""

    def __init__(self) -> None:
        self.figures: Counter[Key] = Counter()
        self.spans: dict[tuple[int, int], Spans] = {}
        self._for_sale: Counter[tuple[int, int]] = Counter()

    def move(
        self, sku_id: int, source: tuple[str, Any], target: tuple[str, Any], goods: tuple[int, int, Any, Any]
    ) -> None:
        """Goods go from a place, of a kind and a warehouse, to another."""
        quantity, value, on, at = goods
        days = clock.day_of(moment(at)), day(on)
        for sign, (kind, warehouse_id), (other, elsewhere), ways in (
            (-1, source, target, _OUT), (1, target, source, _IN),
        ):  # fmt: skip
            if warehouse_id is None:
                continue
            where = _ELSEWHERE.get(kind)
            self.add((sku_id, warehouse_id, *days), where or "quantity", sign * quantity)
            self.add((sku_id, warehouse_id, *days), f"{where}_value" if where else "value", sign * value)
            if elsewhere != warehouse_id:
                way = ways.get(other, "transferred_in" if sign > 0 else "transferred_out")
                self.add((sku_id, warehouse_id, *days), way, quantity)
                self.add((sku_id, warehouse_id, *days), f"{way}_value", value)
        if source != target:
            self._shelve(sku_id, source, target, quantity, moment(at))

    def _shelve(
        self, sku_id: int, source: tuple[str, Any], target: tuple[str, Any], quantity: int, at: datetime
    ) -> None:
        for sign, (kind, warehouse_id) in ((-1, source), (1, target)):
            if kind == "STOCK":
                key, spans = (sku_id, warehouse_id), self.spans.setdefault((sku_id, warehouse_id), [])
                self._for_sale[key] += sign * quantity
                if sign < 0 and self._for_sale[key] == 0:
                    spans.append((at, None))
                elif sign > 0 and self._for_sale[key] == quantity and spans:
                    spans[-1] = (spans[-1][0], at)

    def add(self, key: tuple[int, int, date, date], name: str, figure: int) -> None:
        self.figures[(*key, name)] += figure


async def differences() -> list[str]:
    """What days and stock-outs say that the ledger does not come to."""
    mine = Days()
    for sku_id, own, kind, warehouse_id, to_kind, to_warehouse_id, *goods in await db.fetch(with_owners(_LEDGER)):
        quantity, value, on, at = goods
        if warehouse_id is None and to_warehouse_id is None and kind != to_kind:  # bought where it was sold
            for way in (_IN[kind], _OUT[to_kind]):
                key = sku_id, own, clock.day_of(moment(at)), day(on)
                mine.add(key, way, quantity)
                mine.add(key, f"{way}_value", value)
        mine.move(sku_id, (kind, warehouse_id), (to_kind, to_warehouse_id), (quantity, value, on, at))
    for sku_id, warehouse_id, *values, sold, on, at in await db.fetch(_REVALUED):
        key = sku_id, warehouse_id, clock.day_of(moment(at)), day(on)
        for name, value in zip(("value", "in_transit_value", "lent_value"), values, strict=True):
            mine.add(key, name, value)
        mine.add(key, "revalued", sum(values))
        mine.add(key, "sold_revalued", sold)
    for sku_id, warehouse_id, on, quantity in await db.fetch(_GIVEN_UP):
        mine.add((sku_id, warehouse_id, day(on), day(on)), "lost_demand", quantity)
    return [*await _wrong_days(mine), *await _wrong_spans(mine)]


async def _wrong_days(mine: Days) -> list[str]:
    columns = sorted({name for *_, name in mine.figures} | {"received", "sold", "lost_demand"})
    rows = await db.fetch(
        f"SELECT sku_id, warehouse_id, posted_on, business_date, {', '.join(f'day.{name}' for name in columns)} "
        "FROM stock_day AS day JOIN stock_level ON stock_level.id = stock_level_id"
    )
    there: Counter[Key] = Counter()
    for sku_id, warehouse_id, posted_on, on, *figures in rows:
        for name, figure in zip(columns, figures, strict=True):
            there[sku_id, warehouse_id, day(posted_on), day(on), name] += figure
    keys = there.keys() | mine.figures.keys()
    return [f"{key} is {mine.figures[key]}, not {there[key]}" for key in keys if there[key] != mine.figures[key]]


async def _wrong_spans(mine: Days) -> list[str]:
    there: dict[tuple[int, int], Spans] = {}
    for sku_id, warehouse_id, began_at, ended_at in await db.fetch(
        "SELECT sku_id, warehouse_id, began_at, ended_at FROM stock_out "
        "JOIN stock_level ON stock_level.id = stock_level_id ORDER BY stock_out.id"
    ):
        there.setdefault((sku_id, warehouse_id), []).append((moment(began_at), ended_at and moment(ended_at)))
    keys = there.keys() | mine.spans.keys()
    told = {key: (_lasting(mine.spans.get(key, [])), _lasting(there.get(key, []))) for key in keys}
    return [f"{key} had nothing {right}, not {actual}" for key, (right, actual) in told.items() if right != actual]


def _lasting(spans: Spans) -> Spans:
    """Those that took time; what ended and began again at one moment went on."""
    found: Spans = []
    for began, ended in spans:
        if found and found[-1][1] == began:
            found[-1] = (found[-1][0], ended)
        elif ended is None or ended > began:
            found.append((began, ended))
    return found
