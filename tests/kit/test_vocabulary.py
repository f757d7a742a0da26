"""Words that features add to an enum are members like all others."""

from enum import StrEnum

import msgspec
import pytest

from jxc_graphql.gql.words import describe
from jxc_graphql.kit.vocabulary import add


class Colour(StrEnum):
    """A colour."""

    RED = "RED"
    """Like blood."""


class Shape(StrEnum):
    """A shape; all of them are said elsewhere."""


WHITE = add(Colour, "WHITE", "Like snow.")
GREEN = add(Colour, "GREEN", "Like grass.")
ROUND = add(Shape, "ROUND", "Like a ball.")


def test_they_follow_those_of_the_class_in_the_order_of_the_alphabet() -> None:
    assert list(Colour) == [Colour.RED, GREEN, WHITE]
    assert [one.name for one in Shape] == ["ROUND"]
    assert (len(Colour), len(Shape)) == (3, 1)


def test_they_are_found_by_value_and_name_and_compared_as_members() -> None:
    assert Colour("WHITE") is Colour["WHITE"] is WHITE
    assert {Shape("ROUND"), Shape["ROUND"]} == {ROUND}
    assert {WHITE, GREEN, "WHITE"} == {"GREEN", WHITE}
    assert f"{WHITE} {WHITE!r}" == "WHITE <Colour.WHITE: 'WHITE'>"
    assert msgspec.json.decode(msgspec.json.encode([WHITE]), type=list[Colour]) == [WHITE]


def test_they_are_described() -> None:
    assert describe.of_attributes(Colour) == {"RED": "Like blood.", "WHITE": "Like snow.", "GREEN": "Like grass."}


def test_no_word_is_said_twice() -> None:
    with pytest.raises(TypeError, match="Colour has RED already"):
        add(Colour, "RED", "Like wine.")
