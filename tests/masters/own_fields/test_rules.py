"""What is filled in stands in the order of its type, and whatever a text may say is found."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.masters.own_fields import rules
from jxc_graphql.masters.own_fields.models import OwnField, OwnFieldKind, OwnFieldType, ReferenceKind
from jxc_graphql.masters.own_fields.rules import LETTERS, WantedField

numbers = st.decimals(-(10**9), 10**9, places=6).map(lambda one: one + 0)
amounts = st.decimals(-(10**11), 10**11, places=4).map(lambda one: one + 0)


def field(value_type: OwnFieldType, **others: object) -> OwnField:
    return OwnField(kind=OwnFieldKind.SKU, code="x", name="x", value_type=value_type, **others)


def in_order(one: OwnField, text: str) -> str:
    return rules.read(one, text, ()).in_order


@given(numbers, numbers)
def test_numbers_are_in_their_order(one: Decimal, other: Decimal) -> None:
    of = field(OwnFieldType.NUMBER, decimals=6)
    first, second = in_order(of, f"{one:f}"), in_order(of, f"{other:f}")
    assert (first < second, first == second) == (one < other, one == other)


@given(amounts, amounts)
def test_amounts_are_in_their_order(one: Decimal, other: Decimal) -> None:
    of = field(OwnFieldType.MONEY)
    first, second = in_order(of, f"{one:f}"), in_order(of, f"{other:f}")
    assert (first < second, first == second) == (one < other, one == other)


@given(st.dates(), st.dates())
def test_days_are_in_their_order(one: date, other: date) -> None:
    of = field(OwnFieldType.DATE)
    assert (in_order(of, str(one)) < in_order(of, str(other))) == (one < other)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(str.strip)


@given(
    st.one_of(
        numbers.map(lambda one: (OwnFieldType.NUMBER, f"{one:f}")),
        amounts.map(lambda one: (OwnFieldType.MONEY, f"{one:f}")),
        st.dates().map(lambda one: (OwnFieldType.DATE, str(one))),
        st.integers(1, 2**63 - 1).map(lambda one: (OwnFieldType.REFERENCE, global_id("Supplier", one))),
        texts.map(lambda one: (OwnFieldType.TEXT, one.strip())),
    )
)
def test_whatever_is_filled_in_is_found_by_its_text(said: tuple[OwnFieldType, str]) -> None:
    kind, text = said
    kept = rules.read(field(kind, decimals=6, reference_kind=ReferenceKind.SUPPLIER), text, ())
    assert kept.in_order[0] == LETTERS[kind]
    assert len(kept.in_order) <= 501
    assert kept.in_order in rules.readings(text)
    assert len({one[0] for one in rules.readings(text)}) == len(rules.readings(text))


@pytest.mark.parametrize(
    ("of", "text", "code"),
    [
        (field(OwnFieldType.NUMBER, decimals=1), "1.25", "TOO_MANY_DECIMALS"),
        (field(OwnFieldType.NUMBER, decimals=0), "1.5", "TOO_MANY_DECIMALS"),
        (field(OwnFieldType.NUMBER, decimals=6), "1e3", "NOT_A_NUMBER"),
        (field(OwnFieldType.NUMBER, decimals=6), "1000000001", "OUT_OF_BOUNDS"),
        (field(OwnFieldType.MONEY), "0.00001", "TOO_MANY_DECIMALS"),
        (field(OwnFieldType.DATE), "2026-02-30", "NOT_A_DATE"),
        (field(OwnFieldType.DATE), "20260201", "NOT_A_DATE"),
        (field(OwnFieldType.CHOICE, choices='["red"]'), "Red", "UNKNOWN_CHOICE"),
        (field(OwnFieldType.TEXT), " ", "REQUIRED"),
        (field(OwnFieldType.TEXT), "x" * 501, "TEXT_TOO_LONG"),
        (field(OwnFieldType.TEXT), "a\0b", "TEXT_NOT_PRINTABLE"),
        (field(OwnFieldType.REFERENCE, reference_kind=ReferenceKind.SKU), "x", "UNKNOWN_ID"),
        (field(OwnFieldType.REFERENCE, reference_kind=ReferenceKind.SKU), global_id("Lot", 1), "WRONG_KIND_OF_ID"),
    ],
)
def test_what_is_none_of_its_type_is_refused_at_its_place(of: OwnField, text: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        rules.read(of, text, ("fields", 0, "value"))
    assert [(one.code, one.path) for one in refused.value.reasons] == [(code, ("fields", 0, "value"))]


@pytest.mark.parametrize(
    ("said", "of", "wrong"),
    [
        ({}, OwnFieldType.TEXT, []),
        ({"decimals": 2}, OwnFieldType.NUMBER, []),
        ({}, OwnFieldType.NUMBER, []),
        ({"decimals": 7}, OwnFieldType.NUMBER, [("OUT_OF_BOUNDS", "decimals")]),
        ({"decimals": 2}, OwnFieldType.MONEY, [("NOT_OF_THIS_TYPE", "decimals")]),
        ({}, OwnFieldType.CHOICE, [("NOT_OF_THIS_TYPE", "choices")]),
        ({"choices": []}, OwnFieldType.CHOICE, [("REQUIRED", "choices")]),
        ({"choices": ["a"]}, OwnFieldType.TEXT, [("NOT_OF_THIS_TYPE", "choices")]),
        ({"choices": ["a", "  "]}, OwnFieldType.CHOICE, [("REQUIRED", "choices")]),
        ({}, OwnFieldType.REFERENCE, [("NOT_OF_THIS_TYPE", "reference_kind")]),
        ({"reference_kind": ReferenceKind.USER}, OwnFieldType.DATE, [("NOT_OF_THIS_TYPE", "reference_kind")]),
        ({"position": -1}, OwnFieldType.DATE, [("OUT_OF_BOUNDS", "position")]),
        ({"name": " "}, OwnFieldType.DATE, [("REQUIRED", "name")]),
    ],
)
def test_a_field_says_what_its_type_needs_and_nothing_else(
    said: dict[str, object], of: OwnFieldType, wrong: list[tuple[str, str]]
) -> None:
    found = rules.check_field(WantedField(**{"name": "x", **said}), of, new=True)  # type: ignore[arg-type]
    assert [(one.code, one.path[0]) for one in found] == wrong
