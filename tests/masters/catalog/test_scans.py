import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit import clock
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import gs1
from jxc_graphql.masters.catalog.scans import Reading, read
from tests.masters.catalog.labelling import FNC1, PREDEFINED, Label

TODAY = date(2026, 3, 14)
GTIN = "06901234567892"
FULL = {
    "lot_number": "A7",
    "serial_number": "S-1",
    "produced_on": date(2026, 1, 15),
    "expires_on": date(2028, 2, 29),
}


def told(reading: Reading) -> dict[str, object]:
    """What a label says beside the goods, as far as it says it."""
    names = set(Reading.__struct_fields__) - {"codes", "barcodes", "elements"}
    return {name: getattr(reading, name) for name in names if getattr(reading, name) not in {None, ()}}


def faults(reading: Reading) -> list[tuple[str, str, str]]:
    return [(one.identifier, one.data, one.fault.value) for one in reading.problems]


@pytest.mark.parametrize(
    "label",
    [
        f"]C101{GTIN}112601151728020010A7{FNC1}21S-1",
        f"{FNC1}01{GTIN}10A7{FNC1}1126011517280229{FNC1}21S-1{FNC1}",
        f"]d201{GTIN}10A7{FNC1}21S-1{FNC1}91anything{FNC1}112601151728022915290101",
        f"240X{FNC1}8005000123{FNC1}01{GTIN}10A7{FNC1}21S-1{FNC1}1126011515280229",
        f"(01){GTIN}(10)A7(21)S-1(11)260115(17)280229",
        f"(01) {GTIN} (10) A7 (21) S-1 (11) 260115 (17) 280229",
        f"https://id.gs1.org/01/{GTIN}/10/A7/21/S-1?11=260115&17=280200",
    ],
)
def test_a_label_is_read_whatever_its_order(label: str) -> None:
    reading = read(label, TODAY)
    assert told(reading) == FULL
    assert reading.barcodes[-2:] == (GTIN, "6901234567892")


@pytest.mark.parametrize("seed", range(200))
def test_labels_of_an_independent_encoder_are_read_right(seed: int) -> None:
    label = Label(seed, TODAY)
    means = {name: value for name, value in label.means.items() if value is not None}
    at = means.pop("time", None)
    printed = [label.element_string(), label.link()]
    if not re.search(r"\([0-9]{2,4}\)", f"{means.get('lot_number')}{means.get('serial_number')}"):
        printed += [label.in_brackets(), label.in_brackets_of_an_input_method()]
    for text in printed:
        found = told(read(text, TODAY))
        moment = found.pop("expires_at", None)
        plain = {name: Decimal(str(one)) if isinstance(one, Quantity | Money) else one for name, one in found.items()}
        own = {"content_gtin": label.gtin} if "02" in label.says else {}
        assert plain == means | own, text
        if at:
            assert isinstance(moment, datetime)
            local = moment.astimezone(ZoneInfo(clock.calendar().zone_on(TODAY)))
            assert (local.date(), (local.hour, local.minute)) == (means["expires_on"], at)
        assert label.gtin in read(text, TODAY).barcodes


def known_elsewhere() -> dict[str, GS1ApplicationIdentifier]:
    """All application identifiers that another program knows."""
    found = {}
    for number in range(10_000):
        try:
            identifier = GS1ApplicationIdentifier.extract(f"{number:04}")
        except ParseError:
            continue
        found[identifier.ai] = identifier
    return found


def test_every_identifier_that_another_program_knows_has_data_of_the_same_length() -> None:
    theirs = known_elsewhere()
    assert len(theirs) > 500
    for ai, identifier in theirs.items():
        assert identifier.separator_required == (ai[:2] not in PREDEFINED)
        for length in range(1, 96) if ai not in {"7258", "8010"} else ():  # a slash; a company's prefix in front
            label = gs1.read_label(f"(01){GTIN}({ai}){'1' * length}")
            assert label is not None
            theirs_too = any(re.fullmatch(identifier.pattern, ai + digit * length) for digit in "01")
            assert theirs_too == (not label.problems), (ai, length)


