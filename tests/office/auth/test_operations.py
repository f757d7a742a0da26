import asyncio
import threading
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import NamedTuple

import msgspec
import pytest

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, Rejected, Unauthenticated
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import credentials, operations, queries
from jxc_graphql.office.auth.permissions import Dimension, Permission

PASSWORD = "correct horse"
NOBODY = Call(request_id="test")


async def codes(work: object) -> list[tuple[str, tuple[str | int, ...]]]:
    with pytest.raises(Rejected) as refusal:
        await work  # type: ignore[misc]
    return [(reason.code, reason.path) for reason in refusal.value.reasons]


async def count(table: str) -> int:
    found: int = (await db.fetch(f'SELECT count(*) FROM "{table}"'))[0][0]
    return found


async def call_of(token: str) -> Call:
    return await queries.call_of_token(token, locale=None, request_id="test")


@pytest.fixture
async def ann(call: Call) -> int:
    made = await operations.create_user(call, username="Ann", name="安", password=PASSWORD, roles=["BUYER"])
    return made.user_id


class Verified(NamedTuple):
    """A password that was compared with a hash."""

    parameters: str
    thread: str


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[Verified]:
    """The comparisons to come: all of the work of signing in, and the time that it takes."""
    found: list[Verified] = []
    real = credentials._hasher  # noqa: SLF001

    def verify(password_hash: str, password: bytes) -> bool:
        found.append(Verified(password_hash.rsplit("$", 2)[0], threading.current_thread().name))
        return real.verify(password_hash, password)

    monkeypatch.setattr(credentials, "_hasher", SimpleNamespace(verify=verify, hash=real.hash))
    return found


def _moment(raw: datetime | str) -> datetime:
    return datetime.fromisoformat(raw) if isinstance(raw, str) else raw


async def token_of(user_id: int) -> str:
    issued = await operations.create_api_token(operations.system_call(), user_id=user_id, name="test")
    return issued.token


class TestRoles:
    async def test_built_in_roles_are_written_once(self, call: Call) -> None:
        before = await count("role"), await count("role_permission"), await count("journal")
        await operations.ensure_roles(call)
        assert (await count("role"), await count("role_permission"), await count("journal")) == before

    async def test_a_changed_built_in_role_is_put_right(self, call: Call) -> None:
        before = await count("role_permission")

        @db.transactional
        async def tamper() -> None:
            await db.execute("DELETE FROM role_permission WHERE permission = 'SEE_STOCK'")
            await db.execute("UPDATE role_permission SET permission = 'GONE' WHERE permission = 'SHIP_GOODS'")

        await tamper()
        await operations.ensure_roles(call)
        assert await count("role_permission") == before
        assert not await db.fetch("SELECT 1 FROM role_permission WHERE permission = 'GONE'")

    async def test_a_role_takes_effect_with_the_next_request(self, call: Call, ann: int) -> None:
        token = await token_of(ann)
        assert Permission.SHIP_GOODS not in (await call_of(token)).permissions
        await operations.set_user_roles(call, user_id=ann, roles=["WAREHOUSE_KEEPER", "SELLER"])
        held = (await call_of(token)).permissions
        assert {Permission.SHIP_GOODS, Permission.EDIT_SALES_ORDERS} <= held
        assert Permission.SEE_COST not in held

    async def test_unknown_roles_and_users_are_refused(self, call: Call, ann: int) -> None:
        assert await codes(operations.set_user_roles(call, user_id=ann, roles=["KING"])) == [
            ("UNKNOWN_ROLE", ("roles", 0))
        ]
        with pytest.raises(NotFound):
            await operations.set_user_roles(call, user_id=1, roles=["BUYER"])
        assert Permission.EDIT_PURCHASE_ORDERS in (await call_of(await token_of(ann))).permissions

    async def test_the_last_administrator_stays(self, call: Call) -> None:
        assert call.actor_id
        before = await count("journal")
        refused = [("LAST_ADMINISTRATOR", ())]
        assert await codes(operations.set_user_roles(call, user_id=call.actor_id, roles=["BUYER"])) == refused
        assert await codes(operations.deactivate_user(call, user_id=call.actor_id)) == refused
        assert await count("journal") == before

    async def test_two_administrators_cannot_remove_each_other(self, call: Call, ann: int) -> None:
        assert call.actor_id
        await operations.set_user_roles(call, user_id=ann, roles=["ADMIN"])
        outcomes = await asyncio.gather(
            operations.deactivate_user(call, user_id=call.actor_id),
            operations.deactivate_user(call, user_id=ann),
            return_exceptions=True,
        )
        assert sorted(isinstance(outcome, Rejected) for outcome in outcomes) == [False, True]


