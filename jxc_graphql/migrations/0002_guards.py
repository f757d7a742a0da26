"""What no model can declare: books that are only written on, and the places that no warehouse has."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import append_only, seed


class Migration(migrations.Migration):
    """Guards of the books."""

    dependencies = [("models", "0001_initial")]  # noqa: RUF012  (Tortoise reads it)

    operations = [  # noqa: RUF012
        append_only("journal"),
        append_only("stock_movement"),
        seed(
            "place",
            ("id", "kind"),
            [(1, "SUPPLIER"), (2, "CUSTOMER"), (3, "VARIANCE"), (4, "SCRAP"), (5, "OPENING"), (6, "ASSEMBLY")],
        ),
    ]