@pytest.mark.parametrize(
    "code", ["COLA-330", "6901234567893", f"01{GTIN[:-1]}3", "10A7", "01234567890128", "(A)1", "(10)A"]
)
def test_what_is_no_label_is_a_plain_code(code: str) -> None:
    reading = read(f" {code}\r\n", TODAY)
    assert (reading.codes, reading.barcodes[0], told(reading)) == ((code,), code, {})


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        (f"01{GTIN}10", ("10", "", "WRONG_FORM")),
        (f"01{GTIN}17280", ("17", "280", "WRONG_FORM")),
        (f"01{GTIN}XX", ("", "XX", "UNKNOWN_IDENTIFIER")),
        (f"(01){GTIN}(10)", ("10", "", "WRONG_FORM")),
        (f"(01){GTIN}(05)1", ("05", "1", "UNKNOWN_IDENTIFIER")),
        (f"https://id.gs1.org/01/{GTIN}/10", ("10", "", "WRONG_FORM")),
        (f"01{GTIN}17260231", ("17", "260231", "IMPOSSIBLE_DATE")),
        (f"01{GTIN}11261301", ("11", "261301", "IMPOSSIBLE_DATE")),
        (f"01{GTIN}15270229", ("15", "270229", "IMPOSSIBLE_DATE")),
        (f"01{GTIN}70032601012460", ("7003", "2601012460", "IMPOSSIBLE_DATE")),
        (f"01{GTIN}3105000001", ("3105", "000001", "IMPOSSIBLE_NUMBER")),
        (f"01{GTIN}3920999999999999999", ("3920", "999999999999999", "IMPOSSIBLE_NUMBER")),
        (f"01{GTIN}301234567890", ("30", "1234567890", "WRONG_FORM")),
    ],
)
def test_what_cannot_be_used_of_a_label_is_told(label: str, wrong: tuple[str, str, str]) -> None:
    reading = read(label, TODAY)
    assert faults(reading) == [wrong]
    assert GTIN in reading.barcodes
    assert reading.expires_at is None


def test_an_impossible_expiry_is_not_replaced_by_best_before() -> None:
    reading = read(f"01{GTIN}1526013117260231", TODAY)
    assert (reading.expires_on, faults(reading)) == (None, [("17", "260231", "IMPOSSIBLE_DATE")])


@pytest.mark.parametrize("lot", ["A(B)7", "A()7", "(A)", "7(1)", "7(12345)", "A(1b)", "((12", "A(１)"])
def test_only_a_bracket_with_two_to_four_digits_begins_an_identifier(lot: str) -> None:
    reading = read(f"(01){GTIN}(10){lot}(17)261200", TODAY)
    assert (reading.lot_number, reading.expires_on) == (lot.replace("１", "1"), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
        ("280200", date(2028, 2, 29)),
        ("270200", date(2027, 2, 28)),
    ],
)
def test_years_are_from_49_ago_to_50_ahead_and_day_00_ends_a_month(text: str, day: date) -> None:
    assert read(f"01{GTIN}17{text}", TODAY).expires_on == day


PREFIXES = [
    "]A0",
    "]C0",
    "]C1",
    "]E0",
    "]E4",
    "]F0",
    "]G0",
    "]I1",
    "]L2",
    "]Q1",
    "]Q3",
    "]d1",
    "]d2",
    "]e0",
    "]z0",
    "]c1",
    "】C1",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_prefix_of_any_symbology_says_nothing(prefix: str) -> None:
    for code in ("COLA-330", "6901234567892", f"01{GTIN}10A7"):
        reading = read(prefix + code, TODAY)
        assert code in reading.codes
        assert set(read(code, TODAY).barcodes) <= set(reading.barcodes)
        assert reading.lot_number == read(code, TODAY).lot_number


def test_the_add_on_of_a_magazine_is_not_its_barcode() -> None:
    assert "6901234567892" in read("]E3690123456789212", TODAY).barcodes


def test_an_input_method_makes_characters_full_width() -> None:
    assert read("ＣＯＬＡ－３３０", TODAY).codes == ("ＣＯＬＡ－３３０", "COLA-330")
    assert GTIN in read("　６９０１２３４５６７８９２　", TODAY).barcodes


def test_a_gtin_has_other_lengths() -> None:
    assert read("96385074", TODAY).barcodes == ("96385074", "00000096385074", "0000096385074", "000096385074")
    assert read("6901234567892", TODAY).barcodes == ("6901234567892", GTIN)


@pytest.mark.parametrize(
    ("printed", "expanded"),
    [
        ("04252614", "042100005264"),
        ("01234505", "012000003455"),
        ("01234514", "012100003454"),
        ("01234523", "012200003453"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234558", "012345000058"),
        ("01234565", "012345000065"),
        ("01234572", "012345000072"),
        ("01234589", "012345000089"),
        ("01234596", "012345000096"),
        ("11234562", "112345000062"),
    ],
)
def test_a_upc_e_is_the_number_that_it_abbreviates(printed: str, expanded: str) -> None:
    assert gs1.is_gtin(expanded)
    for code in (printed, expanded, f"0{expanded}", f"01{expanded:0>14}10A"):
        assert {printed, expanded, f"0{expanded}"} <= set(read(code, TODAY).barcodes)


def test_what_is_no_upc_e_stands_for_nothing_else() -> None:
    assert read("04252615", TODAY).barcodes == ("04252615",)  # a wrong check digit
    assert len(read("012345678905", TODAY).barcodes) == 3  # no UPC-E abbreviates it


@given(st.text(max_size=550) | st.text(alphabet="0123456789()\x1d]C/:httpsＡ", max_size=250))
def test_whatever_is_scanned_is_read(text: str) -> None:
    reading = read(text, TODAY)
    assert len(reading.barcodes) <= 20
    assert all(reading.barcodes)
