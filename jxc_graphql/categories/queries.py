"""What the catalogue asks about categories."""

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
