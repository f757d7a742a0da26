"""What no model can declare: books that are only written on, and the places that no warehouse has."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import append_only, seed

VIRTUAL_PLACES = ("SUPPLIER", "CUSTOMER", "VARIANCE", "SCRAP", "OPENING", "ASSEMBLY")


class Migration(migrations.Migration):
    """Guards of the books."""

    dependencies = [("models", "0001_initial")]  # noqa: RUF012  (Tortoise reads it)

    operations = [  # noqa: RUF012
        append_only("journal"),
        append_only("stock_movement"),
        seed(
            "place",
            ("id", "kind", "code", "name", "search_text", "is_active", "is_bin"),
            [
                (place_id, kind, kind, kind, kind.lower(), True, False)
                for place_id, kind in enumerate(VIRTUAL_PLACES, start=1)
            ],
        ),
    ]
