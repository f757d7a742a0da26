"""How amendments are kept, and how orders come to say what they say.

found = await redrawn(spec, order, lines, asked, draw=…, had=…)     when it is drafted, and again when it is applied
saved(order, found, to)                                             what the operations of its orders write
"""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.errors import Path, Reason, reject_if
from jxc_graphql.office.documents import amending
from jxc_graphql.office.documents.amending import COLUMNS, Amendable, Amended, LinesWanted
from jxc_graphql.office.documents.amendments import AskedAmendment, LineAmendment
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.changing import moved_on, save_columns
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.redrafting import MOST_TOLD
from jxc_graphql.office.documents.register import kinds, table_of
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus

L = TypeVar("L", bound=Any)
_SAID = {
    "quantity_in_unit": "quantity",
    "unit_price": "unit_price",
    "discount": "discount",
    "tax_code_id": "tax_code_id",
}
"""What the line of an amendment says, and what that is called where it is asked for."""


class AmendmentOpen(Reason, frozen=True, kw_only=True):
    """The order has an amendment already that is neither applied nor given up."""

    number: str
    amendment_id: int


class OrderAmended(Reason, frozen=True, kw_only=True):
    """The order was amended, or is to be: it cannot become a draft again."""

    number: str
    amendment_id: int


class StaleAmendment(Reason, frozen=True, kw_only=True):
    """The order says something else since its amendment was drafted: give this one up, and amend the order anew."""


async def redrawn(
    spec: Amendable,
    order: Any,
    lines: Mapping[int, L],
    asked: AskedAmendment,
    *,
    draw: Callable[[Sequence[LineToPrice]], Coroutine[Any, Any, tuple[list[L], list[Reason]]]],
    had: Coroutine[Any, Any, Mapping[int, AmountsInBoth]],
    also: Iterable[Reason] = (),
    at: Path | None = None,
    **terms: Any,
) -> tuple[Amended[L], LinesWanted]:
    """An order that is locked as it is to be; `also` is what else is wrong, `at` where all of it is told.

    `draw` makes lines of what is asked, as for a new order, `had` tells what the parts of its lines come to that came
    or left, and `terms` what else it is to say. Raises `Rejected` with everything that is wrong with it.
    """
    wishes, wrong = amending.wanted(spec, lines, asked)
    drawing = draw(wishes.to_draw) if wishes.to_draw else _nothing()
    (drawn, unfit), parts = await db.together(drawing, had)
    _reject([*also, *wrong, *map(wishes.at, unfit)], at)
    found, wrong = amending.amended(spec, order, lines, drawn, wishes, had=parts, discount=asked.discount, **terms)
    _reject(wrong, at)
    return found, wishes


async def _nothing() -> tuple[list[Any], list[Reason]]:
    return [], []


def _reject(wrong: Iterable[Reason], at: Path | None) -> None:
    reject_if(wrong if at is None else dict.fromkeys(msgspec.structs.replace(one, path=at) for one in wrong))


def saved(order: Any, found: Amended[Any], to: DocumentStatus) -> None:
    """Writes an order as it is to be, and its lines, as its next version."""
    order.update_from_dict(dict(found.header))
    old = found.before
    save_columns([one for one in found.lines if one.id in old and amending.differs(one, old[one.id])], *COLUMNS)
    db.insert_later([one for one in found.lines if one.id not in old])
    moved_on(order, DocumentAction.AMEND, *found.header, to=to)


def applied(amendment: Any, order: DocumentHeader, found: Amended[Any]) -> dict[str, Any]:
    """Moves an amendment on that is carried out, and gives what is told of it, before the order is written.

    Raises `Rejected` where the order came to something else when it was drafted.
    """
    columns = found.columns(order)
    if columns["gross_before"] != amendment.gross_before:
        reject_if([StaleAmendment(path=("id",))])
    amendment.update_from_dict(columns)
    moved_on(amendment, DocumentAction.APPROVE, *columns)
    told: tuple[Changed, ...] = found.told(order)
    return {"changes": told[:MOST_TOLD], "left_out": len(told[MOST_TOLD:])}


