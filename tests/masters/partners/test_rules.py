import msgspec
import pytest

from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.partners import rules
from jxc_graphql.masters.partners.rules import check_contact
from jxc_graphql.masters.partners.terms import AskedPrice, Profile


def test_a_new_partner_has_a_code_and_a_name() -> None:
    reasons = list(rules.check_profile(Profile(), new=True))
    assert [(reason.code, reason.path) for reason in reasons] == [
        ("REQUIRED", ("code",)),
        ("REQUIRED", ("name",)),
    ]
    assert not list(rules.check_profile(Profile(), new=False))


def test_a_known_partner_keeps_its_name() -> None:
    assert [reason.code for reason in rules.check_profile(Profile(name=" "), new=False)] == ["REQUIRED"]


def test_all_that_is_wrong_with_a_profile_is_said_at_once() -> None:
    profile = Profile(code="x" * 41, name="x", phone="\x00")
    assert [(reason.code, reason.path) for reason in rules.check_profile(profile, new=True)] == [
        ("TEXT_TOO_LONG", ("code",)),
        ("TEXT_NOT_PRINTABLE", ("phone",)),
    ]


def test_all_that_is_wrong_with_prices_is_said_at_once() -> None:
    prices = [
        AskedPrice(sku_id=1, unit_price=UnitPrice.of("1")),
        AskedPrice(sku_id=1, unit_price=UnitPrice.of("-1"), minimum_quantity=Quantity.of("-1")),
        AskedPrice(sku_id=1, unit_price=UnitPrice.of("1"), unit_id=8),
        AskedPrice(sku_id=1, unit_price=UnitPrice.of("1"), unit_id=9),
        AskedPrice(sku_id=2, unit_price=UnitPrice.of("0"), pack_quantity=Quantity(0), lead_time_days=-1),
        AskedPrice(sku_id=1, unit_price=UnitPrice.of("1"), currency="XXX"),
        AskedPrice(sku_id=1, unit_price=UnitPrice.of("1"), currency=None),
    ]
    assert [(reason.code, reason.path) for reason in rules.check_prices(prices, {1}, {8: 1, 9: 3}, {"USD"})] == [
        ("DUPLICATE_SKU", ("prices", 1)),
        ("DUPLICATE_SKU", ("prices", 2)),
        ("DUPLICATE_SKU", ("prices", 3)),
        ("DUPLICATE_SKU", ("prices", 5)),
        ("DUPLICATE_SKU", ("prices", 6)),
        ("OUT_OF_BOUNDS", ("prices", 1, "unit_price")),
        ("OUT_OF_BOUNDS", ("prices", 1, "minimum_quantity")),
        ("UNKNOWN_ID", ("prices", 3, "unit_id")),
        ("UNKNOWN_ID", ("prices", 4, "sku_id")),
        ("MUST_BE_POSITIVE", ("prices", 4, "pack_quantity")),
        ("DAYS_OUT_OF_BOUNDS", ("prices", 4, "lead_time_days")),
        ("UNKNOWN_CURRENCY", ("prices", 5, "currency")),
    ]


def test_a_price_list_is_neither_empty_nor_endless() -> None:
    assert [reason.code for reason in rules.check_prices([], (), {}, ())] == ["EMPTY_DOCUMENT"]
    prices = [AskedPrice(sku_id=n, unit_price=UnitPrice(1)) for n in range(501)]
    assert [reason.code for reason in rules.check_prices(prices, range(501), {}, ())] == ["TOO_MANY_LINES"]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("email", ["wang@kele.cn", " a.b+c@x-y.com.cn "], ["a@b", "a b@c.cn", "@c.cn", "a@.cn", "wang"]),
        (
            "phone",
            ["139", "021-5555 1234", "(123)555-0100", "+86 (21) 5555-1234 转 802", "13800000000"],
            ["12", "电话", "a139", "1-"],
        ),
        ("tax_number", ["91110000600037341L", "DE136695976"], ["91110000600037342L", "9", "91110000600037341I"]),
    ],
)
def test_how_a_partner_is_reached_is_checked(field: str, good: list[str], bad: list[str]) -> None:
    code = {"email": "NOT_AN_EMAIL", "phone": "NOT_A_PHONE", "tax_number": "NOT_A_TAX_NUMBER"}[field]
    for text in (*good, "", None):
        assert [*check_contact(msgspec.structs.replace(Profile(), **{field: text}))] == []
    for text in bad:
        assert [(one.code, one.path) for one in check_contact(msgspec.structs.replace(Profile(), **{field: text}))] == [
            (code, (field,))
        ]
