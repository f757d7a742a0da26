"""Who must agree to what, worked out by hand; who fills which place; what counts again."""

from typing import Any

import pytest

from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.approvals.models import StepNeeds
from jxc_graphql.office.approvals.rules import (
    Condition,
    Seats,
    WantedApprover,
    WantedStep,
    amount_of,
    check_policy,
    check_possible,
    filled,
    first_that_holds,
    is_no_more,
    least,
)
from jxc_graphql.office.documents.named import DocumentFact as Fact
from jxc_graphql.office.documents.named import KnownFacts
from jxc_graphql.selling.sales.models import SalesOrder

NORTH, SOUTH = 1, 2
ACME, BOLT = 11, 12
FOOD, WALNUTS, TOOLS = 21, 22, 23
ANN, BOB = 31, 32


def amount(least: str | None = None, below: str | None = None, fact: Fact = Fact.AMOUNT) -> Condition:
    bounds = {name: Money.of(text) for name, text in (("at_least", least), ("below", below)) if text is not None}
    return Condition(fact=fact, **bounds)  # type: ignore[arg-type]


def among(fact: Fact, *ids: int) -> Condition:
    return Condition(fact=fact, any_of=ids)


def beside(fact: Fact, *ids: int) -> Condition:
    return Condition(fact=fact, none_of=ids)


def document(total: str | None = "1000", **facts: Any) -> KnownFacts:
    """An order of ann's at ACME for walnuts in the north, unless it is said otherwise."""
    told: dict[Fact, Any] = {
        Fact.AMOUNT: None if total is None else int(Money.of(total)), Fact.WAREHOUSE: (NORTH,), Fact.BRANCH: (NORTH,),
        Fact.SUPPLIER: (ACME,), Fact.CATEGORY: (FOOD, WALNUTS), Fact.AUTHOR: (ANN,),
    }  # fmt: skip
    return told | {Fact(name): value for name, value in facts.items()}


BANDS = [("chief", [amount("50000")]), ("head", [amount("5000", "50000")]), ("clerk", [amount("0", "5000")])]
"""From 50,000 on the chief, from 5,000 on the head, else the clerk."""
LADDER = [("chief", [amount("50000")]), ("head", [amount("5000")]), ("clerk", [])]
"""The same by what comes first."""
PLACES = [("north", [among(Fact.WAREHOUSE, NORTH)]), ("south", [among(Fact.WAREHOUSE, SOUTH)]), ("else", [])]
GOODS = [("cook", [among(Fact.CATEGORY, FOOD), amount("500")]), ("smith", [among(Fact.CATEGORY, TOOLS)])]
PARTNERS = [("trusted", [among(Fact.SUPPLIER, ACME), amount(None, "2000")]), ("buyer", [beside(Fact.SUPPLIER, BOLT)])]
PEOPLE = [("strict", [among(Fact.AUTHOR, BOB)]), ("kind", [beside(Fact.AUTHOR, BOB)])]
COUNTS = [("boss", [amount("100", None, Fact.VARIANCE)]), ("keeper", [amount("0.01", "100", Fact.VARIANCE)])]
BRANCHES = [("first", [among(Fact.BRANCH, NORTH)]), ("others", [])]
BARGAINS = [
    ("owner", [amount(None, "0", Fact("MARGIN"))]), ("sales", [amount("100", None, Fact("DISCOUNT"))]),
]  # fmt: skip
"""What brings a loss the owner agrees to, what is 100 or more below its price the head of sales."""