def lines_of(spec: Amendable, table: Any, wishes: LinesWanted, found: Amended[Any], **of_amendment: int) -> list[Any]:
    """The lines of an amendment, as they are kept: those that are new, that change, and that are given up."""
    by_id = {one.id: one for one in found.lines}
    rows = [(LineAmendment.ADD, one, None) for one in found.lines if one.id not in found.before]
    rows += [(LineAmendment.CHANGE, by_id[line_id], found.before[line_id]) for line_id in wishes.changed]
    rows += [(LineAmendment.CANCEL_REST, by_id[line_id], by_id[line_id]) for line_id in wishes.cancelled]
    return [
        table(
            line_no=line_no,
            action=action,
            sku_id=line.sku_id,
            unit=line.unit,
            **{spec.key: None if was is None else line.id},
            **{name: _said(line, was, name) for name in _SAID},
            **of_amendment,
        )
        for line_no, (action, line, was) in enumerate(rows, 1)
    ]


def _said(line: Any, was: Any, name: str) -> Any:
    """What a line is to say in a column; None where it says that already."""
    told = getattr(line, name)
    return told if was is None or getattr(was, name) != told else None


def asked_by(spec: Amendable, amendment: Any, lines: Iterable[Any]) -> AskedAmendment:
    """What an amendment asks for, as it is kept."""
    by_action: dict[LineAmendment, list[Any]] = {one: [] for one in LineAmendment}
    for line in lines:
        by_action[line.action].append(line)

    def told(line: Any) -> dict[str, Any]:
        return {name: getattr(line, column) for column, name in _SAID.items()}

    def named(line: Any) -> int:
        return getattr(line, spec.key) or 0  # where the order has no such line any more

    return AskedAmendment(
        add=[spec.asked(sku_id=one.sku_id, unit=one.unit, **told(one)) for one in by_action[LineAmendment.ADD]],
        change=[spec.changed(**{spec.key: named(one)} | told(one)) for one in by_action[LineAmendment.CHANGE]],
        cancel_rest_ids=[named(one) for one in by_action[LineAmendment.CANCEL_REST]],
        discount=amendment.new_discount,
    )


async def check_no_other(kind: type[DocumentHeader], order_id: int, path: Path) -> list[Reason]:
    """Whether an order, which is locked, has an amendment that is neither applied nor given up."""
    found = await _amendment_of(kind, order_id, "'DRAFT', 'SUBMITTED'")
    return [AmendmentOpen(path=path, number=number, amendment_id=one) for one, number in found]


async def let_go(kind: type[DocumentHeader], order_id: int) -> None:
    """Has amendments that came to nothing name lines no more of an order that becomes a draft again, and is locked.

    Raises `Rejected` where it was amended, or is to be.
    """
    found = await _amendment_of(kind, order_id, "'DRAFT', 'SUBMITTED', 'APPLIED'")
    reject_if(OrderAmended(path=("id",), number=number, amendment_id=one) for one, number in found)
    table, order = table_of(_amendments_of(kind)), table_of(kind)
    db.later(
        f"UPDATE {table}_line SET {order}_line_id = NULL "
        f"WHERE {table}_id IN (SELECT id FROM {table} WHERE {order}_id = ?)",
        (order_id,),
    )


def _amendments_of(kind: type[DocumentHeader]) -> type[DocumentHeader]:
    (found,) = (one for one in kinds() if one.amends is kind)
    return found


async def _amendment_of(kind: type[DocumentHeader], order_id: int, statuses: str) -> list[tuple[int, str]]:
    rows = await db.fetch(
        f"SELECT id, number FROM {table_of(_amendments_of(kind))} "
        f"WHERE {table_of(kind)}_id = ? AND status IN ({statuses}) ORDER BY id LIMIT 1",
        (order_id,),
    )
    return [(one, number) for one, number in rows]
