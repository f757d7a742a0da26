"""Making projections agree with the ledger again."""

from collections.abc import AsyncIterator

import msgspec

from jxc_graphql.books.goods import rebuild, replay
from jxc_graphql.insight.verification import queries
from jxc_graphql.insight.verification.facts import BooksRebuilt, ProjectionsRebuilt
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import register


class RebuildProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far rebuilding has come: SKUs that are done, of how many, and rows that were repaired."""

    skus: int
    of: int
    rows: int


async def rebuild_books(call: Call) -> AsyncIterator[RebuildProgress]:
    """Repairs every projection, some SKUs at a time, and records what it did; requires REBUILD_BOOKS.

    Each part is a transaction of its own: stopped half-way, what was repaired stays so. Raises `LedgerImpossible` where
    the ledger itself leads to less than nothing.
    """
    call.require(Permission.REBUILD_BOOKS)
    run_id, after, skus, rows = new_id(), 0, 0, 0
    of = await replay.sku_count()
    while sku_ids := await replay.next_skus(after):
        after, skus = sku_ids[-1], skus + len(sku_ids)
        rows += await _rebuild(call, run_id, sku_ids)
        yield RebuildProgress(skus=skus, of=of, rows=rows)
    yield RebuildProgress(skus=skus, of=of, rows=await _finish(call, run_id, rows))


@db.transactional
async def _rebuild(call: Call, run_id: int, sku_ids: list[int]) -> int:
    repaired = await rebuild.rebuild(sku_ids, call.at)
    if repaired.rows:
        fact = ProjectionsRebuilt(run_id=run_id, rows=repaired.rows, stock_level_ids=repaired.stock_level_ids)
        await journal.record(fact, call)
    return repaired.rows


@db.transactional
async def _finish(call: Call, run_id: int, rows: int) -> int:
    """Repairs what is counted on documents and the register, and records the end; how many rows it was in all."""
    rows += await register.repair()
    for comparison in queries.comparisons():
        if comparison.repairs:
            rows += await comparison.repair()
    await journal.record(BooksRebuilt(run_id=run_id, rows=rows), call)
    return rows
