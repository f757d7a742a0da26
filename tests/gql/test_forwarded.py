"""Whom a request comes from is said by trusted proxies only, and read from the right."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.datastructures import Headers

from jxc_graphql.app import build_app
from jxc_graphql.gql.wire.forwarded import Proxies
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings

TRUSTED = ("10.0.0.0/8", "2001:db8:ffff::/48")


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("192.0.2.1", "192.0.2.7", "192.0.2.1"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "192.0.2.7:4711", "192.0.2.7"),
        ("10.0.0.1", "[2001:DB8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "2001:db8::7, 2001:db8:ffff::1", "2001:db8::7"),
        ("10.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.9, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "192.0.2.9,", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_the_last_one_who_is_not_trusted_asks(peer: str, said: str, client: str) -> None:
    both = Headers({"x-forwarded-for": said, "forwarded": "for=198.51.100.1"})
    assert Proxies(TRUSTED, "x-forwarded-for").client(peer, both) == client


def test_each_line_of_the_header_counts() -> None:
    raw = [(b"x-forwarded-for", b"192.0.2.9"), (b"x-forwarded-for", b"192.0.2.7")]
    assert Proxies(TRUSTED, "x-forwarded-for").client("10.0.0.1", Headers(raw=raw)) == "192.0.2.7"


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("for=192.0.2.7", "192.0.2.7"),
        ('for=192.0.2.9, For="[2001:db8::7]:4711";proto=https;by=10.0.0.1', "2001:db8::7"),
        ("for=192.0.2.7;host=a, for=10.0.0.2;by=10.0.0.1", "192.0.2.7"),
        ('for="192.0.2.9, for=192.0.2.7', "192.0.2.7"),
        ("for=_hidden", "10.0.0.1"),
        ("proto=https", "10.0.0.1"),
    ],
)
def test_reads_the_standard_header_where_the_settings_say_so(said: str, client: str) -> None:
    both = Headers({"forwarded": said, "x-forwarded-for": "198.51.100.1"})
    assert Proxies(TRUSTED, "forwarded").client("10.0.0.1", both) == client


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough to talk about addresses."""
    return sqlite_url


@pytest.fixture
async def proxied(call: Call) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(rate_limit=1, trusted_proxies=("10.0.0.0/8",))
    transport = httpx.ASGITransport(build_app(settings), client=("10.0.0.1", 80))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
        yield web


async def test_the_budget_of_somebody_behind_a_proxy_is_his_own(proxied: httpx.AsyncClient) -> None:
    async def status(client: str) -> int:
        page = {"query": "{ suppliers(first: 20) { nodes { id } } }"}
        return (await proxied.post("/graphql", json=page, headers={"x-forwarded-for": client})).status_code

    told = [await status(one) for one in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")]
    assert told == [200, 429, 200, 200, 429]