class TestUsers:
    async def test_a_user_name_is_unique_whatever_its_case(self, call: Call, ann: int) -> None:
        assert ann
        before = await count("user"), await count("journal")
        again = operations.create_user(call, username=" ANN ", name="Ann", roles=["BUYER"])
        assert await codes(again) == [("USERNAME_TAKEN", ("username",))]
        assert (await count("user"), await count("journal")) == before

    async def test_everything_wrong_is_said_at_once(self, call: Call) -> None:
        made = operations.create_user(call, username="", name="Eve", password="short", roles=["KING"])
        assert [code for code, _ in await codes(made)] == ["TEXT_REQUIRED", "PASSWORD_LENGTH", "UNKNOWN_ROLE"]

    async def test_needs_the_permission(self, call: Call, ann: int) -> None:
        buyer = await call_of(await token_of(ann))
        before = await count("journal")
        for work in (
            operations.create_user(buyer, username="bob", name="Bob", roles=["ADMIN"]),
            operations.set_user_roles(buyer, user_id=ann, roles=["ADMIN"]),
            operations.set_user_warehouses(buyer, user_id=ann, warehouse_ids=[]),
            operations.deactivate_user(buyer, user_id=ann),
            operations.change_password(buyer, user_id=call.actor_id or 0, new_password=PASSWORD),
            operations.create_api_token(buyer, user_id=call.actor_id or 0, name="sly"),
        ):
            with pytest.raises(Forbidden):
                await work
        with pytest.raises(Unauthenticated):
            await operations.deactivate_user(NOBODY, user_id=ann)
        assert await count("journal") == before

    async def test_a_deactivated_user_is_out_at_once(self, call: Call, ann: int) -> None:
        token = await token_of(ann)
        await operations.deactivate_user(call, user_id=ann)
        with pytest.raises(Unauthenticated):
            await call_of(token)
        assert await codes(operations.login(NOBODY, username="ann", password=PASSWORD)) == [("INVALID_CREDENTIALS", ())]
        assert await codes(operations.create_api_token(call, user_id=ann, name="x")) == [
            ("USER_INACTIVE", ("user_id",))
        ]

    async def test_a_scope_is_the_warehouses_named(self, call: Call, ann: int) -> None:
        token = await token_of(ann)
        assert (await call_of(token)).scopes == {}
        made = await create_warehouse(call, code="W1", name="一号仓")
        await operations.set_user_warehouses(call, user_id=ann, warehouse_ids=[made.warehouse_id, made.warehouse_id])
        assert (await call_of(token)).scopes == {Dimension.WAREHOUSE: frozenset({made.warehouse_id})}
        unknown = operations.set_user_warehouses(call, user_id=ann, warehouse_ids=[made.warehouse_id, 7])
        assert await codes(unknown) == [("UNKNOWN_WAREHOUSE", ("warehouse_ids", 1))]
        await operations.set_user_warehouses(call, user_id=ann, warehouse_ids=[])
        assert (await call_of(token)).scopes == {}


class TestLogin:
    async def test_gives_a_session_of_a_day(self, ann: int) -> None:
        session = await operations.login(NOBODY, username="ANN", password=PASSWORD)
        call = await call_of(session.token)
        assert (call.actor_id, session.call.token_id) == (ann, call.token_id)
        ((kept, expires_at),) = await db.fetch(
            "SELECT token_hash, expires_at FROM token WHERE id = ?", (call.token_id,)
        )
        assert session.token not in kept
        assert clock.now() + timedelta(hours=23) < _moment(expires_at) < clock.now() + timedelta(hours=25)

    async def test_fails_alike_for_unknown_users_and_wrong_passwords(self, ann: int) -> None:
        assert ann
        refused = [("INVALID_CREDENTIALS", ())]
        assert await codes(operations.login(NOBODY, username="ann", password="wrong horse")) == refused
        assert await codes(operations.login(NOBODY, username="nobody", password=PASSWORD)) == refused
        assert await codes(operations.login(NOBODY, username="ann", password="x" * 10_000)) == refused
        assert await codes(operations.login(NOBODY, username="a\x00\ud800", password="\ud800\x00 secret")) == refused
        assert await count("token") == 0

    async def test_a_user_without_a_password_cannot_sign_in(self, call: Call) -> None:
        await operations.create_user(call, username="robot", name="Robot", roles=["VIEWER"])
        assert await codes(operations.login(NOBODY, username="robot", password="")) == [("INVALID_CREDENTIALS", ())]

    async def test_takes_as_much_work_for_unknown_users(self, ann: int, verified: list[Verified]) -> None:
        assert ann
        for username in ("ann", "eve"):
            await codes(operations.login(NOBODY, username=username, password="wrong horse"))
        known, unknown = verified
        assert known.parameters == unknown.parameters

    async def test_pauses_after_five_failures_known_name_or_not(self, ann: int) -> None:
        assert ann
        for username in ("ann", "eve"):
            for _ in range(5):
                await codes(operations.login(NOBODY, username=username, password="wrong horse"))
            assert await codes(operations.login(NOBODY, username=username, password=PASSWORD)) == [
                ("TOO_MANY_ATTEMPTS", ())
            ]
        later = msgspec.structs.replace(NOBODY, at=NOBODY.at + timedelta(seconds=2))
        session = await operations.login(later, username="ann", password=PASSWORD)
        assert await call_of(session.token)
        assert [row[0] for row in await db.fetch("SELECT username FROM login_throttle")] == ["eve"]

    async def test_parallel_guesses_are_counted(self, ann: int) -> None:
        assert ann
        guesses = (codes(operations.login(NOBODY, username="ann", password=f"wrong {n}")) for n in range(30))
        answers = [code for ((code, _),) in await asyncio.gather(*guesses)]
        assert answers.count("INVALID_CREDENTIALS") <= 7

    async def test_many_may_sign_in_at_once(self, ann: int) -> None:
        assert ann
        sessions = [operations.login(NOBODY, username="ann", password=PASSWORD) for _ in range(10)]
        assert len({session.token for session in await asyncio.gather(*sessions)}) == 10

    async def test_hashing_leaves_the_event_loop_free(self, ann: int, verified: list[Verified]) -> None:
        assert ann
        await operations.login(NOBODY, username="ann", password=PASSWORD)
        assert [one.thread for one in verified] != [threading.current_thread().name]


