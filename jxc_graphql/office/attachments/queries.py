"""Which files there are, which picture something has, and whether all files are as their rows say."""
# ruff: noqa: S608  (statements are made of names of our own; values are parameters)

from collections.abc import Collection, Sequence
from datetime import datetime

from jxc_graphql.kit import clock, db, links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.rights import personal
from jxc_graphql.office.attachments.models import FILES, Attachment
from jxc_graphql.office.attachments.rules import PICTURES
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.comparisons import Difference

MEGABYTE = 2**20
CHECKED = 50
"""So many files are read in a step of a check."""
UNNAMED_SECONDS = 2 * 86_400
"""How long a file may be there without a row: it is being sent, or was broken off and is not swept away yet."""
_PICTURES = ", ".join(f"'{one}'" for one in PICTURES)


@personal
async def urls(call: Call, keys: Sequence[tuple[int, datetime | None]]) -> list[str | None]:
    """Signed links by which the caller saves attachments, for five minutes; None for those that were deleted."""
    assert call.actor_id is not None
    there = [attachment_id for attachment_id, deleted_at in keys if deleted_at is None]
    found = await links.signed("attachment", call.actor_id, there) if there else {}
    return [found.get(attachment_id) for attachment_id, _ in keys]


async def pictures_of_products(call: Call, product_ids: Sequence[int]) -> list[int | None]:  # noqa: ARG001
    """The first picture of each product."""
    found = await _first("product_id", product_ids)
    return [found.get(product_id) for product_id in product_ids]


async def pictures_of_skus(call: Call, keys: Sequence[tuple[int, int]]) -> list[int | None]:  # noqa: ARG001
    """The first picture of each SKU, or else of its product."""
    own = await _first("sku_id", [sku_id for sku_id, _ in keys])
    others = await _first("product_id", {product_id for sku_id, product_id in keys if sku_id not in own})
    return [own.get(sku_id, others.get(product_id)) for sku_id, product_id in keys]


async def _first(column: str, ids: Collection[int]) -> dict[int, int]:
    if not ids:
        return {}
    rows = await db.fetch(
        f"SELECT attachment.{column}, attachment.id FROM attachment "
        f"JOIN {db.rows({'id': 'bigint'})} AS asked ON asked.id = attachment.{column} "
        f"WHERE deleted_at IS NULL AND media_type IN ({_PICTURES}) ORDER BY position DESC, attachment.id DESC",
        (db.json([one] for one in ids),),
    )
    return dict(rows)


async def most_bytes() -> tuple[int, int]:
    """How large a file may be, and all of them together: as the company says, within what the installation admits."""
    admitted, said = db.settings(), await company.present()
    bounds = ((admitted.file_bytes, said.file_megabytes), (admitted.files_bytes, said.files_megabytes))
    one, together = (min(most, own * MEGABYTE) if own else most for most, own in bounds)
    return one, together


async def total_size() -> int:
    """How many bytes are kept of all files that are not deleted."""
    named = "SELECT DISTINCT hash, size FROM attachment WHERE deleted_at IS NULL"
    ((total,),) = await db.fetch(f"SELECT coalesce(sum(size), 0) FROM ({named}) AS named")
    return int(total)


async def named(hashes: Collection[str]) -> set[str]:
    """Those of some hashes under which a row that is not deleted has its file."""
    asked = db.rows({"hash": "text"})
    rows = await db.fetch(
        f"SELECT DISTINCT attachment.hash FROM attachment JOIN {asked} AS asked ON asked.hash = attachment.hash "
        "WHERE deleted_at IS NULL",
        (db.json([one] for one in hashes),),
    )
    return {found for (found,) in rows}


async def bad_files(after: int) -> tuple[list[Difference], int | None]:
    """Which of the next attachments have no file, or one that is not as its row says; and where to go on."""
    rows = await Attachment.filter(id__gt=after, deleted_at__isnull=True).order_by("id").limit(CHECKED)
    found = []
    for row in rows:
        kept = await FILES.weigh(row.hash)
        is_told, there = f"{row.hash} {row.size}", "nothing" if kept is None else f"{kept.hash} {kept.size}"
        if is_told != there and not await _is_gone(row.id):
            found.append(Difference(what=FILE, key=f"{row.name} {row.id}", expected=is_told, actual=there))
    return found, rows[-1].id if len(rows) == CHECKED else None


async def _is_gone(attachment_id: int) -> bool:
    return not await Attachment.exists(id=attachment_id, deleted_at__isnull=True)


FILE = "attachment has the file that it names"
UNNAMED = "file is of an attachment"


async def unnamed_files(after: int) -> tuple[list[Difference], int | None]:
    """Which files of a part of the folder no row names though they have been there for days; and where to go on."""
    parts = [part for part in await FILES.parts() if int(part, 16) >= after]
    if not parts:
        return [], None
    there, old = await FILES.listed(parts[0]), clock.now().timestamp() - UNNAMED_SECONDS
    known = await named(there)
    found = [
        Difference(what=UNNAMED, key=name, expected="no file", actual="a file")
        for name, came_at in there.items()
        if name not in known and came_at < old
    ]
    return found, int(parts[0], 16) + 1
