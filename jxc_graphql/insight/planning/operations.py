"""Asking for a plan."""

from collections.abc import Sequence

from jxc_graphql.buying.requests.models import EDIT_PURCHASE_REQUESTS
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.warehouses.queries import usable_warehouses
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.jobs import facts
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.office.jobs.owners import rights_of


@posting(EDIT_PURCHASE_REQUESTS)
async def plan_replenishment(call: Call, *, warehouse_ids: Sequence[int] = ()) -> facts.JobQueued:
    """Has a job ask for what runs low (补货), with the rights that its caller has now, and no more."""
    known = await usable_warehouses(call, warehouse_ids)
    given = {"warehouses": sorted(one.code for one in known.values())}
    return await jobs.queue(call, JobKind("REPLENISH"), given=given, saved={"rights": rights_of(call)})