TABLE = [
    (BANDS, document("0"), "clerk"),
    (BANDS, document("4900"), "clerk"),
    (BANDS, document("4999.9999"), "clerk"),
    (BANDS, document("5000"), "head"),  # A4: half-open from below
    (BANDS, document("5100"), "head"),
    (BANDS, document("49999.99"), "head"),
    (BANDS, document("50000"), "chief"),
    (BANDS, document("1000000"), "chief"),
    (BANDS, document(None), None),
    (BANDS, document("-1"), None),
    (LADDER, document("4900"), "clerk"),
    (LADDER, document("5000"), "head"),
    (LADDER, document("49999.9999"), "head"),
    (LADDER, document("50000"), "chief"),
    (LADDER, document(None), "clerk"),
    (LADDER, document("-1"), "clerk"),
    (PLACES, document(), "north"),
    (PLACES, document(WAREHOUSE=(SOUTH,)), "south"),
    (PLACES, document(WAREHOUSE=(3,)), "else"),
    (PLACES, document(WAREHOUSE=()), "else"),
    (PLACES, document(WAREHOUSE=(NORTH, SOUTH)), "north"),
    (GOODS, document("499.99"), None),
    (GOODS, document("500"), "cook"),
    (GOODS, document("500", CATEGORY=(FOOD,)), "cook"),
    (GOODS, document("500", CATEGORY=(WALNUTS,)), None),
    (GOODS, document("1", CATEGORY=(TOOLS,)), "smith"),
    (GOODS, document("1", CATEGORY=(FOOD, TOOLS)), "smith"),
    (GOODS, document("500", CATEGORY=(FOOD, TOOLS)), "cook"),
    (GOODS, document("500", CATEGORY=()), None),
    (PARTNERS, document("1999.99"), "trusted"),
    (PARTNERS, document("2000"), "buyer"),
    (PARTNERS, document("1", SUPPLIER=(13,)), "buyer"),
    (PARTNERS, document("1", SUPPLIER=(BOLT,)), None),
    (PARTNERS, document("1", SUPPLIER=()), "buyer"),
    (PEOPLE, document(AUTHOR=(BOB,)), "strict"),
    (PEOPLE, document(), "kind"),
    (COUNTS, document(None, VARIANCE=0), None),
    (COUNTS, document(None, VARIANCE=100), "keeper"),
    (COUNTS, document(None, VARIANCE=999_999), "keeper"),
    (COUNTS, document(None, VARIANCE=1_000_000), "boss"),
    (COUNTS, document(), None),
    (BRANCHES, document(), "first"),
    (BRANCHES, document(BRANCH=(SOUTH,)), "others"),
    (BRANCHES, document(BRANCH=()), "others"),
    (BARGAINS, document("9", DISCOUNT=0, MARGIN=10_000), None),
    (BARGAINS, document("9", DISCOUNT=999_999, MARGIN=10_000), None),
    (BARGAINS, document("9", DISCOUNT=1_000_000, MARGIN=10_000), "sales"),
    (BARGAINS, document("9", DISCOUNT=0, MARGIN=-1), "owner"),
    (BARGAINS, document("9", DISCOUNT=1_000_000, MARGIN=-1), "owner"),
    (BARGAINS, document("9", DISCOUNT=0, MARGIN=0), None),
    (BARGAINS, document("9"), None),
    ([], document(), None),
]


@pytest.mark.parametrize(("policies", "known", "who"), TABLE, ids=map(str, range(1, len(TABLE) + 1)))
def test_the_right_one_must_agree(
    policies: list[tuple[str, list[Condition]]], known: KnownFacts, who: str | None
) -> None:
    place = first_that_holds([conditions for _, conditions in policies], known)
    assert (None if place is None else policies[place][0]) == who


def step(
    *each: set[int], needs: str = "ANY", count: int = 1, position: int = 1, instead: frozenset[int] = frozenset()
) -> Seats:
    return Seats(
        task_id=position, name=f"step {position}", position=position, needs=StepNeeds(needs), count=count,
        each=tuple(map(frozenset, each)), instead=instead,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "agreed", "done"),
    [
        (step({1}, {2}), [], False),
        (step({1}, {2}), [2], True),
        (step({1}, {2}), [3], False),
        (step({1}, {2}, needs="ALL"), [1], False),
        (step({1}, {2}, needs="ALL"), [1, 2], True),
        (step({1, 2}, {2}, needs="ALL"), [2, 1], True),  # 2 sits for the second, though he came first
        (step({1, 2}, {1, 2}, needs="ALL"), [1, 1], False),
        (step({1, 2, 3}, needs="COUNT", count=2), [1], False),
        (step({1, 2, 3}, needs="COUNT", count=2), [1, 3], True),
        (step({1}, {2}, needs="ALL", instead=frozenset({9})), [1, 9], True),
        (step({1}, {2}, needs="ALL", instead=frozenset({9})), [9], False),
    ],
)
def test_a_step_is_done_when_as_many_agreed_as_it_needs(one: Seats, agreed: list[int], done: bool) -> None:
    assert one.is_done(agreed) == done


