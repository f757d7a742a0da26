from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.masters.catalog.assortment import Attribute, Value
from jxc_graphql.masters.variants import rules
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue, OptionChoice

COLOUR = Attribute(id=1, name="颜色", values=(Value(id=11, name="红"), Value(id=12, name="蓝")))
SIZE = Attribute(id=2, name="尺码", values=(Value(id=21, name="M"), Value(id=22, name="L"), Value(id=23, name="XL")))


def asked(name: str, *values: str, key: int | None = None) -> AskedAttribute:
    return AskedAttribute(id=key, name=name, values=tuple(AskedValue(name=value) for value in values))


def wrong(wanted: Sequence[AskedAttribute], used: Sequence[int] = ()) -> list[tuple[str, Path]]:
    present = [COLOUR, SIZE]
    return codes(rules.check_attributes(rules.matched(wanted, present), present, used))


def codes(reasons: object) -> list[tuple[str, Path]]:
    return [(reason.code, reason.path) for reason in reasons if isinstance(reason, Reason)]  # type: ignore[attr-defined]


def choices(**chosen: str) -> list[OptionChoice]:
    return [OptionChoice(attribute=attribute, value=value) for attribute, value in chosen.items()]


def test_what_is_there_is_known_by_name_or_id() -> None:
    renamed = AskedAttribute(id=2, name="大小", values=(AskedValue(id=23, name="特大"), AskedValue(name="M")))
    colour, size = rules.matched([asked(" 颜色 ", "红 ", "绿"), renamed], [COLOUR, SIZE])
    assert (colour.id, colour.name, [(value.id, value.name) for value in colour.values]) == (
        1,
        "颜色",
        [(11, "红"), (None, "绿")],
    )
    assert (size.id, [value.id for value in size.values]) == (2, [23, 21])


def test_a_name_that_was_given_to_something_else_is_new() -> None:
    swapped = AskedAttribute(id=1, name="颜色", values=(AskedValue(id=11, name="蓝"), AskedValue(name="红")))
    (colour,) = rules.matched([swapped], [COLOUR])
    assert [value.id for value in colour.values] == [11, None]


def test_all_that_is_wrong_with_attributes_is_said_at_once() -> None:
    wanted = [
        asked("颜色", "红", "红"),
        asked("颜色"),
        AskedAttribute(id=9, name="x" * 41, values=(AskedValue(id=9, name=" "),)),
    ]
    assert wrong(wanted) == [
        ("DUPLICATE_VALUE", ("attributes", 0, "values", 1, "name")),
        ("DUPLICATE_ATTRIBUTE", ("attributes", 1, "name")),
        ("VALUES_MISSING", ("attributes", 1, "values")),
        ("TEXT_TOO_LONG", ("attributes", 2, "name")),
        ("UNKNOWN_ID", ("attributes", 2, "id")),
        ("REQUIRED", ("attributes", 2, "values", 0, "name")),
        ("UNKNOWN_ID", ("attributes", 2, "values", 0, "id")),
    ]


def test_attributes_and_values_are_bounded() -> None:
    assert wrong([asked(str(n), "a") for n in range(4)]) == [("TOO_MANY_ATTRIBUTES", ("attributes",))]
    many = asked("颜色", *map(str, range(51)))
    assert wrong([many]) == [("TOO_MANY_VALUES", ("attributes", 0, "values"))]


def test_what_skus_have_is_not_taken_away() -> None:
    assert not wrong([asked("尺码", "L", "S"), asked("颜色", "红")], used=[11, 22])
    assert wrong([asked("颜色", "绿"), asked("材质", "棉")], used=[11, 22]) == [
        ("VALUE_IN_USE", ("attributes", 0, "values")),
        ("ATTRIBUTES_IN_USE", ("attributes", 1)),
        ("ATTRIBUTES_IN_USE", ("attributes",)),
    ]
    assert not wrong([asked("材质", "棉")])


def test_choices_name_one_value_of_each_attribute() -> None:
    given = [*choices(颜色="绿", 材质="棉"), OptionChoice(attribute="颜色", value="红")]
    assert codes(rules.check_choices(given, [COLOUR, SIZE], ("options",))) == [
        ("UNKNOWN_VALUE", ("options", 0, "value")),
        ("UNKNOWN_ATTRIBUTE", ("options", 1, "attribute")),
        ("DUPLICATE_ATTRIBUTE", ("options", 2, "attribute")),
        ("CHOICE_MISSING", ("options",)),
    ]
    right = choices(尺码="L", 颜色="蓝")
    assert not list(rules.check_choices(right, [COLOUR, SIZE], ()))
    assert [value.id for value in rules.combination(right, [COLOUR, SIZE])] == [12, 22]


def test_the_same_combination_is_asked_for_once() -> None:
    twice = [choices(颜色="红", 尺码="M"), choices(尺码="M", 颜色="红")]
    assert codes(rules.check_wanted(twice, [COLOUR, SIZE], ())) == [("DUPLICATE_COMBINATION", ("combinations", 1))]


def test_no_more_skus_are_made_at_once_than_can_be_looked_over() -> None:
    values = tuple(Value(id=n, name=str(n)) for n in range(50))
    cube = [Attribute(id=n, name=str(n), values=values) for n in range(3)]
    (many,) = rules.check_wanted(None, cube, ())
    assert many == rules.TooManyCombinations(path=("combinations",), combinations=125_000, limit=200)
    listed = [choices(颜色="红", 尺码="M")] * 201
    assert codes(rules.check_wanted(listed, [COLOUR, SIZE], ())) == [("TOO_MANY_COMBINATIONS", ("combinations",))]
    assert codes(rules.check_wanted(None, [], ())) == [("ATTRIBUTES_MISSING", ("product_id",))]


@given(st.sets(st.tuples(st.sampled_from([11, 12]), st.sampled_from([21, 22, 23]))))
def test_exactly_the_missing_combinations_are_wanted(there: set[tuple[int, int]]) -> None:
    taken = {frozenset(each) for each in there}
    found = [tuple(value.id for value in each) for _, each in rules.wanted(None, [COLOUR, SIZE], taken)]
    assert found == [(c.id, s.id) for c in COLOUR.values for s in SIZE.values if (c.id, s.id) not in there]


def test_codes_that_are_too_long_or_the_same_are_refused() -> None:
    same = [(Value(id=1, name="a-b"), Value(id=2, name="c")), (Value(id=3, name="a"), Value(id=4, name="b-c"))]
    skus: list[tuple[Path, rules.NewSku]] = [
        (("combinations", n), rules.named("T", "x" * 198, each)) for n, each in enumerate(same)
    ]
    assert codes(rules.check_generated(skus)) == [
        ("GENERATED_TOO_LONG", ("combinations", 0)),
        ("GENERATED_TOO_LONG", ("combinations", 1)),
        ("CODE_TAKEN", ("combinations", 1)),
    ]
    assert skus[0][1].code == "T-a-b-c"
