"""What goods take along when they leave, whatever the numbers."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.books.goods.valuation import Layer, Pool, Portion, part_of, shares, with_values
from jxc_graphql.kit.numbers import Money, Quantity

quantities = st.integers(1, 10**7).map(Quantity)
amounts = st.integers(0, 10**9).map(Money)
days = st.dates(date(2026, 1, 1), date(2026, 1, 9))


def portion(quantity: Quantity, value: Money, origin_on: date = date(2026, 1, 1)) -> Portion:
    return Portion(origin_on=origin_on, line_id=1, quantity=quantity, value=value)


portions = st.builds(portion, quantities, amounts, days)


def pool(some: list[Portion], *, valued: bool = True) -> Pool:
    made = Pool([])
    for each in some:
        made.put([each], valued=valued)
    return made


def total(layers: list[Layer]) -> Money:
    return Money.total(layer.value or Money(0) for layer in layers)


class TestAPool:
    @given(st.lists(portions, min_size=1, max_size=6), st.lists(quantities, max_size=6))
    def test_gives_out_what_it_holds_and_never_more(self, brought: list[Portion], asked: list[Quantity]) -> None:
        made = pool(brought)
        there, value = Quantity.total(one.quantity for one in brought), Money.total(one.value for one in brought)
        taken = [one for quantity in asked for one in made.take(quantity)]
        out = Quantity.total(one.quantity for one in taken)
        assert out == min(there, Quantity.total(asked))
        assert made.short == (Quantity.total(asked) > there)
        assert Money.total(one.value for one in taken) + total(made.layers) == value
        assert all(layer.quantity > 0 or layer.value == 0 for layer in made.layers)

    @given(st.lists(portions, min_size=1, max_size=6), quantities)
    def test_gives_the_oldest_first(self, brought: list[Portion], quantity: Quantity) -> None:
        made = pool(brought)
        taken = made.take(quantity)
        assert [one.origin_on for one in taken] == sorted(one.origin_on for one in taken)
        left = [layer.origin_on for layer in made.layers if layer.quantity]
        assert not (taken and left) or taken[-1].origin_on <= min(left)

    @given(st.lists(portions, min_size=1, max_size=6), quantities)
    def test_tells_only_ages_where_its_layers_have_no_value(self, brought: list[Portion], quantity: Quantity) -> None:
        made = pool(brought, valued=False)
        assert all(one.value == 0 for one in made.take(quantity))
        assert {layer.value for layer in made.layers} == {None}

    @given(st.lists(portions, min_size=1, max_size=6), amounts)
    def test_is_worth_what_it_is_revalued_to(self, brought: list[Portion], whole: Money) -> None:
        for revalue in (Pool.revalue, Pool.scale):
            made = pool(brought)
            revalue(made, whole)
            assert total(made.layers) == whole
            assert all(layer.value is not None and layer.value >= 0 for layer in made.layers)
            made.revalue(None)
            assert {layer.value for layer in made.layers} == {None}

    def test_keeps_the_proportions_of_its_layers_when_it_is_scaled(self) -> None:
        made = pool(
            [portion(Quantity(10), Money(30)), portion(Quantity(10), Money(10)), portion(Quantity(10), Money(0))]
        )
        made.scale(Money(60))
        assert [layer.value for layer in made.layers] == [45, 15, 0]


class TestShares:
    @given(amounts, st.lists(quantities, min_size=1, max_size=20))
    def test_add_up_and_are_fair_to_a_step(self, value: Money, parts: list[Quantity]) -> None:
        given_out = shares(value, parts)
        assert Money.total(given_out) == value
        whole = Quantity.total(parts)
        assert all(
            abs(int(got) * int(whole) - int(value) * int(part)) < 2 * int(whole)
            for got, part in zip(given_out, parts, strict=True)
        )

    @given(amounts, quantities)
    def test_leave_nothing_of_the_whole(self, value: Money, whole: Quantity) -> None:
        assert part_of(value, whole, whole) == value
        assert 0 <= part_of(value, Quantity(1), whole) <= value

    @given(st.lists(portions, min_size=1, max_size=6), amounts)
    def test_spread_a_value_over_portions(self, some: list[Portion], value: Money) -> None:
        spread = with_values(some, value)
        assert Money.total(one.value for one in spread) == value
        assert [one.quantity for one in spread] == [one.quantity for one in some]

    def test_of_no_goods_are_nothing(self) -> None:
        assert shares(Money(5), [Quantity(0), Quantity(0)]) == [0, 0]
