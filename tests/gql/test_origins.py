"""Pages of other origins may ask if the settings name them; who may not is told which setting."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from jxc_graphql.app import build_app
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from tests.each import each
from tests.gql.listening import SPA
from tests.gql.sockets import ACK, INIT, hear

PROXY = "10.0.0.1"
CHANGE = {"query": "mutation { __typename }"}


def asked(settings: Settings, client: str = "192.0.2.1") -> AbstractAsyncContextManager[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_app(settings), client=(client, 80))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def preflight(settings: Settings, origin: str, headers: str = "authorization,content-type") -> httpx.Response:
    wish = {"access-control-request-method": "POST", "access-control-request-headers": headers}
    async with asked(settings) as web:
        return await web.options("/graphql", headers={"origin": origin} | wish)


@pytest.mark.parametrize(
    ("named", "origin", "is_admitted"),
    [
        ("https://shop.example/", "https://shop.example", True),
        ("https://Shop.Example:443", "https://shop.example", True),
        ("http://shop.example:80/", "http://shop.example", True),
        ("https://shop.example:8443", "https://shop.example:8443", True),
        ("https://shop.example", "https://shop.example:8443", False),
        ("https://shop.example", "http://shop.example", False),
        ("https://商店.example", "https://xn--czrs0t.example", True),
        ("http://[::1]:*", "http://[::1]:5173", True),
        ("http://localhost:*", "http://localhost", True),
        ("http://localhost:*", "http://localhost:80.evil.example", False),
        ("http://localhost:*", "http://localhost.evil.example", False),
        ("*", "https://anywhere.example", True),
        ("null", "null", True),
        ("https://shop.example", "null", False),
    ],
)
async def test_an_origin_is_admitted_however_the_setting_spells_it(named: str, origin: str, is_admitted: bool) -> None:
    answer = await preflight(Settings(cors_origins=(named,)), origin)
    assert (answer.status_code == 200) == is_admitted
    assert (answer.headers.get("access-control-allow-origin") in {origin, "*"}) == is_admitted


async def test_headers_of_tracing_and_of_clients_pass() -> None:
    sent = "authorization,content-type,traceparent,tracestate,baggage,sentry-trace,x-request-id,last-event-id"
    sent += ",apollographql-client-name,apollographql-client-version,apollo-require-preflight"
    answer = await preflight(Settings(cors_origins=("https://shop.example",)), "https://shop.example", sent)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-headers"] == sent


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:4200"])
async def test_pages_of_this_machine_are_a_setting(origin: str) -> None:
    assert (await preflight(Settings(local_pages=True), origin)).status_code == 200
    assert (await preflight(Settings(), origin)).status_code == 403


async def test_whoever_is_refused_is_told_the_setting(call: Call) -> None:
    told = [await preflight(Settings(), "https://shop.example")]
    async with asked(Settings()) as web:
        told.append(await web.post("/graphql", json=CHANGE, headers={"origin": "https://shop.example"}))
    for answer in told:
        assert answer.status_code == 403
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "ORIGIN_NOT_ALLOWED"
        assert "https://shop.example " in error["message"]
        assert "JXC_CORS_ORIGINS" in error["message"]
        assert "access-control-allow-origin" not in answer.headers


async def test_a_socket_that_is_refused_closes_with_the_setting(opened: Any, port: int) -> None:
    for origin in (SPA, f"http://127.0.0.1:{port}"):
        assert await hear(await opened(INIT, origin=origin)) == ACK
    socket = await opened(origin="https://shop.example")
    await socket.wait_closed()
    assert (socket.close_code, "JXC_CORS_ORIGINS" in socket.close_reason) == (4403, True)


@each(
    ("origin", "host", "site", "client", "is_ours"),
    [
        ("https://shop.example", "shop.example", "", "192.0.2.1", True),
        ("https://shop.example:8443", "shop.example:8443", "", "192.0.2.1", True),
        ("https://shop.example", "Shop.Example:443", "", "192.0.2.1", True),  # $host:$server_port
        ("http://shop.example", "shop.example:80", "", "192.0.2.1", True),
        ("http://shop.example", "shop.example:443", "", "192.0.2.1", False),
        ("https://shop.example:8443", "shop.example", "", PROXY, True),  # $host
        ("https://shop.example:8443", "shop.example", "", "192.0.2.1", False),
        ("https://shop.example:8443", "shop.example:8080", "", PROXY, False),
        ("https://shop.example.evil.example", "shop.example", "", PROXY, False),
        ("null", "", "", PROXY, False),
        ("https://shop.example", "127.0.0.1:8000", "", PROXY, False),
        ("https://shop.example", "127.0.0.1:8000", "same-origin", PROXY, True),
        ("https://shop.example", "127.0.0.1:8000", "same-site", PROXY, False),
    ],
)
async def test_pages_of_ours_are_known_behind_a_proxy(
    call: Call, origin: str, host: str, site: str, client: str, *, is_ours: bool
) -> None:
    async with asked(Settings(host="192.0.2.9", trusted_proxies=(PROXY,)), client) as web:
        answer = await web.post(
            "/graphql", json=CHANGE, headers={"origin": origin, "host": host, "sec-fetch-site": site}
        )
    assert answer.status_code == (200 if is_ours else 403)
