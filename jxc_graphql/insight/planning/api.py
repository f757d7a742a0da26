"""Plans, in GraphQL."""

from jxc_graphql.gql.declare import Id, input_type, mutation, payload
from jxc_graphql.insight.planning import operations
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.jobs import facts
from jxc_graphql.office.jobs.api import Job


@payload
class PlanReplenishmentPayload:
    """The job that plans."""

    job: Job | None
    """The job: when it is DONE, its `result` says how many `requests` with how many `lines` it drafted."""


@input_type
class PlanReplenishmentInput:
    """For which warehouses to plan."""

    warehouse_ids: list[Id[Warehouse]] | None = None
    """The warehouses (仓库); none: all in which the caller works."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@mutation(PlanReplenishmentPayload)
async def plan_replenishment(call: Call, input: PlanReplenishmentInput) -> facts.JobQueued:
    """Has purchase requests drafted of what runs low and is not asked for yet (补货计划), as a schedule can."""
    return await operations.plan_replenishment(call, warehouse_ids=input.warehouse_ids or ())
