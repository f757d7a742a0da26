"""Opening the books: the balance they start with."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.lines import lines_of
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.warehousing.openings import rules
from jxc_graphql.warehousing.openings.models import POST_OPENING_BALANCE, OpeningBalance, OpeningBalanceLine
from jxc_graphql.warehousing.openings.rules import OpeningLine

__all__ = ["OpeningLine", "post_opening_balance"]


@posting(POST_OPENING_BALANCE)
async def post_opening_balance(
    call: Call,
    *,
    warehouse_id: int,
    business_date: Annotated[date, "The day (业务日期), today or before, in an open period."],
    lines: Annotated[Sequence[OpeningLine], "What there was; at most 1,000 lines."],
    note: str = "",
) -> DocumentPosted[OpeningBalance]:
    """Posts an opening balance (期初库存): goods that were there before the books come into a warehouse.

    Raises `NotFound` or `Rejected`: what `usable_warehouse`, `posting_date` and `rules.check_opening` find, labels that
    contradict what is known of their lot, and what the ledger finds.
    """
    of_that_day = msgspec.structs.replace(call, business_date=business_date)
    (_, problems), warehouse, skus, places = await db.together(
        door.posting_date(of_that_day, late=POST_OPENING_BALANCE),
        warehouses.usable_warehouse(call, warehouse_id),
        catalog.skus({line.sku_id for line in lines}),
        warehouses.places_of({line.place_id for line in lines if line.place_id is not None}),
    )
    wrong = rules.check_opening(
        lines, warehouse=warehouse, skus=skus, places=places, business_date=business_date, note=note
    )
    reject_if([*problems, *wrong])
    balance = made_out(OpeningBalance, call, business_date, warehouse_id=warehouse_id, note=note)
    made = lines_of(
        OpeningBalanceLine,
        lines,
        opening_balance_id=balance.id,
        place_id=lambda line: line.place_id or warehouse.stock_place_id,
        lot_id=await lots.ensure(call, rules.labelled(lines)),
        origin_on=lambda line: line.origin_on or business_date,
        value=lambda line: line.value,
    )
    moves = rules.moves(made, lines, warehouse.id)
    posted = await door.post(Posting(call=call, document_id=balance.id, business_date=business_date, moves=moves))
    balance.total = Money.total(posted.values)
    await opened(balance, made)
    return DocumentPosted.of(balance, **posted.told)
