"""What comes of an order by an amendment: decided without a database, when it is drafted and again when it is applied.

What came or left already stays as it was agreed: its price, its tax, and what its parts come to. A line of which
something came keeps its price for the rest, and a discount of the whole is shared by those of which nothing came.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from jxc_graphql.kit.changes import Changed, differences
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.fen import part_of_total, worth
from jxc_graphql.kit.numbers import Money, Quantity, out_of_bounds
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.amendments import AskedAmendment, ChangedLine
from jxc_graphql.office.documents.amounts import AmountsInBoth, DiscountTooLarge, in_books
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES, LineToPrice, asked_of
from jxc_graphql.office.documents.models import Priced, TaxedLine
from jxc_graphql.office.documents.redrafting import LineGivenTwice, columns_of, told_of_lines
from jxc_graphql.office.documents.register import table_of
from jxc_graphql.office.documents.rules import check_line_count

L = TypeVar("L", bound=Any)
_NOTHING, _FREE = Quantity(0), Money(0)
COLUMNS = (
    "unit_price", "quantity_in_unit", "quantity", "amount", "tax_code_id", "tax_rate", "discount", "discount_share",
    *amounts.COLUMNS, "quantity_cancelled",
)  # fmt: skip
"""What an amendment writes of a line that is there."""


class NothingOutstanding(Reason, frozen=True, kw_only=True):
    """Nothing is outstanding of the line, or what was is given up: what else is wanted is a line of its own."""

    line: int
    """Which line of the order, from 1."""


class NothingAmended(Reason, frozen=True, kw_only=True):
    """The order says all of it already."""


class Amendable(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of orders that can be amended, and what is said of lines of which something came or left."""

    line: Any
    """Its lines."""
    done: str
    """Their column with what came or left."""
    asked: type[LineToPrice]
    """What is asked for one."""
    changed: type[ChangedLine]
    """What is asked of one that changes."""

    @property
    def key(self) -> str:
        """How the line of an order is named."""
        return f"{table_of(self.line)}_id"

    def done_of(self, line: Any) -> Quantity:
        """How much came or left of a line."""
        done: Quantity = getattr(line, self.done)
        return done

    def is_too_little(self, path: Path, *, line: int, least: Quantity, asked: Quantity) -> Reason:
        """That less is to be ordered of a line than came or left already."""
        raise NotImplementedError

    def is_begun(self, path: Path, *, line: int) -> Reason:
        """That the price, tax or discount of a line changes of which something came or left already."""
        raise NotImplementedError


class LinesWanted(msgspec.Struct, frozen=True, kw_only=True):
    """What an amendment asks for, by line of the order, and where that was said."""

    changed: Mapping[int, tuple[LineToPrice, Path]]
    cancelled: Mapping[int, Path]
    added: Sequence[tuple[LineToPrice, Path]]

    @property
    def to_draw(self) -> list[LineToPrice]:
        """What lines are to be made of: those that change, then new ones."""
        return [asked for asked, _ in (*self.changed.values(), *self.added)]

    def at(self, reason: Reason) -> Reason:
        """What is wrong with one of those, where that was said."""
        match reason.path:
            case ("lines", int(index), *rest):
                path = [where for _, where in (*self.changed.values(), *self.added)][index]
                return msgspec.structs.replace(reason, path=(*path, *rest))
            case ("lines",):
                return msgspec.structs.replace(reason, path=("add",))
        return reason


class Amended(msgspec.Struct, Generic[L], frozen=True, kw_only=True):
    """An order as it is to be."""

    lines: Sequence[L]
    before: Mapping[int, L]
    header: Mapping[str, Any]
    price_rise: Money = _FREE
    price_cut: Money = _FREE
    has_other_terms: bool = False
    """Whether other goods are ordered, or some are taxed otherwise."""

    def columns(self, order: Any) -> dict[str, Any]:
        """What an amendment says of it, by its columns; amounts in the books' currency."""
        before, after = order.base_gross, self.header["base_gross"]
        asks = self.has_other_terms or self.price_rise > 0 or self.price_cut > 0 or after > before
        told = msgspec.json.encode(self.told(order)).decode()
        return {
            "gross_before": before, "gross_after": after, "price_rise": in_books(order, self.price_rise),
            "price_cut": in_books(order, self.price_cut), "asks_anew": asks, "differences": told,
        }  # fmt: skip

    def told(self, order: Any) -> tuple[Changed, ...]:
        """What differs, for people."""
        was = {name: getattr(order, name) for name in self.header if name not in Priced.follows}
        said = {name: value for name, value in self.header.items() if name not in Priced.follows}
        rows = ({one.id: columns_of(one) for one in some} for some in (self.before.values(), self.lines))
        kind = type(next(iter(self.before.values())))
        return (*differences(type(order), was, said), *told_of_lines(kind, *rows))


