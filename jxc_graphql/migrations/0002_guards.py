"""What no model can declare: books that are only written on, and the places that no warehouse has."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import append_only, index, seed

VIRTUAL_PLACES = ("SUPPLIER", "CUSTOMER", "VARIANCE", "SCRAP", "OPENING", "ASSEMBLY")


class Migration(migrations.Migration):
    """Guards of the books."""

    dependencies = [("models", "0001_initial")]  # noqa: RUF012  (Tortoise reads it)

    operations = [  # noqa: RUF012
        append_only("journal"),
        append_only("stock_movement"),
        append_only("stock_revaluation"),
        append_only("serial_movement"),
        index("place_level_is_one", "place_level (sku_id, place_id, coalesce(lot_id, 0))", unique=True),
        index("place_level_there", "place_level (sku_id, place_id) WHERE quantity > 0"),
        index("stock_alert_unresolved", "stock_alert (stock_level_id) WHERE status <> 'RESOLVED'"),
        index("stock_movement_in_transit", "stock_movement (consignment_id) WHERE consignment_id <> 0"),
        index(
            "stocktake_line_is_one", "stocktake_line (stocktake_id, sku_id, place_id, coalesce(lot_id, 0))", unique=True
        ),
        index("cost_layer_open", "cost_layer (stock_level_id, consignment_id, origin_on, id) WHERE quantity > 0"),
        seed(
            "place",
            ("id", "kind", "code", "name", "search_text", "is_active", "is_bin"),
            [
                (place_id, kind, kind, kind, kind.lower(), True, False)
                for place_id, kind in enumerate(VIRTUAL_PLACES, start=1)
            ],
        ),
    ]
