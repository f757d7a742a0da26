"""Customer levels as customers and prices need them."""

from jxc_graphql.kit import db
from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason, UnknownId


async def unknown(level_id: Change[int | None]) -> list[Reason]:
    """Whether somebody asked for a level that does not exist; no statement where he asked for none."""
    known = not isinstance(level_id, int) or await db.fetch("SELECT 1 FROM customer_level WHERE id = ?", (level_id,))
    return [] if known else [UnknownId(path=("level_id",), kind="CustomerLevel")]
