"""What alerts have done by themselves: the review of the day, at midnight and after settings changed."""

from jxc_graphql.insight.alerts import daily, queries
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.company.facts import CompanyUpdated
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.declared import JobKind, Stage, kind


@kind("REVIEW_STOCK", "Review all stock levels for alerts that come with the day (每日预警检查).", usually="0 0 * * *")
async def review_stock(call: Call, stage: Stage) -> Stage:
    """Reviews the next thousand levels, until the day is done."""
    total = stage.total
    if total is None:
        ((total,),) = await db.fetch("SELECT count(*) FROM stock_level")
    done = stage.done + await daily.review_some(call)
    reviewed_on = await queries.reviewed_on()
    is_last = reviewed_on is not None and reviewed_on >= clock.day_of(call.at)
    return Stage(done=done, total=max(total, done), saved=stage.saved, is_last=is_last)


async def review_anew(call: Call, fact: CompanyUpdated) -> None:
    """Has all levels reviewed for this day again, where a fact changed how many days something takes."""
    if await daily.begin_anew(fact):
        await jobs.enqueue(call, JobKind("REVIEW_STOCK"))
