import time

from jxc_graphql.kit.ids import EPOCH_MS, NODES, IdMaker


def test_ids_of_a_process_always_rise_and_fit_a_signed_column() -> None:
    maker = IdMaker(NODES - 1)
    ids = [maker.next() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert 0 < ids[-1] < 2**63


def test_ids_tell_their_time_and_their_node() -> None:
    made = IdMaker(5).next()
    assert abs((made >> 22) + EPOCH_MS - time.time_ns() // 1_000_000) < 2_000
    assert (made >> 12) % NODES == 5


def test_two_nodes_never_make_the_same_id() -> None:
    one, other = IdMaker(1), IdMaker(2)
    assert {one.next() for _ in range(10_000)}.isdisjoint(other.next() for _ in range(10_000))
