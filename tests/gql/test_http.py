"""GraphQL over HTTP, as the specification and the clients of this world have it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import OperationDefinitionNode, build_schema

from jxc_graphql.gql.run.limits import parse_document
from jxc_graphql.gql.wire import sse
from jxc_graphql.gql.wire.body import BODY_BYTES
from jxc_graphql.gql.wire.broadcast import Frame
from jxc_graphql.gql.wire.http import media_types
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.gql.wire.resume import resumed
from jxc_graphql.gql.wire.sse import event
from tests.gql.listening import SPA
from tests.patience import until

QUERY = "{ __typename }"
RESPONSE_JSON = "application/graphql-response+json"
URQL = f"{RESPONSE_JSON}, application/graphql+json, application/json, text/event-stream, multipart/mixed"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SUBSCRIPTION = "subscription { lowStockAlerts { cursor } }"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough to talk about HTTP."""
    return sqlite_url


async def post(web: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await web.post("/graphql", content=content, headers={"content-type": "application/json"} | named)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"application/json;q=0.5, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"application/json, {RESPONSE_JSON}", "application/json"),
        (URQL, RESPONSE_JSON),
        ("text/event-stream, application/json", "text/event-stream"),
        (BROWSER, "application/json"),
    ],
)
async def test_answers_in_the_first_media_type_that_it_has(
    web: httpx.AsyncClient, accept: str | None, answered: str
) -> None:
    response = await post(web, {"query": QUERY}, **({"accept": accept} if accept else {}))
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert '{"data":{"__typename":"Query"},' in response.text


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "text/html"])
async def test_says_when_it_has_no_such_media_type(web: httpx.AsyncClient, accept: str) -> None:
    response = await post(web, {"query": QUERY}, accept=accept)
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


def test_orders_media_types_by_weight_and_then_by_place() -> None:
    assert media_types("text/html;q=0.1, text/event-stream;q=x, */*;q=0.2, APPLICATION/JSON; q=0.9") == [
        "application/json",
        "text/event-stream",
        "text/html",
    ]
    assert media_types("image/png," * 19 + "application/json, text/html") == ["application/json"]


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (RESPONSE_JSON, 400)])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothingOfTheKind }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query Q($id: ID!) { node(id: $id) { id } }"}, "BAD_USER_INPUT"),
        ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query A { __typename }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "{ a " * 60 + "}" * 60}, "LIMIT_EXCEEDED"),
    ],
)
async def test_tells_what_was_not_run_by_status_only_to_those_who_ask(
    web: httpx.AsyncClient, accept: str, status: int, body: dict[str, Any], expected: str
) -> None:
    response = await post(web, body, accept=accept)
    assert (response.status_code, code(response)) == (status, expected)
    assert "data" not in response.json()


MALFORMED = [
    b"",
    b"x",
    b"null",
    b"[]",
    b"5",
    b'"query"',
    b'[{"query": "{ __typename }"}]',
    b'{"query": "{ __typename }"',
    b'{"query": "{ __typename }"} x',
    b'{"query": "\xff"}',
    b'{"query": "\xed\xa0\x80"}',
    b'{"query": "\\ud800"}',
    b'\xef\xbb\xbf{"query": "{ __typename }"}',
    '{"query": "{ __typename }"}'.encode("utf-16"),
    b'{"query": {"a": 1}}',
    b'{"query": null}',
    b'{"query": 1}',
    b"{}",
    b'{"query": "{ __typename }", "variables": []}',
    b'{"query": "{ __typename }", "variables": "{}"}',
    b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    b'{"query": "{ __typename }", "variables": {"a": 1e999}}',
    b'{"query": "{ __typename }", "operationName": 1}',
    b'{"query": "{ __typename }", "extensions": 1}',
    b'{"query": "{ __typename }", "variables": ' + b"[" * 100_000,
    b'{"a":' * 50_000,
    b"query=%7B__typename%7D",
    b'{"query": "{ __typename }", "query": "{ __typename }"}',
    b'{"query": "{ __typename }", "\\u0071uery": "{ __typename }"}',
    b'{"query": "{ __typename }", "variables": {"a": [{"b": 1, "b": 2}]}}',
    b'{"query": "{ __typename }", "unknown": {"b": 1, "b": 1}}',
    b'{"query": "{ __typename }", "unknown": [' + b"{}," * 20_000 + b"{}]}",
    b'{"query": "{ __typename }", "unknown": [' + b"[]," * 20_000 + b"[]]}",
    b'{"query": "{ __typename }", "unknown": [' + b"1," * 20_000 + b"1]}",
    b'{"query": "", "documentId": null}',
    b'{"documentId": 1}',
]


