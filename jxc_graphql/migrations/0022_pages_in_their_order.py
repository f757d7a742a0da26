"""What a page shows of a category, a place or a sheet stands in the order of the page."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

OF_LINES = ("sheet", "place", "lot")


class Migration(migrations.Migration):
    """Pages in their order."""

    operations = (
        ops.AddIndex(model_name="Product", index=Index(fields=["category", "code"])),
        ops.AddIndex(model_name="SerialNumber", index=Index(fields=["place", "number"])),
        *(ops.RemoveIndex(model_name="StocktakeLine", name=None, fields=[one]) for one in OF_LINES),
        *(ops.AddIndex(model_name="StocktakeLine", index=Index(fields=[one, "id"])) for one in OF_LINES),
    )
