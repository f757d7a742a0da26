from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.text import CodeTaken
from jxc_graphql.masters.warehouses.rules import CodeGivenTwice, WantedBin, check_bins, check_closing

codes = st.lists(st.sampled_from(["A", "B", "C", " A", "B "]), max_size=8)


@given(codes, st.sets(st.sampled_from(["A", "B", "C"])))
def test_each_bin_whose_code_is_not_the_first_of_its_kind_is_told(drawn: list[str], taken: set[str]) -> None:
    found = list(check_bins([WantedBin(code=code) for code in drawn], taken))
    plain = [code.strip() for code in drawn]
    assert [one.path for one in found if isinstance(one, CodeTaken)] == [
        ("bins", index, "code") for index, code in enumerate(plain) if code in taken
    ]
    assert [(one.path, one.first) for one in found if isinstance(one, CodeGivenTwice)] == [
        (("bins", index, "code"), plain.index(code)) for index, code in enumerate(plain) if plain.index(code) != index
    ]
    assert bool(found) == (len(set(plain)) < len(plain) or bool(taken & set(plain)))


def test_a_branch_closes_when_none_of_its_warehouses_is_open() -> None:
    assert list(check_closing(0)) == []
    assert [one.code for one in check_closing(2)] == ["BRANCH_HAS_WAREHOUSES"]
