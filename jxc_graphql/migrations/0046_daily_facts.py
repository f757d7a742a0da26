"""Days tell by what levels changed, and stock-outs from when to when they had nothing: from the first movement on."""
# ruff: noqa: S608  (statements are made of our own names)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import ByCompanyDay

COMES = {
    "SUPPLIER": "received", "CUSTOMER": "customer_returned", "VARIANCE": "found", "SCRAP": "found",
    "OPENING": "opened", "ASSEMBLY": "assembled",
}  # fmt: skip
GOES = {
    "SUPPLIER": "supplier_returned", "CUSTOMER": "sold", "VARIANCE": "missing", "SCRAP": "scrapped",
    "OPENING": "missing", "ASSEMBLY": "used",
}  # fmt: skip
WAYS = (*dict.fromkeys(COMES.values()), "transferred_in", *dict.fromkeys(GOES.values()), "transferred_out")
HELD = ("quantity", "value", "in_transit", "in_transit_value", "lent", "lent_value")
REST = ("revalued", "sold_revalued", "lost_demand")
FIGURES = (*HELD, *(name for way in WAYS for name in (way, f"{way}_value")), *REST)
MOMENTS = "SELECT posted_at FROM stock_movement UNION SELECT posted_at FROM stock_revaluation"
ZONES = "SELECT starts_on, time_zone FROM company_time_zone ORDER BY id"


def _way(of: str, names: dict[str, str], between: str) -> str:
    told = " ".join(f"WHEN '{kind}' THEN '{name}'" for kind, name in names.items())
    return f"CASE WHEN source.warehouse_id = target.warehouse_id THEN '' ELSE CASE {of}.kind {told} ELSE '{between}' END END"


def _legs(of: str, way: str, sign: str) -> str:
    return f"""
        SELECT movement.sku_id, {of}.warehouse_id, movement.posted_at, movement.business_date, {of}.kind, {way} AS way,
            {sign}movement.quantity AS change, {sign}movement.value AS value_change, movement.quantity, movement.value
        FROM stock_movement AS movement JOIN place AS source ON source.id = movement.from_place_id
        JOIN place AS target ON target.id = movement.to_place_id WHERE {of}.warehouse_id IS NOT NULL"""


LEGS = (
    _legs("target", _way("source", COMES, "transferred_in"), "")
    + " UNION ALL "
    + _legs("source", _way("target", GOES, "transferred_out"), "-")
)
AWAY = "('TRANSIT', 'LENT')"
OF_LEGS = {
    "quantity": f"CASE WHEN leg.kind IN {AWAY} THEN 0 ELSE change END",
    "value": f"CASE WHEN leg.kind IN {AWAY} THEN 0 ELSE value_change END",
    "in_transit": "CASE WHEN leg.kind = 'TRANSIT' THEN change ELSE 0 END",
    "in_transit_value": "CASE WHEN leg.kind = 'TRANSIT' THEN value_change ELSE 0 END",
    "lent": "CASE WHEN leg.kind = 'LENT' THEN change ELSE 0 END",
    "lent_value": "CASE WHEN leg.kind = 'LENT' THEN value_change ELSE 0 END",
    **{way: f"CASE WHEN way = '{way}' THEN leg.quantity ELSE 0 END" for way in WAYS},
    **{f"{way}_value": f"CASE WHEN way = '{way}' THEN leg.value ELSE 0 END" for way in WAYS},
}
OF_REVALUATIONS = {
    "value": "changed.value",
    "in_transit_value": "changed.in_transit_value",
    "lent_value": "changed.lent_value",
    "revalued": "changed.value + changed.in_transit_value + changed.lent_value",
    "sold_revalued": "changed.sold_value",
}
OF_ORDERS = {"lost_demand": "line.quantity_cancelled"}


def _figures(told: dict[str, str]) -> str:
    return ", ".join(f"{told.get(name, '0')} AS {name}" for name in FIGURES)


