"""What refers to a row: what is never referred to can be deleted, and what is says by whom.

    category = await references.delete(call, models.Category, category_id, ("category_id",))

All foreign keys are looked at, but those of tables that belong to the row and go with it (`owned`), and whether it is
in the scope of a user. Lines of documents are their documents. The row is locked, so that whoever refers to it at the
same time was there before, and is found, or comes too late: then the database refuses his transaction, which begins
anew (`kit.db.failures`) and finds nothing to refer to.
"""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar, TypeVar

from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.errors import NotFound, Path, Reason, UnknownId, reject_if
from jxc_graphql.kit.versions import VersionedModel, check_version
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.auth.queries import scope_names
from jxc_graphql.office.documents.models import Document, DocumentHeader, DocumentLine
from jxc_graphql.office.documents.register import table_of

M = TypeVar("M", bound=Model)
_going: dict[type[Model], frozenset[str]] = {}
"""Rows that go with what they are about, and the columns that say what that is."""


def goes_with(model: type[Model], columns: Collection[str]) -> None:
    """Has rows of a table go with whatever one of these columns says they are about."""
    _going[model] = frozenset(columns)


MOST = 10
"""So many documents are named."""


class InUse(Reason, frozen=True, kw_only=True):
    """Something refers to it, so it cannot be deleted; deactivate it, or delete what refers to it first."""

    labelled: ClassVar[Mapping[str, str]] = {"kinds": "Kind"}
    kinds: tuple[str, ...]
    """What refers to it: the kinds of things, such as `SupplierPrice`."""
    document_ids: tuple[int, ...] = ()
    """The documents that do, at most ten."""


async def check(
    model: type[Model], row_ids: Collection[int], path: Path, *, owned: Collection[type[Model]] = ()
) -> list[InUse]:
    """Whether something refers to rows of a table, besides what belongs to them; one statement."""
    found = [*leading_to(model, owned)]
    if not row_ids or not found:
        return []
    asked = f"(SELECT id FROM {db.rows({'id': 'bigint'})} AS asked)"
    parts = [
        f"SELECT * FROM (SELECT DISTINCT '{kind}' AS kind, {document} AS document_id FROM {table} "
        f"WHERE {column} IN {asked} LIMIT {MOST}) AS {table}_{column}"
        for kind, table, column, document in found
    ]
    rows = await db.fetch(" UNION ALL ".join(parts), [db.json([[row_id] for row_id in row_ids])] * len(parts))
    kinds = sorted({kind for kind, _ in rows})
    documents = sorted({document_id for _, document_id in rows if document_id is not None})[:MOST]
    return [InUse(path=path, kinds=tuple(kinds), document_ids=tuple(documents))] if rows else []


async def delete(
    call: Call,
    model: type[M],
    row_id: int,
    path: Path,
    *,
    owned: Mapping[type[Model], str] = {},
    dimension: Dimension | None = None,
    expected_version: int | None = None,
) -> M:
    """Deletes a row to which nothing refers, with what belongs to it: rows of tables, by the way that leads to it.

    Raises `NotFound` where there is none, or none in the caller's scope in that dimension, `Conflict` where it has
    another version than is expected, and `Rejected` where something refers to it or to what belongs to it, or it is in
    the scope of a user.
    """
    row = await model.select_for_update().get_or_none(id=row_id)
    if row is None or (dimension is not None and not call.sees(dimension, row_id)):
        raise NotFound(UnknownId(path=path, kind=model.__name__))
    if isinstance(row, VersionedModel):
        check_version(row, expected_version)
    wrong = await check(model, [row_id], path, owned=owned)
    for table, way in owned.items():
        wrong += await check(table, [one.pk for one in await table.filter(**{way: row_id})], path, owned=owned)
    if dimension is not None and await scope_names(dimension, row_id):
        wrong.append(InUse(path=path, kinds=("User",)))
    reject_if(_together(wrong, path))
    for table, way in owned.items():
        await table.filter(id__in=[one.pk for one in await table.filter(**{way: row_id})]).delete()
    for going, columns in _going.items():
        for column in columns.intersection(_keys(going, model)):
            db.later(f"DELETE FROM {going._meta.db_table} WHERE {column} = ?", (row_id,))  # noqa: SLF001  (as below)
    await row.delete()
    return row


def _together(reasons: Sequence[InUse], path: Path) -> Iterator[InUse]:
    """All that refers to something in one reason."""
    kinds = sorted({kind for one in reasons for kind in one.kinds})
    documents = sorted({document_id for one in reasons for document_id in one.document_ids})
    if kinds:
        yield InUse(path=path, kinds=tuple(kinds), document_ids=tuple(documents[:MOST]))


def leading_to(model: type[Model], owned: Collection[type[Model]]) -> Iterator[tuple[str, str, str, str]]:
    """Each foreign key that leads to a table: the kind of what has it, table, column, and its document in SQL."""
    apps = current().context.apps
    assert apps is not None
    for other in apps.get_models_iterable():
        if other is Document or other in owned:
            continue
        for column in _keys(other, model):
            if column not in _going.get(other, ()):
                yield _kind(other), other._meta.db_table, column, _document(other)  # noqa: SLF001  (as below)


def _keys(model: type[Model], to: type[Model]) -> Iterator[str]:
    """The columns of a table that lead to another one."""
    meta = model._meta  # noqa: SLF001  (Tortoise's documented place for it)
    for name in sorted((*meta.fk_fields, *meta.o2o_fields)):
        if getattr(meta.fields_map[name], "related_model", None) is to:
            yield str(meta.fields_map[name].source_field)


def _kind(model: type[Model]) -> str:
    return header_of(model).__name__ if issubclass(model, DocumentLine) else model.__name__


def _document(model: type[Model]) -> str:
    if issubclass(model, DocumentHeader):
        return "id"
    if issubclass(model, DocumentLine):
        return f"{table_of(header_of(model))}_id"
    columns = model._meta.fields_db_projection  # noqa: SLF001  (as above)
    return "document_id" if "document_id" in columns else "CAST(NULL AS BIGINT)"


def header_of(line: type[Model]) -> type[DocumentHeader]:
    """The kind of document that a line stands in."""
    (found,) = (
        kind
        for kind in DocumentHeader.__subclasses__()
        if kind is not Document and f"{table_of(kind)}_line" == line._meta.db_table  # noqa: SLF001  (as above)
    )
    return found
