"""What happens by itself to quotes: that their last day is over is written down."""
# ruff: noqa: S608  (statements are made of our own names)

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents.changing import moved_on
from jxc_graphql.office.documents.rows import locked
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.jobs.declared import Stage, kind
from jxc_graphql.selling.quotes.facts import QuoteExpired
from jxc_graphql.selling.quotes.models import Quote

AT_ONCE = 50
"""Quotes that one step of the job writes down."""


@kind("EXPIRE_QUOTES", "Write down which quotes have expired (报价单到期).", usually="5 0 * * *")
async def expire_quotes(call: Call, stage: Stage) -> Stage:
    """Writes down the next quotes whose last day was over when the day of the books began."""
    due = await db.fetch(
        "SELECT id FROM quote WHERE status IN ('APPROVED', 'PARTIALLY_ORDERED') "
        f"AND valid_through < (SELECT day FROM book_day) ORDER BY id LIMIT {AT_ONCE}"
    )
    for (quote_id,) in due:
        quote, *_ = await locked(Quote, quote_id)
        if quote is not None and DocumentAction.EXPIRE in quote.states.allowed(quote.status):
            moved_on(quote, DocumentAction.EXPIRE)
            journal.record(QuoteExpired(quote_id=quote.id), call)
    done = stage.done + len(due)
    return Stage(done=done, total=done, saved=stage.saved, is_last=len(due) < AT_ONCE)
