from datetime import date
from typing import Any

import pytest

from jxc_graphql.kit import messages
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import labels, rules
from jxc_graphql.masters.lots.labels import LotLabel, LotMismatch, NamedLot
from jxc_graphql.masters.lots.queries import KnownLot

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def sku(sku_id: int, tracking: SkuTracking, shelf_life_days: int | None = None) -> KnownSku:
    return KnownSku(
        id=sku_id,
        code=f"S{sku_id}",
        name="s",
        unit="瓶",
        tracking=tracking,
        shelf_life_days=shelf_life_days,
        is_active=True,
        units={},
    )


SKUS = {1: sku(1, SkuTracking.LOT, 30), 2: sku(2, SkuTracking.NONE), 3: sku(3, SkuTracking.SERIAL)}


def read(*lines: tuple[int, LotLabel | None]) -> tuple[list[NamedLot | None], list[Any]]:
    return labels.read([(sku_id, label, (index,)) for index, (sku_id, label) in enumerate(lines)], SKUS)


def wrong(*lines: tuple[int, LotLabel | None]) -> list[tuple[str, Any]]:
    return [(reason.code, reason.path) for reason in read(*lines)[1]]


def named(*dates: date | None) -> NamedLot:
    (lot,), _ = read((1, LotLabel("L", *dates)))
    assert lot
    return lot


def known(*dates: date | None) -> dict[tuple[int, str], KnownLot]:
    produced_on, expires_on = dates
    return {
        (1, "L"): KnownLot(id=9, sku_id=1, number="L", produced_on=produced_on, expires_on=expires_on, is_blocked=False)
    }


def test_a_lot_is_named_where_lots_are_kept_and_nowhere_else() -> None:
    assert wrong((1, LotLabel("L")), (2, None), (3, None)) == []
    assert wrong((1, None), (2, LotLabel("L")), (3, LotLabel("L"))) == [
        ("LOT_REQUIRED", (0,)),
        ("LOT_NOT_KEPT", (1,)),
        ("LOT_NOT_KEPT", (2,)),
    ]


def test_an_unknown_sku_is_left_to_the_document() -> None:
    assert read((7, LotLabel("L")), (7, None)) == ([None, None], [])


@pytest.mark.parametrize(
    ("number", "code"), [(" ", "REQUIRED"), ("x" * 61, "TEXT_TOO_LONG"), ("a\x00", "TEXT_NOT_PRINTABLE")]
)
def test_a_number_is_a_text(number: str, code: str) -> None:
    assert wrong((1, LotLabel(number))) == [(code, (0, "number"))]


def test_a_lot_does_not_expire_before_it_was_made() -> None:
    assert wrong((1, LotLabel("L", MAY, MAY))) == []
    assert wrong((1, LotLabel("L", JUNE, MAY))) == [("LOT_EXPIRES_BEFORE_PRODUCED", (0, "expires_on"))]


def test_all_labels_are_judged_at_once() -> None:
    assert [code for code, _ in wrong((1, LotLabel("", JUNE, MAY)), (1, None))] == [
        "REQUIRED",
        "LOT_EXPIRES_BEFORE_PRODUCED",
        "LOT_REQUIRED",
    ]
    assert labels.check([(1, None, (0,))], SKUS) == read((1, None))[1]


def test_labels_of_one_document_do_not_contradict_each_other() -> None:
    first, silent, other = LotLabel("L", MAY), LotLabel(" L "), LotLabel("L", JUNE)
    assert wrong((1, first), (1, silent), (1, first)) == []
    _, (mismatch,) = read((1, silent), (1, first), (1, other))
    assert mismatch == LotMismatch(path=(2,), number="L", produced_on=MAY, expires_on=None)
    text = "Lot L has other dates: produced on 2026-05-01, expires on –."
    assert messages.render(mismatch, "en") == text
    assert wrong((1, LotLabel("L", None, MAY)), (1, other)) == [("LOT_EXPIRES_BEFORE_PRODUCED", (1, "expires_on"))]


def test_the_shelf_life_gives_the_expiry_date_of_a_known_production_date_only() -> None:
    assert named(MAY).due_on == date(2026, 5, 31)
    assert named().due_on is None
    assert named(date.max).due_on == date.max


@pytest.mark.parametrize(
    ("label", "lot", "codes"),
    [
        ((MAY, JULY), (MAY, JULY), []),
        ((None, None), (MAY, JULY), []),
        ((MAY, JULY), (None, None), []),
        ((MAY, None), (JUNE, None), ["LOT_MISMATCH"]),
        ((None, JULY), (MAY, JUNE), ["LOT_MISMATCH"]),
        ((JULY, None), (None, JUNE), ["LOT_EXPIRES_BEFORE_PRODUCED"]),
    ],
)
def test_a_label_does_not_contradict_what_is_known(label: Any, lot: Any, codes: list[str]) -> None:
    assert [reason.code for reason in rules.check_known([named(*label)], known(*lot))] == codes


def test_news_are_lots_and_dates_that_are_not_known() -> None:
    lots = [named(), named(MAY), named(None, JULY)]
    (news,) = rules.news(lots, {})
    assert (news.produced_on, news.expires_on) == (MAY, JULY)
    assert len(rules.news(lots, known(MAY, None))) == 1
    assert rules.news(lots, known(MAY, JULY)) == []
    assert rules.news([named()], known(None, None)) == []


def test_all_that_is_wrong_with_a_correction_is_said_at_once() -> None:
    assert [(one.code, one.path) for one in rules.check_correction(JUNE, MAY, "x" * 501)] == [
        ("LOT_EXPIRES_BEFORE_PRODUCED", ("expires_on",)),
        ("TEXT_TOO_LONG", ("note",)),
    ]
