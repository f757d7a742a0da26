"""Writes of sharing: how far warehouses are apart, and asking another branch for goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence
from typing import Any

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET
from jxc_graphql.kit.errors import Rejected, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import OutOfScope
from jxc_graphql.warehousing.sharing import queries, rules
from jxc_graphql.warehousing.sharing.facts import StockRequested, TransferTimesSet
from jxc_graphql.warehousing.sharing.rules import WantedTime
from jxc_graphql.warehousing.transfers import operations as transfers

_ENDS = {"from_warehouse_id": "bigint", "to_warehouse_id": "bigint"}


@posting(Permission.MANAGE_WAREHOUSES)
async def set_transfer_times(call: Call, *, times: Sequence[WantedTime]) -> TransferTimesSet:
    """Says of many pairs of warehouses how far they are apart; raises `Rejected` with everything that is wrong.

    What nobody says of a pair stays as it is.
    """
    ends = {end for wanted in times for end in (wanted.from_warehouse_id, wanted.to_warehouse_id)}
    shared, known = queries.shared_scope(call), await warehouses.warehouses(ends)
    reject_if(rules.check_times(call, times, {one for one in known if shared is None or one in shared}))
    forgotten = [(one.from_warehouse_id, one.to_warehouse_id) for one in times if one.days is None]
    await db.execute(
        f"""
        DELETE FROM transfer_time WHERE (from_warehouse_id, to_warehouse_id) IN (
            SELECT from_warehouse_id, to_warehouse_id FROM {db.rows(_ENDS)} AS line)""",
        (db.json(forgotten),),
    )
    rows = await db.fetch(
        f"""
        INSERT INTO transfer_time (id, from_warehouse_id, to_warehouse_id, days)
        SELECT line.id, line.from_warehouse_id, line.to_warehouse_id, line.days
        FROM {db.rows({"id": "bigint", **_ENDS, "days": "int"})} AS line
        WHERE true ORDER BY line.from_warehouse_id, line.to_warehouse_id
        ON CONFLICT (from_warehouse_id, to_warehouse_id) DO UPDATE SET days = excluded.days
        RETURNING from_warehouse_id, to_warehouse_id, id""",
        (
            db.json(
                (new_id(), one.from_warehouse_id, one.to_warehouse_id, one.days)
                for one in times
                if isinstance(one.days, int)
            ),
        ),
    )
    ids = {(source, target): time_id for source, target, time_id in [*rows, *await _as_before(times)]}
    asked = [(one.from_warehouse_id, one.to_warehouse_id) for one in times]
    return TransferTimesSet(change_id=new_id(), transfer_time_ids=tuple(ids[pair] for pair in asked if pair in ids))


async def _as_before(times: Sequence[WantedTime]) -> list[Any]:
    """The pairs of which nothing is said, with the times that are known of them."""
    stay = [(one.from_warehouse_id, one.to_warehouse_id) for one in times if one.days is UNSET]
    if not stay:
        return []
    return await db.fetch(
        f"SELECT time.from_warehouse_id, time.to_warehouse_id, time.id FROM {db.rows(_ENDS)} AS line "
        "JOIN transfer_time AS time USING (from_warehouse_id, to_warehouse_id)",
        (db.json(stay),),
    )


@posting(Permission.EDIT_TRANSFERS)
async def request_transfer(
    call: Call, *, sku_id: int, from_warehouse_id: int, to_warehouse_id: int, quantity: Quantity, note: str = ""
) -> StockRequested:
    """Hands in a transfer out of a warehouse that shares its stock into one of the caller's: the source decides on it.

    Raises `Rejected` for a destination out of scope and for a source that does not share with the caller, and as
    `create_transfer` does.
    """
    own, shared = call.within(Dimension.WAREHOUSE), queries.shared_scope(call)
    scopes = {("to_warehouse_id",): (to_warehouse_id, own), ("from_warehouse_id",): (from_warehouse_id, shared)}
    reject_if(OutOfScope(path=path) for path, (one, scope) in scopes.items() if scope is not None and one not in scope)
    line = transfers.AskedGoods(sku_id=sku_id, quantity=quantity)
    try:
        handed_in = await transfers.ask_for_transfer(
            call, from_warehouse_id=from_warehouse_id, to_warehouse_id=to_warehouse_id, lines=[line], note=note
        )
    except Rejected as refused:
        raise type(refused)(*map(rules.of_the_request, refused.reasons)) from None
    return StockRequested(transfer_id=handed_in.subject_id, sku_id=sku_id, quantity=quantity, note=note.strip())
