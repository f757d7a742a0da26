"""Asking for exports."""

import msgspec

from jxc_graphql.exchange.exports import reading
from jxc_graphql.exchange.exports.models import EXPORT_LISTS
from jxc_graphql.exchange.exports.rules import AskedList
from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.jobs import facts
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.office.jobs.owners import rights_of


async def export_list(call: Call, *, asked: AskedList) -> facts.JobQueued:
    """Has a list made into a file by a job; raises `Rejected` or `Forbidden` where the caller cannot ask for it so."""
    call.require(EXPORT_LISTS)
    await reading.check_asked(call, asked)
    return await _export_list(call, asked=asked)


@posting(EXPORT_LISTS)
async def _export_list(call: Call, *, asked: AskedList) -> facts.JobQueued:
    given = msgspec.to_builtins(asked)
    return await jobs.queue(call, JobKind("EXPORT"), given=given, saved={"rights": rights_of(call)})
