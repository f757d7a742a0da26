"""Orders under any sequence of what people do: never approved without its steps, never two decisions by one person."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.errors import Rejected, Unauthenticated
from jxc_graphql.office.approvals import operations as approvals
from jxc_graphql.office.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalTask
from jxc_graphql.office.approvals.queries import COMPARISONS, tasks_of
from jxc_graphql.office.auth.operations import deactivate_user, reactivate_user, system_call
from jxc_graphql.office.documents.comparisons import compare
from jxc_graphql.wiring import MODEL_MODULES
from tests.books.goods.test_book import administrator
from tests.make.approving import Office, make_office
from tests.make.redrafts import new_lines

T = TypeVar("T")

DECIDERS = ("bob", "cat", "dan", "eve")
people = st.sampled_from(("ann", *DECIDERS))
deciders = st.sampled_from(DECIDERS)
prices = st.sampled_from(("10", "100", "1000"))
SHAPES: tuple[tuple[dict[str, Any], ...], ...] = (
    ({"who": ("bob", "cat")},),
    ({"who": ("bob", "cat"), "needs": "ALL"},),
    ({"who": ("CHIEF", "bob"), "needs": "COUNT", "count": 2},),
    ({"who": ("bob",)}, {"who": ("CHIEF",), "at": 2}),
    ({"who": ("bob", "cat")}, {"who": ("dan", "cat")}, {"who": ("eve", "bob"), "at": 2}),
)
"""Steps of policies."""


class Orders(RuleBasedStateMachine):
    """One order after another of ann's, and whoever decides on them."""

    runner: asyncio.Runner
    office: Office
    policy_id: int

    def run(self, action: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await action

        return self.runner.run(awaited())

    @initialize(shape=st.sampled_from(SHAPES))
    def open(self, shape: tuple[dict[str, Any], ...]) -> None:
        self.away = set[str]()
        self.deputies = dict[int, str]()
        self.stood_in = set[tuple[int, int]]()
        self.change_policy(shape)
        self.order_id = self.run(self.drafted())

    def teardown(self) -> None:
        for name in [*getattr(self, "away", ())]:
            self.come_back(name)
        for deputy_id in [*getattr(self, "deputies", ())]:
            self.end(deputy_id)

    async def drafted(self) -> int:
        trade = self.office.trade
        made = await purchasing.create_purchase_order(
            await self.office.call("ann"), supplier_id=trade.supplier_id, warehouse_id=trade.shop.warehouse.id,
            lines=trade.asked([(0, "1", "100")]),
        )  # fmt: skip
        return made.subject_id

    def tried(self, action: Awaitable[Any]) -> list[str]:
        """Why something was refused; nothing where it was done."""
        try:
            self.run(action)
        except Rejected as refusal:
            return [one.code for one in refusal.reasons]
        except Unauthenticated:
            return ["AWAY"]
        return []

    @property
    def status(self) -> str:
        return self.run(PurchaseOrder.get(id=self.order_id)).status.value

    @rule(shape=st.sampled_from(SHAPES))
    def change_policy(self, shape: tuple[dict[str, Any], ...]) -> None:
        office = self.office
        steps = [
            office.step(*one["who"], **{name: told for name, told in one.items() if name != "who"}) for one in shape
        ]
        refused = self.tried(office.policy(*steps, approval_policy_id=self.policy_id))
        assert refused in ([], ["NOBODY_CAN_APPROVE"])
        if not refused or not hasattr(self, "shape"):
            self.shape = shape

    @rule(price=prices)
    def edit(self, price: str) -> None:
        async def change() -> None:
            lines: Any = new_lines(self.office.trade.asked([(0, "1", price)]))
            await purchasing.update_purchase_order(self.office.trade.call, purchase_order_id=self.order_id, lines=lines)

        before = self.status
        assert self.tried(change()) == ([] if before == "DRAFT" else ["ILLEGAL_TRANSITION"])

    @rule()
    def submit(self) -> None:
        async def hand_in() -> None:
            await purchasing.submit_purchase_order(await self.office.call("ann"), purchase_order_id=self.order_id)

        before = self.status
        refused = self.tried(hand_in())
        if before != "DRAFT":
            assert refused == ["ILLEGAL_TRANSITION"]
        else:
            assert refused in ([], ["NOBODY_CAN_APPROVE"])
            assert (self.status == "SUBMITTED") == (not refused)

    @rule(name=people)
    def approve(self, name: str) -> None:
        async def agree() -> None:
            await purchasing.approve_purchase_order(await self.office.call(name), purchase_order_id=self.order_id)

        before = self.status
        waits = self.run(self.waits_for(name))
        begins = not self.run(ApprovalRequest.filter(document_id=self.order_id, status="PENDING").exists())
        refused = self.tried(agree())
        if name in self.away:
            assert refused == ["AWAY"]
        elif before != "SUBMITTED":
            assert refused == ["ILLEGAL_TRANSITION"]
        elif not begins:
            assert (refused == []) == waits, refused

    @rule(name=deciders)
    def reject(self, name: str) -> None:
        async def disagree() -> None:
            call = await self.office.call(name)
            await purchasing.reject_purchase_order(call, purchase_order_id=self.order_id, note="不")

        waits = self.run(self.waits_for(name))
        begun = self.run(ApprovalRequest.filter(document_id=self.order_id, status="PENDING").exists())
        refused = self.tried(disagree())
        if begun and name not in self.away:
            assert (refused == []) == waits, refused

    @rule()
    def withdraw(self) -> None:
        async def take_back() -> None:
            request = await ApprovalRequest.filter(document_id=self.order_id, status="PENDING").first()
            if request:
                await approvals.withdraw_approval(await self.office.call("ann"), approval_request_id=request.id)

        assert self.tried(take_back()) == []

    @rule(user=deciders, deputy=people)
    def deputise(self, user: str, deputy: str) -> None:
        async def name_deputy() -> int:
            today = clock.day_of(clock.now())
            made = await approvals.set_approval_deputy(
                system_call(), user_id=self.office.people[user], deputy_id=self.office.people[deputy],
                starts_on=today, ends_on=today,
            )  # fmt: skip
            return made.approval_deputy_id

        if user == deputy or {user, deputy} & self.away:
            return
        self.deputies[self.run(name_deputy())] = user
        self.stood_in.add((self.office.people[deputy], self.office.people[user]))

    @rule()
    def end_deputies(self) -> None:
        for deputy_id in [*self.deputies]:
            self.end(deputy_id)

    def end(self, deputy_id: int) -> None:
        del self.deputies[deputy_id]
        self.run(approvals.delete_approval_deputy(system_call(), approval_deputy_id=deputy_id))

    @rule(name=deciders)
    def be_absent(self, name: str) -> None:
        if name not in self.away:
            self.run(deactivate_user(system_call(), user_id=self.office.people[name]))
            self.away.add(name)

    @rule(name=deciders)
    def come_back(self, name: str) -> None:
        if name in self.away:
            self.run(reactivate_user(system_call(), user_id=self.office.people[name]))
            self.away.discard(name)

    async def waits_for(self, name: str) -> bool:
        if name in self.away:
            return False
        tasks = await tasks_of(await self.office.call(name))
        found = await ApprovalTask.filter(id__in=tasks).select_related("request")
        return any(one.request.document_id == self.order_id for one in found)

    @rule()
    def begin_another(self) -> None:
        if self.status == "APPROVED":
            self.order_id = self.run(self.drafted())

    @invariant()
    def nothing_is_approved_but_by_its_steps(self) -> None:
        if hasattr(self, "order_id"):
            self.run(self.check())

    async def check(self) -> None:
        order = await PurchaseOrder.get(id=self.order_id)
        requests = await ApprovalRequest.filter(document_id=self.order_id).order_by("id")
        pending = [one for one in requests if one.status == "PENDING"]
        assert len(pending) <= 1
        assert not pending or order.status == "SUBMITTED"
        if order.status == "APPROVED":
            assert requests[-1].status == "APPROVED"
        for request in requests:
            await self.check_request(request)
        assert await compare(COMPARISONS) == []

    async def check_request(self, request: ApprovalRequest) -> None:
        decisions = await ApprovalDecision.filter(request_id=request.id).order_by("id")
        tasks = await ApprovalTask.filter(request_id=request.id).select_related("step").order_by("position", "id")
        ann = self.office.people["ann"]
        for who in ([one.actor_id for one in decisions], [one.principal_id for one in decisions]):
            assert len({*who}) == len(who), "somebody decided twice"
            assert ann not in who, "the author decided"
        for one in decisions:
            assert one.actor_id == one.principal_id or (one.actor_id, one.principal_id) in self.stood_in
        for task in tasks:
            agreed = {one.principal_id for one in decisions if one.task_id == task.id and one.is_approved}
            needed = {"ANY": 1, "ALL": await self.places(task.step_id), "COUNT": task.step.count}[task.step.needs.value]
            assert (len(agreed) >= needed) == (task.state == "DONE")
            assert len(agreed) <= needed, "more agreed than were asked"
            later = [one for one in tasks if one.position > task.position and one.state != "WAITING"]
            assert task.state in {"DONE", "CLOSED"} or not later, "a later step began"
        if request.status == "APPROVED":
            assert {task.state.value for task in tasks} == {"DONE"}

    async def places(self, step_id: int) -> int:
        ((count,),) = await db.fetch("SELECT count(*) FROM approval_approver WHERE step_id = ?", (step_id,))
        return int(count)


async def begin(machine: type[Orders]) -> None:
    machine.office = await make_office(await administrator())
    machine.policy_id = await machine.office.policy(machine.office.step("bob"))


def test_orders_are_never_approved_without_their_steps(database_url: str) -> None:
    with asyncio.Runner() as runner:
        opened = db.open(database_url, MODEL_MODULES)
        runner.run(opened.__aenter__())
        try:
            machine: Any = type("Orders", (Orders,), {"runner": runner})
            runner.run(begin(machine))
            examples = settings(
                max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
            )
            run_state_machine_as_test(machine, settings=examples)
        finally:
            runner.run(opened.__aexit__(None, None, None))
