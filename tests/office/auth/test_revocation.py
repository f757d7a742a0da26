"""Nobody is told of what was committed after rights of his were taken, whichever process took them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.result import Refused
from jxc_graphql.gql.wire import peers
from jxc_graphql.gql.wire.broadcast import Broadcasts, Frame
from jxc_graphql.gql.wire.peers import Peer, Peers
from jxc_graphql.insight.alerts.facts import StockAlertRaised
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import operations, queries
from jxc_graphql.office.auth.operations import system_call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.accounts import PASSWORD, made, token_of
from tests.patience import SECONDS, recorded, until
from tests.shell import forked, python, statuses

QUERY = "subscription S($after: String) { stockAlertsChanged(after: $after) { cursor change } }"


@pytest.fixture(scope="module")
def executor() -> Executor:
    return schema.executor(introspection=False)


@pytest.fixture(autouse=True)
def _no_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found out by looking once a second."""
    monkeypatch.setattr(peers, "ROUND_SECONDS", 3_600.0)


class Watch:
    """A user who follows alerts with a token, as a socket of this process."""

    def __init__(self, executor: Executor, user_id: int, token: str, call: Call) -> None:
        self.user_id, self.token, self.call = user_id, token, call
        self._executor = executor
        self._peers = Peers(authenticate, queries.calls_of_tokens, queries.rights_version)
        self.streams = Broadcasts(self._peers.confirm)

    async def follow(self, after: str | None = None) -> AsyncGenerator[str | None, None]:
        """The cursors of what it is told."""
        with self._peers.entered() as peer:
            self._peers.introduce(peer, await authenticate(self.token, None, "test"), None)
            async with aclosing(self._frames(peer, after)) as frames:
                async for frame in frames:
                    yield frame.cursor

    def _frames(self, peer: Peer, after: str | None) -> AsyncGenerator[Frame, None]:
        prepared = self._executor.prepare(QUERY)
        return self.streams.follow(self._executor.subscription(prepared, {"after": after} if after else None), peer)

    async def begun(self) -> None:
        async def waits() -> bool:
            return any(one.has_begun and one.waiting for one in self.streams._streams.values())  # noqa: SLF001

        await until(waits)


async def authenticate(token: str | None, _: str | None, request_id: str, address: str = "") -> Call:
    return await queries.call_of_token(token or "", locale=None, request_id=request_id, address=address)


@pytest.fixture
async def watch(call: Call, executor: Executor) -> Watch:
    """Somebody with a role that was made for him, and a password."""
    permissions = [Permission.SEE_ALERTS, Permission.SEE_STOCK]
    await operations.create_role(call, code="WATCH", name="Watch", permissions=permissions)
    user_id = await made("ann", "WATCH", password=PASSWORD)
    return Watch(executor, user_id, await token_of(user_id), call)


@db.transactional
async def tell(number: int, warehouse_id: int = 1) -> None:
    fact = StockAlertRaised(
        stock_alert_id=number,
        kind=StockAlertKind.LOW,
        warehouse_id=warehouse_id,
        severity=StockAlertSeverity.LOW,
        available=Quantity(0),
    )
    journal.record(fact, system_call())


async def role_id() -> int:
    return (await queries.role_ids_by_code())["WATCH"]


async def revoke(watch: Watch) -> None:
    call = await authenticate(watch.token, None, "")
    await operations.revoke_token(call, token_id=call.token_id or 0)


async def log_out(watch: Watch) -> None:
    await operations.logout(await authenticate(watch.token, None, ""))


async def deactivate(watch: Watch) -> None:
    await operations.deactivate_user(watch.call, user_id=watch.user_id)


async def change_password(watch: Watch) -> None:
    await operations.change_password(watch.call, user_id=watch.user_id, new_password="battery staple")


async def take_roles(watch: Watch) -> None:
    await operations.set_user_roles(watch.call, user_id=watch.user_id, roles=[])


async def take_permission(watch: Watch) -> None:
    await operations.set_role_permissions(watch.call, role_id=await role_id(), permissions=[Permission.SEE_STOCK])


async def take_scope(watch: Watch) -> None:
    await operations.set_user_scope(watch.call, user_id=watch.user_id, dimension=Dimension.WAREHOUSE, target_ids=[])


Take = Callable[[Watch], Awaitable[None]]
ENDING: list[Take] = [revoke, log_out, deactivate, change_password]
TAKING: list[Take] = [take_roles, take_permission]


async def told(frames: AsyncGenerator[str | None, None], count: int) -> list[str | None]:
    async with asyncio.timeout(SECONDS):
        return [await anext(frames) for _ in range(count)]


@pytest.mark.parametrize("take", [*ENDING, *TAKING])
async def test_an_event_after_rights_were_taken_is_not_told(watch: Watch, take: Take) -> None:
    async with aclosing(watch.follow()) as frames:
        first = asyncio.create_task(told(frames, 1))
        await watch.begun()
        await tell(1)
        assert len(await first) == 1
        await take(watch)
        await tell(2)
        with pytest.raises(Unauthenticated if take in ENDING else Refused):
            await told(frames, 1)


