"""Making projections agree with the ledger again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec

from jxc_graphql.books.accounts import balances
from jxc_graphql.books.accounts import queries as accounts
from jxc_graphql.books.dues import rebuild as dues
from jxc_graphql.books.goods import closing, rebuild, replay
from jxc_graphql.books.goods.rebuild import Repaired, Told
from jxc_graphql.books.trade import rebuild as trade
from jxc_graphql.insight.verification import queries
from jxc_graphql.insight.verification.facts import BooksRebuilt, ProjectionsRebuilt
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import register


class RebuildProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far rebuilding has come: SKUs that are done, of how many; rows and documents that were repaired."""

    skus: int
    of: int
    rows: int
    documents: int


async def rebuild_books(call: Call, *, only_promises: bool = False) -> AsyncIterator[RebuildProgress]:
    """Repairs every projection, some SKUs at a time, and records what it did; requires REBUILD_BOOKS.

    Each part is a transaction of its own: stopped half-way, what was repaired stays so. Raises `LedgerImpossible` where
    the ledger itself leads to less than nothing. `only_promises`: what is kept for whom, and what may be sold, alone.
    """
    call.require(Permission.REBUILD_BOOKS)
    run_id, after, skus, rows, documents = new_id(), 0, 0, 0, set[int]()
    of = await replay.sku_count()
    repair = rebuild.repromise if only_promises else _everything
    while sku_ids := await replay.next_skus(after):
        after, skus = sku_ids[-1], skus + len(sku_ids)
        repaired = await _rebuild(call, run_id, repair, sku_ids)
        rows += repaired.rows
        documents.update(repaired.document_ids)
        yield RebuildProgress(skus=skus, of=of, rows=rows, documents=len(documents))
    rows += await _finish(call, run_id, rows, only_promises=only_promises)
    yield RebuildProgress(skus=skus, of=of, rows=rows, documents=len(documents))


async def _everything(call: Call, sku_ids: Sequence[int], told: Told) -> Repaired:
    repaired = await rebuild.rebuild(call, sku_ids, told)
    return msgspec.structs.replace(repaired, trades=await trade.rebuild(sku_ids, told))


@db.transactional
async def _rebuild(call: Call, run_id: int, repair: Callable[..., Awaitable[Repaired]], sku_ids: list[int]) -> Repaired:
    repaired = await repair(call, sku_ids, queries.told())
    if repaired.rows:
        fact = ProjectionsRebuilt(run_id=run_id, rows=repaired.rows, stock_level_ids=repaired.stock_level_ids)
        journal.record(fact, call)
    return repaired


@db.transactional
async def _finish(call: Call, run_id: int, rows: int, *, only_promises: bool) -> int:
    """Repairs what is counted on documents and the register, and records the end; gives how many rows that were."""
    found = 0 if only_promises else await register.repair() + await closing.repair() + await dues.repair()
    found += 0 if only_promises else await balances.repair(accounts.BALANCES)
    for comparison in queries.comparisons():
        if comparison.repairs and not only_promises:
            found += await comparison.repair()
    journal.record(BooksRebuilt(run_id=run_id, rows=rows + found), call)
    return found