DAYS = f"""
    INSERT INTO stock_day (id, stock_level_id, posted_on, business_date, {", ".join(FIGURES)})
    SELECT ROW_NUMBER() OVER (ORDER BY business_date, posted_on, level_id), level_id, posted_on, business_date,
        {", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in FIGURES)}
    FROM (
        SELECT level.id AS level_id, company_day.day AS posted_on, leg.business_date, {_figures(OF_LEGS)}
        FROM ({LEGS}) AS leg
        JOIN stock_level AS level ON level.sku_id = leg.sku_id AND level.warehouse_id = leg.warehouse_id
        JOIN company_day ON company_day.moment = leg.posted_at
        UNION ALL SELECT level.id, company_day.day, changed.business_date, {_figures(OF_REVALUATIONS)}
        FROM stock_revaluation AS changed
        JOIN stock_level AS level ON level.sku_id = changed.sku_id AND level.warehouse_id = changed.warehouse_id
        JOIN company_day ON company_day.moment = changed.posted_at
        UNION ALL SELECT level.id, sales_order.business_date, sales_order.business_date, {_figures(OF_ORDERS)}
        FROM sales_order JOIN sales_order_line AS line ON line.sales_order_id = sales_order.id
        JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = sales_order.warehouse_id
        WHERE sales_order.approved_at IS NOT NULL AND line.quantity_cancelled > 0) AS told
    GROUP BY level_id, posted_on, business_date
    HAVING {" OR ".join(f"SUM({name}) <> 0" for name in FIGURES)}"""
STOCK_OUTS = """
    INSERT INTO stock_out (id, stock_level_id, began_at, ended_at)
    WITH changed AS (
        SELECT sku_id, warehouse_id, id, posted_at, SUM(change) AS change FROM (
            SELECT movement.sku_id, place.warehouse_id, movement.id, movement.posted_at, movement.quantity AS change
            FROM stock_movement AS movement JOIN place ON place.id = movement.to_place_id AND place.kind = 'STOCK'
            UNION ALL
            SELECT movement.sku_id, place.warehouse_id, movement.id, movement.posted_at, -movement.quantity
            FROM stock_movement AS movement JOIN place ON place.id = movement.from_place_id AND place.kind = 'STOCK'
        ) AS leg GROUP BY sku_id, warehouse_id, id, posted_at HAVING SUM(change) <> 0),
    counted AS (
        SELECT sku_id, warehouse_id, id, posted_at, change,
            SUM(change) OVER (PARTITION BY sku_id, warehouse_id ORDER BY id) AS there FROM changed),
    turned AS (
        SELECT sku_id, warehouse_id, id, posted_at, there,
            LEAD(posted_at) OVER (PARTITION BY sku_id, warehouse_id ORDER BY id) AS next_at
        FROM counted WHERE there = 0 OR there = change)
    SELECT ROW_NUMBER() OVER (ORDER BY turned.posted_at, level.id), level.id, turned.posted_at, turned.next_at
    FROM turned
    JOIN stock_level AS level ON level.sku_id = turned.sku_id AND level.warehouse_id = turned.warehouse_id
    WHERE turned.there = 0 AND (turned.next_at IS NULL OR turned.next_at > turned.posted_at)"""


class Migration(migrations.Migration):
    """Days made anew, since a column after the other would copy them as often, and stock-outs."""

    operations = (
        ops.DeleteModel("StockDay"),
        ops.CreateModel(
            "StockDay",
            [
                ("id", columns.Id()),
                ("stock_level", columns.reference("StockLevel")),
                ("posted_on", fields.DateField()),
                ("business_date", fields.DateField()),
                *((name, columns.Steps()) for name in (*FIGURES[: -len(REST)], "revalued", "sold_revalued")),
                ("lost_demand", columns.Steps()),
            ],
            {
                "table": "stock_day",
                "unique_together": (("stock_level", "posted_on", "business_date"),),
                "indexes": [Index(fields=["business_date"]), Index(fields=["posted_on"])],
            },
        ),
        ops.CreateModel(
            "StockOut",
            [
                ("id", columns.Id()),
                ("stock_level", columns.reference("StockLevel")),
                ("began_at", fields.DatetimeField()),
                ("ended_at", fields.DatetimeField(null=True)),
            ],
            {
                "table": "stock_out",
                "constraints": [
                    CheckConstraint(check="ended_at >= began_at", name="stock_out_ends_after_it_began"),
                ],
                "indexes": [
                    Index(fields=["stock_level", "began_at"]),
                    Index(fields=["began_at", "id"]),
                    Index(fields=["ended_at", "id"]),
                ],
            },
        ),
        ByCompanyDay(moments=MOMENTS, statements=[DAYS, STOCK_OUTS], zones=ZONES),
    )
