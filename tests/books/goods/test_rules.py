"""What documents may ask of the book of goods."""

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.books.goods.rules import Move, SerialsRequired, check_serials, totals
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking

PLAIN, TRACKED = 7, 8
CODES = {PLAIN: "P", TRACKED: "T"}
TRACKING = {PLAIN: SkuTracking.NONE, TRACKED: SkuTracking.SERIAL}


def move(sku_id: int, quantity: str, *serials: str) -> Move:
    return Move(
        sku_id=sku_id, warehouse_id=1, from_place_id=1, to_place_id=101, quantity=Quantity.of(quantity), line_id=1,
        serials=serials, path=("lines", quantity),
    )  # fmt: skip


def problems(*moves: Move) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(reason.code, reason.path) for reason in check_serials(moves, TRACKING, CODES)]


class TestSerialNumbers:
    def test_are_as_many_as_there_are_pieces(self) -> None:
        assert problems(move(TRACKED, "2", "a", "b"), move(PLAIN, "2.5")) == []
        assert problems(move(TRACKED, "3", "a", "b")) == [("SERIALS_REQUIRED", ("lines", "3"))]
        assert problems(move(TRACKED, "1")) == [("SERIALS_REQUIRED", ("lines", "1"))]
        (reason,) = check_serials([move(TRACKED, "1.5", "a")], TRACKING, CODES)
        assert reason == SerialsRequired(path=("lines", "1.5"), sku="T", quantity=Quantity.of("1.5"), given=1)

    def test_belong_to_goods_that_are_tracked_by_them(self) -> None:
        assert problems(move(PLAIN, "1", "a")) == [("SERIALS_NOT_KEPT", ("lines", "1"))]

    def test_stand_in_a_document_once(self) -> None:
        assert problems(move(TRACKED, "2", "a", "a"), move(TRACKED, "1", "a"), move(TRACKED, "1", "b")) == [
            ("SERIAL_REPEATED", ("lines", "2")),
            ("SERIAL_REPEATED", ("lines", "2")),
            ("SERIAL_REPEATED", ("lines", "1")),
        ]

    def test_can_be_read(self) -> None:
        assert problems(move(TRACKED, "3", " ", "x" * 61, "a\0")) == [
            ("REQUIRED", ("lines", "3")),
            ("TEXT_TOO_LONG", ("lines", "3")),
            ("TEXT_NOT_PRINTABLE", ("lines", "3")),
        ]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-50, 50).map(Quantity))))
def test_totals_are_sums_by_key(drawn: list[tuple[int, Quantity]]) -> None:
    found = totals(drawn)
    assert found.keys() == {key for key, _ in drawn}
    assert all(found[key] == Quantity.total(q for other, q in drawn if other == key) for key in found)