class TestTokens:
    async def test_a_call_costs_one_statement(self, ann: int) -> None:
        token = await token_of(ann)
        with db.statements() as seen:
            await call_of(token)
        assert len(seen) == 1

    async def test_garbage_is_nobody(self, database: db.Database) -> None:
        assert database
        for token in ("", "jxc_", "x" * 100_000, "\x00", "\ud800"):
            with pytest.raises(Unauthenticated):
                await call_of(token)

    async def test_the_request_names_the_language_or_else_the_user(self, call: Call) -> None:
        made = await operations.create_user(call, username="li", name="李", roles=["VIEWER"], locale="zh-CN")
        token = await token_of(made.user_id)
        assert (await queries.call_of_token(token, locale=None, request_id="r")).locale == "zh-CN"
        assert (await queries.call_of_token(token, locale="en", request_id="r")).locale == "en"

    async def test_a_revoked_token_is_out_at_once(self, ann: int) -> None:
        token = await token_of(ann)
        mine = await call_of(token)
        assert mine.token_id
        await operations.revoke_token(mine, token_id=mine.token_id)
        with pytest.raises(Unauthenticated):
            await call_of(token)

    async def test_another_users_token_is_unknown(self, call: Call, ann: int) -> None:
        assert call.actor_id
        issued = await operations.create_api_token(call, user_id=call.actor_id, name="mine", expires_in_days=1)
        ann_call = await call_of(await token_of(ann))
        refused = operations.revoke_token(ann_call, token_id=issued.access_token_id)
        assert await codes(refused) == [("UNKNOWN_TOKEN", ("token_id",))]
        assert await call_of(issued.token)

    async def test_an_expired_token_is_out(self, ann: int) -> None:
        early = msgspec.structs.replace(operations.system_call(), at=clock.now() - timedelta(days=2))
        issued = await operations.create_api_token(early, user_id=ann, name="short", expires_in_days=1)
        with pytest.raises(Unauthenticated):
            await call_of(issued.token)

    async def test_signing_out_ends_the_session(self, ann: int) -> None:
        assert ann
        session = await operations.login(NOBODY, username="ann", password=PASSWORD)
        await operations.logout(session.call)
        with pytest.raises(Unauthenticated):
            await call_of(session.token)
        with pytest.raises(Unauthenticated):
            await operations.logout(NOBODY)

    async def test_no_secret_is_in_the_journal(self, ann: int) -> None:
        session = await operations.login(NOBODY, username="ann", password=PASSWORD)
        token = await token_of(ann)
        text = str(await db.fetch("SELECT body FROM journal"))
        assert token not in text
        assert session.token not in text
        assert PASSWORD not in text


class TestPasswords:
    async def test_ones_own_needs_the_present_one_and_ends_other_sessions(self, ann: int) -> None:
        here = await operations.login(NOBODY, username="ann", password=PASSWORD)
        there = await operations.login(NOBODY, username="ann", password=PASSWORD)
        program = await token_of(ann)
        wrong = operations.change_password(
            here.call, user_id=ann, current_password="wrong", new_password="battery staple"
        )
        assert await codes(wrong) == [("INVALID_CREDENTIALS", ("current_password",))]
        await operations.change_password(
            here.call, user_id=ann, current_password=PASSWORD, new_password="battery staple"
        )
        assert await call_of(here.token)
        assert await call_of(program)
        with pytest.raises(Unauthenticated):
            await call_of(there.token)
        assert await codes(operations.login(NOBODY, username="ann", password=PASSWORD)) == [("INVALID_CREDENTIALS", ())]
        assert await operations.login(NOBODY, username="ann", password="battery staple")

    async def test_an_administrator_sets_anothers(self, call: Call, ann: int) -> None:
        short = operations.change_password(call, user_id=ann, new_password="short")
        assert await codes(short) == [("PASSWORD_LENGTH", ("new_password",))]
        await operations.change_password(call, user_id=ann, new_password="battery staple")
        assert await operations.login(NOBODY, username="ann", password="battery staple")
