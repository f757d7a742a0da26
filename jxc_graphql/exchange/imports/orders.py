"""Orders of both kinds: rows that have partner and external number in common are the lines of one draft.

An order is known again by these two. One that says what its rows say stays as it is; a draft that says otherwise is
changed, line by line in their order; one that is no draft any more is refused. An order is taken in whole or not at
all: where a row of it is wrong all of its rows come back, so that it can be corrected and sent again.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.exchange.imports.cells import CellOtherwise, CellStays, RowGoesWith, SentRow
from jxc_graphql.exchange.imports.taking import Codes, Done, Take, TakenRows, WantedColumn
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, Rejected
from jxc_graphql.office.documents import lines as order_lines
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine
from jxc_graphql.office.documents.posting import Operation
from jxc_graphql.office.documents.redrafting import LineChange
from jxc_graphql.office.documents.register import table_of
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus

NUMBER = "external_number"
_DAY = "business_date"
_MOST_NAMED = 5


class OrderRows(msgspec.Struct, frozen=True, kw_only=True):
    """How rows become orders of a kind: its tables, its operations, and the columns of an order and of its lines."""

    kind: type[DocumentHeader]
    line: type[DocumentLine]
    asked: type[LineToPrice]
    create: Operation
    update: Operation
    header: tuple[WantedColumn, ...]
    """The first one has the partner's code."""
    lines: tuple[WantedColumn, ...]

    @property
    def columns(self) -> tuple[WantedColumn, ...]:
        """All columns of such a file; those of an order are also called as in a list of lines."""
        within = ((self.kind.called_in_chinese, "chinese"), (self.kind.called.replace(" ", ""), "english"))
        named = [
            (one, " ".join(f"{word}{getattr(one, name).replace(' ', '')}" for word, name in within))
            for one in self.header
        ]
        return (*(msgspec.structs.replace(one, also=f"{one.also} {more}") for one, more in named), *self.lines)

    @property
    def partner(self) -> WantedColumn:
        """The column of the partner's code."""
        return self.header[0]

    @property
    def stays(self) -> frozenset[str]:
        """What of an order nobody changes."""
        return frozenset(one.asked_as for one in self.header) - {*inspect.signature(self.update).parameters}


class SentOrder(msgspec.Struct):
    """The rows of an order, what they say of it and of its lines, and what is wrong with them."""

    rows: list[SentRow]
    header: dict[str, Any] = {}
    lines: list[dict[str, Any]] = []
    wrong: dict[int, list[Reason]] = {}

    def refuse(self, row: SentRow, reasons: Sequence[Reason]) -> None:
        """Notes what is wrong with a row."""
        self.wrong.setdefault(row.number, []).extend(reasons)

    def told_by_row(self) -> Iterator[tuple[int, list[Reason]]]:
        """All of its rows, each with why it is refused."""
        named = tuple(sorted(self.wrong)[:_MOST_NAMED])
        for row in self.rows:
            yield row.number, self.wrong.get(row.number) or [RowGoesWith(cell=row.at(NUMBER), rows=named)]


class KnownOrder(msgspec.Struct, frozen=True):
    """An order that there is."""

    document: DocumentHeader
    lines: Sequence[DocumentLine]


def orders(of: OrderRows) -> Take:
    """Takes rows in as orders of a kind."""

    async def take(call: Call, rows: Sequence[SentRow]) -> TakenRows:
        call.require(of.kind.states[DocumentAction.UPDATE].by)
        await db.hold(f"import of {table_of(of.kind)}")
        codes, taken = await Codes.known_to(rows, of.columns), TakenRows(done={}, refused={})
        groups = dict[tuple[str, str], list[SentRow]]()
        for row in rows:
            groups.setdefault((row.code(of.partner.key), row.code(NUMBER)), []).append(row)
        sent = [_read(of, group, codes) for group in groups.values()]
        known = await _known(of, sent)
        for one in sent:
            done = await _taken(of, call, one, known.get(_key(of, one)))
            if done is None:
                taken.refused.update(one.told_by_row())
            else:
                taken.done.update({row.number: done for row in one.rows})
        return taken

    return take


def _key(of: OrderRows, one: SentOrder) -> tuple[int, str]:
    return one.header.get(of.partner.asked_as, 0), one.header.get(NUMBER, "")


