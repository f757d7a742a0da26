import sqlite3

import pytest

from jxc_graphql.kit.ids import NODES, IdMaker, SpanUsedUp, present


def test_ids_of_a_process_always_rise_and_fit_a_signed_column() -> None:
    maker = IdMaker(NODES - 1)
    ids = [maker.next() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert 0 < ids[-1] < 2**63


def test_ids_tell_their_time_and_their_node() -> None:
    before = present()
    made = IdMaker(5).next()
    assert before <= made >> 22 <= present()
    assert (made >> 12) % NODES == 5


def test_two_nodes_never_make_the_same_id() -> None:
    one, other = IdMaker(1), IdMaker(2)
    assert {one.next() for _ in range(10_000)}.isdisjoint(other.next() for _ in range(10_000))


def test_ids_begin_behind_what_somebody_else_was_given_whatever_the_clock_says() -> None:
    ahead = present() + 60_000
    assert IdMaker(1, first=ahead).next() >> 22 == ahead


def test_no_id_is_made_past_the_span() -> None:
    maker = IdMaker(1, first=present() + 60_000, last=present() + 60_000)
    for _ in range(2**12):
        maker.next()
    with pytest.raises(SpanUsedUp):
        maker.next()


def test_a_statement_makes_as_many_as_it_was_given() -> None:
    maker, many = IdMaker(5), 10_000
    before = maker.next()
    numbers = f"WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {many})"
    rows = sqlite3.connect(":memory:").execute(f"{numbers} SELECT {maker.counted(many, 'n')} FROM numbers")
    made = [before, *(key for (key,) in rows), maker.next()]
    assert len(made) == many + 2
    assert made == sorted(set(made))
    assert {(key >> 12) % NODES for key in made} == {5}
    with pytest.raises(SpanUsedUp):
        IdMaker(5, last=present() + 1).counted(many, "n")
