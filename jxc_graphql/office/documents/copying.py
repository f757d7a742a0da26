"""Copies (复制): a new draft of the kind of a document, with what was asked for it.

A kind that has drafts has this by its declaration: the operation that makes one is run again, with what the document
has under the names of its arguments, and for each line with what that has under the names of what is asked for one. So
a copy is checked as whatever is made today, and what is wrong with it is told at its line. Days keep their distance:
an order that was due in ten days is due in ten days again. Where a document says otherwise what was asked for it, its
feature tells:

    @copied_as(Loan)
    async def _asked_again(loan: Loan, lines: Sequence[LoanLine]) -> dict[str, Any]:
        return {"lines": […]}

What it says in fields of the company's own is filled in again as well, as far as the caller might fill it in today:
what is no choice any more, is not in use any more or refers to what he does not see is left out, and all of it is where
he may fill in nothing. For who copies a document cannot mend it, and what is required is asked for when the copy leaves
its draft.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected, Unauthenticated
from jxc_graphql.office.documents import register, rows, said, sight
from jxc_graphql.office.documents.facts import DocumentCopied
from jxc_graphql.office.documents.models import DocumentHeader, DocumentKind, DocumentLine, LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import Operation, action_of, operations_of, posting
from jxc_graphql.office.documents.rules import NoSuchStep
from jxc_graphql.office.documents.states import DocumentAction

Asked = Callable[[Any, Sequence[Any]], Awaitable[Mapping[str, Any]]]
A = TypeVar("A", bound=Asked)

_told: dict[type[DocumentHeader], Asked] = {}
_ITS_OWN = frozenset({"external_number"})
"""What a document says that no other one is to say."""
_IN_UNIT = "quantity_in_unit"
"""What a line has that was counted in another unit than the base unit."""


def copied_as(kind: type[DocumentHeader]) -> Callable[[A], A]:
    """Has a function tell what was asked for a document of a kind, where its columns do not."""

    def declare(told: A) -> A:
        _told[kind] = told
        return told

    return declare


@posting(None)
async def copy_document(call: Call, *, document_id: int) -> DocumentCopied:
    """Drafts a document of the same kind with the same lines (复制单据), for today and as the caller's own.

    What its own fields say is filled in again, but for what the caller could not fill in today.
    Raises `NotFound` where he sees no such document, `Forbidden` where he may not make one, and `Rejected` where its
    kind has no drafts, or with everything that is wrong with the copy, as it is wrong with the document.
    """
    if call.actor_id is None:
        raise Unauthenticated
    seen = await sight.seen(call, document_id, ("document_id",))
    kind = next(one for one in register.kinds() if register.kind_of(one) is DocumentKind(seen.kind))
    create, takes = made_by(kind), kind.states.copying
    if create is None or takes is None:
        raise Rejected(NoSuchStep(path=("document_id",), kind=kind.__name__))
    call.require(takes.by)
    asked = await _asked(call, kind, create, document_id)
    fields = await said.again(call, document_id)
    try:
        made = await create(
            msgspec.structs.replace(call, idempotency_key=None, business_date=None, fields=fields), **asked
        )
    except Rejected as refused:
        raise type(refused)(
            *(msgspec.structs.replace(one, path=("document_id", *one.path)) for one in refused.reasons)
        ) from refused
    register.link([document_id], made.subject_id, LinkKind.COPY)
    return DocumentCopied(document_id=made.subject_id, source_id=document_id)


def made_by(kind: type[DocumentHeader]) -> Operation | None:
    """The operation that drafts a document of a kind; None where it has no drafts."""
    drafts, key = kind.states.actions.get(DocumentAction.UPDATE), f"{register.table_of(kind)}_id"
    drafting = (one for one in operations_of(DocumentAction.UPDATE) if action_of(one) is drafts)
    return next((one for one in drafting if key not in inspect.signature(one).parameters), None)


async def _asked(call: Call, kind: type[DocumentHeader], create: Operation, document_id: int) -> dict[str, Any]:
    """What the operation is to be given so that it drafts the document again."""
    line = next((one for one in DocumentLine.__subclasses__() if _is_line_of(kind, one)), None)
    if line is None:
        (document, *_), lines = await rows.locked(kind, document_id), dict[int, DocumentLine]()
    else:
        (document, *_), lines = await rows.locked_with_lines(kind, line, document_id)
    assert document is not None
    told = await _told[kind](document, [*lines.values()]) if kind in _told else {}
    later, hints = business_date(call) - document.business_date, get_type_hints(create)
    asked = dict[str, Any]()
    for name in [*inspect.signature(create).parameters][1:]:
        if name in told:
            asked[name] = told[name]
        elif name == "lines":
            (wanted,) = get_args(hints[name])
            asked[name] = tuple(msgspec.convert(dict(_said(wanted, one)), wanted) for one in lines.values())
        elif hasattr(document, name) and name not in _ITS_OWN:
            value = getattr(document, name)
            asked[name] = _moved(value, later) if isinstance(value, date) else value
    return asked


def _moved(day: date, later: timedelta) -> date:
    """A day as far off as it was, or the last that there is."""
    return day + later if later <= date.max - day else date.max


def _is_line_of(kind: type[DocumentHeader], line: type[DocumentLine]) -> bool:
    return register.table_of(line) == f"{register.table_of(kind)}_line"


def _said(wanted: type[msgspec.Struct], line: DocumentLine) -> Iterator[tuple[str, Any]]:
    """What a line has of what is asked for one, in the unit in which it was asked."""
    for name in wanted.__struct_fields__:
        column = _IN_UNIT if name == "quantity" and hasattr(line, _IN_UNIT) else name
        if hasattr(line, column):
            yield name, getattr(line, column)
