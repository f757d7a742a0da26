"""What refers to a row: what is never referred to can be deleted, and what is says by whom.

    reject_if(await references.check(Category, [category_id], ("category_id",)))
    await Category.filter(id=category_id).delete()

All foreign keys are looked at, but those of tables that belong to the row and go with it (`owned`). Lines of documents
are their documents. Where somebody refers to the row at the same time, the database refuses one of the two, and the
transaction that was refused begins anew (`kit.db.failures`): the deletion finds the reference then, or the reference
finds nothing.
"""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Collection, Iterator

from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.office.documents.models import Document, DocumentHeader, DocumentLine
from jxc_graphql.office.documents.register import table_of

MOST = 10
"""So many documents are named."""


class InUse(Reason, frozen=True, kw_only=True):
    """Something refers to it, so it cannot be deleted; deactivate it, or delete what refers to it first."""

    kinds: tuple[str, ...]
    """What refers to it: the kinds of things, such as `SupplierPrice`."""
    document_ids: tuple[int, ...] = ()
    """The documents that do, at most ten."""


async def check(
    model: type[Model], row_ids: Collection[int], path: Path, *, owned: Collection[str] = ()
) -> list[Reason]:
    """Whether something refers to rows of a table, besides what is in tables that belong to them; one statement."""
    if not row_ids:
        return []
    given = db.json([[row_id] for row_id in row_ids])
    asked = f"(SELECT id FROM {db.rows({'id': 'bigint'})} AS asked)"
    found = [*_references(model, owned)]
    parts = [
        f"SELECT * FROM (SELECT DISTINCT '{kind}' AS kind, {document} AS document_id FROM {table} "
        f"WHERE {column} IN {asked} LIMIT {MOST}) AS {table}_{column}"
        for kind, table, column, document in found
    ]
    if not parts:
        return []
    rows = await db.fetch(" UNION ALL ".join(parts), [given] * len(parts))
    if not rows:
        return []
    kinds = tuple(sorted({kind for kind, _ in rows}))
    documents = sorted({document_id for _, document_id in rows if document_id is not None})
    return [InUse(path=path, kinds=kinds, document_ids=tuple(documents[:MOST]))]


def _references(model: type[Model], owned: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    """Each foreign key that leads to a table: the kind of what has it, table, column, and its document in SQL."""
    apps = current().context.apps
    assert apps is not None
    for other in apps.get_models_iterable():
        meta = other._meta  # noqa: SLF001  (Tortoise's documented place for it)
        if other is Document or meta.db_table in owned:
            continue
        for name in meta.fk_fields:
            field = meta.fields_map[name]
            if getattr(field, "related_model", None) is model:
                column = str(field.source_field)
                yield _kind(other), meta.db_table, column, _document(other)


def _kind(model: type[Model]) -> str:
    return _header(model).__name__ if issubclass(model, DocumentLine) else model.__name__


def _document(model: type[Model]) -> str:
    if issubclass(model, DocumentHeader):
        return "id"
    if issubclass(model, DocumentLine):
        return f"{table_of(_header(model))}_id"
    columns = model._meta.fields_db_projection  # noqa: SLF001  (as above)
    return "document_id" if "document_id" in columns else "CAST(NULL AS BIGINT)"


def _header(line: type[DocumentLine]) -> type[DocumentHeader]:
    """The kind of document that a line stands in."""
    (found,) = (
        kind
        for kind in DocumentHeader.__subclasses__()
        if kind is not Document and f"{table_of(kind)}_line" == line._meta.db_table  # noqa: SLF001  (as above)
    )
    return found
