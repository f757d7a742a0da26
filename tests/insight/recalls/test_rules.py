from jxc_graphql.insight.recalls import rules


def test_the_nearest_of_all_ways_to_a_lot_is_told() -> None:
    assert rules.nearest([(7, 0), (8, 2), (9, 1), (7, 2), (8, 1)]) == {7: 0, 9: 1, 8: 1}


def test_what_is_out_of_reach_is_known_to_be_missing() -> None:
    near = {lot_id: lot_id for lot_id in range(rules.MAX_DEPTH + 1)}
    assert rules.within_reach(near) == (near, True)
    assert rules.within_reach({**near, 99: rules.MAX_DEPTH + 1}) == (near, False)


def test_more_lots_than_a_trace_tells_are_known_to_be_missing() -> None:
    told, complete = rules.within_reach(dict.fromkeys(range(rules.MAX_ROWS + 1), 1))
    assert (len(told), complete) == (rules.MAX_ROWS, False)


def test_a_page_knows_that_there_is_more() -> None:
    assert rules.page_of([1, 2, 3], 2) == ([1, 2], True)
    assert rules.page_of([1, 2], 2) == ([1, 2], False)
