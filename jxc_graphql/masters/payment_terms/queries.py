"""Payment terms as orders and partners need them."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason, UnknownId
from jxc_graphql.masters.payment_terms import rules
from jxc_graphql.masters.payment_terms.models import PaymentBasis
from jxc_graphql.office.documents.models import Priced

_SELECT = "SELECT id, basis, months, days FROM payment_term WHERE id"


class KnownTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A term that exists."""

    id: int
    basis: PaymentBasis
    months: int
    days: int

    def due_on(self, day: date) -> date:
        """The day on which something of a day is due."""
        return rules.due_on(self, day)


async def unknown(term_id: Change[int | None]) -> list[Reason]:
    """Whether somebody asked for a term that does not exist; no statement where he asked for none."""
    known = not isinstance(term_id, int) or await payment_term(term_id)
    return [] if known else [UnknownId(path=("payment_term_id",), kind="PaymentTerm")]


async def payment_term(term_id: int) -> KnownTerm | None:
    """The term with this id, if there is one."""
    return _known(await db.fetch(f"{_SELECT} = ?", (term_id,)))


async def term_of(order: type[Priced], order_id: int) -> KnownTerm | None:
    """The term of an order, if there is one: it stays once the order is locked."""
    table = order._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)
    return _known(await db.fetch(f"{_SELECT} = (SELECT payment_term_id FROM {table} WHERE id = ?)", (order_id,)))


def _known(rows: Sequence[tuple[Any, ...]]) -> KnownTerm | None:
    names = KnownTerm.__struct_fields__
    return next((msgspec.convert(dict(zip(names, row, strict=True)), KnownTerm) for row in rows), None)
