"""What documents ask of levels, and how much of it is kept, are claims; levels know what of their goods may be sold."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_CLAIM = """
    INSERT INTO claim (owner_id, stock_level_id, document_id, kind, priority, promised_on, approved_at, wanted, reserved)
    SELECT line.id, level.id, document.id, '{kind}', 0, '9999-12-31', coalesce({approved}, document.created_at), {wanted},
        CASE WHEN reservation.quantity IS NULL THEN 0 WHEN reservation.quantity > {wanted} THEN {wanted}
            ELSE reservation.quantity END
    FROM {table}_line AS line JOIN {table} AS document ON document.id = line.{table}_id AND {binding}
    JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = document.{warehouse}
    LEFT JOIN reservation ON reservation.owner_id = line.id AND reservation.stock_level_id = level.id
    WHERE {wanted} > 0"""

FILL = [
    # A day that has begun in every time zone; a database without lots has had none yet.
    """
    INSERT INTO book_day (id, day)
    SELECT 1, CAST(CASE WHEN EXISTS (SELECT 1 FROM lot) THEN {yesterday} ELSE {never} END AS {date})""",
    _CLAIM.format(
        table="sales_order", kind="SALES_ORDER", approved="document.approved_at", warehouse="warehouse_id",
        binding="document.status IN ('APPROVED', 'PARTIALLY_SHIPPED')",
        wanted="(line.quantity - line.quantity_shipped - line.quantity_cancelled)",
    ),
    _CLAIM.format(
        table="transfer", kind="TRANSFER", approved="reservation.created_at", warehouse="from_warehouse_id",
        binding="document.status = 'APPROVED' AND document.goods = 'STOCK'", wanted="line.quantity_approved",
    ),
    """
    UPDATE stock_level SET waiting = asked.waiting FROM (
        SELECT stock_level_id, CAST(SUM(wanted - reserved) AS BIGINT) AS waiting FROM claim GROUP BY stock_level_id
    ) AS asked WHERE asked.stock_level_id = stock_level.id""",
    """
    UPDATE stock_level SET unfit = bad.quantity, available = sellable - bad.quantity - reserved FROM (
        SELECT place_level.sku_id, place.warehouse_id, CAST(SUM(place_level.quantity) AS BIGINT) AS quantity
        FROM place_level JOIN place ON place.id = place_level.place_id AND place.kind = 'STOCK'
        JOIN lot ON lot.id = place_level.lot_id
            AND (lot.is_blocked OR lot.expires_on < (SELECT day FROM book_day))
        WHERE place_level.quantity > 0 GROUP BY place_level.sku_id, place.warehouse_id
    ) AS bad WHERE bad.sku_id = stock_level.sku_id AND bad.warehouse_id = stock_level.warehouse_id""",
]  # fmt: skip


class Migration(migrations.Migration):
    """Claims of orders and transfers, from their lines and reservations; nothing is taken from anybody."""

    operations = (
        ops.CreateModel(
            "BookDay",
            [
                ("id", columns.Id()),
                ("day", fields.DateField()),
            ],
            {"table": "book_day"},
        ),
        ops.CreateModel(
            "Claim",
            [
                ("owner_id", columns.Id()),
                ("stock_level", columns.reference("StockLevel")),
                ("document_id", fields.BigIntField(db_index=True)),
                ("kind", fields.CharField(max_length=12)),
                ("priority", fields.IntField()),
                ("promised_on", fields.DateField()),
                ("approved_at", fields.DatetimeField()),
                ("wanted", columns.Steps()),
                ("reserved", columns.Steps()),
            ],
            {
                "table": "claim",
                "constraints": [
                    CheckConstraint(
                        check="wanted > 0 AND reserved >= 0 AND reserved <= wanted", name="claim_keeps_what_is_wanted"
                    )
                ],
                "indexes": [Index(fields=["stock_level", "priority", "promised_on", "approved_at", "owner_id"])],
            },
        ),
        ops.RemoveConstraint(
            model_name="StockLevel",
            name="stock_level_is_not_oversold",
            fields=None,
        ),
        ops.AddField(
            model_name="StockLevel",
            name="unfit",
            field=columns.Steps(default=0),
        ),
        ops.AddField(
            model_name="StockLevel",
            name="waiting",
            field=columns.Steps(default=0),
        ),
        Statements(
            sqlite=[one.format(yesterday="date('now', '-1 day')", never="'0001-01-01'", date="TEXT") for one in FILL],
            postgres=[
                one.format(yesterday="(now() AT TIME ZONE 'UTC')::date - 1", never="DATE '0001-01-01'", date="DATE")
                for one in FILL
            ],
        ),
        ops.AddConstraint(
            model_name="StockLevel",
            constraint=CheckConstraint(
                check="available = sellable - unfit - reserved AND unfit >= 0 AND unfit <= sellable AND waiting >= 0",
                name="stock_level_tells_what_is_available",
            ),
        ),
        ops.RemoveConstraint(
            model_name="SalesOrderLine",
            name="sales_order_line_is_within_what_was_ordered",
            fields=None,
        ),
        ops.RemoveField(model_name="SalesOrderLine", name="quantity_reserved"),
        ops.AddConstraint(
            model_name="SalesOrderLine",
            constraint=CheckConstraint(
                check="quantity_shipped >= 0 AND quantity_cancelled >= 0 AND quantity > 0 AND quantity_shipped + quantity_cancelled <= quantity",
                name="sales_order_line_is_within_what_was_ordered",
            ),
        ),
        ops.DeleteModel(name="Reservation"),
    )
