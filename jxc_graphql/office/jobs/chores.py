"""What is cleared away by night: jobs that ended long ago, and retry keys."""

from datetime import timedelta

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents.operations import purge_idempotency_keys
from jxc_graphql.office.jobs.declared import Stage, kind

KEPT = timedelta(days=30)
"""How long a job is kept after its end."""


@kind("SWEEP_JOBS", "Clear away old jobs (清理任务)", usually="20 3 * * *")
async def sweep_jobs(call: Call, stage: Stage) -> Stage:
    """Clears away jobs that ended long ago."""
    gone = await db.execute("DELETE FROM job WHERE ended_at < ?", (call.at - KEPT,))
    return Stage(done=gone, total=gone, saved=stage.saved, is_last=True)


@kind("SWEEP_RETRY_KEYS", "Clear away retry keys that are no longer kept (清理幂等键).", usually="40 3 * * *")
async def sweep_retry_keys(call: Call, stage: Stage) -> Stage:
    """Clears away the retry keys of more than a week ago."""
    gone = await purge_idempotency_keys(call.at)
    return Stage(done=gone, total=gone, saved=stage.saved, is_last=True)
