"""Writes of lots: getting or creating those that a document names; correcting and blocking them."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, differences, save, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.lots import labels, models, queries, rules
from jxc_graphql.masters.lots.facts import LotBlocked, LotUnblocked, LotUpdated
from jxc_graphql.masters.lots.labels import Labelled, NamedLot
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.posting import posting

Recount = Callable[[Call, Collection[int]], Awaitable[tuple[int, ...]]]
"""Counts anew what is good of lots that are locked; gives the documents for which less is kept than before."""


async def _nobody(call: Call, lot_ids: Collection[int]) -> tuple[int, ...]:  # noqa: ARG001
    return ()


_recount: Recount = _nobody


def when_changed(recount: Recount) -> None:
    """Makes every change of lots tell this, within its transaction: whoever keeps books of what is good."""
    global _recount  # noqa: PLW0603  (an installation has one book of goods)
    _recount = recount


_DATES = {"produced_on": "date", "expires_on": "date", "due_on": "date"}
_CREATE = """
INSERT INTO lot
    (id, sku_id, number, produced_on, expires_on, is_blocked, note, version, search_text, created_at, updated_at)
SELECT line.id, line.sku_id, line.number, line.produced_on, COALESCE(line.expires_on, line.due_on), false, '', 1,
    line.search_text, ?, ?
FROM {lines} AS line WHERE true ORDER BY line.sku_id, line.number ON CONFLICT (sku_id, number) DO NOTHING"""
_LEARN = """
UPDATE lot SET version = lot.version + 1, updated_at = ?, produced_on = COALESCE(lot.produced_on, line.produced_on),
    expires_on = COALESCE(lot.expires_on, line.expires_on, CASE WHEN lot.produced_on IS NULL THEN line.due_on END)
FROM {lines} AS line WHERE lot.sku_id = line.sku_id AND lot.number = line.number
    AND (lot.produced_on IS NULL AND line.produced_on IS NOT NULL
        OR lot.expires_on IS NULL AND line.expires_on IS NOT NULL)
    AND COALESCE(
        COALESCE(lot.produced_on, line.produced_on) <= COALESCE(lot.expires_on, line.expires_on), true)
RETURNING id"""


async def ensure(
    call: Call, wanted: Sequence[Labelled], *, skus: Mapping[int, KnownSku] | None = None
) -> list[int | None]:
    """The lot of each line of a document that brings goods in, created where there is none; None where none is kept.

    Belongs into the document's transaction, before the ledger; the number of statements does not grow with the lines.
    A blocked lot takes goods in: they wait with the others. Raises `Rejected` with everything that is wrong: labels
    that are missing, not wanted or not right, line by line; then those that contradict what is known of their lot.
    `skus`: those of the lines, where the caller knows them.
    """
    known_skus = await catalog.skus({sku_id for sku_id, _, _ in wanted}) if skus is None else skus
    lines, problems = labels.read(wanted, known_skus)
    named = [lot for lot in lines if lot]
    known = await queries.by_number({lot.key for lot in named}) if named else {}
    reject_if([*problems, *rules.check_known(named, known)])
    if news := rules.news(named, known):
        await _create(call, news)
        await _learn(call, news)
        # Another transaction may have been first, with other dates.
        known = await queries.by_number({lot.key for lot in named})
        reject_if(rules.check_known(named, known))
    return [known[lot.key].id if lot else None for lot in lines]


@posting(Permission.MANAGE_LOTS)
async def update_lot(
    call: Call,
    *,
    lot_id: int,
    produced_on: Change[date | None] = UNSET,
    expires_on: Change[date | None] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> LotUpdated:
    """Corrects the dates and the note of a lot."""
    lot = await _lock(lot_id, expected_version)
    asked: dict[str, Any] = {"produced_on": produced_on, "expires_on": expires_on, "note": note}
    changes = to_change(lot, LotUpdated(lot_id=lot_id), **asked)
    told = tuple(differences(models.Lot, {name: getattr(lot, name) for name in changes}, changes))
    lot.update_from_dict(changes)
    reject_if(rules.check_correction(lot.produced_on, lot.expires_on, lot.note))
    changes["search_text"] = search_text(lot.number, lot.note)
    return LotUpdated(lot_id=lot_id, short_document_ids=await _change(call, lot, changes), changes=told)


@posting(Permission.MANAGE_LOTS)
async def block_lot(call: Call, *, lot_id: int, note: str = "", expected_version: int | None = None) -> LotBlocked:
    """Keeps the goods of a lot from leaving until it is unblocked; the note, saying why, stands in the timeline."""
    reject_if(rules.check_note(note))
    short = await _change(call, await _lock(lot_id, expected_version), {"is_blocked": True})
    return LotBlocked(lot_id=lot_id, note=note.strip(), short_document_ids=short)


@posting(Permission.MANAGE_LOTS)
async def unblock_lot(call: Call, *, lot_id: int, note: str = "", expected_version: int | None = None) -> LotUnblocked:
    """Lets the goods of a lot be used again; the note, saying why, stands in the timeline."""
    reject_if(rules.check_note(note))
    await _change(call, await _lock(lot_id, expected_version), {"is_blocked": False})
    return LotUnblocked(lot_id=lot_id, note=note.strip())


async def expire(call: Call, lot_id: int, on: date) -> None:
    """Says of a lot without an expiry date when it expires, if it was made before; belongs into a transaction."""
    learnt = await db.execute(
        "UPDATE lot SET version = version + 1, updated_at = ?, expires_on = ? "
        "WHERE id = ? AND expires_on IS NULL AND COALESCE(produced_on <= ?, true)",
        (call.at, on, lot_id, on),
    )
    if learnt:
        await _tell(call, [lot_id])


async def _create(call: Call, lots: Sequence[NamedLot]) -> None:
    """Creates those of the lots that are not there; waits for others who do the same at this moment."""
    columns = {"id": "bigint", "sku_id": "bigint", "number": "text", "search_text": "text", **_DATES}
    rows = ((new_id(), *lot.key, search_text(lot.number), lot.produced_on, lot.expires_on, lot.due_on) for lot in lots)
    await db.execute(_CREATE.format(lines=db.rows(columns)), (call.at, call.at, db.json(rows)))


async def _learn(call: Call, lots: Sequence[NamedLot]) -> None:
    """Adds dates that labels say to lots that have none; a date that is known stays."""
    columns = {"sku_id": "bigint", "number": "text", **_DATES}
    rows = db.json((*lot.key, lot.produced_on, lot.expires_on, lot.due_on) for lot in lots)
    learnt = await db.fetch(_LEARN.format(lines=db.rows(columns)), (call.at, rows))
    if learnt:
        await _tell(call, sorted(lot_id for (lot_id,) in learnt))


async def _tell(call: Call, lot_ids: Sequence[int]) -> None:
    await _recount(call, lot_ids)
    journal.record_all([LotUpdated(lot_id=lot_id) for lot_id in lot_ids], call)


async def _lock(lot_id: int, expected_version: int | None) -> models.Lot:
    lot = await models.Lot.select_for_update(no_key=True).get_or_none(id=lot_id)
    if lot is None:
        raise NotFound(UnknownId(path=("lot_id",), kind="Lot"))
    check_version(lot, expected_version)
    return lot


async def _change(call: Call, lot: models.Lot, changes: Mapping[str, Any]) -> tuple[int, ...]:
    """Gives the documents for which less is kept than before."""
    await save(lot, call, changes)
    return await _recount(call, [lot.id])
