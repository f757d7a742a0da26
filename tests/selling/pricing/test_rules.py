"""Which price a line has and what promotions take off it, worked out by hand, and what is true of all of them."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.fen import taxed, worth
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice
from jxc_graphql.masters.catalog import rules as catalog
from jxc_graphql.selling.pricing import rules
from jxc_graphql.selling.pricing.models import PriceOutcome, PriceSource, PromotionKind, PromotionStep
from jxc_graphql.selling.pricing.promotions import KnownPromotion, free_of
from jxc_graphql.selling.pricing.rules import (
    KnownListPrice,
    PricesAndPromotions,
    RulePrice,
)

USED, FIRST, BETTER = PriceOutcome.USED, PriceOutcome.ANOTHER_FIRST, PriceOutcome.ANOTHER_BETTER


class Sku(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    code: str = "S"
    unit: str = "瓶"
    units: dict[str, tuple[int, int]] = msgspec.field(default_factory=lambda: {"箱": (12, 1)})

    def in_base(self, unit: str | None, quantity: Quantity, path: Path = ()) -> Quantity | Reason:
        return catalog.in_base(self.unit, self.units, unit, quantity, path)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    sku_id: int = 1
    quantity: Quantity = Quantity.of(1)
    unit_price: UnitPrice | None = None
    unit: str | None = None


def line(quantity: str, *, sku: int = 1, unit: str | None = None, price: str | None = None) -> Line:
    typed = None if price is None else UnitPrice.of(price)
    return Line(sku_id=sku, quantity=Quantity.of(quantity), unit=unit, unit_price=typed)


def listed(number: int, price: str, *, sku: int = 1, above: str = "0", **said: Any) -> KnownListPrice:
    """A price of a list of everybody, unless something else is said."""
    told: dict[str, Any] = {
        "code": f"L{number}", "customer_id": None, "level_id": None, "branch_id": None, "priority": 0,
        "currency": "CNY", "prices_include_tax": False,
    }  # fmt: skip
    return KnownListPrice(
        price_list_id=number, sku_id=sku, unit_price=UnitPrice.of(price), from_quantity=Quantity.of(above),
        **told | said,
    )  # fmt: skip


def promotion(number: int, step: str = "LINE", *, skus: tuple[int, ...] = (1, 2, 3), **said: Any) -> KnownPromotion:
    """A promotion by what it says: `percent`, `amount`, or `buy_quantity` with `free_quantity`."""
    kinds: dict[str, Any] = {
        "percent": Ratio, "amount": Money, "minimum_quantity": Quantity, "minimum_amount": Money,
        "buy_quantity": Quantity, "free_quantity": Quantity,
    }  # fmt: skip
    kind = "PERCENT" if "percent" in said else "AMOUNT" if "amount" in said else "FREE_GOODS"
    numbers = {name: kinds[name].of(value) if name in kinds else value for name, value in said.items()}
    told: dict[str, Any] = {"combines": False, "priority": 0, "currency": "CNY", "prices_include_tax": False}
    return KnownPromotion(
        promotion_id=number,
        code=f"P{number}",
        step=PromotionStep(step),
        kind=PromotionKind(kind),
        sku_ids=frozenset(skus),
        **told | numbers,
    )


def priced(
    *lines: Line,
    prices: tuple[KnownListPrice, ...],
    promotions: tuple[KnownPromotion, ...] = (),
    with_tax: bool = False,
) -> list[RulePrice | None]:
    by_sku: dict[int, list[KnownListPrice]] = {}
    for one in prices:
        by_sku.setdefault(one.sku_id, []).append(one)
    known = PricesAndPromotions(customer_id=7, currency="CNY", base="CNY", prices=by_sku, promotions=promotions)
    goods = {number: Sku(id=number) for number in (1, 2, 3)}
    return rules.rule_prices(lines, goods, known, prices_include_tax=with_tax)


def price_of(found: RulePrice | None) -> str | None:
    assert found
    return str(found.used.unit_price) if found.used else None


def discounts(found: list[RulePrice | None]) -> list[str]:
    return [str(one.discount) for one in found if one]


class TestPriceLists:
    def test_the_list_of_a_customer_goes_before_that_of_his_level_of_a_branch_and_of_everybody(self) -> None:
        general, of_branch = listed(9, "10"), listed(8, "9", branch_id=3)
        of_level, own = listed(7, "8", level_id=2), listed(6, "11", customer_id=7)
        lists = (general, of_branch, of_level, own)
        for count, price in ((1, "10"), (2, "9"), (3, "8"), (4, "11")):
            (found,) = priced(line("1"), prices=lists[:count])
            assert price_of(found) == price
        (found,) = priced(line("1"), prices=lists)
        assert found
        assert [(one.price_list_id, one.outcome) for one in found.lists] == [
            (6, USED),
            (7, FIRST),
            (8, FIRST),
            (9, FIRST),
        ]

    def test_of_several_of_a_kind_the_higher_priority_then_the_newest_comes_first(self) -> None:
        older, newer, first = listed(1, "10"), listed(2, "9"), listed(1, "10", priority=5)
        assert price_of(priced(line("1"), prices=(older, newer))[0]) == "9"
        assert price_of(priced(line("1"), prices=(first, newer))[0]) == "10"

    def test_a_break_is_that_of_the_whole_quantity_of_the_order(self) -> None:  # A23
        prices = (listed(1, "10"), listed(1, "9", above="10"))
        assert [price_of(one) for one in priced(line("6"), line("6"), prices=prices)] == ["9", "9"]
        assert [price_of(one) for one in priced(line("9"), prices=prices)] == ["10"]
        assert [price_of(one) for one in priced(line("6"), line("4", price="3"), prices=prices) if one] == ["9"]

    def test_a_break_counts_base_units(self) -> None:  # A24
        prices = (listed(1, "10"), listed(1, "9", above="100"))
        assert [price_of(one) for one in priced(line("10", unit="箱"), prices=prices)] == ["108"]
        assert [price_of(one) for one in priced(line("8", unit="箱"), prices=prices)] == ["120"]

    def test_a_price_of_a_box_is_one_of_a_bottle_where_it_is_exact(self) -> None:
        box = listed(1, "24", numerator=12)
        assert price_of(priced(line("1"), prices=(box,))[0]) == "2"
        (found,) = priced(line("1"), prices=(listed(2, "100", numerator=12), listed(1, "9")))
        assert found
        assert price_of(found) == "9"
        assert [(one.price_list_id, one.outcome) for one in found.lists] == [(2, PriceOutcome.OTHER_UNIT), (1, USED)]

    @pytest.mark.parametrize(
        ("other", "outcome"),
        [
            ({"currency": "USD"}, PriceOutcome.OTHER_CURRENCY),
            ({"prices_include_tax": True}, PriceOutcome.OTHER_TAX),
            ({"above": "2"}, PriceOutcome.TOO_LITTLE),
        ],
    )
    def test_a_list_on_other_terms_gives_none(self, other: dict[str, Any], outcome: PriceOutcome) -> None:
        (found,) = priced(line("1"), prices=(listed(2, "8", **other), listed(1, "9")))
        assert found
        assert [(one.price_list_id, one.outcome) for one in found.lists] == [(2, outcome), (1, USED)]

    def test_what_is_typed_is_not_looked_up(self) -> None:
        assert priced(line("1", price="3"), prices=(listed(1, "10"),)) == [None]

    def test_without_a_price_it_is_said_which_list_would_have_had_one(self) -> None:
        (none,) = priced(line("1"), prices=())
        (other,) = priced(line("1", unit="箱"), prices=(listed(4, "8", currency="USD"),))
        assert none
        assert other
        told = [rules.missing(line("1", unit="箱"), Sku(id=1), one, 7, ("x",)) for one in (none, other)]
        assert [(one.code, getattr(one, "unit", "")) for one in told] == [
            ("SALES_PRICE_MISSING", "箱"), ("SALES_PRICE_DOES_NOT_HOLD", "箱"),
        ]  # fmt: skip
        assert getattr(told[1], "price_list_id", None) == 4

    def test_where_a_price_is_from_follows_from_what_a_line_has(self) -> None:
        nine, ten = UnitPrice.of(9), UnitPrice.of(10)
        assert rules.price_source(None, ten, ten) is PriceSource.TYPED
        assert rules.price_source(1, ten, ten) is PriceSource.PRICE_LIST
        assert rules.price_source(1, ten, nine) is PriceSource.TYPED_OVER


class TestPromotions:
    def test_of_eleven_at_ten_and_one_one_is_free_and_only_what_is_paid_is_taxed(self) -> None:  # B27
        free = promotion(1, buy_quantity="10", free_quantity="1", prices_include_tax=True)
        found = priced(
            line("11"), prices=(listed(1, "22.6", prices_include_tax=True),), promotions=(free,), with_tax=True
        )
        assert discounts(found) == ["22.6"]
        paid = worth(Quantity.of(11), UnitPrice.of("22.6")) - Money.of("22.6")
        sums = taxed(paid, Ratio.of("0.13"), prices_include_tax=True)
        assert [str(one) for one in (sums.gross, sums.net, sums.tax)] == ["226", "200", "26"]

    @pytest.mark.parametrize(
        ("quantity", "free"), [("10", "0"), ("11", "1"), ("21", "1"), ("22", "2"), ("10.5", "0.5"), ("32", "2")]
    )
    def test_free_goods_are_counted_in_whole_groups_and_what_begins_to_be_free(self, quantity: str, free: str) -> None:
        assert str(free_of(Quantity.of(quantity), Quantity.of(10), Quantity.of(1))) == free

    def test_free_goods_have_their_share_of_lines_by_largest_remainder(self) -> None:
        free = promotion(1, buy_quantity="10", free_quantity="1")
        found = priced(line("4"), line("4"), line("3"), prices=(listed(1, "10"),), promotions=(free,))
        assert discounts(found) == ["3.64", "3.63", "2.73"]  # 10.00 over 40, 40 and 30: 3.636…, 3.636…, 2.727…

    def test_a_share_is_of_what_all_lines_of_a_sku_come_to(self) -> None:
        ten = promotion(1, percent="0.1")
        found = priced(line("1"), line("1"), line("1"), prices=(listed(1, "0.05"),), promotions=(ten,))
        assert discounts(found) == ["0.01", "0.01", "0"]  # 0.015 is 0.02, where each line alone would have had 0.01

    def test_an_amount_is_for_each_base_unit_of_a_line_and_once_of_a_document(self) -> None:
        off, whole = promotion(1, amount="0.5"), promotion(2, "DOCUMENT", amount="100", minimum_amount="500")
        found = priced(line("1", unit="箱"), prices=(listed(1, "10"),), promotions=(off,))
        assert discounts(found) == ["6"]
        found = priced(
            line("50"), line("10", sku=2), prices=(listed(1, "10"), listed(1, "5", sku=2)), promotions=(whole,)
        )
        assert discounts(found) == ["90.91", "9.09"]  # by 500 and 50
        assert discounts(priced(line("49"), prices=(listed(1, "10"),), promotions=(whole,))) == ["0"]

    def test_a_promotion_of_the_document_sees_what_those_of_lines_left(self) -> None:
        line_off, whole = promotion(1, percent="0.1"), promotion(2, "DOCUMENT", amount="50", minimum_amount="100")
        assert discounts(priced(line("10"), prices=(listed(1, "10"),), promotions=(line_off, whole))) == ["10"]
        assert discounts(priced(line("12"), prices=(listed(1, "10"),), promotions=(line_off, whole))) == ["62"]

    def test_the_larger_of_those_that_combine_and_the_best_of_the_others_is_given(self) -> None:
        five, six, ten = (
            promotion(1, percent="0.05", combines=True),
            promotion(2, percent="0.06", combines=True),
            promotion(3, percent="0.1"),
        )
        (found,) = priced(line("10"), prices=(listed(1, "10"),), promotions=(five, six, ten))
        assert found
        assert [(one.promotion_id, one.outcome, str(one.discount)) for one in found.promotions] == [
            (1, USED, "5"), (2, USED, "6"), (3, BETTER, "0"),
        ]  # fmt: skip
        (found,) = priced(line("10"), prices=(listed(1, "10"),), promotions=(five, ten))
        assert found
        assert [(one.promotion_id, one.outcome, str(one.discount)) for one in found.promotions] == [
            (1, BETTER, "0"), (3, USED, "10"),
        ]  # fmt: skip

    def test_combined_ones_take_no_more_than_there_is(self) -> None:
        most, rest, none = (
            promotion(number, percent=share, combines=True, priority=9 - number)
            for number, share in ((1, "0.8"), (2, "0.5"), (3, "0.1"))
        )
        (found,) = priced(line("1"), prices=(listed(1, "10"),), promotions=(none, rest, most))
        assert found
        assert [(one.promotion_id, one.outcome, str(one.discount)) for one in found.promotions] == [
            (1, USED, "8"), (2, USED, "2"), (3, PriceOutcome.NOTHING_LEFT, "0"),
        ]  # fmt: skip

    def test_one_that_is_for_more_or_on_other_terms_says_so(self) -> None:
        more, dollars, with_tax = (
            promotion(1, percent="0.1", minimum_quantity="11"),
            promotion(2, amount="1", currency="USD"),
            promotion(3, amount="1", prices_include_tax=True),
        )
        (found,) = priced(line("10"), prices=(listed(1, "10"),), promotions=(more, dollars, with_tax))
        assert found
        assert [one.outcome for one in found.promotions] == [
            PriceOutcome.TOO_LITTLE, PriceOutcome.OTHER_CURRENCY, PriceOutcome.OTHER_TAX,
        ]  # fmt: skip

    def test_it_is_for_the_goods_that_it_names_and_for_no_typed_price(self) -> None:
        only = promotion(1, percent="0.1", skus=(2,))
        lines = line("1"), line("1", sku=2), line("1", sku=2, price="10")
        found = priced(*lines, prices=(listed(1, "10"), listed(1, "10", sku=2)), promotions=(only,))
        assert [one and str(one.discount) for one in found] == ["0", "1", None]


LINES = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 400)), min_size=1, max_size=8)
PROMOTIONS = st.lists(
    st.tuples(
        st.sampled_from(["LINE", "DOCUMENT"]), st.sampled_from(["percent", "amount", "free"]), st.integers(1, 9_999),
        st.booleans(), st.integers(0, 3), st.sets(st.integers(1, 3), min_size=1),
    ),
    max_size=5,
)  # fmt: skip


def drawn(told: list[tuple[Any, ...]]) -> tuple[KnownPromotion, ...]:
    made = []
    for number, (step, kind, count, combines, priority, skus) in enumerate(told, 1):
        said: dict[str, Any] = {
            "percent": {"percent": f"0.{count:04d}"},
            "amount": {"amount": f"{count // 100}.{count % 100:02d}"},
            "free": {"buy_quantity": str(1 + count % 7), "free_quantity": str(1 + count % 3)},
        }[kind if step == "LINE" or kind != "free" else "percent"]
        made.append(promotion(number, step, skus=tuple(skus), combines=combines, priority=priority, **said))
    return tuple(made)


@settings(max_examples=100, deadline=None)
@given(lines=LINES, told=PROMOTIONS, prices=st.tuples(*[st.integers(0, 99_999)] * 3), seed=st.integers(0, 99))
def test_parts_add_up_and_neither_the_order_nor_the_cutting_of_lines_changes_a_total(
    lines: list[tuple[int, int]], told: list[tuple[Any, ...]], prices: tuple[int, ...], seed: int
) -> None:
    known = tuple(listed(1, f"{price // 100}.{price % 100:02d}", sku=sku) for sku, price in enumerate(prices, 1))
    promotions = drawn(told)
    asked = [line(str(count), sku=sku) for sku, count in lines]
    found = priced(*asked, prices=known, promotions=promotions)
    worths = [
        worth(one.quantity, rule.used.unit_price)
        for one, rule in zip(asked, found, strict=True)
        if rule and rule.used and rule.used.unit_price is not None
    ]
    assert len(worths) == len(asked)
    for rule, most in zip(found, worths, strict=True):
        assert rule
        assert 0 <= rule.discount <= most
        assert rule.discount % 100 == 0

    turned = [*asked]
    random.Random(seed).shuffle(turned)
    cut = [line("1", sku=sku) for sku, count in lines[:2] for _ in range(min(count, 30))]
    rest = [line(str(count - 30), sku=sku) for sku, count in lines[:2] if count > 30]
    others = [line(str(count), sku=sku) for sku, count in lines[2:]]
    for way in (turned, [*cut, *rest, *others]):
        again = priced(*way, prices=known, promotions=tuple(reversed(promotions)))
        assert totals(again) == totals(found)


def totals(found: list[RulePrice | None]) -> dict[int, Money]:
    """What each promotion takes off all lines together."""
    given: dict[int, Money] = {}
    for rule in found:
        assert rule
        for one in rule.promotions:
            given[one.promotion_id] = given.get(one.promotion_id, Money(0)) + one.discount
    return {key: total for key, total in given.items() if total}
