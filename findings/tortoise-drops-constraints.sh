#!/usr/bin/env bash
# tortoise-orm 1.1.9: a CheckConstraint in `Meta.constraints` of a model is accepted, and is not in the tables that
# `generate_schemas` makes. The row that it forbids is stored; nothing warns.
#
# Seen: CheckConstraint(check="quantity >= 0"), then a row with the quantity -5: stored, and no CHECK in the schema
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tortoise-orm==1.1.9 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
import asyncio
from importlib.metadata import version

from tortoise import Tortoise, connections, fields, models
from tortoise.migrations.constraints import CheckConstraint
from tortoise.utils import get_schema_sql


class Level(models.Model):
    id = fields.IntField(primary_key=True)
    quantity = fields.IntField()

    class Meta:
        constraints = [CheckConstraint(check="quantity >= 0", name="never_negative")]


async def main() -> None:
    await Tortoise.init(db_url="sqlite://stock.sqlite3", modules={"models": ["__main__"]})
    await Tortoise.generate_schemas()
    await Level.create(quantity=-5)
    stored = await Level.all().values_list("quantity", flat=True)
    schema = get_schema_sql(connections.get("default"), safe=False)
    await Tortoise.close_connections()
    print("tortoise-orm", version("tortoise-orm"), "stored", stored, "CHECK" in schema.upper())
    assert stored == [-5]
    assert "CHECK" not in schema.upper()


asyncio.run(main())
PYTHON
