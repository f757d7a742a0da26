"""What clients see of lots, and how they correct and block them; the label that other features take goods in with."""

from datetime import date, datetime
from typing import Annotated

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    PeriodError,
    Versioned,
    connection,
    entity,
    input_of_struct,
    input_type,
    mutation,
    payload,
    query,
    shown_as,
    told,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots import facts, labels, models, operations, queries
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.api import Document, TimelineEntry


@entity(models.Lot, requires=Permission.SEE_STOCK, search="search_text", texts=("number", "note"))
class Lot(Node, Versioned):
    """A lot (批次): goods of a SKU that were made together, bear one number, and expire together."""

    sku: Sku
    """What the goods are."""
    number: str
    """Number (批号), unique within the SKU."""
    produced_on: date | None
    """Production date (生产日期); null while it is not known."""
    expires_on: date | None
    """Expiry date (到期日), the last day on which its goods are good; null where there is none, or it is not known."""
    is_blocked: bool
    """Whether it was found bad, or is suspected (冻结): its goods wait for a decision."""
    note: str
    """Remark (备注)."""
    created_at: datetime
    """When the first document named it."""
    timeline: Connection[TimelineEntry] = connection("subject_id")
    """What happened to it, oldest first (时间线)."""


class Query:
    lots: Connection[Lot] = connection(order_by="-id")
    """Lots (批次); ordered by EXPIRES_ON they stand as they should leave (先到期先出)."""


@query(list[Lot])
async def lots_by_number(call: Call, number: Annotated[str, "What the scanner read."]) -> list[int]:
    """The lots with this number (扫码), newest first, 100 at most: different SKUs may have lots of the same number."""
    return await queries.scan(call, number)


LotLabelInput = input_of_struct(labels.LotLabel, "LotLabelInput")


@payload
class UpdateLotPayload:
    """The lot after the change."""

    lot: Lot | None
    """The lot."""
    short_documents: list[Document]
    """Orders and transfers for which less is kept than before, since the goods are not there or not good (欠货)."""


@input_type
class UpdateLotInput:
    """What changes of a lot; what is left out stays."""

    id: Id[Lot]
    """The lot."""
    produced_on: Change[date | None] = UNSET
    """Production date (生产日期)."""
    expires_on: Change[date | None] = UNSET
    """Expiry date (到期日), not before the production date."""
    note: Change[str | None] = UNSET
    """Remark (备注), up to 500 characters."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateLotPayload)
async def update_lot(call: Call, input: UpdateLotInput) -> facts.LotUpdated:
    """Correct the dates and the remark of a lot (修改批次)."""
    return await operations.update_lot(call, **told(input, id="lot_id"))


@payload
class BlockLotPayload:
    """The lot that is blocked."""

    lot: Lot | None
    """The lot."""
    short_documents: list[Document]
    """Orders and transfers for which less is kept than before, since the goods are not there or not good (欠货)."""


@input_type
class BlockLotInput:
    """Which lot, and why."""

    id: Id[Lot]
    """The lot."""
    note: str = ""
    """Why (原因), up to 500 characters; it stands in the timeline."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(BlockLotPayload)
async def block_lot(call: Call, input: BlockLotInput) -> facts.LotBlocked:
    """Keep the goods of a lot from leaving until it is unblocked (冻结批次)."""
    return await operations.block_lot(call, **told(input, id="lot_id"))


@payload
class UnblockLotPayload:
    """The lot that was blocked."""

    lot: Lot | None
    """The lot."""


@input_type
class UnblockLotInput:
    """Which lot, and why."""

    id: Id[Lot]
    """The lot."""
    note: str = ""
    """Why (原因), up to 500 characters; it stands in the timeline."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UnblockLotPayload)
async def unblock_lot(call: Call, input: UnblockLotInput) -> facts.LotUnblocked:
    """Let the goods of a lot be used again (解冻批次)."""
    return await operations.unblock_lot(call, **told(input, id="lot_id"))


PROBLEMS = (shown_as(PeriodError, labels.LotExpiresBeforeProduced, from_="produced_on"),)