@pytest.mark.parametrize("take", [*ENDING, *TAKING])
async def test_nor_when_it_is_told_from_the_past(watch: Watch, take: Take) -> None:
    start = (await journal.head()).encode()
    await tell(1)
    async with aclosing(watch.follow(start)) as frames:
        assert len(await told(frames, 1)) == 1
        await take(watch)
        await tell(2)
        with pytest.raises(Unauthenticated if take in ENDING else Refused):
            await told(frames, 1)


async def test_an_event_out_of_a_narrowed_scope_is_not_told(watch: Watch) -> None:
    here, there = [(await create_warehouse(watch.call, code=code, name=code)).warehouse_id for code in ("W1", "W2")]
    async with aclosing(watch.follow()) as frames:
        first = asyncio.create_task(told(frames, 1))
        await watch.begun()
        await tell(1, there)
        await first
        await operations.set_user_scope(
            watch.call, user_id=watch.user_id, dimension=Dimension.WAREHOUSE, target_ids=[here]
        )
        await tell(2, there)
        await tell(3, here)
        (cursor,) = await told(frames, 1)
        entries = await recorded(StockAlertRaised.stored_as)
        assert cursor == entries[-1].cursor.encode()


async def test_who_comes_while_rights_are_taken_is_not_told_either(watch: Watch, executor: Executor) -> None:
    """His rights were looked up before, the version that everybody's hold under afterwards."""
    other = Watch(executor, watch.user_id, await token_of(watch.user_id), watch.call)
    everybody = Peers(authenticate, queries.calls_of_tokens, queries.rights_version)
    streams = Broadcasts(everybody.confirm)
    looked_up = await authenticate(watch.token, None, "test")
    with everybody.entered() as before, everybody.entered() as peer:
        everybody.introduce(before, await authenticate(other.token, None, "test"), None)
        await revoke(watch)
        await everybody.confirm()
        everybody.introduce(peer, looked_up, None)
        subscription = executor.subscription(executor.prepare(QUERY), None)
        async with aclosing(streams.follow(subscription, peer)) as frames:
            first = asyncio.create_task(anext(frames))
            await tell(1)
            with pytest.raises(Unauthenticated):
                await asyncio.wait_for(first, SECONDS)


async def test_looking_costs_one_statement_and_who_asks_meanwhile_shares_the_next(watch: Watch) -> None:
    everybody = Peers(authenticate, queries.calls_of_tokens, queries.rights_version)
    with everybody.entered() as peer:
        everybody.introduce(peer, await authenticate(watch.token, None, "test"), None)
        await everybody.confirm()
        with db.statements() as seen:
            await asyncio.gather(*(everybody.confirm() for _ in range(100)))
        assert len(seen) <= 2
        assert all("rights_version" in one and "token" not in one for one in seen)


async def test_a_look_that_failed_is_done_again(watch: Watch) -> None:
    broken = True

    async def version() -> int:
        if broken:
            raise ConnectionError
        return await queries.rights_version()

    everybody = Peers(authenticate, queries.calls_of_tokens, version)
    with everybody.entered() as peer:
        everybody.introduce(peer, await authenticate(watch.token, None, "test"), None)
        await revoke(watch)
        with pytest.raises(ConnectionError):
            await everybody.confirm()
        broken = False
        await everybody.confirm()
        assert not peer.is_known


ELSEWHERE = """
import asyncio, sys
from jxc_graphql import wiring
from jxc_graphql.insight.alerts.facts import StockAlertRaised
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth import operations

@db.transactional
async def tell(number):
    fact = StockAlertRaised(stock_alert_id=number, kind=StockAlertKind.LOW, warehouse_id=1,
                            severity=StockAlertSeverity.LOW, available=Quantity(0))
    journal.record(fact, operations.system_call())

async def main():
    async with db.open(sys.argv[1], wiring.MODEL_MODULES):
        there.send("ready")
        while said := await asyncio.to_thread(there.recv):
            token_id, number = said
            if token_id:
                await operations.revoke_token(operations.system_call(), token_id=token_id)
            await tell(number)
            there.send("done")

asyncio.run(main())
"""


async def test_another_process_may_take_them(watch: Watch, database_url: str) -> None:
    token_id = (await authenticate(watch.token, None, "")).token_id
    here, there = forked.Pipe()
    process = python(ELSEWHERE, database_url, there=there)

    async def elsewhere(*said: object) -> None:
        here.send(said)
        assert await asyncio.to_thread(here.recv) == "done"

    try:
        assert await asyncio.to_thread(here.recv) == "ready"
        async with aclosing(watch.follow()) as frames:
            first = asyncio.create_task(told(frames, 1))
            await watch.begun()
            await elsewhere(None, 1)
            assert len(await first) == 1
            await elsewhere(token_id, 2)
            with pytest.raises(Unauthenticated):
                await told(frames, 1)
    finally:
        here.send(())
        assert await statuses(process) == [0]


async def test_every_fact_that_takes_a_right_raises_the_version(watch: Watch) -> None:
    for take in (take_scope, take_permission, take_roles, log_out):
        before = await queries.rights_version()
        await take(watch)
        assert await queries.rights_version() == before + 1
    await operations.set_role_grants(watch.call, role_id=await role_id(), grants=[])
    await operations.delete_role(watch.call, role_id=await role_id())
    assert await queries.rights_version() == before + 3
    assert msgspec.structs.asdict(await authenticate(await token_of(watch.user_id), None, ""))["rights_version"]
