"""What clients see of every document."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from tortoise.models import Model

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    LimitError,
    batched,
    column,
    computed,
    connection,
    entity,
    many,
    register,
    shown_as,
    subscription,
    user_error,
    user_error_of,
    value,
)
from jxc_graphql.kit import happened
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.happened import FactKind
from jxc_graphql.kit.journal import Cursor, JournalEntry
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.versions import StaleVersion
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import (
    applying,
    copying,
    models,
    references,
    reversing,
    rules,
    states,
    stream,
    timeline,
)
from jxc_graphql.office.documents import register as register_of_documents
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.models import DocumentChange, DocumentKind, LinkKind
from jxc_graphql.office.documents.several import documents_action
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus

C = TypeVar("C", bound=type)

Scope = Mapping[str, str | tuple[str, ...]]
AT_WAREHOUSE: Scope = {Dimension.WAREHOUSE: "warehouse_id"}


@value(row_of=("action",))
class AllowedAction:
    """Whether the viewer can do something with a document now."""

    action: DocumentAction
    """What could be done."""
    allowed: bool
    """Whether it can be done now, by the viewer."""
    reasons: list[states.DocumentObstacle]
    """Why not; empty where it is allowed."""
    texts: list[str]
    """The same for people, in the language of the request."""


@value(row_of=("entry_id", "place"))
class TimelineChange:
    """A value that was changed, for people: in the language of the request, things by the names that they have now."""

    field: str
    """The field of the document, or of its line, such as `unitPrice`; the code of an own field."""
    label: str
    """What people call that: `Unit price` or `单价`."""
    line: int | None
    """Which line (行号), from 1; null where it is not about a line."""
    about: str | None
    """What the line is about, such as the name of its SKU; null where it is not about a line, or that is hidden."""
    before: str | None
    """What it was (原值); null where it was empty, or the line was not there."""
    after: str | None
    """What it became (新值); null where it is empty, or the line is gone."""


@entity(JournalEntry)
class TimelineEntry:
    """One thing that happened to a document or a lot (时间线), through which alone it is reached."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""
    at: datetime
    """When."""
    actor: User | None
    """Who did it; null when the system did."""
    what: str = column("name")
    """What happened, such as `PurchaseOrderApproved`, for filters."""
    kind: FactKind = computed(happened.kind_of, "name")
    """What happened, for programs."""
    text: str = computed(happened.text_of, "name")
    """What happened, for people, in the language of the request: `Purchase order approved` or `审核采购订单`."""
    note: str | None = computed(rules.note_of_fact, "body")
    """What was said with it (备注), such as why an order was sent back; null without words."""
    changes: list[TimelineChange] = batched(timeline.changes_of, "id", "name", "body")
    """What changed of what it says (变更), as far as the viewer may see it; at most 200, of older entries nothing."""
    changes_left_out: int = computed(timeline.left_out, "name", "body")
    """How many more changes there were than 200, of whatever fields."""


@entity(models.DocumentLink)
class DocumentSource:
    """A document that another one was made out of (上查), through which alone it is reached."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""
    kind: LinkKind
    """Why the other one was made."""
    document: "Document" = column("source_id", hides_row=True)
    """The document."""


@entity(models.DocumentLink)
class DocumentTarget:
    """A document that was made out of another one (下查), through which alone it is reached."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""
    kind: LinkKind
    """Why it was made."""
    document: "Document" = column("target_id", hides_row=True)
    """The document."""