def _read(of: OrderRows, rows: list[SentRow], codes: Codes) -> SentOrder:
    order = SentOrder(rows, header={}, lines=[], wrong={})
    first = dict[str, SentRow]()
    for row in rows:
        line = dict[str, Any]()
        told_of = [*((one, order.header) for one in of.header), *((one, line) for one in of.lines)]
        for column, told in told_of:
            if not (column.needed or row.has(column.key)):
                continue
            try:
                value = codes.value_in(row, column)
            except Rejected as refused:
                order.refuse(row, refused.reasons)
                continue
            if told.setdefault(column.asked_as, value) != value:
                order.refuse(row, [CellOtherwise(cell=row.at(column.key), first=first[column.key].at(column.key))])
            first.setdefault(column.key, row)
        order.lines.append(line)
    return order


async def _known(of: OrderRows, sent: Sequence[SentOrder]) -> Mapping[tuple[int, str], KnownOrder]:
    """Those of the orders that there are, by partner and external number; two statements."""
    partner, table = of.partner.asked_as, table_of(of.kind)
    asked = db.rows({"partner_id": "bigint", "number": "text"})
    rows = await db.fetch(
        f"SELECT {table}.id FROM {asked} AS asked JOIN {table} ON {table}.{NUMBER} = asked.number"  # noqa: S608
        f" AND {table}.{partner} = asked.partner_id",
        (db.json(key for one in sent if all(key := _key(of, one))),),
    )
    documents = await of.kind.filter(id__in=[one for (one,) in rows]).order_by("-id")
    lines = dict[int, list[DocumentLine]]()
    for line in await of.line.filter(**{f"{table}_id__in": [one.id for one in documents]}).order_by("line_no"):
        lines.setdefault(getattr(line, f"{table}_id"), []).append(line)
    return {(getattr(one, partner), getattr(one, NUMBER)): KnownOrder(one, lines.get(one.id, [])) for one in documents}


async def _taken(of: OrderRows, call: Call, one: SentOrder, known: KnownOrder | None) -> Done | None:
    """What became of an order; None where it is refused, and says why."""
    if one.wrong:
        return None
    if known is not None:
        others = list(_otherwise(of, one, known))
        if not others:
            return Done.UNCHANGED
        is_draft = known.document.status is DocumentStatus.DRAFT
        for row, column in others:
            if not is_draft or column.asked_as in of.stays:
                one.refuse(row, [CellStays(cell=row.at(column.key))])
        if one.wrong:
            return None
    try:
        await _written(of, call, one, known)
    except Rejected as refusal:
        for reason in refusal.reasons:
            one.refuse(*_placed(of, one, reason))
        return None
    return Done.CREATED if known is None else Done.UPDATED


async def _written(of: OrderRows, call: Call, one: SentOrder, known: KnownOrder | None) -> None:
    header = {name: value for name, value in one.header.items() if name != _DAY}
    if known is None:
        call = msgspec.structs.replace(call, business_date=one.header.get(_DAY))
        await of.create(call, **header, lines=[of.asked(**line) for line in one.lines])
        return
    change: Any = LineChange[of.asked]  # type: ignore[name-defined]
    ids = [line.id for line in known.lines]
    lines = [change(id=ids[at] if at < len(ids) else None, **line) for at, line in enumerate(one.lines)]
    changes = {name: value for name, value in header.items() if name not in of.stays}
    await of.update(call, **{f"{table_of(of.kind)}_id": known.document.id}, **changes, lines=lines)


def _otherwise(of: OrderRows, one: SentOrder, known: KnownOrder) -> Iterator[tuple[SentRow, WantedColumn]]:
    """Where rows say otherwise than an order that there is; what they leave empty stays."""
    named = {column.asked_as: column for column in of.header}
    for name, value in one.header.items():
        if getattr(known.document, name) != value:
            yield one.rows[0], named[name]
    named = {column.asked_as: column for column in of.lines}
    for at, (row, line) in enumerate(zip(one.rows, one.lines, strict=True)):
        said = order_lines.asked_of(of.asked, known.lines[at]) if at < len(known.lines) else None
        for name, value in line.items():
            if said is None or getattr(said, name) != value:
                yield row, named[name]
    if len(known.lines) > len(one.lines):
        yield one.rows[-1], named["quantity"]


def _placed(of: OrderRows, one: SentOrder, reason: Reason) -> tuple[SentRow, list[Reason]]:
    """The row that a reason is about, and the reason by the names of its columns."""
    at = next((part for part in reason.path if isinstance(part, int)), None)
    columns = of.lines if at is not None else of.header
    keys = {column.asked_as: column.key for column in columns}
    path = tuple(keys.get(str(part), part) for part in reason.path)
    row = one.rows[at] if at is not None and at < len(one.rows) else one.rows[0]
    return row, [msgspec.structs.replace(reason, path=path)]
