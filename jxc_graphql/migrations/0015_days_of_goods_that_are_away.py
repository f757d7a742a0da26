"""Days and closing balances tell what was in transit or lent as well, from the first movement on."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import ByCompanyDay

AWAY = ("in_transit", "in_transit_value", "lent", "lent_value")
MOMENTS = """
    SELECT posted_at FROM stock_movement JOIN place ON place.id = to_place_id AND kind IN ('TRANSIT', 'LENT')
    UNION SELECT posted_at FROM stock_movement JOIN place ON place.id = from_place_id AND kind IN ('TRANSIT', 'LENT')
    UNION SELECT posted_at FROM stock_revaluation WHERE in_transit_value <> 0 OR lent_value <> 0"""
FILL = [
    """
    INSERT INTO stock_day (id, stock_level_id, posted_on, business_date, quantity, value, sold,
        in_transit, in_transit_value, lent, lent_value)
    SELECT (SELECT MIN(id) FROM stock_day) - ROW_NUMBER() OVER (ORDER BY level_id, posted_on, business_date), level_id,
        posted_on, business_date, 0, 0, 0, CAST(SUM(in_transit) AS BIGINT), CAST(SUM(in_transit_value) AS BIGINT),
        CAST(SUM(lent) AS BIGINT), CAST(SUM(lent_value) AS BIGINT)
    FROM (
        SELECT level.id AS level_id, company_day.day AS posted_on, leg.business_date,
            CASE WHEN kind = 'TRANSIT' THEN leg.quantity ELSE 0 END AS in_transit,
            CASE WHEN kind = 'TRANSIT' THEN leg.value ELSE 0 END AS in_transit_value,
            CASE WHEN kind = 'LENT' THEN leg.quantity ELSE 0 END AS lent,
            CASE WHEN kind = 'LENT' THEN leg.value ELSE 0 END AS lent_value
        FROM (SELECT sku_id, to_place_id AS place_id, quantity, value, business_date, posted_at FROM stock_movement
            UNION ALL SELECT sku_id, from_place_id, -quantity, -value, business_date, posted_at
            FROM stock_movement) AS leg
        JOIN place ON place.id = leg.place_id AND place.kind IN ('TRANSIT', 'LENT')
        JOIN stock_level AS level ON level.sku_id = leg.sku_id AND level.warehouse_id = place.warehouse_id
        JOIN company_day ON company_day.moment = leg.posted_at
        UNION ALL SELECT level.id, company_day.day, changed.business_date, 0, changed.in_transit_value, 0,
            changed.lent_value
        FROM stock_revaluation AS changed
        JOIN stock_level AS level ON level.sku_id = changed.sku_id AND level.warehouse_id = changed.warehouse_id
        JOIN company_day ON company_day.moment = changed.posted_at
        WHERE changed.in_transit_value <> 0 OR changed.lent_value <> 0) AS away
    WHERE true GROUP BY level_id, posted_on, business_date
    ON CONFLICT (stock_level_id, posted_on, business_date) DO UPDATE SET in_transit = excluded.in_transit,
        in_transit_value = excluded.in_transit_value, lent = excluded.lent, lent_value = excluded.lent_value""",
    """
    INSERT INTO closing_balance (id, period_id, sku_id, warehouse_id, quantity, value,
        in_transit, in_transit_value, lent, lent_value)
    SELECT coalesce((SELECT MIN(id) FROM closing_balance), (SELECT MIN(id) FROM stock_day))
            - ROW_NUMBER() OVER (ORDER BY period.id, level.id), period.id, level.sku_id, level.warehouse_id,
        CAST(SUM(day.quantity) AS BIGINT), CAST(SUM(day.value) AS BIGINT), CAST(SUM(day.in_transit) AS BIGINT),
        CAST(SUM(day.in_transit_value) AS BIGINT), CAST(SUM(day.lent) AS BIGINT), CAST(SUM(day.lent_value) AS BIGINT)
    FROM period JOIN stock_day AS day ON day.business_date <= period.ends_on
    JOIN stock_level AS level ON level.id = day.stock_level_id
    WHERE period.status = 'CLOSED' GROUP BY period.id, level.id, level.sku_id, level.warehouse_id
    HAVING SUM(day.in_transit) <> 0 OR SUM(day.in_transit_value) <> 0 OR SUM(day.lent) <> 0 OR SUM(day.lent_value) <> 0
    ON CONFLICT (period_id, sku_id, warehouse_id) DO UPDATE SET in_transit = excluded.in_transit,
        in_transit_value = excluded.in_transit_value, lent = excluded.lent, lent_value = excluded.lent_value""",
]


class Migration(migrations.Migration):
    """The columns, and what the ledger says of them."""

    operations = (
        *(
            ops.AddField(model_name=model, name=name, field=columns.Steps(default=0))
            for model in ("ClosingBalance", "StockDay")
            for name in AWAY
        ),
        ByCompanyDay(
            moments=MOMENTS,
            statements=FILL,
        ),
    )