def test_each_place_is_filled_by_another_one() -> None:
    assert filled([{1, 2}, {2, 3}, {1}], [1, 2]) == 2
    assert filled([{1, 2}, {2, 3}, {1}], [1, 2, 3]) == 3
    assert filled([], [1]) == 0


def test_what_nobody_could_fulfil_is_named() -> None:
    assert [one.step for one in check_possible([step({1}), step(set(), position=2)], ())] == ["step 2"]
    assert [one.step for one in check_possible([step({1}), step({1}, position=2)], ())] == ["step 2"]
    assert [one.step for one in check_possible([step({1, 2}), step({1}, position=2)], ())] == []
    assert [one.step for one in check_possible([step({1, 2}, needs="COUNT", count=3)], ())] == ["step 1"]


def test_a_smaller_amount_of_the_same_counts_again() -> None:
    assert is_no_more(document("4900"), document("5100"))
    assert is_no_more(document("5100"), document("5100"))
    assert not is_no_more(document("5100"), document("4900"))
    assert not is_no_more(document("4900", SUPPLIER=(BOLT,)), document("5100"))
    assert not is_no_more(document("4900"), document(None))
    assert is_no_more(document(None), document(None))


def test_less_that_is_earned_is_not_what_was_agreed_to() -> None:
    assert Fact("MARGIN") in SalesOrder.named
    assert is_no_more(document("90", MARGIN=30), document("100", MARGIN=30))
    assert is_no_more(document("100", MARGIN=31), document("100", MARGIN=30))
    assert is_no_more(document("100", MARGIN=-9), document("100", MARGIN=-10))
    assert not is_no_more(document("90", MARGIN=20), document("100", MARGIN=30))
    assert not is_no_more(document("100", MARGIN=-10), document("100", MARGIN=10))
    assert not is_no_more(document("100", MARGIN=None), document("100", MARGIN=10))
    assert not is_no_more(document("100", DISCOUNT=2), document("100", DISCOUNT=1))


def test_limits_are_compared_with_the_amount_else_the_variance() -> None:
    assert amount_of(document("7")) == Money.of("7")
    assert amount_of({Fact.VARIANCE: -30_000}) == Money.of("3")
    assert amount_of({Fact.WAREHOUSE: (NORTH,)}) is None
    assert least([amount("5"), amount("7", "9"), among(Fact.WAREHOUSE, NORTH)]) == Money.of("7")
    assert least([]) is None


def test_all_that_is_wrong_with_a_policy_is_said() -> None:
    nobody = WantedStep(position=0, name=" ", needs=StepNeeds.ANY, count=0, approvers=(WantedApprover(),))
    conditions = [amount("5", "5"), among(Fact.CUSTOMER, 1), Condition(fact=Fact.AMOUNT), among(Fact.AMOUNT, 1)]
    found = [(one.code, one.path) for one in check_policy(PurchaseOrder, "", conditions, [nobody])]
    assert found == [
        ("REQUIRED", ("name",)),
        ("OUT_OF_BOUNDS", ("conditions", 0, "below")),
        ("FACT_UNKNOWN", ("conditions", 1, "fact")),
        ("FACT_UNKNOWN", ("conditions", 2, "fact")),
        ("FACT_UNKNOWN", ("conditions", 3, "fact")),
        ("REQUIRED", ("steps", 0, "name")),
        ("OUT_OF_RANGE", ("steps", 0, "position")),
        ("OUT_OF_RANGE", ("steps", 0, "count")),
        ("UNKNOWN_ID", ("steps", 0, "approvers", 0, "user_id")),
    ]