async def test_ignores_what_it_does_not_know(web: httpx.AsyncClient) -> None:
    for unknown in (b"[" + b"{}," * 6_000 + b"{}]", b"1" * 5_000, b"1e999", b"{}"):
        response = await post(web, b'{"query": "{ __typename }", "unknown": ' + unknown + b"}")
        assert (response.status_code, response.json()["data"]) == (200, {"__typename": "Query"})


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: repr(body[:40]))
async def test_refuses_a_malformed_body(web: httpx.AsyncClient, body: bytes) -> None:
    response = await post(web, body)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "variables", ['{"a":' * 100 + "1" + "}" * 100, json.dumps({"id": "x" * 100_000}), '{"id": 1e5}', '{"id": {}}']
)
async def test_refuses_variables_that_do_not_fit(web: httpx.AsyncClient, variables: str) -> None:
    body = f'{{"query": "query Q($id: ID!) {{ node(id: $id) {{ id }} }}", "variables": {variables}}}'
    response = await post(web, body.encode(), accept=RESPONSE_JSON)
    assert response.status_code in {200, 400}
    assert code(response) in {"LIMIT_EXCEEDED", "BAD_USER_INPUT", "UNKNOWN_ID", "UNAUTHENTICATED"}


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json; charset=gbk"},
        {"content-type": ""},
        {"content-encoding": "gzip"},
    ],
    ids=str,
)
async def test_reads_plain_json_only(web: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await post(web, {"query": QUERY}, **headers)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_counts_the_bytes_of_a_body(web: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES // 1_000 + 2):
            yield b" " * 1_000

    announced = await post(web, b" " * (BODY_BYTES + 1))
    counted = await web.post("/graphql", content=endless(), headers={"content-type": "application/json"})
    lying = await post(web, b" " * 10, content_length="9" * 30)
    for response in (announced, counted, lying):
        assert (response.status_code, code(response)) == (413, "PAYLOAD_TOO_LARGE")
    fitting = await post(web, json.dumps({"query": QUERY}).encode().ljust(BODY_BYTES))
    assert fitting.status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "HEAD"])
async def test_names_the_methods_it_has(web: httpx.AsyncClient, method: str) -> None:
    response = await web.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST, PUT, DELETE"


async def test_answers_queries_by_get_and_nothing_else(web: httpx.AsyncClient) -> None:
    query = {"query": "query Q($yes: Boolean!) { __typename @include(if: $yes) }", "variables": '{"yes": true}'}
    assert (await web.get("/graphql", params=query)).json()["data"] == {"__typename": "Query"}
    mutation = await web.get("/graphql", params={"query": "mutation { __typename }"})
    assert (mutation.status_code, code(mutation), mutation.headers["allow"]) == (405, "METHOD_NOT_ALLOWED", "POST")
    for params in (
        {},
        {"query": QUERY, "variables": "["},
        {"query": QUERY, "variables": "[]"},
        {"query": QUERY, "variables": '{"a": 1, "a": 1}'},
        {"query": [QUERY, QUERY]},
        {"query": QUERY} | {f"unknown{n}": "" for n in range(20)},
    ):
        refused = await web.get("/graphql", params=params)
        assert (refused.status_code, code(refused)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "authorization", ["Bearer nobodys", "Bearer", "Basic YTpi", "Bearer a b", "", "Bearer " + "x" * 9_000]
)
async def test_refuses_a_token_that_is_not_good(web: httpx.AsyncClient, authorization: str) -> None:
    response = await post(web, {"query": QUERY}, authorization=authorization, accept_language="zh-CN")
    assert (response.status_code, code(response)) == (401, "TOKEN_UNKNOWN")
    assert response.headers["www-authenticate"] == "Bearer"
    assert "登录" in response.text


async def test_knows_who_shows_a_token(web: httpx.AsyncClient, token: str) -> None:
    body = {"query": "{ viewer { user { name } } }"}
    signed_in = await post(web, body, authorization=f"bearer {token}")
    assert signed_in.json()["data"] == {"viewer": {"user": {"name": "Administrator"}}}


async def test_gives_every_request_an_id(web: httpx.AsyncClient) -> None:
    kept = await post(web, {"query": "{"}, x_request_id="order-form:42")
    assert kept.headers["x-request-id"] == "order-form:42"
    assert code(kept) == "GRAPHQL_PARSE_FAILED"
    replaced = await post(web, {"query": QUERY}, x_request_id="<script>")
    assert replaced.headers["x-request-id"].isalnum()


