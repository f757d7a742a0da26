"""What was traded with whom, by day and month, revenue of levels, and months of levels: from the first movement on."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Sequence
from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import ByCompanyDay, OwnOperation, Statements, index

STOCK = (
    "quantity", "value", "in_transit", "in_transit_value", "lent", "lent_value", "opened", "opened_value", "received",
    "received_value", "customer_returned", "customer_returned_value", "assembled", "assembled_value", "found",
    "found_value", "transferred_in", "transferred_in_value", "sold", "sold_value", "supplier_returned",
    "supplier_returned_value", "used", "used_value", "missing", "missing_value", "scrapped", "scrapped_value",
    "transferred_out", "transferred_out_value", "revenue", "revalued", "sold_revalued", "lost_demand", "lost_revenue",
)  # fmt: skip
COLUMNS = {"": "moved.quantity", "_net": "line.net", "_value": "moved.value", "_lines": "1"}
SIDES = {"supplier": ("supplier",), "customer": ("customer", "seller")}
WAYS = {"supplier": ("received", "returned"), "customer": ("sold", "returned")}
MODELS = {"supplier": "Supplier", "customer": "Customer", "seller": "User"}
MONTH = {
    "sqlite": "strftime('%Y-%m-01', business_date)",
    "postgres": "CAST(date_trunc('month', business_date) AS DATE)",
}
ZONES = "SELECT starts_on, time_zone FROM company_time_zone ORDER BY id"
FIRST = "(SELECT MIN(id) FROM stock_movement AS moved WHERE moved.line_id = line.id)"
SOLD = "SELECT id, base_net AS net FROM shipment_line UNION ALL SELECT id, -base_net FROM shipment_reversal_line"
REVENUE = f"""
    UPDATE stock_day SET revenue = told.net FROM (
        SELECT level.id AS level_id, company_day.day AS posted_on, movement.business_date,
            CAST(SUM(line.net) AS BIGINT) AS net
        FROM ({SOLD}) AS line JOIN stock_movement AS movement ON movement.id = {FIRST}
        JOIN stock_level AS level ON level.sku_id = movement.sku_id AND level.warehouse_id = movement.warehouse_id
        JOIN company_day ON company_day.moment = movement.posted_at GROUP BY 1, 2, 3) AS told
    WHERE stock_day.stock_level_id = told.level_id AND stock_day.posted_on = told.posted_on
        AND stock_day.business_date = told.business_date"""
GIVEN_UP = """
    SELECT line.id, level.id, sales_order.business_date, quantity_cancelled, line.quantity,
        line.amount - line.discount, line.tax_rate, prices_include_tax, exchange_rate, base_places
    FROM sales_order_line AS line JOIN sales_order ON sales_order.id = line.sales_order_id
    JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = sales_order.warehouse_id
    WHERE approved_at IS NOT NULL AND quantity_cancelled > 0 AND line.id > {last} ORDER BY line.id LIMIT {most}"""
AT_A_TIME = 20_000
RATIO, RATE, PLACES = 10_000, 10**8, 4
_OF_ORDER = "JOIN sales_order ON sales_order.id = shipment.sales_order_id"
TOLD = {
    "supplier": "document.supplier_id, line.base_net AS net",
    "customer": "shipment.customer_id, sales_order.seller_id, line.base_net AS net",
}
LINES = {
    ("supplier", "received"): """
        goods_receipt_line AS line JOIN goods_receipt AS document ON document.id = line.goods_receipt_id""",
    ("supplier", "returned"): """
        goods_receipt_reversal_line AS line
        JOIN goods_receipt_reversal AS document ON document.id = line.goods_receipt_reversal_id""",
    ("customer", "sold"): f"shipment_line AS line JOIN shipment ON shipment.id = line.shipment_id {_OF_ORDER}",
    ("customer", "returned"): f"""
        shipment_reversal_line AS line JOIN shipment_reversal AS back ON back.id = line.shipment_reversal_id
        JOIN shipment ON shipment.id = back.shipment_id {_OF_ORDER}""",
}


class Lost(OwnOperation):
    """Tells of each day what would have been paid, without tax, for what was given up of orders of that day."""

    async def change(self, editor: BaseSchemaEditor) -> None:
        """Some order lines after the other."""
        client: Any = editor.client
        places = "????" if editor.DIALECT == "sqlite" else ("$1", "$2", "$3", "$4")
        net, level, posted_on, business_date = places
        write = (
            f"UPDATE stock_day SET lost_revenue = lost_revenue + {net} WHERE stock_level_id = {level} "
            f"AND posted_on = {posted_on} AND business_date = {business_date}"
        )
        last = 0
        while rows := [tuple(row) for row in await client.fetch(GIVEN_UP.format(last=last, most=AT_A_TIME))]:
            await client.execute_many(write, [_lost(*row[1:]) for row in rows])
            last = rows[-1][0]


def _lost(level: int, on: Any, *of: int) -> tuple[int, int, Any, Any]:
    given_up, ordered, typed, tax_rate, has_tax_in_it, exchange_rate, base_places = of
    steps = typed * given_up * exchange_rate * RATIO
    whole = ordered * RATE * (RATIO + tax_rate if has_tax_in_it else RATIO)
    unit: int = 10 ** (PLACES - base_places)
    return (2 * steps + whole * unit) // (2 * whole * unit) * unit, level, on, on


def _figures(side: str) -> list[str]:
    return [f"{way}{of}" for way in WAYS[side] for of in ("", "_net", "_value", "_lines")]


def _traded(side: str, way: str) -> str:
    """What the lines of one kind of documents moved, each line once."""
    whose = ", ".join(f"{one}_id" for one in SIDES[side])
    figures = {f"{way}{of}": column for of, column in COLUMNS.items()}
    return f"""
        SELECT level.id AS level_id, {whose}, moved.business_date,
            {", ".join(f"{figures.get(name, '0')} AS {name}" for name in _figures(side))}
        FROM (SELECT line.id, {TOLD[side]} FROM {LINES[side, way]}) AS line
        JOIN (SELECT line_id, sku_id, warehouse_id, business_date, SUM(quantity) AS quantity, SUM(value) AS value
            FROM stock_movement GROUP BY line_id, sku_id, warehouse_id, business_date) AS moved
            ON moved.line_id = line.id
        JOIN stock_level AS level ON level.sku_id = moved.sku_id AND level.warehouse_id = moved.warehouse_id"""


def _days(side: str) -> str:
    whose = ", ".join(f"{one}_id" for one in SIDES[side])
    every = " UNION ALL ".join(_traded(side, way) for way in WAYS[side])
    figures = _figures(side)
    return f"""
        INSERT INTO {side}_day (id, stock_level_id, {whose}, business_date, {", ".join(figures)})
        SELECT ROW_NUMBER() OVER (ORDER BY business_date, level_id, {whose}), level_id, {whose}, business_date,
            {", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in figures)}
        FROM ({every}) AS traded GROUP BY level_id, {whose}, business_date"""


def _months(table: str, keys: Sequence[str], figures: Sequence[str], dialect: str) -> str:
    told = ", ".join(keys)
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in figures)
    return f"""
        INSERT INTO {table}_month (id, {told}, month, {", ".join(figures)})
        SELECT ROW_NUMBER() OVER (ORDER BY month, {told}), {told}, month, {sums}
        FROM (SELECT {told}, {MONTH[dialect]} AS month, {", ".join(figures)} FROM {table}_day) AS day
        GROUP BY {told}, month HAVING {" OR ".join(f"SUM({name}) <> 0" for name in figures)}"""


def _all_months(dialect: str) -> list[str]:
    sides = [
        _months(side, ("stock_level_id", *(f"{one}_id" for one in whose)), _figures(side), dialect)
        for side, whose in SIDES.items()
    ]
    return [_months("stock", ("stock_level_id",), STOCK, dialect), *sides]


def _table(side: str, span: str, on: str) -> list[ops.Operation]:
    kept: list[tuple[str, Any]] = [
        (name, fields.IntField(default=0) if name.endswith("_lines") else columns.Steps(default=0))
        for name in _figures(side)
    ]
    whose = SIDES[side]
    unique = ", ".join(("stock_level_id", *(f"coalesce({one}_id, 0)" for one in whose), on))
    return [
        ops.CreateModel(
            f"{side.capitalize()}{span.capitalize()}",
            [
                ("id", columns.Id()),
                ("stock_level", columns.reference("StockLevel")),
                *((one, columns.reference(MODELS[one], null=True)) for one in whose),
                (on, fields.DateField()),
                *kept,
            ],
            {
                "table": f"{side}_{span}",
                "indexes": [*(Index(fields=[one, on]) for one in ("stock_level", *whose)), Index(fields=[on])],
            },
        ),
        index(f"{side}_{span}_is_one", f"{side}_{span} ({unique})", unique=True),
    ]


class Migration(migrations.Migration):
    """Trade and months."""

    operations = (
        ops.AddField(model_name="StockDay", name="revenue", field=columns.Steps(default=0)),
        ops.AddField(model_name="StockDay", name="lost_revenue", field=columns.Steps(default=0)),
        ops.CreateModel(
            "StockMonth",
            [
                ("id", columns.Id()),
                ("stock_level", columns.reference("StockLevel")),
                ("month", fields.DateField()),
                *((name, columns.Steps(default=0)) for name in STOCK),
            ],
            {
                "table": "stock_month",
                "unique_together": (("stock_level", "month"),),
                "indexes": [Index(fields=["month"])],
            },
        ),
        *(
            operation
            for side in SIDES
            for span, on in (("day", "business_date"), ("month", "month"))
            for operation in _table(side, span, on)
        ),
        ByCompanyDay(
            moments="SELECT DISTINCT posted_at FROM stock_movement WHERE 2 IN (from_place_id, to_place_id)",
            statements=[REVENUE],
            zones=ZONES,
        ),
        Lost(),
        Statements(
            sqlite=[*map(_days, SIDES), *_all_months("sqlite")],
            postgres=[*map(_days, SIDES), *_all_months("postgres")],
        ),
    )