def wanted(spec: Amendable, lines: Mapping[int, Any], asked: AskedAmendment) -> tuple[LinesWanted, list[Reason]]:
    """What is asked of which line, and what is wrong with naming it."""
    wrong, first = list[Reason](), dict[int, int]()
    changed, cancelled = dict[int, tuple[LineToPrice, Path]](), dict[int, Path]()

    def named(line_id: int, path: Path) -> Any:
        line = lines.get(line_id)
        if line is None:
            wrong.append(UnknownId(path=path, kind=spec.line.__name__))
        elif line_id in first:
            wrong.append(LineGivenTwice(path=path, first=first[line_id]))
        elif line.quantity_cancelled or (path[0] == "cancel_rest_ids" and line.quantity == spec.done_of(line)):
            wrong.append(NothingOutstanding(path=path, line=line.line_no))
        else:
            return line
        return None

    for index, one in enumerate(asked.change):
        if line := named(one.line_id, ("change", index, spec.key)):
            terms = msgspec.structs.replace(asked_of(spec.asked, line), **one.terms)
            changed[line.id] = terms, ("change", index)
        first.setdefault(one.line_id, index + 1)
    for index, line_id in enumerate(asked.cancel_rest_ids):
        if line := named(line_id, ("cancel_rest_ids", index)):
            cancelled[line.id] = ("cancel_rest_ids", index)
        first.setdefault(line_id, index + 1)
    added = [(one, ("add", index)) for index, one in enumerate(asked.add)]
    return LinesWanted(changed=changed, cancelled=cancelled, added=added), wrong


def amended(
    spec: Amendable,
    order: Any,
    before: Mapping[int, L],
    drawn: Sequence[L],
    wishes: LinesWanted,
    *,
    had: Mapping[int, AmountsInBoth],
    discount: Money | None,
    **terms: Any,
) -> tuple[Amended[L], list[Reason]]:
    """An order with what is wanted, and all that is wrong with that; `drawn` are the lines of what is `to_draw`.

    `had`: what those parts of its lines come to that came or left; `terms`: what else it is to say, None where that
    stays.
    """
    changed = dict(zip(wishes.changed, drawn, strict=False))
    added = drawn[len(changed) :]
    lines = [_line(spec, one, changed.get(one.id), is_cancelled=one.id in wishes.cancelled) for one in before.values()]
    last = max(one.line_no for one in lines)
    for line_no, one in enumerate(added, last + 1):
        one.line_no = line_no
        lines.append(one)
    wrong = [
        *(msgspec.structs.replace(one, path=("add",)) for one in check_line_count(len(lines), MAX_ORDER_LINES)),
        *_check(spec, before, lines, wishes),
    ]
    if wrong:
        return Amended(lines=lines, before=before, header={}), wrong
    total, wrong = _settled(spec, order, before, lines, had=had, discount=discount)
    if wrong:
        return Amended(lines=lines, before=before, header={}), [_where(one, wishes, lines) for one in wrong]
    told = {name: value for name, value in terms.items() if value is not None}
    rise, cut = _price_changes(before, changed, added)
    more_off = _FREE if discount is None else total["discount"] - order.discount
    found = Amended(
        lines=lines,
        before=before,
        header=total | told,
        price_rise=rise + max(-more_off, _FREE),
        price_cut=cut + max(more_off, _FREE),
        has_other_terms=any(one.tax_code_id != before[key].tax_code_id for key, one in changed.items())
        or any(_like(before, one) is None for one in added),
    )
    return found, [] if found.told(order) else [NothingAmended()]


def _line(spec: Amendable, old: L, drawn: L | None, *, is_cancelled: bool) -> L:
    """A line as it is to be, but for what it comes to."""
    line = amounts.copy_of(old)
    if is_cancelled:
        line.quantity_cancelled = old.quantity - spec.done_of(old)
    if drawn is not None:
        told = (one for one in COLUMNS if one not in {"quantity_cancelled", "discount_share", *amounts.COLUMNS})
        line.update_from_dict({name: getattr(drawn, name) for name in told})
        if drawn.quantity_in_unit == old.quantity_in_unit:
            line.quantity = old.quantity  # whatever the unit has become since
        if drawn.tax_code_id == old.tax_code_id:
            line.tax_rate = old.tax_rate
    return line


