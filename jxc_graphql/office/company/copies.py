"""A copy of the database, which was restored from a backup, goes its own way."""

from jxc_graphql.gql.wire import streams
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.operations import end_everybodys_tokens
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company.facts import CopyBegan
from jxc_graphql.office.company.models import ONLY


@db.transactional
async def begin(call: Call, *, in_its_place: bool) -> CopyBegan:
    """Parts it from its original: what was promised to somebody who is connected there is not kept here.

    All sessions end, for some may have been ended since the backup; where the original goes on beside it, tokens of
    programs end as well: they are to do there what they do.
    """
    call.require(Permission.MANAGE_COMPANY)
    await journal.part()
    await streams.forget_all()
    ended = await end_everybodys_tokens(call, programs=not in_its_place)
    fact = CopyBegan(company_id=ONLY, in_its_place=in_its_place, tokens_ended=ended)
    journal.record(fact, call)
    return fact
