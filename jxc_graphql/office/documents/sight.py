"""Who sees which documents, as the register has them: what is said of a document is for them alone.

document = await sight.seen(call, document_id, ("document_id",))     for the operation of a caller
for_whom = document.is_seen_by(call_of_another)                      for whoever else is to hear of it
"""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Collection

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Path, UnknownId
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.register import kind_of, kinds


class SeenDocument(msgspec.Struct, frozen=True):
    """What decides about a document who sees it."""

    id: int
    kind: str
    created_by_id: int
    warehouse_id: int | None
    to_warehouse_id: int | None
    supplier_id: int | None
    customer_id: int | None

    def is_seen_by(self, call: Call) -> bool:
        """Whether somebody sees it: by his permissions, and in every dimension by his scope."""
        model = next(one for one in kinds() if kind_of(one) is DocumentKind(self.kind))
        return model.seen_by in call.permissions and all(
            _is_within(call, dimension, *places)
            for dimension, *places in (
                (Dimension.WAREHOUSE, self.warehouse_id, self.to_warehouse_id),
                (Dimension.SUPPLIER, self.supplier_id),
                (Dimension.CUSTOMER, self.customer_id),
            )
        )


def _is_within(call: Call, dimension: Dimension, *places: int | None) -> bool:
    """Whether one of the places is in scope, or there is none."""
    known = [place for place in places if place is not None]
    return not known or any(call.sees(dimension, place) for place in known)


async def looked_up(document_ids: Collection[int]) -> dict[int, SeenDocument]:
    """Those of these documents that there are; one statement."""
    columns = ", ".join(
        f"document.{'document_kind' if name == 'kind' else name}" for name in SeenDocument.__struct_fields__
    )
    rows = await db.fetch(
        f"SELECT {columns} FROM document JOIN {db.rows({'id': 'bigint'})} AS asked ON asked.id = document.id",
        (db.json([document_id] for document_id in document_ids),),
    )
    return {row[0]: SeenDocument(*row) for row in rows}


async def seen(call: Call, document_id: int, path: Path) -> SeenDocument:
    """A document that the caller sees; raises `NotFound` where there is none, or none for him."""
    found = (await looked_up([document_id])).get(document_id)
    if found is None or not found.is_seen_by(call):
        raise NotFound(UnknownId(path=path, kind="Document"))
    return found
