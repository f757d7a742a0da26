import pytest

from jxc_graphql.kit import addresses


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(given: str, kept: str) -> None:
    assert addresses.spelt(given) == kept


def test_neighbours_in_a_network_of_ipv6_have_one_origin() -> None:
    assert addresses.origin("2001:db8:1:2::1") == addresses.origin("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert addresses.origin("2001:db8:1:3::1") != addresses.origin("2001:db8:1:2::1")
    assert addresses.origin("192.0.2.7") == "192.0.2.7"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("192.0.2.9/24", "192.0.2.0/24"),
        ("192.0.2.9", "192.0.2.9/32"),
        (" 2001:db8::/32 ", "2001:db8::/32"),
        ("192.0.2.0/33", None),
        ("shop", None),
        ("", None),
    ],
)
def test_a_range_is_kept_as_cidr(given: str, kept: str | None) -> None:
    assert addresses.range_of(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Shop.example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("http://shop.example:8000", "http://shop.example:8000"),
        ("http://localhost:*", "http://localhost:*"),
        ("http://[::1]:5173", "http://[::1]:5173"),
        ("https://商店.example", "https://xn--czrs0t.example"),
        ("chrome-extension://abc", "chrome-extension://abc"),
        ("https://shop.example/page", None),
        ("https://ann@shop.example", None),
        ("https://*.example", None),
        ("shop.example", None),
        ("https://", None),
        (f"https://{'商' * 70}.example", None),
        ("", None),
    ],
)
def test_an_origin_of_pages_is_spelt_as_browsers_do(given: str, kept: str | None) -> None:
    assert addresses.origin_of_pages(given) == kept


def test_an_address_lies_within_ranges_of_its_own_kind() -> None:
    ranges = ["192.0.2.0/24", "2001:db8::/32"]
    assert addresses.within("192.0.2.200", ranges)
    assert addresses.within("::ffff:192.0.2.200", ranges)
    assert addresses.within("2001:db8:ffff::1", ranges)
    assert not addresses.within("198.51.100.1", ranges)
    assert not addresses.within("2001:db9::1", ranges)
    assert not addresses.within("", ranges)
    assert not addresses.within("192.0.2.1", [])
