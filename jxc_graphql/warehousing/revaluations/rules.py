"""What is allowed in revaluations, and what follows from it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

import msgspec

from jxc_graphql.books.goods.ledger import BookLevel, LevelKey, ValueChange
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import LIMIT, Money, MustNotBeZero, Quantity, UnitPrice, amount, check_total, out_of_bounds
from jxc_graphql.office.documents.rules import check_line_count
from jxc_graphql.warehousing.revaluations.models import Revaluation, RevaluationLine

MAX_LINES = 1_000
"""Lines that one revaluation may have."""


class RevaluationUnclear(Reason, frozen=True, kw_only=True):
    """A line says either a unit cost or a change of value."""


class RevaluedTwice(Reason, frozen=True, kw_only=True):
    """The SKU stands in the document already."""

    first: int
    """At which position, from 1."""


class AskedRevaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What goods on hand cost from now on: either `unitCost` or `valueChange`."""

    sku_id: int
    """Which goods."""
    unit_cost: UnitPrice | None = None
    """What each unit costs; 0 or more."""
    value_change: Money | None = None
    """By how much more, or below 0 less, all of them cost."""
    instead_of: ClassVar[Mapping[str, str]] = {"unit_cost": "value_change", "value_change": "unit_cost"}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a revaluation asks for, by the goods that are there, and how much that is, up and down alike."""

    lines: Sequence[RevaluationLine]
    levels: Mapping[LevelKey, BookLevel]
    changes: Sequence[ValueChange]
    worth: Money


def check_lines(lines: Sequence[AskedRevaluation], known: Collection[int]) -> Iterator[Reason]:
    """Everything that is wrong with the lines of a revaluation; `known` SKUs exist."""
    yield from check_line_count(len(lines), MAX_LINES)
    first: dict[int, int] = {}
    for index, line in enumerate(lines[:MAX_LINES]):
        path: Path = ("lines", index)
        if line.sku_id not in known:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        elif first.setdefault(line.sku_id, index) != index:
            yield RevaluedTwice(path=(*path, "sku_id"), first=first[line.sku_id] + 1)
        if (line.unit_cost is None) == (line.value_change is None):
            yield RevaluationUnclear(path=path)
        elif line.unit_cost is not None and line.unit_cost < 0:
            yield out_of_bounds(UnitPrice, (*path, "unit_cost"), least=0)
        elif line.value_change == 0:
            yield MustNotBeZero(path=(*path, "value_change"))


def changes(
    revaluation: Revaluation, lines: Sequence[RevaluationLine], levels: Mapping[LevelKey, BookLevel]
) -> list[ValueChange]:
    """What the book of goods is asked for, by the goods that are there."""
    return [
        ValueChange(
            sku_id=line.sku_id,
            warehouse_id=revaluation.warehouse_id,
            line_id=line.id,
            to=None if line.unit_cost is None else amount(level.on_hand if level else Quantity(0), line.unit_cost),
            by=line.value_change,
            path=("lines", line.line_no - 1),
        )
        for line in lines
        for level in [levels.get((line.sku_id, revaluation.warehouse_id))]
    ]


def worth(changes: Sequence[ValueChange], levels: Mapping[LevelKey, BookLevel]) -> Money:
    """By how much values change together, up and down alike."""
    return Money.total(abs(_by(change, levels.get(change.level_key))) for change in changes)


def check_worth(changes: Sequence[ValueChange], worth: Money) -> Iterator[Reason]:
    """Whether the books can hold the values."""
    for change in changes:
        if change.to is not None and change.to > LIMIT:
            yield out_of_bounds(Money, (*change.path, "unit_cost"), least=0)
    yield from check_total(worth)


def _by(change: ValueChange, level: BookLevel | None) -> Money:
    if change.by is not None:
        return change.by
    assert change.to is not None
    return change.to - (level.value if level else Money(0))
