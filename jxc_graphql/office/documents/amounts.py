"""What priced documents come to: net, tax and gross of each line and of the whole, and discounts, in whole fen.

    reject_if([*problems] or amounts.settle(order, lines))                          a new one
    drawn, total = amounts.resettled(order, drawn, terms, discount=discount, …)     a draft that changes

That is in the currency of the document, in whole parts of it as small as it has; and the same in the books' currency,
at the document's rate, which is rounded once for the whole and shared over the lines (`kit.fen.in_base`).

A discount is taken off what is typed: off prices with tax where they have it in them, else off prices without. That of
a document is shared over its lines by what these come to, and tax is a property of each line: a document is their sum.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.fen import FEN, Amounts, check_whole_fen, in_base, shared, taxed, unit_of, whole_fen, worth
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange, check_total
from jxc_graphql.office.documents.models import (
    BASE,
    IN_ITSELF,
    DocumentLine,
    InCurrency,
    PartOfOrder,
    Priced,
    TaxedLine,
)
from jxc_graphql.office.documents.redrafting import Redraft

L = TypeVar("L", bound=DocumentLine)
IN_CURRENCY = ("currency", "exchange_rate", "currency_places", "base_places")
"""The columns that say in which currency a document is."""


class DiscountTooLarge(Reason, frozen=True, kw_only=True):
    """More is taken off than the goods come to."""


class AmountsInBoth(msgspec.Struct, frozen=True, kw_only=True):
    """What something comes to in the currency of its document, and in that of the books."""

    own: Amounts = Amounts()
    base: Amounts = Amounts()
    units: tuple[int, int] = (FEN, FEN)
    """The smallest part of either currency, in steps of money."""

    @property
    def columns(self) -> dict[str, Money]:
        """The same by the columns that say so."""
        return msgspec.structs.asdict(self.own) | dict(zip(BASE, msgspec.structs.astuple(self.base), strict=True))

    def __add__(self, other: "AmountsInBoth") -> "AmountsInBoth":
        return AmountsInBoth(own=self.own + other.own, base=self.base + other.base, units=self.units)

    def __neg__(self) -> "AmountsInBoth":
        return AmountsInBoth(own=-self.own, base=-self.base, units=self.units)

    @classmethod
    def read(cls, row: Sequence[int]) -> "AmountsInBoth":
        """What a row of `COLUMNS` says."""
        net, tax, gross, *base = map(Money, row)
        return cls(own=Amounts(net=net, tax=tax, gross=gross), base=Amounts(net=base[0], tax=base[1], gross=base[2]))

    def next_part(self, after: Quantity, of: Quantity, had: "AmountsInBoth") -> "AmountsInBoth":
        """What falls to the next part beyond what was `had`; see `kit.fen.Amounts.next_part`."""
        own, base = self.units
        parts = self.own.next_part(after, of, had.own, own), self.base.next_part(after, of, had.base, base)
        return AmountsInBoth(own=parts[0], base=parts[1], units=self.units)

    def part(self, quantity: Quantity, of: Quantity) -> "AmountsInBoth":
        """What falls to so much of it."""
        return self.next_part(quantity, of, AmountsInBoth())

    def part_back(self, returned: Quantity, quantity: Quantity, of: Quantity) -> "AmountsInBoth":
        """What falls to so much that goes back, after so much went back before."""
        return self.next_part(returned + quantity, of, self.part(returned, of))


COLUMNS = tuple(AmountsInBoth().columns)
"""The columns of both."""


class SettledAmounts(msgspec.Struct, frozen=True, kw_only=True):
    """What lines come to in both currencies, and what each has of the discount of the document."""

    lines: Sequence[Amounts]
    base: Sequence[Amounts]
    shares: Sequence[Money]

    @property
    def total(self) -> dict[str, Money]:
        """What the document comes to, by the names of its columns."""
        total = AmountsInBoth(own=Amounts.total(self.lines), base=Amounts.total(self.base)).columns
        return total | {"total": total.pop("gross")}


class PricingTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What decides, beside its lines, what a document comes to: the names of its columns."""

    prices_include_tax: bool
    discount: Money
    currency: str
    exchange_rate: RateOfExchange
    currency_places: int
    base_places: int


def currency_of(document: InCurrency) -> dict[str, Any]:
    """In which currency a document is, by columns: what is made out of it is in that one, at its rate."""
    return {name: getattr(document, name) for name in IN_CURRENCY}


def in_books(document: InCurrency, money: Money) -> Money:
    """What an amount of a document is worth in the books' currency."""
    return whole_fen(int(money) * int(document.exchange_rate), int(IN_ITSELF), unit_of(document.base_places))


def of_line(document: InCurrency, line: TaxedLine | PartOfOrder) -> AmountsInBoth:
    """What a line of a document comes to."""
    return AmountsInBoth(
        own=Amounts(net=line.net, tax=line.tax, gross=line.gross),
        base=Amounts(net=line.base_net, tax=line.base_tax, gross=line.base_gross),
        units=(unit_of(document.currency_places), unit_of(document.base_places)),
    )


