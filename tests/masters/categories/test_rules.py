from jxc_graphql.masters.categories import rules


def test_a_category_cannot_lie_below_itself() -> None:
    tree: dict[int, int | None] = {1: None, 2: 1, 3: 2}
    assert [reason.code for reason in rules.check_parent(1, 3, tree)] == ["CATEGORY_CYCLE"]
    assert [reason.code for reason in rules.check_parent(1, 1, tree)] == ["CATEGORY_CYCLE"]
    assert not list(rules.check_parent(3, 1, tree))
    assert not list(rules.check_parent(3, None, tree))
