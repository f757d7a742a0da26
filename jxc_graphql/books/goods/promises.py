"""Promises made anew: claims from the documents that ask, what may be sold from the lots, and both settled."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from jxc_graphql.books.goods import levels
from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.claims import DUE
from jxc_graphql.books.goods.fitness import UNFIT
from jxc_graphql.books.goods.rules import LevelKey
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity

IN_TURN = DUE.format(
    levels=f"""(
        SELECT level.id, CAST(level.sellable - coalesce(bad.quantity, 0) AS BIGINT) AS good
        FROM stock_level AS level
        LEFT JOIN (SELECT sku_id, warehouse_id, SUM(quantity) AS quantity FROM ({UNFIT}) AS one
            GROUP BY sku_id, warehouse_id) AS bad
            ON bad.sku_id = level.sku_id AND bad.warehouse_id = level.warehouse_id)"""
)
"""What is due to each claim by the goods there are, whatever the levels say."""


class WantedClaim(NamedTuple):
    """What a line of a document should ask for, and when it was approved, as the database has it."""

    owner_id: int
    document_id: int
    kind: str
    level_key: LevelKey
    approved_at: Any
    wanted: int
    lasts_through: str


async def in_the_wrong() -> int:
    """For how many documents more or less is kept than their turn gives them."""
    ((count,),) = await db.fetch(f"SELECT COUNT(DISTINCT document_id) FROM ({IN_TURN}) AS turn WHERE due <> reserved")
    return int(count)


async def due(selects: Sequence[str], sku_ids: Sequence[int]) -> list[WantedClaim]:
    """What documents should ask for of some SKUs, by the selects of the features that make such documents."""
    rows = await db.fetch(
        f"SELECT owner_id, document_id, kind, due.sku_id, warehouse_id, approved_at, wanted, lasts_through "
        f"FROM {db.rows({'sku_id': 'bigint'})} AS asked "
        f"JOIN ({' UNION ALL '.join(selects)}) AS due ON due.sku_id = asked.sku_id ORDER BY owner_id",
        (db.json([sku_id] for sku_id in sorted(sku_ids)),),
    )
    return [
        WantedClaim(owner_id, document_id, kind, (sku_id, warehouse_id), approved_at, wanted, lasts_through)
        for owner_id, document_id, kind, sku_id, warehouse_id, approved_at, wanted, lasts_through in rows
    ]


async def restore(wanted: Sequence[WantedClaim], found: Mapping[LevelKey, BookLevel]) -> set[int]:
    """Makes the claims on levels that are locked those that are due; gives the documents whose claims were others.

    What is kept stays kept, as far as it is still asked for, until the levels are settled.
    """
    key_of = {level.id: key for key, level in found.items()}
    rows = await db.fetch(
        f"SELECT claim.owner_id, claim.document_id, claim.stock_level_id, claim.wanted, claim.reserved "
        f"FROM {db.rows({'id': 'bigint'})} AS asked JOIN claim ON claim.stock_level_id = asked.id",
        (db.json([level_id] for level_id in sorted(key_of)),),
    )
    there = {
        owner_id: (document_id, key_of[level_id], asks, has) for owner_id, document_id, level_id, asks, has in rows
    }
    wrong = [one for one in wanted if there.get(one.owner_id, ())[1:3] != (one.level_key, one.wanted)]
    gone = there.keys() - {one.owner_id for one in wanted}
    await _delete([*gone, *(one.owner_id for one in wrong)])
    kept = {owner_id: (key, has) for owner_id, (_, key, _, has) in there.items()}
    await _insert(
        [
            (one, found[one.level_key].id, min(has, one.wanted) if key == one.level_key else 0)
            for one in wrong
            for key, has in [kept.get(one.owner_id, (None, 0))]
        ]
    )
    return {there[owner_id][0] for owner_id in gone} | {one.document_id for one in wrong}


async def figures(level_ids: Sequence[int]) -> dict[int, tuple[Quantity, Quantity]]:
    """What is kept for the claims of levels, and what they wait for; only of those that have any."""
    rows = await db.fetch(
        f"SELECT stock_level_id, CAST(SUM(reserved) AS BIGINT), CAST(SUM(wanted - reserved) AS BIGINT) "
        f"FROM {db.rows({'id': 'bigint'})} AS asked JOIN claim ON stock_level_id = asked.id GROUP BY stock_level_id",
        (db.json([level_id] for level_id in sorted(level_ids)),),
    )
    return {level_id: (Quantity(reserved), Quantity(waiting)) for level_id, reserved, waiting in rows}


async def hold(call: Call, sku_ids: Sequence[int], wanted: Sequence[WantedClaim]) -> dict[LevelKey, BookLevel]:
    """The levels of some SKUs, locked; of those that documents ask for, all."""
    found = await levels.lock(((sku_id,) for sku_id in sku_ids), {"sku_id": "bigint"}, levels.OF_SKU)
    return found | await levels.lock_or_make({one.level_key for one in wanted} - found.keys(), call.at)


async def _delete(owner_ids: Sequence[int]) -> None:
    await db.execute(
        f"DELETE FROM claim WHERE owner_id IN (SELECT line.owner_id FROM {db.rows({'owner_id': 'bigint'})} AS line)",
        (db.json([owner_id] for owner_id in owner_ids),),
    )


async def _insert(rows: Sequence[tuple[WantedClaim, int, int]]) -> None:
    columns = {
        "owner_id": "bigint", "document_id": "bigint", "kind": "text", "stock_level_id": "bigint",
        "approved_at": "timestamptz", "wanted": "bigint", "reserved": "bigint", "lasts_through": "date",
    }  # fmt: skip
    await db.execute(
        f"""
        INSERT INTO claim ({", ".join(columns)}, priority, promised_on)
        SELECT {", ".join(f"line.{name}" for name in columns)}, 0, '9999-12-31' FROM {db.rows(columns)} AS line""",
        (
            db.json(
                (
                    one.owner_id,
                    one.document_id,
                    one.kind,
                    level_id,
                    one.approved_at,
                    one.wanted,
                    reserved,
                    one.lasts_through,
                )
                for one, level_id, reserved in rows
            ),
        ),
    )