def part_back(document: InCurrency, line: Any, quantity: Quantity) -> AmountsInBoth:
    """What so much of a line that came, or left, comes to which goes back, after what was returned of it before."""
    return of_line(document, line).part_back(line.quantity_returned, quantity, line.quantity)


def added_up(lines: Iterable[TaxedLine | PartOfOrder]) -> dict[str, Money]:
    """What lines come to together, by the columns that a document of them has."""
    found = [*lines]
    return {name: Money.total(getattr(line, name) for line in found) for name in COLUMNS}


def terms_of(document: Priced, **changed: Any) -> PricingTerms:
    """What decides what a document comes to, as it is but for what is `changed`."""
    return PricingTerms(**{name: getattr(document, name) for name in PricingTerms.__struct_fields__} | changed)


def settle(document: Priced, lines: Sequence[TaxedLine]) -> list[Reason]:
    """Writes into a new document and its lines what they come to; gives what is wrong with its discounts."""
    counted, wrong = come_to(lines, terms_of(document))
    put(lines, counted)
    document.update_from_dict(counted.total)
    return wrong


def resettled(
    document: Priced,
    drawn: Redraft[L],
    in_currency: Mapping[str, Any],
    *,
    prices_include_tax: Change[bool],
    discount: Change[Money | None],
) -> tuple[Redraft[L], dict[str, Any]]:
    """The lines of a draft with what they come to after a change, and what the document has then, by its columns.

    `in_currency`: the columns of its currency, as they are to be. Raises `Rejected` with what is wrong with its
    discounts.
    """
    terms = PricingTerms(
        prices_include_tax=document.prices_include_tax if prices_include_tax is UNSET else prices_include_tax,
        discount=document.discount if discount is UNSET else discount or Money(0),
        **in_currency,
    )
    lines: list[Any] = [copy_of(line) for line in drawn.lines]
    counted, wrong = come_to(lines, terms)
    reject_if(wrong)
    put(lines, counted)
    return Redraft(before=drawn.before, lines=lines), msgspec.structs.asdict(terms) | counted.total


def come_to(lines: Sequence[TaxedLine], terms: PricingTerms) -> tuple[SettledAmounts, list[Reason]]:
    """What lines come to by what was typed, with a discount of the whole; and what is wrong with discounts."""
    unit, discount = unit_of(terms.currency_places), terms.discount
    typed = [worth(line.quantity_in_unit, line.unit_price, unit) - line.discount for line in lines]
    before = _taxed(lines, typed, terms)
    wrong = _wrong_with_discounts(lines, typed, terms)
    if discount > _most_discount(typed, before, unit) and not wrong:
        wrong.append(DiscountTooLarge(path=("discount",)))
    shares, base = [Money(0)] * len(lines), [Amounts()] * len(lines)
    if discount and not wrong:
        shares = shared(discount, [one.gross for one in before], unit)
    own = _taxed(lines, [one - share for one, share in zip(typed, shares, strict=True)], terms)
    if not wrong:
        base = in_base(own, terms.exchange_rate, unit_of(terms.base_places))
    counted = SettledAmounts(lines=own, base=base, shares=shares)
    in_its_currency, in_ours = counted.total["total"], counted.total["base_gross"]
    return counted, [*wrong, *([*check_total(in_its_currency)] or check_total(in_ours, ("exchange_rate",)))]


def _wrong_with_discounts(lines: Sequence[TaxedLine], typed: Sequence[Money], terms: PricingTerms) -> list[Reason]:
    """Discounts of lines that are too large, and those that the currency cannot have, by what is left of each line."""
    wrong: list[Reason] = [*check_whole_fen(terms.discount, ("discount",), terms.currency_places)]
    for index, (line, left) in enumerate(zip(lines, typed, strict=True)):
        path = ("lines", index, "discount")
        wrong += check_whole_fen(line.discount, path, terms.currency_places)
        if left < 0:
            wrong.append(DiscountTooLarge(path=path))
    return wrong


def _taxed(lines: Sequence[TaxedLine], typed: Sequence[Money], terms: PricingTerms) -> list[Amounts]:
    unit = unit_of(terms.currency_places)
    return [
        taxed(one, line.tax_rate, prices_include_tax=terms.prices_include_tax, unit=unit)
        for line, one in zip(lines, typed, strict=True)
    ]


def _most_discount(typed: Sequence[Money], before: Sequence[Amounts], unit: int) -> Money:
    """The largest discount of which no line gets more than it comes to: tax, by which it is shared too, is not off."""
    total = int(Money.total(one.gross for one in before))
    parts = [total * int(one) // int(amounts.gross) for one, amounts in zip(typed, before, strict=True) if one > 0]
    return Money(min(parts) // unit * unit) if parts else Money(0)


def put(lines: Sequence[TaxedLine], counted: SettledAmounts) -> None:
    """Writes into lines what they come to."""
    for line, own, base, share in zip(lines, counted.lines, counted.base, counted.shares, strict=True):
        line.update_from_dict(AmountsInBoth(own=own, base=base).columns | {"discount_share": share})


def copy_of(line: L) -> L:
    """A line that says the same, with the same id."""
    kept = line._meta.fields_db_projection  # noqa: SLF001  (Tortoise's documented place for it)
    return type(line)(**{name: getattr(line, name) for name in kept})