async def test_shows_browsers_the_explorer(web: httpx.AsyncClient) -> None:
    page = await web.get("/graphql", headers={"accept": BROWSER})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src" in page.headers["content-security-policy"]
    answer = await web.get("/graphql", params={"query": QUERY}, headers={"accept": BROWSER})
    assert answer.json()["data"] == {"__typename": "Query"}
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_lets_pages_of_known_origins_ask(web: httpx.AsyncClient) -> None:
    wish = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    ours = await web.options("/graphql", headers={"origin": SPA} | wish)
    theirs = await web.options("/graphql", headers={"origin": "https://evil.example"} | wish)
    assert ours.headers["access-control-allow-origin"] == SPA
    assert "access-control-allow-origin" not in theirs.headers


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_pages_of_unknown_origins_change_nothing(web: httpx.AsyncClient, accept: str) -> None:
    for origin in ("https://evil.example", "null", "https://localhost.evil.example"):
        refused = await post(web, {"query": "mutation { __typename }"}, origin=origin, accept=accept)
        assert (refused.status_code, code(refused)) == (403, "ORIGIN_NOT_ALLOWED")
        assert (await post(web, {"query": QUERY}, origin=origin)).status_code == 200
    for origin in (SPA, "http://localhost"):
        done = await post(web, {"query": "mutation { __typename }"}, origin=origin)
        assert done.json()["data"] == {"__typename": "Mutation"}


async def test_streams_one_answer_to_a_query(web: httpx.AsyncClient) -> None:
    response = await post(web, {"query": QUERY}, accept="text/event-stream")
    cost = '{"requested":0,"scanned":0,"remaining":-,"perSecond":20000}'
    data = f'{{"data":{{"__typename":"Query"}},"extensions":{{"cost":{cost}}}}}'
    text = re.sub(r'(?<="remaining":)\d+', "-", response.text)
    assert text == f":\n\nevent: next\ndata: {data}\n\nevent: complete\ndata:\n\n"
    refused = await post(web, {"query": "{"}, accept="text/event-stream")
    assert refused.status_code == 200
    assert "GRAPHQL_PARSE_FAILED" in refused.text
    assert refused.text.endswith("event: complete\ndata:\n\n")


async def test_answers_a_subscription_as_a_stream_only(web: httpx.AsyncClient, token: str) -> None:
    body = {"query": SUBSCRIPTION}
    refused = await post(web, body, accept="application/json", authorization=f"Bearer {token}")
    assert (refused.status_code, code(refused)) == (406, "NOT_ACCEPTABLE")
    nobody = await post(web, body, accept="text/event-stream")
    assert "UNAUTHENTICATED" in nobody.text


async def test_keeps_a_silent_stream_alive_and_ends_it_with_its_reader(
    port: int, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.05)
    before = asyncio.all_tasks()
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}) as client:
        request = client.stream("GET", f"http://127.0.0.1:{port}/graphql", params={"query": SUBSCRIPTION})
        async with request as response:
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            beats = response.aiter_text()
            assert [await anext(beats) for _ in range(3)] == [":\n\n"] * 3

    async def nothing_is_left() -> bool:
        return asyncio.all_tasks() <= before

    await until(nothing_is_left)


def test_names_an_event_by_its_cursor() -> None:
    assert event(Frame("abc", '{"data":{}}')) == b'id: abc\nevent: next\ndata: {"data":{}}\n\n'
    assert event(Frame(None, "{}")) == b"event: next\ndata: {}\n\n"


STREAMS = build_schema("type Query { a: Int } type Subscription { ticks(after: String, n: Int): Int quiet: Int }")


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("subscription { ticks }", None, ('subscription { ticks(after: "c\\"") }', None)),
        ("subscription { t: ticks(n: 1) }", None, ('subscription { t: ticks(after: "c\\"", n: 1) }', None)),
        ("subscription S($a: String) { ticks(after: $a) }", None, (None, {"a": 'c"'})),
        ("subscription S($a: String) { ticks(after: $a) }", {"a": None}, (None, {"a": 'c"'})),
        ("subscription S($a: String) { ticks(after: $a) }", {"a": "x"}, (None, {"a": "x"})),
        ('subscription { ticks(after: "x") }', None, (None, None)),
        ("subscription { quiet }", None, (None, None)),
    ],
)
def test_goes_on_after_the_last_event_seen(
    query: str, variables: dict[str, Any] | None, expected: tuple[str | None, dict[str, Any] | None]
) -> None:
    (operation,) = parse_document(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    again = resumed(Parameters(query=query, variables=variables), operation, STREAMS, 'c"')
    assert (again.query, again.variables) == (expected[0] or query, expected[1])
    parse_document(again.query)