def _check(spec: Amendable, before: Mapping[int, Any], lines: Sequence[Any], wishes: LinesWanted) -> Iterator[Reason]:
    by_id = {one.id: one for one in lines}
    for line_id, (_, path) in wishes.changed.items():
        line, old = by_id[line_id], before[line_id]
        if not (done := spec.done_of(line)):
            continue
        if line.quantity < done:
            yield spec.is_too_little((*path, "quantity"), line=line.line_no, least=done, asked=line.quantity)
        for name in ("unit_price", "discount", "tax_code_id"):
            if getattr(line, name) != getattr(old, name):
                yield spec.is_begun((*path, name), line=line.line_no)


def _settled(
    spec: Amendable,
    order: Any,
    before: Mapping[int, L],
    lines: Sequence[L],
    *,
    had: Mapping[int, AmountsInBoth],
    discount: Money | None,
) -> tuple[dict[str, Any], list[Reason]]:
    """Writes into lines what they come to; gives what the order does, by its columns, and what is wrong with that."""
    whole = [one for one in lines if not spec.done_of(one) and one.quantity > one.quantity_cancelled]
    others = [one for one in lines if spec.done_of(one) or one.quantity == one.quantity_cancelled]
    for line in others:
        _keep_begun(spec, order, before[line.id], line, had.get(line.id, AmountsInBoth()))
    fixed = Money.total(one.discount_share for one in others)
    if discount is None:
        begun = (before[one.id].discount_share for one in others if spec.done_of(one))
        off = order.discount - Money.total(begun) if whole else _FREE
    else:
        off = discount - fixed
        if off < 0:
            return {}, [out_of_bounds(Money, ("new_discount",), least=int(fixed))]
        if off and not whole:
            return {}, [DiscountTooLarge(path=("new_discount",))]
    counted, wrong = amounts.come_to(whole, amounts.terms_of(order, discount=off))
    if wrong:
        places = [lines.index(one) for one in whole]
        return {}, [_among(one, places) for one in wrong]
    amounts.put(whole, counted)
    total = amounts.added_up(lines)
    return total | {"discount": fixed + off, "total": total.pop("gross")}, []


def _keep_begun(spec: Amendable, order: Any, old: Any, line: Any, had: AmountsInBoth) -> None:
    """What a line comes to of which something came or left, or of which all is given up: at the price that it had."""
    now, then = line.quantity - line.quantity_cancelled, old.quantity - old.quantity_cancelled
    if now == then:
        return
    was = amounts.of_line(order, old)
    line.discount_share = part_of_total(old.discount_share, _NOTHING, now, then, was.units[0])
    if line.quantity != old.quantity:
        line.discount = part_of_total(old.discount, _NOTHING, now, then, was.units[0])
    rest = AmountsInBoth() if now == spec.done_of(line) else was.next_part(now, then, had)
    line.update_from_dict((had + rest).columns)


def _price_changes(before: Mapping[int, Any], changed: Mapping[int, Any], added: Iterable[Any]) -> tuple[Money, Money]:
    """By how much lines are dearer than at the prices that were agreed, and by how much others are cheaper."""
    pairs = [(before[line_id], one) for line_id, one in changed.items()]
    off = [_typed(one) - (worth(one.quantity_in_unit, old.unit_price) - old.discount) for old, one in pairs]
    likes = ((_like(before, one), one) for one in added)
    off += [_typed(one) - worth(one.quantity_in_unit, old.unit_price) for old, one in likes if old is not None]
    return Money.total(one for one in off if one > 0), -Money.total(one for one in off if one < 0)


def _typed(line: TaxedLine) -> Money:
    typed: Money = worth(line.quantity_in_unit, line.unit_price) - line.discount
    return typed


def _like(before: Mapping[int, Any], line: Any) -> Any:
    """A line that there is of the same goods in the same unit, taxed as that one."""
    same = (line.sku_id, line.unit, line.tax_code_id)
    return next((one for one in before.values() if (one.sku_id, one.unit, one.tax_code_id) == same), None)


def differs(one: Any, other: Any) -> bool:
    """Whether a line is to say something else than it does."""
    return any(getattr(one, name) != getattr(other, name) for name in COLUMNS)


def _among(reason: Reason, places: Sequence[int]) -> Reason:
    match reason.path:
        case ("lines", int(index), *rest):
            return msgspec.structs.replace(reason, path=("lines", places[index], *rest))
    return reason


def _where(reason: Reason, wishes: LinesWanted, lines: Sequence[Any]) -> Reason:
    """What is wrong with a line as it is to be, where something was said of it."""
    match reason.path:
        case ("lines", int(index), *rest):
            line, new = lines[index], len(lines) - len(wishes.added)
            said = wishes.added[index - new][1] if index >= new else wishes.changed.get(line.id, ((), ()))[1]
            return msgspec.structs.replace(reason, path=(*said, *rest))
        case ("lines",):
            return msgspec.structs.replace(reason, path=())
        case ("discount",):
            return msgspec.structs.replace(reason, path=("new_discount",))
    return reason
