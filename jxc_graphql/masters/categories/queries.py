"""What the catalogue and documents ask about categories."""

from collections.abc import Collection

from jxc_graphql.kit import db


async def known(category_id: int) -> bool:
    """Whether there is such a category."""
    return bool(await db.fetch("SELECT 1 FROM category WHERE id = ?", (category_id,)))


def below() -> str:
    """A select of the ids of a category, its one parameter, and of all that lie below it."""
    return """
        WITH RECURSIVE tree(id) AS (
            SELECT id FROM category WHERE id = ?
            UNION SELECT category.id FROM category JOIN tree ON category.parent_id = tree.id)
        SELECT id FROM tree"""


async def those_known(category_ids: Collection[int]) -> set[int]:
    """Those of the categories that exist; one statement however many."""
    rows = await db.fetch(
        f"SELECT category.id FROM {db.rows({'id': 'bigint'})} AS asked "  # noqa: S608  (names of our own)
        "JOIN category ON category.id = asked.id",
        (db.json((category_id,) for category_id in category_ids),),
    )
    return {category_id for (category_id,) in rows}
