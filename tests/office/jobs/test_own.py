"""Whoever asked for a job sees, follows and cancels it without a permission; another's he never hears of."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from jxc_graphql.app import build_app
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.jobs import operations, running
from jxc_graphql.office.jobs.models import MANAGE_JOBS, JobKind
from tests.gql.listening import listening
from tests.gql.sockets import ACK, PROTOCOL, bearer, hear, say, subscribe
from tests.make.rights import without
from tests.operations import documents, send

SWEEP = JobKind("SWEEP_RETRY_KEYS")
LIST = "{ jobs { totalCount nodes { id askedBy { id } schedule { id } } } }"
FOLLOW = "subscription ($after: String) { jobChanged(after: $after) { cursor change job { id state } } }"


class Clerk(NamedTuple):
    """Somebody who may do everything but manage jobs."""

    call: Call
    token: str

    async def asks_for_a_job(self) -> str:
        """Its id, as clients have it."""
        return global_id("Job", (await operations.enqueue(self.call, SWEEP)).job_id)


async def clerk(name: str) -> Clerk:
    user = await auth.create_user(auth.system_call(), username=name, name=name, roles=["NOT_JOBS"])
    token = (await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="till")).token
    return Clerk(Call(actor_id=user.user_id, permissions=without(MANAGE_JOBS)), token)


@pytest.fixture
async def clerks(call: Call) -> list[Clerk]:
    """Two with the same rights."""
    await auth.create_role(call, code="NOT_JOBS", name="Clerk", permissions=sorted(without(MANAGE_JOBS)))
    return [await clerk("bob"), await clerk("cid")]


@pytest.fixture
async def his(clerks: list[Clerk]) -> AsyncIterator[httpx.AsyncClient]:
    """The first one's client."""
    headers = {"authorization": f"Bearer {clerks[0].token}"}
    transport = httpx.ASGITransport(build_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client


async def ask(client: httpx.AsyncClient, text: str, **variables: Any) -> Any:
    answer = (await client.post("/graphql", json={"query": text, "variables": variables})).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def test_lists_and_ids_show_his_own_alone(call: Call, clerks: list[Clerk], his: httpx.AsyncClient) -> None:
    own, _ = await clerks[0].asks_for_a_job(), await clerks[1].asks_for_a_job()
    bosss = global_id("Job", (await operations.start_job(call, job_kind=SWEEP)).job_id)
    nobodys = global_id("Job", (await operations.enqueue(auth.system_call(), SWEEP)).job_id)
    listed = (await ask(his, LIST))["jobs"]
    assert [one["id"] for one in listed["nodes"]] == [own]
    assert listed["totalCount"] == 1
    for hidden in (bosss, nobodys):
        assert (await ask(his, "query ($id: ID!) { job(id: $id) { id } node(id: $id) { id } }", id=hidden)) == {
            "job": None,
            "node": None,
        }
        assert (
            await ask(his, "query ($id: ID!) { jobs(where: { id: { eq: $id } }) { nodes { id } } }", id=hidden)
        ) == {"jobs": {"nodes": []}}
    assert (await send(his, "jobs", "Job", {"id": own}))["data"]["job"]["state"] == "QUEUED"


async def test_he_cancels_his_own_and_of_others_learns_nothing(clerks: list[Clerk], his: httpx.AsyncClient) -> None:
    own, others = await clerks[0].asks_for_a_job(), await clerks[1].asks_for_a_job()
    before = figures.job_runs[SWEEP, "CANCELLED"]
    refusals = [
        (await send(his, "jobs", "CancelJob", {"input": {"id": one}}))["data"]["cancelJob"]
        for one in (others, global_id("Job", 1))
    ]
    assert refusals[0] == refusals[1]
    assert [one["code"] for one in refusals[0]["userErrors"]] == ["UNKNOWN_ID"]
    cancelled = (await send(his, "jobs", "CancelJob", {"input": {"id": own}}))["data"]["cancelJob"]
    assert (cancelled["job"]["state"], cancelled["userErrors"]) == ("CANCELLED", [])
    assert figures.job_runs[SWEEP, "CANCELLED"] == before + 1
    refused = await send(his, "jobs", "RetryJob", {"input": {"id": own}})
    assert [one["extensions"]["code"] for one in refused["errors"]] == ["FORBIDDEN"]


async def test_nobody_in_particular_sees_and_follows_none(clerks: list[Clerk]) -> None:
    transport = httpx.ASGITransport(build_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = (await client.post("/graphql", json={"query": LIST})).json()
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        events = await client.post("/graphql", json={"query": FOLLOW}, headers={"accept": "text/event-stream"})
        assert "UNAUTHENTICATED" in events.text


@pytest.fixture
async def sockets(clerks: list[Clerk], call: Call) -> AsyncIterator[dict[str, ClientConnection]]:
    """Sockets of both, and of somebody who may manage jobs, on one server."""
    assert call.actor_id
    boss = (await auth.create_api_token(call, user_id=call.actor_id, name="test")).token
    made = {}
    async with listening() as port:
        for name, token in (("bob", clerks[0].token), ("cid", clerks[1].token), ("boss", boss)):
            url = f"ws://127.0.0.1:{port}/graphql"
            made[name] = await connect(url, subprotocols=[Subprotocol(PROTOCOL)])
            await say(made[name], bearer(token))
            assert await hear(made[name]) == ACK
        yield made
        for socket in made.values():
            await socket.close()


async def told(socket: ClientConnection, events: int) -> list[tuple[str, str]]:
    """What the next events say: the change, and which job."""
    found = []
    for _ in range(events):
        event = (await hear(socket))["payload"]["data"]["jobChanged"]
        found.append((event["change"], event["job"]["id"]))
    return found


async def test_each_is_told_of_his_own_over_a_socket_from_where_he_was(
    clerks: list[Clerk], sockets: dict[str, ClientConnection], call: Call
) -> None:
    beginning = {"after": (await journal.head()).encode()}
    for socket in sockets.values():
        await say(socket, subscribe(documents()["JobChanged"], operationName="JobChanged", variables=beginning))
    bobs, cids = [await one.asks_for_a_job() for one in clerks]
    bosss = global_id("Job", (await operations.start_job(call, job_kind=SWEEP)).job_id)
    await running.settle()
    for name, own in (("bob", bobs), ("cid", cids)):
        events = await told(sockets[name], 3)
        assert events == [("QUEUED", own), ("STARTED", own), ("DONE", own)]
    everything = await told(sockets["boss"], 9)
    assert {one for change, one in everything if change == "DONE"} == {bobs, cids, bosss}


async def test_runs_are_counted_by_what_came_of_them(call: Call) -> None:
    before = figures.job_runs[SWEEP, "DONE"]
    await operations.start_job(call, job_kind=SWEEP)
    await running.settle()
    assert figures.job_runs[SWEEP, "DONE"] == before + 1