@register(
    models.Document,
    kind="document_kind",
    scope={
        Dimension.WAREHOUSE: ("warehouse_id", "to_warehouse_id"),
        Dimension.CUSTOMER: "customer_id",
        Dimension.SUPPLIER: "supplier_id",
    },
    search="search_text",
    texts=("number", "note"),
)
class Document:
    """What every document (单据) has."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""
    document_kind: DocumentKind
    """Its kind (单据类型), for lists of several kinds."""
    number: str
    """Number (单号), unique; gaps occur, and who works beside others may have a lower one than was given before."""
    status: DocumentStatus
    """Where it stands (状态)."""
    version: int
    """Rises with every change; send it back as `expectedVersion`."""
    business_date: date
    """The day it counts for (业务日期)."""
    created_at: datetime
    """When it was made."""
    created_by: User
    """Who made it (制单人)."""
    note: str
    """Remark (备注)."""
    allowed_actions: list[AllowedAction] = computed(
        register_of_documents.allowed_actions,
        "document_kind",
        "status",
        "warehouse_id",
        "to_warehouse_id",
        "created_by_id",
        "waits_for",
    )
    """What the viewer can do with it now, and why not; nothing where it is posted when it is made."""
    amount: Money | None = column(requires=Permission.SEE_COST)
    """What it is about, in money (金额): its total, or what its goods cost; null where it has none."""
    sources: list[DocumentSource] = many("target_id")
    """What it was made out of (上查), such as the order of a receipt."""
    targets: list[DocumentTarget] = many("source_id")
    """What was made out of it (下查), such as the receipts of an order."""
    timeline: Connection[TimelineEntry] = connection("subject_id")
    """What happened to it, oldest first (时间线)."""


def document(model: type[models.DocumentHeader], *, scope: Scope = AT_WAREHOUSE) -> Callable[[C], C]:
    """A type of documents, with the columns that their model describes, for those by whom it says they are seen."""
    return entity(model, requires=model.seen_by, scope=scope, described=True)


def document_line(model: type[Model], *, scope: Scope = AT_WAREHOUSE) -> Callable[[C], C]:
    """The type of lines of a document, for those who see it and in its scope, with what their model describes."""
    header = references.header_of(model)
    of = register_of_documents.table_of(header)
    ways = {dimension: (path,) if isinstance(path, str) else path for dimension, path in scope.items()}
    within = {dimension: tuple(f"{of}.{path}" for path in paths) for dimension, paths in ways.items()}
    return entity(model, requires=header.seen_by, scope=within, described=True)


@user_error(references.InUse)
class InUseError:
    """Something refers to it, so it cannot be deleted: deactivate it, or delete what refers to it first."""

    kinds: list[str]
    """What refers to it: the names of the types, such as `SupplierPrice`."""
    documents: list[Document]
    """The documents that do, at most ten, and those that the viewer sees."""


class Query:
    documents: Connection[Document] = connection(order_by="-id")
    """Documents of all kinds (单据), newest first; those of kinds and warehouses that the viewer sees."""


@value
class DocumentEvent:
    """Something happened to a document."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    change: DocumentChange
    """What happened."""
    document: Document | None
    """The document as it is now; null where the viewer stopped seeing it at that very moment."""
    entry: TimelineEntry
    """What its timeline says of it: who, when, and what exactly."""


@subscription(DocumentEvent)
async def document_changed(
    call: Call,
    kinds: Annotated[list[DocumentKind] | None, "Only documents of these kinds."] = None,
    ids: Annotated[list[Id[Document]] | None, "Only these documents, at most 200."] = None,
    after: Annotated[str | None, "Go on behind this cursor; nothing is missed."] = None,
) -> AsyncIterator[stream.DocumentEvent | Cursor]:
    """Documents (单据) that the viewer sees as they change: made, changed, moved on, commented; in commit order.

    Each event is what is new in the timeline of a document; of one that has gone out of sight nothing is told.
    """
    begin = Cursor.decode(after) if after is not None else None
    async for event in stream.document_events(call, document_kinds=kinds, document_ids=ids, after=begin):
        yield event


submit_documents = documents_action(
    DocumentAction.SUBMIT, Document, "Hands documents of any kinds in for approval (批量提交)."
)
approve_documents = documents_action(
    DocumentAction.APPROVE, Document, "Makes documents of any kinds binding, or posts them (批量审核)."
)
reject_documents = documents_action(
    DocumentAction.REJECT, Document, "Sends documents of any kinds back to their authors (批量驳回)."
)
withdraw_documents = documents_action(
    DocumentAction.WITHDRAW, Document, "Takes back documents of any kinds that were handed in (批量撤回)."
)
unapprove_documents = documents_action(
    DocumentAction.UNAPPROVE, Document, "Makes documents of any kinds drafts again (批量反审核)."
)
cancel_documents = documents_action(
    DocumentAction.CANCEL, Document, "Gives up what is still open of documents of any kinds (批量作废)."
)

copy_document = document_action(copying.copy_document, Document, tried=True)

IllegalTransitionError = user_error_of(states.IllegalTransition)
StaleVersionError = user_error_of(StaleVersion)


@user_error()
class KnownError:
    """What is asked for is there already, or in another document's hands."""

    document: Document | None
    """The document that has it; null where it is none, but a warehouse or the like."""


@user_error()
class ApprovalError:
    """Somebody else has to approve this first."""

    waits_for: Permission
    """The permission of those who can."""
    approvers: list[User]
    """Who is waited for, at most fifty of them; empty where it is whoever has the permission."""


PROBLEMS = (
    shown_as(LimitError, rules.TooManyLines, asked="lines"),
    shown_as(KnownError, rules.IdempotencyMismatch),
    shown_as(KnownError, reversing.AlreadyReversed),
    shown_as(LimitError, reversing.OverReturn, limit="left", asked="asked", available="left"),
    *(shown_as(KnownError, one, document="amendment_id") for one in (applying.AmendmentOpen, applying.OrderAmended)),
)
