"""What a search for SKUs looks in: code, name, options, barcodes, brand, and how all of them may be spelt."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection

from jxc_graphql.kit import db
from jxc_graphql.kit.spelling import search_text

_TEXTS = """
SELECT asked.id, 0 AS kind, 0 AS place, sku.code FROM {asked} AS asked JOIN sku ON sku.id = asked.id
UNION ALL
SELECT asked.id, 1, 0, sku.name FROM {asked} AS asked JOIN sku ON sku.id = asked.id
UNION ALL
SELECT asked.id, 2, sku_option.position, attribute_value.name FROM {asked} AS asked
JOIN sku_option ON sku_option.sku_id = asked.id JOIN attribute_value ON attribute_value.id = sku_option.value_id
UNION ALL
SELECT asked.id, 3, barcode.id, barcode.code FROM {asked} AS asked JOIN barcode ON barcode.sku_id = asked.id
UNION ALL
SELECT asked.id, 4, 0, product.brand FROM {asked} AS asked JOIN sku ON sku.id = asked.id
JOIN product ON product.id = sku.product_id WHERE product.brand <> ''
ORDER BY 1, 2, 3
"""


async def refresh(sku_ids: Collection[int]) -> None:
    """Makes SKUs be found by what they are called now; two statements however many."""
    asked = db.json([sku_id] for sku_id in sku_ids)
    texts: dict[int, list[str]] = {}
    for sku_id, _, _, text in await db.fetch(_TEXTS.format(asked=db.rows({"id": "bigint"})), (asked,) * 5):
        texts.setdefault(sku_id, []).append(text)
    await db.execute(
        "UPDATE sku SET search_text = found.words "
        f"FROM {db.rows({'id': 'bigint', 'words': 'text'})} AS found WHERE sku.id = found.id",
        (db.json((sku_id, search_text(*known)) for sku_id, known in texts.items()),),
    )
