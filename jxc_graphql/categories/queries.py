"""What the catalogue asks about categories."""

from jxc_graphql.kit import db


async def known(category_id: int) -> bool:
    """Whether there is such a category."""
    return bool(await db.fetch("SELECT 1 FROM category WHERE id = ?", (category_id,)))
