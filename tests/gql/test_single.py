"""graphql-sse's single-connection mode: many operations over one event stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from jxc_graphql.app import build_app
from jxc_graphql.gql.wire import carrier, streams
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token, create_user, revoke_token, system_call
from tests.each import each
from tests.gql.streams import (
    CREATES,
    SUBSCRIPTION,
    TOKEN,
    codes,
    count,
    events,
    reserve,
    start,
    subscription,
    tell,
    until_taken,
)  # fmt: skip
from tests.patience import SECONDS, until


@pytest.fixture
async def http(port: int, token: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        yield client


def names_of_tasks() -> set[str]:
    return {task.get_name() for task in asyncio.all_tasks()}


@db.transactional
async def close_oldest() -> None:
    ((oldest,),) = await db.fetch("SELECT min(id) FROM event_stream")
    await streams.close(oldest)


async def test_carries_every_kind_of_operation(http: httpx.AsyncClient, call: Call) -> None:
    stream = await reserve(http)
    async with http.stream("GET", "/graphql", headers=stream) as response, asyncio.timeout(SECONDS):
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        heard = events(response)
        assert await start(http, stream, "{ viewer { user { name } } }", "a") == 202
        kind, message = await anext(heard)
        assert (kind, message["id"]) == ("next", "a")
        assert message["payload"]["data"] == {"viewer": {"user": {"name": "Administrator"}}}
        assert await anext(heard) == ("complete", {"id": "a"})
        assert await start(http, stream, "{ nothingOfTheKind }", "b") == 202
        kind, message = await anext(heard)
        assert (kind, message["id"], "errors" in message["payload"]) == ("next", "b", True)
        assert await anext(heard) == ("complete", {"id": "b"})
        assert await start(http, stream, await subscription(), "c") == 202
        assert await start(http, stream, SUBSCRIPTION, "c") == 409
        await tell(call)
        told = {"id": "c", "payload": {"data": {"lowStockAlerts": {"change": "RAISED"}}}}
        assert await anext(heard) == ("next", told)
        ended = await http.delete("/graphql", params={"operationId": "c"}, headers=stream)
        assert ended.status_code == 200
        assert await start(http, stream, "{ __typename }", "c") == 202
        assert (await anext(heard))[1]["payload"]["data"] == {"__typename": "Query"}


async def test_opens_a_stream_once_and_for_its_owner_only(http: httpx.AsyncClient, call: Call, port: int) -> None:
    stream = await reserve(http)
    other = await create_user(system_call(), username="other", name="Other", roles=["ADMIN"])
    others = (await create_api_token(system_call(), user_id=other.user_id, name="test")).token
    theirs = stream | {"authorization": f"Bearer {others}"}
    assert (await http.get("/graphql", headers=theirs)).status_code == 404
    assert await start(http, theirs, "{ __typename }") == 404
    async with http.stream("GET", "/graphql", headers=stream) as response:
        assert response.status_code == 200
        assert (await http.get("/graphql", headers=stream)).status_code == 409

    async def closed() -> bool:
        return not await count("event_stream")

    await until(closed)
    assert await start(http, stream, "{ __typename }") == 404


async def test_refuses_what_the_protocol_does_not_know(http: httpx.AsyncClient, port: int) -> None:
    stream = await reserve(http)
    assert await start(http, {TOKEN: "nobodys"}, "{ __typename }") == 404
    assert (await http.get("/graphql", headers={TOKEN: "nobodys"})).status_code == 404
    assert (await http.delete("/graphql", params={"operationId": "1"})).status_code == 404
    assert (await http.delete("/graphql", headers=stream)).status_code == 400
    assert (await http.post("/graphql", json={"query": "{ __typename }"}, headers=stream)).status_code == 400
    async with httpx.AsyncClient() as nobody:
        assert (await nobody.put(f"http://127.0.0.1:{port}/graphql")).status_code == 401


async def test_limits_streams_operations_and_their_time(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, pass_time: Callable[[float], None]
) -> None:
    monkeypatch.setattr(streams, "STREAMS_OF_A_USER", 2)
    monkeypatch.setattr(streams, "OPERATIONS", 2)
    second = await reserve(http)
    pass_time(streams.UNOPENED_SECONDS / 2)
    first = await reserve(http)
    assert (await http.put("/graphql")).status_code == 429
    assert [await start(http, first, SUBSCRIPTION, id_) for id_ in "abc"] == [202, 202, 429]
    assert (await http.delete("/graphql", params={"operationId": "a"}, headers=first)).status_code == 200
    assert await start(http, first, SUBSCRIPTION, "c") == 202
    pass_time(streams.UNOPENED_SECONDS / 2)
    assert await start(http, second, "{ __typename }") == 404
    assert (await http.get("/graphql", headers=second)).status_code == 404
    await reserve(http)
    assert await count("event_stream") == 3
    assert await streams.purge_streams() == 1
    assert (await count("event_stream"), await count("stream_operation")) == (2, 2)


async def test_what_was_posted_before_the_stream_is_open_waits_for_it(http: httpx.AsyncClient, call: Call) -> None:
    stream = await reserve(http)
    assert await start(http, stream, CREATES, "a") == 202
    assert await start(http, stream, CREATES.replace("ONE", "TWO"), "b") == 202
    assert (await http.delete("/graphql", params={"operationId": "b"}, headers=stream)).status_code == 200
    assert await count("category") == 0
    async with http.stream("GET", "/graphql", headers=stream) as response, asyncio.timeout(SECONDS):
        heard = events(response)
        assert (await anext(heard))[1]["payload"]["data"] == {"createCategory": {"category": {"code": "ONE"}}}
        assert await anext(heard) == ("complete", {"id": "a"})
    assert await codes() == ["ONE"]


async def test_an_operation_runs_for_its_sender_as_he_is_when_it_is_run(http: httpx.AsyncClient, call: Call) -> None:
    assert call.actor_id
    other = await create_api_token(call, user_id=call.actor_id, name="other")
    as_other = {"authorization": f"Bearer {other.token}"}
    stream = await reserve(http)
    chinese = stream | as_other | {"accept-language": "zh-CN"}
    assert await start(http, chinese, CREATES, "revoked") == 202
    spoken = "{ viewer { locale } warehouses(first: 5) { nodes { id } } }"
    assert await start(http, stream | {"accept-language": "zh-CN"}, spoken, "spoken") == 202
    ((newest,),) = await db.fetch("SELECT max(id) FROM token")
    await revoke_token(call, token_id=newest)
    answers = {}
    async with http.stream("GET", "/graphql", headers=stream) as response, asyncio.timeout(SECONDS):
        async for kind, message in events(response):
            if kind == "next":
                answers[message["id"]] = message["payload"]
            if len(answers) == 2:
                break
    (error,) = answers["revoked"]["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert answers["spoken"]["data"]["viewer"]["locale"] == "zh-CN"
    assert answers["spoken"]["extensions"]["cost"]["requested"] == 5
    assert await codes() == []


async def test_ends_with_its_operations(http: httpx.AsyncClient) -> None:
    stream = await reserve(http)
    async with http.stream("GET", "/graphql", headers=stream):
        assert await start(http, stream, SUBSCRIPTION) == 202
        await until_taken(1)

    async def ended() -> bool:
        return not await count("event_stream") and not {"operation", "carrier", "stream"} & names_of_tasks()

    await until(ended)
    assert await count("stream_operation") == 0


async def test_breaks_off_when_it_was_given_up_for_dead(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "BEAT_SECONDS", 0)
    lost, kept = await reserve(http), await reserve(http)
    async with (
        http.stream("GET", "/graphql", headers=lost) as response,
        http.stream("GET", "/graphql", headers=kept) as other,
        asyncio.timeout(SECONDS),
    ):
        chunks = response.aiter_raw()
        assert await anext(chunks) == b":\n\n"
        assert await start(http, lost, SUBSCRIPTION) == 202
        await until_taken(1)
        await close_oldest()
        assert [chunk async for chunk in chunks] == []
        assert await start(http, kept, "{ __typename }") == 202
        assert (await anext(events(other)))[0] == "next"


async def test_a_stream_that_is_alive_does_not_expire(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "BEAT_SECONDS", 0)
    stream = await reserve(http)

    async def expiry() -> Any:
        ((expires_at,),) = await db.fetch("SELECT expires_at FROM event_stream WHERE is_open")
        return expires_at

    async with http.stream("GET", "/graphql", headers=stream):
        first = await expiry()

        async def renewed() -> bool:
            return str(await expiry()) > str(first)

        await until(renewed)
        assert await start(http, stream, "{ __typename }") == 202


async def test_an_opening_that_came_to_nothing_expires(call: Call, pass_time: Callable[[float], None]) -> None:
    assert call.actor_id
    ours = carrier.Carrier(lambda _: pytest.fail("nothing was posted"), lambda work: work)
    async with aclosing(await ours.open(await streams.reserve(call.actor_id), call.actor_id)):
        pass  # its client hung up before anything was sent
    assert await streams.purge_streams() == 0
    pass_time(streams.LEASE_SECONDS)
    assert await streams.purge_streams() == 1


async def test_keeps_no_secret_where_others_can_read_it(
    http: httpx.AsyncClient, database: db.Database, token: str
) -> None:
    stream = await reserve(http)
    assert (
        await start(http, stream, 'query Whisper { viewer { user { name } } skus(search: "whisper") { totalCount } }')
        == 202
    )
    kept = await db.fetch(
        "SELECT stream.token_hash, operation.body FROM event_stream AS stream, stream_operation AS operation"
    )
    ((token_hash, body),) = kept
    assert len(body) > 100
    assert not any(word in body for word in (b"hisper", b"query", b"viewer", token.encode()))
    assert stream[TOKEN] not in token_hash


@each("name", [None, 1, "", "x" * 101, "\0", "\ud800"], repr)
async def test_refuses_an_id_that_nobody_could_read(http: httpx.AsyncClient, name: object) -> None:
    stream = await reserve(http)
    body = json.dumps({"query": "{ __typename }", "extensions": {"operationId": name}})
    headers = stream | {"content-type": "application/json"}
    assert (await http.post("/graphql", content=body, headers=headers)).status_code == 400
    assert await count("stream_operation") == 0


async def test_refuses_variables_that_nest_too_deep(http: httpx.AsyncClient) -> None:
    headers = await reserve(http) | {"content-type": "application/json"}

    async def status(depth: int) -> int:
        nested = "[" * depth + "]" * depth
        extensions = json.dumps({"operationId": str(depth)})
        body = f'{{"query": "{{ __typename }}", "variables": {{"x": {nested}}}, "extensions": {extensions}}}'
        answer = await http.post("/graphql", content=body, headers=headers)
        await http.delete("/graphql", params={"operationId": str(depth)}, headers=headers)
        return answer.status_code

    taken, refused = 1, 2_000
    while refused - taken > 1:
        middle = (taken + refused) // 2
        taken, refused = (middle, refused) if await status(middle) == 202 else (taken, middle)
    assert {await status(depth) for depth in range(taken - 5, taken + 10)} == {202, 400}


async def test_pages_of_other_origins_change_nothing(http: httpx.AsyncClient) -> None:
    stream = await reserve(http) | {"origin": "https://elsewhere.example"}
    assert await start(http, stream, CREATES) == 403
    assert await start(http, stream, "{ __typename }") == 202
    assert await count("category") == 0


async def test_tells_at_once_whose_budget_is_spent(call: Call, token: str) -> None:
    headers = {"authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(build_app(Settings(rate_limit=10)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as web:
        stream = await reserve(web)
        found = await asyncio.gather(*(start(web, stream, "{ nonsense }", str(n)) for n in range(4)))
    assert sorted(found) == [202, 202, 429, 429]
    assert await count("stream_operation") == 2


async def test_lets_as_many_streams_in_as_there_may_be_however_they_come(http: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(http.put("/graphql") for _ in range(30)))
    assert sorted(answer.status_code for answer in answers) == [201] * 20 + [429] * 10
    stream = {TOKEN: next(answer.text for answer in answers if answer.status_code == 201)}
    posted = await asyncio.gather(*(start(http, stream, SUBSCRIPTION, str(n % 25)) for n in range(50)))
    assert posted.count(202) == await count("stream_operation") == 20
