"""How large tables are, and what leads to their rows."""

from jxc_graphql.kit import db
from jxc_graphql.kit.db.sizes import Size
from jxc_graphql.masters.categories.models import Category


async def test_a_look_finds_how_many_rows_there_are_and_what_leads_to_them(database: db.Database) -> None:
    assert db.size("category") == Size()
    await Category.bulk_create(Category(code=str(n), name="a") for n in range(7))
    if database.dialect == "postgres":
        await db.transactional(db.fetch)("ANALYZE category")
    await db.look_at_sizes()
    assert db.size("category").rows == 7
    assert db.size("category").found_by["code"]
    assert not db.size("stock_movement").found_by["sku_id"]
    assert "version" not in db.size("category").found_by
