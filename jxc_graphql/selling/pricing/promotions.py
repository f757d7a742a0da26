"""What promotions take off lines whose price a list gave, decided without a database; the page of `rules` says how."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from jxc_graphql.kit.fen import FEN, shared, whole_fen
from jxc_graphql.kit.numbers import Money, Quantity, Ratio
from jxc_graphql.selling.pricing.models import PriceOutcome, PromotionKind, PromotionStep

_WHOLE = 10**Ratio.places
_PIECE = 10**Quantity.places


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True):
    """In what an order is priced; `unit` is the smallest part of its currency, in steps of money."""

    currency: str
    prices_include_tax: bool
    unit: int = FEN


class KnownPromotion(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion that holds, and which of the SKUs that were asked about it is for."""

    promotion_id: int
    code: str
    step: PromotionStep
    kind: PromotionKind
    combines: bool
    priority: int
    currency: str
    prices_include_tax: bool
    percent: Ratio = Ratio(0)
    amount: Money = Money(0)
    minimum_quantity: Quantity = Quantity(0)
    minimum_amount: Money = Money(0)
    buy_quantity: Quantity = Quantity(0)
    free_quantity: Quantity = Quantity(0)
    sku_ids: frozenset[int] = frozenset()


class PromotionLooked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a promotion, and what of it falls to the line."""

    promotion_id: int
    code: str
    outcome: PriceOutcome
    discount: Money = Money(0)


class CountedLine(msgspec.Struct, kw_only=True):
    """A line whose price a list gave: what it comes to, and what was taken off that."""

    sku_id: int
    quantity: Quantity
    worth: Money
    off: Money = Money(0)

    @property
    def left(self) -> Money:
        """What is left of it."""
        return self.worth - self.off


class _Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a promotion takes off some lines at most, or why nothing."""

    promotion: KnownPromotion
    lines: Sequence[int]
    discount: Money = Money(0)
    outcome: PriceOutcome | None = None


def promoted(
    lines: Mapping[int, CountedLine], promotions: Sequence[KnownPromotion], terms: OrderTerms
) -> dict[int, list[PromotionLooked]]:
    """What became of each promotion, by the place of a line; those of lines come first."""
    found: dict[int, list[PromotionLooked]] = {at: [] for at in lines}
    by_sku: dict[int, list[int]] = defaultdict(list)
    for at, one in lines.items():
        by_sku[one.sku_id].append(at)
    groups = [*by_sku.values(), [*lines]]
    steps = [PromotionStep.LINE] * len(by_sku) + [PromotionStep.DOCUMENT]
    for step, group in zip(steps, groups, strict=True):
        offers = [
            _offer(one, {at: lines[at] for at in group if lines[at].sku_id in one.sku_ids}, terms)
            for one in sorted(promotions, key=_turn)
            if one.step is step
        ]
        for promotion, shares, outcome in _taken([one for one in offers if one.lines], lines, terms.unit):
            for at, share in shares.items():
                lines[at].off += share
                found[at].append(
                    PromotionLooked(
                        promotion_id=promotion.promotion_id, code=promotion.code, outcome=outcome, discount=share
                    )
                )
    return found


def _turn(one: KnownPromotion) -> tuple[int, int]:
    return -one.priority, one.promotion_id


def _offer(one: KnownPromotion, lines: Mapping[int, CountedLine], terms: OrderTerms) -> _Offer:
    """What a promotion takes off these lines, by what was left of them before its step."""
    left = Money.total(line.left for line in lines.values())
    quantity = Quantity.total(line.quantity for line in lines.values())
    outcome = None
    if (one.amount or one.minimum_amount) and one.currency != terms.currency:
        outcome = PriceOutcome.OTHER_CURRENCY
    elif (one.amount or one.minimum_amount) and one.prices_include_tax != terms.prices_include_tax:
        outcome = PriceOutcome.OTHER_TAX
    elif quantity < one.minimum_quantity or left < one.minimum_amount:
        outcome = PriceOutcome.TOO_LITTLE
    discount = Money(0) if outcome or not left else min(left, _measured(one, left, quantity, terms.unit))
    if not outcome and not discount:
        outcome = PriceOutcome.TOO_LITTLE if left else PriceOutcome.NOTHING_LEFT
    return _Offer(promotion=one, lines=[*lines], discount=discount, outcome=outcome)


def _measured(one: KnownPromotion, left: Money, quantity: Quantity, unit: int) -> Money:
    match one.kind:
        case PromotionKind.PERCENT:
            return whole_fen(int(left) * int(one.percent), _WHOLE, unit)
        case PromotionKind.AMOUNT:
            times = int(quantity) if one.step is PromotionStep.LINE else _PIECE
            return whole_fen(int(one.amount) * times, _PIECE, unit)
        case PromotionKind.FREE_GOODS:
            free = free_of(quantity, one.buy_quantity, one.free_quantity)
            return whole_fen(int(left) * int(free), int(quantity), unit)


def free_of(quantity: Quantity, buy: Quantity, free: Quantity) -> Quantity:
    """How much of so much is free where of `buy` that are bought `free` more are: of 21 at 10 and 1 it is 1."""
    groups, rest = divmod(int(quantity), int(buy) + int(free))
    return Quantity(groups * int(free) + max(0, rest - int(buy)))


Taken = tuple[KnownPromotion, dict[int, Money], PriceOutcome]


def _taken(offers: Sequence[_Offer], lines: Mapping[int, CountedLine], unit: int) -> list[Taken]:
    """What each promotion of a step takes off which line: those that combine together, or the best of the others."""
    able = [one for one in offers if one.outcome is None]
    ways = [[one for one in able if one.promotion.combines], *([one] for one in able if not one.promotion.combines)]
    shares = [_shared(way, lines, unit) for way in ways]
    totals = [Money.total(share for one in way for share in one.values()) for way in shares]
    best = totals.index(max(totals))  # the first of several that are as good: combined ones, then by their turn
    used = dict(zip((id(one) for one in ways[best]), shares[best], strict=True))
    found = list[Taken]()
    for one in offers:
        share = used.get(id(one), {})
        taken = dict.fromkeys(one.lines, Money(0)) | share
        if one.outcome is not None:
            outcome = one.outcome
        elif id(one) not in used:
            outcome = PriceOutcome.ANOTHER_BETTER
        else:
            outcome = PriceOutcome.USED if any(share.values()) else PriceOutcome.NOTHING_LEFT
        found.append((one.promotion, taken, outcome))
    return found


def _shared(way: Sequence[_Offer], lines: Mapping[int, CountedLine], unit: int) -> list[dict[int, Money]]:
    """What each of several takes off each line, one after another, by what those before it left.

    It is shared over SKUs, then over the lines of each.
    """
    left = {at: one.left for at, one in lines.items()}
    found = list[dict[int, Money]]()
    for one in way:
        by_sku: dict[int, dict[int, Money]] = defaultdict(dict)
        for at in one.lines:
            by_sku[lines[at].sku_id][at] = left[at]
        of_skus = {sku_id: Money.total(by_sku[sku_id].values()) for sku_id in sorted(by_sku)}
        parts = dict[int, Money]()
        for sku_id, part in _parts(min(one.discount, Money.total(of_skus.values())), of_skus, unit).items():
            parts |= _parts(part, by_sku[sku_id], unit)
        for at, part in parts.items():
            left[at] -= part
        found.append(parts)
    return found


def _parts(whole: Money, weights: Mapping[int, Money], unit: int) -> dict[int, Money]:
    if not whole:
        return dict.fromkeys(weights, Money(0))
    return dict(zip(weights, shared(whole, [*weights.values()], unit), strict=True))
