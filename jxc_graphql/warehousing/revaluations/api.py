"""What clients see of revaluations, and what they do with them."""

from jxc_graphql.books.goods.api import StockLevel, StockRevaluation
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    by_id,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
    user_error,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.warehousing.revaluations import facts, models, operations, rules


@entity(models.RevaluationLine, requires=Permission.SEE_COST, scope={Dimension.WAREHOUSE: "revaluation.warehouse_id"})
class RevaluationLine(Node):
    """A line of a revaluation (成本调整单行): a new unit cost, or a change of value, for a SKU in the warehouse."""

    line_no: int
    """Position in the document, from 1."""
    sku: Sku
    """Whose goods."""
    unit_cost: UnitPrice | None
    """What one unit is to cost (单位成本), if that was said."""
    value_change: Money | None
    """By how much more, or below 0 less, all of them are to cost (金额调整), if that was said."""
    quantity: Quantity | None
    """How much was on hand when it was posted."""
    value_before: Money | None
    """What that cost before."""
    value: Money | None
    """By how much that changed."""


@entity(models.Revaluation, requires=Permission.SEE_COST, scope={Dimension.WAREHOUSE: "warehouse_id"})
class Revaluation(Document, Node):
    """Revaluation (成本调整单): what goods on hand cost was corrected, without any moving; the note says why."""

    warehouse: Warehouse
    """Where the goods are."""
    estimated_value: Money | None
    """By how much values changed when it was handed in or posted, up and down alike (审批金额)."""
    total: Money | None
    """The sum of what its lines changed (合计金额); null until it is posted."""
    lines: list[RevaluationLine] = many("revaluation_id", order_by="line_no")
    """Which goods, and how."""
    changes: Connection[StockRevaluation] = connection("document_id")
    """What it changed in the book of goods."""


class Query:
    """Revaluations."""

    revaluations: Connection[Revaluation] = connection(order_by="-id")
    """Revaluations (成本调整单), newest first."""
    revaluation: Revaluation | None = by_id()
    """One revaluation."""


@input_type
class RevaluationLineInput:
    """What goods on hand cost from now on: either `unitCost` or `valueChange`."""

    sku_id: Id[Sku]
    """Which goods."""
    unit_cost: UnitPrice | None = None
    """What each unit costs; 0 or more."""
    value_change: Money | None = None
    """By how much more, or below 0 less, all of them cost."""

    def asked(self) -> operations.AskedRevaluation:
        """The line as the operation takes it."""
        return operations.AskedRevaluation(sku_id=self.sku_id, unit_cost=self.unit_cost, value_change=self.value_change)


@input_type
class CreateRevaluationInput:
    """A revaluation to draft."""

    warehouse_id: Id[Warehouse]
    """Where."""
    lines: list[RevaluationLineInput]
    """Which goods, and how; 1 to 1,000 lines."""
    note: str
    """Why (原因); 1 to 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateRevaluationPayload:
    """The revaluation that was drafted."""

    revaluation: Revaluation | None
    """The revaluation."""


@mutation(CreateRevaluationPayload)
async def create_revaluation(call: Call, input: CreateRevaluationInput) -> facts.RevaluationCreated:
    """Drafts a revaluation (新建成本调整单); no value changes until it is posted."""
    return await operations.create_revaluation(
        call,
        warehouse_id=input.warehouse_id,
        lines=[line.asked() for line in input.lines],
        note=input.note,
    )


@input_type
class UpdateRevaluationInput:
    """What a draft is to say instead."""

    id: Id[Revaluation]
    """The draft."""
    lines: list[RevaluationLineInput]
    """All lines it is to have; 1 to 1,000."""
    note: str
    """Why (原因); 1 to 500 characters."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class UpdateRevaluationPayload:
    """The draft that was changed."""

    revaluation: Revaluation | None
    """The revaluation."""


@mutation(UpdateRevaluationPayload)
async def update_revaluation(call: Call, input: UpdateRevaluationInput) -> facts.RevaluationUpdated:
    """Replaces the lines and the note of a draft (修改成本调整单)."""
    return await operations.update_revaluation(
        call,
        revaluation_id=input.id,
        lines=[line.asked() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


post_revaluation = document_action(operations.post_revaluation, Revaluation, StockLevel)
approve_revaluation = document_action(operations.approve_revaluation, Revaluation, StockLevel)
reject_revaluation = document_action(operations.reject_revaluation, Revaluation)
cancel_revaluation = document_action(operations.cancel_revaluation, Revaluation)


@user_error(rules.RevaluedTwice)
class RevaluedTwiceError:
    """The SKU stands in the document already."""

    first: int
    """At which position, from 1."""
