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
