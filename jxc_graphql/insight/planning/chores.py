"""Replenishment, step by step: a request of one warehouse at a time."""

from typing import Any

import msgspec

from jxc_graphql.buying.requests.models import EDIT_PURCHASE_REQUESTS, PurchaseRequestSource
from jxc_graphql.buying.requests.operations import create_purchase_request
from jxc_graphql.insight.planning import queries
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.jobs.declared import Stage, kind
from jxc_graphql.office.jobs.owners import owner_of
from jxc_graphql.office.jobs.rules import JobInputUnusable


class AskedPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is planned for."""

    warehouses: tuple[str, ...] = ()
    """Codes of warehouses; none: all in which whoever asks works."""


def asked_of(given: dict[str, Any]) -> AskedPlan:
    """What an input says; raises `Rejected` for one that says something else."""
    try:
        return msgspec.convert(given, AskedPlan)
    except msgspec.ValidationError as error:
        raise Rejected(JobInputUnusable(path=("job_input",), problem=str(error))) from None


async def check_input(call: Call, given: dict[str, Any]) -> None:
    """Raises `Rejected` or `Forbidden` where a caller cannot have such a plan."""
    call.require(EDIT_PURCHASE_REQUESTS)
    await _warehouses(call, asked_of(given))


async def _warehouses(call: Call, asked: AskedPlan) -> list[int]:
    """The warehouses to plan for; raises `Rejected` where the caller does not see one that is named."""
    seen = await queries.warehouses_of(call)
    if unknown := set(asked.warehouses) - seen.keys():
        raise Rejected(JobInputUnusable(path=("job_input",), problem=", ".join(sorted(unknown))))
    return [seen[code] for code in asked.warehouses or sorted(seen)]


@kind("REPLENISH", "Ask for what runs low (补货计划).", allows=check_input)
async def replenish(call: Call, stage: Stage) -> Stage:
    """Drafts a request of what the next warehouse needs, on behalf of whoever asked."""
    owner = msgspec.structs.replace(await owner_of(stage), at=call.at)
    owner.require(EDIT_PURCHASE_REQUESTS)
    await db.hold("replenishment")
    left = stage.saved.get("left")
    if left is None:
        left = await _warehouses(owner, asked_of(stage.input))
    first, *others = left or [None]
    lines = 0
    if first is not None:
        lines = await _ask(owner, first)
        others = left if lines == MAX_ORDER_LINES else others
    done = stage.done + (first is not None and others is not left)
    told = {
        "requests": stage.result.get("requests", 0) + bool(lines), "lines": stage.result.get("lines", 0) + lines,
    }  # fmt: skip
    saved = {**stage.saved, "left": others}
    return Stage(done=done, total=done + len(others), saved=saved, result=told, is_last=not others)


async def _ask(owner: Call, warehouse_id: int) -> int:
    """Drafts a request of what a warehouse needs; how many lines it has."""
    needed = await queries.needed_goods(warehouse_id, MAX_ORDER_LINES)
    if needed:
        await create_purchase_request(
            owner,
            warehouse_id=warehouse_id,
            needed_on=business_date(owner),
            lines=needed,
            source=PurchaseRequestSource.PLANNING,
        )
    return len(needed)
