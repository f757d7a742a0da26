from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.masters.catalog.scans import Reading, read

TODAY = date(2026, 3, 14)
GTIN = "06901234567892"
FNC1 = "\x1d"
FULL = Reading(
    code="",
    barcodes=(GTIN, "6901234567892"),
    lot_number="A7",
    serial_number="S-1",
    produced_on=date(2026, 1, 15),
    expires_on=date(2028, 2, 29),
)


@pytest.mark.parametrize(
    "label",
    [
        f"]C101{GTIN}112601151728020010A7{FNC1}21S-1",
        f"{FNC1}01{GTIN}10A7{FNC1}1126011517280229{FNC1}21S-1{FNC1}",
        f"]d201{GTIN}10A7{FNC1}21S-1{FNC1}91anything{FNC1}3103001250112601151728022915290101",
        f"240X{FNC1}8005000123{FNC1}01{GTIN}10A7{FNC1}21S-1{FNC1}1126011515280229",
    ],
)
def test_a_label_is_read_whatever_its_order(label: str) -> None:
    assert read(label, TODAY) == FULL


def test_a_label_may_be_typed_with_brackets() -> None:
    typed = read(f"(01){GTIN}(10)A7(21)S-1(11)260115(17)280229", TODAY)
    assert typed.barcodes[1:] == FULL.barcodes
    assert (typed.lot_number, typed.serial_number, typed.expires_on) == ("A7", "S-1", date(2028, 2, 29))


@pytest.mark.parametrize(
    "code",
    [
        "COLA-330",
        "6901234567893",  # a wrong check digit
        f"01{GTIN[:-1]}3",
        f"01{GTIN}10",  # an identifier without data
        f"01{GTIN}17280",  # a date that is too short
        f"01{GTIN}XX",
        f"(01){GTIN}(10)",
        "10A7",  # no GTIN
        "01234567890128",
    ],
)
def test_what_is_no_label_is_a_plain_code(code: str) -> None:
    reading = read(f" {code}\r\n", TODAY)
    assert (reading.code, reading.barcodes[0]) == (code, code)
    assert (reading.lot_number, reading.expires_on) == (None, None)


@pytest.mark.parametrize(
    ("text", "day"), [("760101", date(2076, 1, 1)), ("770101", date(1977, 1, 1)), ("261301", None)]
)
def test_years_are_those_nearest_to_today(text: str, day: date | None) -> None:
    assert read(f"01{GTIN}17{text}", TODAY).expires_on == day


def test_a_gtin_has_other_lengths() -> None:
    assert read("96385074", TODAY).barcodes == ("96385074", "00000096385074", "0000096385074", "000096385074")
    assert read("6901234567892", TODAY).barcodes == ("6901234567892", GTIN)


@given(st.text(max_size=250) | st.text(alphabet="0123456789()\x1d", max_size=250))
def test_whatever_is_scanned_is_read(text: str) -> None:
    reading = read(text, TODAY)
    assert len(reading.barcodes) <= 5
    assert all(reading.barcodes)
