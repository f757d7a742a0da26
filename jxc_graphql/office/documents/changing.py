"""How documents come to be, are taken hold of and are moved on, and how their lines are written.

A document is locked, which keeps its lines too, before the stock levels, and a number is taken last: every operation
takes its locks in this order, so none waits for another in a circle.
"""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec
from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.beside import noted_beside
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.errors import NotFound, Path, Rejected, UnknownId, reject_if
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import gates, needs, register, rows
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine, LinkKind
from jxc_graphql.office.documents.operations import number_for
from jxc_graphql.office.documents.rules import NotTheAuthor, OutOfScope
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus

Opening = Callable[[DocumentHeader], None]

_openings: list[Opening] = []
D = TypeVar("D", bound=DocumentHeader)
L = TypeVar("L", bound=DocumentLine)


def when_opened(write: Opening) -> None:
    """Has what somebody above keeps of every document written with each new one, and with no statement before it."""
    _openings.append(write)


def made_out(kind: type[D], call: Call, day: date, /, **columns: Any) -> D:
    """A new document of the caller's for a day, as it begins; nothing is written before it is `opened`."""
    status = DocumentStatus.DRAFT if kind.states.has_drafts else DocumentStatus.POSTED
    header = {"status": status, "business_date": day, "created_at": call.at, "created_by_id": call.actor_id}
    return kind(**header | columns)


async def opened(
    document: D, lines: Iterable[Model] = (), *, out_of: Iterable[int] = (), link: LinkKind = LinkKind.FULFILMENT
) -> D:
    """Gives a new document its number and writes it, into the register too, with its lines and what it comes `out_of`.

    Others may wait for the next number of the series until the transaction ends, so this is the last but for its lines.
    Raises `Rejected` for a day before the books were opened.
    """
    assert document.status in document.states.beginnings
    await company.check_open(document.business_date)
    document.number = await number_for(document)
    db.insert_later([document])
    register.write(document, renames=True)
    register.link(out_of, document.id, link)
    db.insert_later([*lines])
    for write in _openings:
        write(document)
    return document


async def locked(
    kind: type[D],
    call: Call,
    document_id: int,
    action: DocumentAction,
    expected_version: int | None,
    *,
    note: str | None = None,
    path: Path = ("id",),
) -> D:
    """The document on which an action is allowed now, kept from others until the transaction ends.

    Raises `NotFound` where the caller sees no such document, `Conflict` when it is not at the version the caller has
    seen, and `Rejected` when the action is for people of another warehouse or for its author, its status does not allow
    it, or the `note` that goes with it is not right.
    """
    found = await rows.locked(kind, document_id)
    return _allowed(kind, found, call, action, expected_version=expected_version, note=note, path=path)


async def locked_with_lines(
    kinds: tuple[type[D], type[L]],
    call: Call,
    document_id: int,
    action: DocumentAction,
    expected_version: int | None,
    *,
    note: str | None = None,
    path: Path = ("id",),
) -> tuple[D, dict[int, L]]:
    """The document as `locked` gives it, and its lines by their ids: the lock keeps them from others as well."""
    found, lines = await rows.locked_with_lines(*kinds, document_id)
    return _allowed(kinds[0], found, call, action, expected_version=expected_version, note=note, path=path), lines


def _allowed(
    kind: type[D],
    found: rows.Locked[D],
    call: Call,
    action: DocumentAction,
    *,
    expected_version: int | None,
    note: str | None,
    path: Path,
) -> D:
    document, seen, lacks = found
    if document is None:
        raise NotFound(UnknownId(path=path, kind=kind.__name__))
    check_scope(document, call, action, path)
    check_version(document, expected_version)
    check_state(document, action, path)
    if note is not None:
        reject_if(kind.states[action].check_note(note))
    needs.check(document, action, lacks, path)
    gates.note(document, action, seen)
    return document


def check_scope(document: DocumentHeader, call: Call, action: DocumentAction, path: Path) -> None:
    """Raises unless the caller may see a document, and belongs to those who take an action on it."""
    belongs = register.belongs_to(document)
    with_whom = register.partners_of(document).items()
    if not any(call.sees(Dimension.WAREHOUSE, place) for place in belongs.values()) or not all(
        call.sees(dimension, partner_id) for dimension, partner_id in with_whom
    ):
        raise NotFound(UnknownId(path=path, kind=type(document).__name__))
    taken = document.states[action]
    if taken.by_author:
        if call.actor_id not in (None, document.created_by_id):
            raise Rejected(NotTheAuthor(path=path))
    elif not call.sees(Dimension.WAREHOUSE, belongs[taken.at]):
        raise Rejected(OutOfScope(path=path))


def check_state(document: DocumentHeader, action: DocumentAction, path: Path) -> None:
    """Raises when the status of a document does not allow an action."""
    if illegal := document.states.check(document.status, action):
        raise Rejected(msgspec.structs.replace(illegal, path=path))


def moved_on(document: DocumentHeader, action: DocumentAction, *changed: str, to: DocumentStatus | None = None) -> None:
    """Saves where an action led and the changed columns as the document's next version, without what it forgets.

    `to` says which of several statuses came out; the table of its kind has it, or this is a fault of ours.
    """
    before, document.status = document.status, document.states.reached(document.status, action, to)
    _note(document, before)
    document.version += 1
    forgotten = document.states[action].forgets
    for column in forgotten:
        setattr(document, column, None)
    kept = dict(zip(db.columns_of(type(document)), db.values_of(document), strict=True))
    values = {column: kept[column] for column in ("status", "version", *changed, *forgotten)}
    table = register.table_of(type(document))
    update = f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in values)} WHERE id = ?"
    db.later(update, [*values.values(), document.id], rows=1)
    register.write_changes(document, (*changed, *forgotten))


def _note(document: DocumentHeader, before: DocumentStatus) -> None:
    """Has the fact of what is going on be kept with where it led from and to, for the timeline."""
    noted = noted_beside()
    first = noted[document.id].before if document.id in noted else before
    if first != document.status:
        noted[document.id] = Changed(type(document).__name__, "status", first, document.status)


def save_columns(changed: Sequence[Model], *columns: str) -> None:
    """Writes these integer columns of rows of one table back, in one statement however many rows there are."""
    if not changed:
        return
    table = type(changed[0])._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)
    db.later(
        f"UPDATE {table} SET {', '.join(f'{column} = line.{column}' for column in columns)} "
        f"FROM {db.rows(dict.fromkeys(('id', *columns), 'bigint'))} AS line WHERE {table}.id = line.id",
        (db.json([row.pk, *(getattr(row, column) for column in columns)] for row in changed),),
        rows=len(changed),
    )


def add_to_columns(kind: type[Model], added: Mapping[int, Sequence[int]], *columns: str) -> None:
    """Adds to these integer columns of rows of one table, by their ids, in one statement however many there are."""
    if not added:
        return
    table = kind._meta.db_table  # noqa: SLF001  (as above)
    db.later(
        f"UPDATE {table} SET {', '.join(f'{column} = {table}.{column} + line.{column}' for column in columns)} "
        f"FROM {db.rows(dict.fromkeys(('id', *columns), 'bigint'))} AS line WHERE {table}.id = line.id",
        (db.json((row_id, *numbers) for row_id, numbers in added.items()),),
        rows=len(added),
    )
