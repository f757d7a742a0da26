"""What waits for whom, as it is told: each his own, from wherever he was, and whom he stands in for."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from jxc_graphql.app import build_app
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.kit import journal
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token, system_call
from tests.following import WIRES, Follower
from tests.gql.listening import listening
from tests.make.approving import Office, make_office
from tests.make.begun import begun
from tests.make.shop import open_warehouse
from tests.operations import ask, limit_to

office = begun(make_office)


class Desk:
    """Where everybody follows what concerns him: all of them may do everything, so their rights are the same."""

    def __init__(self, office: Office, port: int, start: str) -> None:
        self.office, self.port, self.start = office, port, start
        self._tokens: dict[str, str] = {}

    async def token(self, name: str) -> str:
        if name not in self._tokens:
            made = await create_api_token(system_call(), user_id=self.office.people[name], name="page")
            self._tokens[name] = made.token
        return self._tokens[name]

    async def follow(self, name: str, wire: str = "WebSocket", after: str = "") -> Any:
        return WIRES[wire](self.port, await self.token(name), "ApprovalTasksChanged", after=after or self.start)

    async def asks(self, name: str, operation: str, **given: Any) -> Any:
        transport = httpx.ASGITransport(build_app(Settings()))
        headers = {"authorization": f"Bearer {await self.token(name)}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
            return await ask(client, "approvals", operation, {"input": given})

    async def submitted(self, name: str = "ann", warehouse_id: int | None = None) -> int:
        call = await self.office.call(name)
        drafted = await purchasing.create_purchase_order(
            call,
            supplier_id=self.office.trade.supplier_id,
            warehouse_id=warehouse_id or self.office.trade.shop.warehouse.id,
            lines=self.office.trade.asked([(0, "1", "1000")]),
        )
        await purchasing.submit_purchase_order(call, purchase_order_id=drafted.subject_id)
        return drafted.subject_id


@pytest.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    await office.policy(office.step("dan", "eve"), office.step("bob", at=2))
    async with listening() as port:
        yield Desk(office, port, (await journal.head()).encode())


async def told(who: Follower, count: int) -> list[tuple[str, int]]:
    """What happened, and to which document."""
    events = await who.hears(count)
    return [(one["change"], read_global_id(one["approvalRequest"]["document"]["id"])[1]) for one in events]


@pytest.mark.parametrize("wire", WIRES)
async def test_goes_on_where_one_was(desk: Desk, wire: str) -> None:
    async with await desk.follow("dan", wire) as dan:
        order_id = await desk.submitted()
        (asked,) = await dan.hears()
        assert (asked["change"], asked["approvalRequest"]["status"]) == ("REQUESTED", "PENDING")
    for name in ("dan", "bob"):
        await desk.asks(name, "DecideApproval", id=asked["approvalRequest"]["id"], isApproved=True)
    async with await desk.follow("dan", wire, asked["cursor"]) as dan:
        assert await told(dan, 3) == [("DECIDED", order_id), ("DECIDED", order_id), ("CLOSED", order_id)]


async def test_each_is_told_what_concerns_him_though_all_have_the_same_rights(desk: Desk) -> None:
    async with await desk.follow("cat") as cat, await desk.follow("dan") as dan, await desk.follow("ann") as ann:
        anns = await desk.submitted("ann")
        cats = await desk.submitted("cat")
        assert await told(dan, 2) == [("REQUESTED", anns), ("REQUESTED", cats)]
        assert await told(ann, 1) == [("REQUESTED", anns)]
        assert await told(cat, 1) == [("REQUESTED", cats)]


async def test_a_deputy_is_told_while_he_is_one(desk: Desk) -> None:
    day = {"startsOn": "2020-01-01", "endsOn": "2090-01-01"}
    async with await desk.follow("cat") as cat:
        await desk.submitted()
        before = await desk.submitted("cat")
        assert await told(cat, 1) == [("REQUESTED", before)]
        deputy = global_id("User", desk.office.people["cat"])
        made = await desk.asks("dan", "SetApprovalDeputy", deputyId=deputy, **day)
        meanwhile = await desk.submitted()
        assert await told(cat, 1) == [("REQUESTED", meanwhile)]
        await desk.asks("dan", "DeleteApprovalDeputy", id=made["approvalDeputy"]["id"])
        await desk.submitted()
        after = await desk.submitted("cat")
        assert await told(cat, 1) == [("REQUESTED", after)]


async def test_out_of_sight_nothing_is_told(desk: Desk) -> None:
    async with await desk.follow("dan") as dan:
        first = await desk.submitted()
        assert await told(dan, 1) == [("REQUESTED", first)]
        elsewhere = (await open_warehouse(desk.office.trade.call)).id
        await limit_to(desk.office.people["dan"], elsewhere)
        await desk.submitted()
        there = await desk.submitted(warehouse_id=elsewhere)
        assert await told(dan, 1) == [("REQUESTED", there)]
