import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.warehousing.assembly import rules
from jxc_graphql.warehousing.assembly.rules import AskedPart, Component, KitPart, Recipe

STEPS = st.integers(1, 10**12).map(Quantity)


def recipe(*components: tuple[int, str], batch: str = "1") -> Recipe:
    return Recipe(
        kit_id=9,
        version=1,
        batch_quantity=Quantity.of(batch),
        components=tuple(Component(sku_id=sku, quantity=Quantity.of(quantity)) for sku, quantity in components),
    )


def part(sku_id: int, quantity: str) -> KitPart:
    return KitPart(sku_id=sku_id, quantity=Quantity.of(quantity), expected=Quantity(0), path=("lines", 0))


def test_what_no_line_names_goes_by_the_recipe() -> None:
    lines = [AskedPart(sku_id=2, quantity=Quantity.of("1")), AskedPart(sku_id=2, quantity=Quantity.of("4"))]
    found = rules.parts(recipe((1, "6"), (2, "2.5"), batch="3"), Quantity.of("6"), lines)
    assert [(one.sku_id, str(one.quantity), str(one.expected), one.path) for one in found] == [
        (2, "1", "5", ("lines", 0)),
        (2, "4", "0", ("lines", 1)),
        (1, "12", "12", ("quantity",)),
    ]


@given(st.integers(0, 10**13).map(Money), st.lists(st.tuples(STEPS, st.integers(0, 10**12)), min_size=1, max_size=9))
def test_shares_of_a_kit_add_up_to_its_value(value: Money, told: list[tuple[Quantity, int]]) -> None:
    found = [KitPart(sku_id=n, quantity=one, expected=one, path=()) for n, (one, _) in enumerate(told)]
    costs = {n: UnitPrice(cost) for n, (_, cost) in enumerate(told)}
    assert Money.total(rules.values_of(value, found, costs)) == value


def test_shares_go_by_quantity_where_a_component_has_no_cost() -> None:
    found, ten = [part(1, "3"), part(2, "1")], Money.of("10")
    costs = {1: UnitPrice.of("1"), 2: UnitPrice.of("2")}
    assert [str(one) for one in rules.values_of(ten, found, costs)] == ["6", "4"]
    assert [str(one) for one in rules.values_of(ten, found, {1: UnitPrice.of("1")})] == ["7.5", "2.5"]


@pytest.mark.parametrize(
    ("available", "batch", "whole", "scarcest"),
    [
        ({1: "12", 2: "9"}, "1", "2", 1),
        ({1: "17.9999", 2: "9"}, "1", "2", 1),
        ({1: "18", 2: "4"}, "1", "1", 2),
        ({1: "18", 2: "4"}, "10", "13", 2),
        ({1: "18"}, "1", "0", 2),
    ],
)
def test_only_whole_kits_can_be_made(available: dict[int, str], batch: str, whole: str, scarcest: int) -> None:
    made = recipe((1, "6"), (2, "3"), batch=batch)
    there = {sku: Quantity.of(quantity) for sku, quantity in available.items()}
    found = rules.whole_kits(there, made.components, made.batch_quantity)
    assert (str(found[0]), found[1]) == (whole, scarcest)
