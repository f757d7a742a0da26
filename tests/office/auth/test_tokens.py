from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.buying.purchasing.models import EDIT_PURCHASE_ORDERS
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Unauthenticated
from jxc_graphql.kit.rights import closed
from jxc_graphql.kit.turns import asking
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import operations, queries, rules, uses
from jxc_graphql.office.auth.models import TokenKind
from jxc_graphql.office.auth.operations import Limits, system_call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.accounts import NOBODY, PASSWORD, call_of, codes, made, moment, token_of


async def limited(user_id: int, **limits: object) -> str:
    issued = await operations.create_api_token(
        system_call(), user_id=user_id, name="test", limits=msgspec.convert(limits, Limits)
    )
    return issued.token


async def warehouse(call: Call, code: str) -> int:
    return (await create_warehouse(call, code=code, name=code)).warehouse_id


class TestTokens:
    async def test_a_call_costs_one_statement(self, ann: int) -> None:
        token = await token_of(ann)
        with db.statements() as seen:
            await call_of(token)
        assert len(seen) == 1

    @pytest.mark.usefixtures("database")
    async def test_who_sends_many_requests_waits_for_himself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fetch, callers = db.fetch, []

        async def fetched(*args: Any) -> Any:
            callers.append(asking.get())
            return await fetch(*args)

        tokens = [await token_of(await made(name, "ADMIN")) for name in ("ann", "bob")]
        monkeypatch.setattr(db, "fetch", fetched)
        for token in (*tokens, *tokens):
            await call_of(token)
        assert len(set(callers)) == 2
        assert None not in callers

    @pytest.mark.usefixtures("database")
    async def test_garbage_is_nobody(self) -> None:
        for token in ("", "jxc_", "x" * 100_000, "\x00", "\ud800"):
            with pytest.raises(Unauthenticated):
                await call_of(token)

    async def test_the_request_names_the_language_or_else_the_user(self, call: Call) -> None:
        li = await operations.create_user(call, username="li", name="李", roles=["VIEWER"], locale="zh-CN")
        token = await token_of(li.user_id)
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

    async def test_every_token_ends(self, ann: int) -> None:
        early = msgspec.structs.replace(system_call(), at=clock.now() - timedelta(days=rules.TOKEN_DAYS, seconds=1))
        ended = await operations.create_api_token(early, user_id=ann, name="forgotten")
        with pytest.raises(Unauthenticated):
            await call_of(ended.token)
        for days in (0, rules.TOKEN_DAYS_MOST + 1):
            made = operations.create_api_token(early, user_id=ann, name="long", expires_in_days=days)
            assert await codes(made) == [("TOKEN_LIFE", ("expires_in_days",))]

    async def test_a_user_has_so_many_for_programs(self, ann: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "TOKENS_LIMIT", 2)
        first = await call_of(await token_of(ann))
        await token_of(ann)
        another = operations.create_api_token(system_call(), user_id=ann, name="third")
        assert await codes(another) == [("TOO_MANY_TOKENS", ())]
        await operations.revoke_token(first, token_id=first.token_id or 0)
        assert await token_of(ann)

    async def test_the_owner_lists_them_the_latest_first(self, call: Call, ann: int) -> None:
        mine = [await call_of(await token_of(ann)) for _ in range(2)]
        other = await call_of(await token_of(await made("bob", "SELLER")))
        expected = [one.token_id for one in reversed(mine)]
        assert await queries.tokens_of(mine[0], None) == expected
        assert await queries.tokens_of(mine[0], ann) == expected
        assert await queries.tokens_of(call, ann) == expected
        assert await queries.tokens_of(other, None) == [other.token_id]


class TestLimits:
    async def test_a_token_may_do_no_more_than_it_is_limited_to(self, ann: int) -> None:
        only = [Permission.SEE_STOCK, Permission.SEE_COST]
        call = await call_of(await limited(ann, permissions=only))
        assert call.permissions == closed(frozenset(only))

    async def test_nor_more_than_its_user_may_at_the_moment(self, call: Call, ann: int) -> None:
        token = await limited(ann, permissions=[Permission.SEE_STOCK, EDIT_PURCHASE_ORDERS])
        await operations.set_user_roles(call, user_id=ann, roles=["SELLER"])
        assert (await call_of(token)).permissions == {Permission.SEE_STOCK, Permission.SEE_CATALOG}

    async def test_what_its_user_may_not_is_refused(self, ann: int) -> None:
        given = [Permission.SEE_STOCK, Permission.SHIP_GOODS]
        assert await codes(limited(ann, permissions=given)) == [("PERMISSION_NOT_HELD", ("permissions", 1))]

    async def test_a_token_sees_no_more_than_it_is_limited_to(self, call: Call, ann: int) -> None:
        here, there = await warehouse(call, "W1"), await warehouse(call, "W2")
        token = await limited(ann, scope=[("Warehouse", here)])
        assert (await call_of(token)).scopes == {Dimension.WAREHOUSE: frozenset({here})}
        await operations.set_user_scope(call, user_id=ann, dimension=Dimension.WAREHOUSE, target_ids=[there])
        assert (await call_of(token)).scopes == {Dimension.WAREHOUSE: frozenset()}
        assert await codes(limited(ann, scope=[("Warehouse", there), ("Warehouse", here)])) == [
            ("SCOPE_NOT_HELD", ("scope", 1))
        ]

    async def test_a_token_for_which_nothing_is_named_sees_nothing(self, ann: int) -> None:
        nothing = dict.fromkeys(Dimension, frozenset[int]())
        assert (await call_of(await limited(ann, scope=[]))).scopes == nothing

    async def test_what_no_scope_could_name_is_refused(self, ann: int) -> None:
        for kind in ("Warehouse", "Sku", ""):
            assert await codes(limited(ann, scope=[(kind, 5)])) == [("UNKNOWN_TARGET", ("scope", 0))]

    async def test_a_token_is_good_from_its_addresses_only(self, ann: int) -> None:
        token = await limited(ann, addresses=["192.0.2.0/24", "2001:db8::1"])
        for address in ("192.0.2.9", "::ffff:192.0.2.9", "2001:db8::1"):
            assert await call_of(token, address)
        for address in ("198.51.100.1", "2001:db8::2", ""):
            with pytest.raises(Unauthenticated):
                await call_of(token, address)
        assert await codes(limited(ann, addresses=["192.0.2.1", "shop"])) == [("ADDRESS_RANGE", ("addresses", 1))]
        assert await codes(limited(ann, addresses=["192.0.2.1"] * 21)) == [("TOO_MANY_RANGES", ("addresses",))]

    @pytest.mark.parametrize("limits", [{"permissions": ["SEE_STOCK"]}, {"addresses": ["192.0.2.0/24"]}])
    async def test_a_limited_token_makes_none(self, ann: int, limits: dict[str, list[str]]) -> None:
        mine = await call_of(await limited(ann, **limits), "192.0.2.1")
        assert await codes(operations.create_api_token(mine, user_id=ann, name="more")) == [("TOKEN_LIMITED", ())]
        assert await operations.create_api_token(await call_of(await token_of(ann)), user_id=ann, name="more")

    async def test_a_limited_token_hands_on_no_more_than_it_may_do_itself(self, call: Call, ann: int) -> None:
        staff = [Permission.MANAGE_USERS, Permission.MANAGE_ROLES]
        await operations.create_role(call, code="HR", name="HR", permissions=staff[:1], grants=["VIEWER"])
        await operations.create_role(call, code="HEAD", name="Head", permissions=staff[:1], grants=["HR"])
        await operations.create_role(call, code="IDLE", name="Idle", permissions=staff[:1])
        boss, other = await made("boss", "ADMIN"), await made("other", "ADMIN", password=PASSWORD)
        mine = await call_of(await limited(boss, permissions=staff))
        for role in ("ADMIN", "BUYER", "HR", "HEAD"):
            refused = ("ROLE_NOT_GRANTABLE", ("roles", 0))
            new = operations.create_user(mine, username="new", name="New", password=PASSWORD, roles=[role])
            assert await codes(new) == [refused]
            given = operations.set_user_roles(mine, user_id=await made(f"{role}-to-be"), roles=[role])
            assert await codes(given) == [refused]
            made_of = operations.create_role(mine, code="SLY", name="Sly", permissions=[], grants=[role])
            assert await codes(made_of) == [("ROLE_NOT_GRANTABLE", ("grants", 0))]
        for above in (other, ann):
            for work in (
                operations.change_password(mine, user_id=above, new_password="battery staple"),
                operations.set_user_roles(mine, user_id=above, roles=[]),
                operations.deactivate_user(mine, user_id=above),
                queries.tokens_of(mine, above),
            ):
                assert await codes(work) == [("USER_ABOVE", ("user_id",))]
        assert await operations.create_user(mine, username="new", name="New", password=PASSWORD, roles=["IDLE"])
        whole = await call_of(await token_of(boss))
        assert await operations.create_user(whole, username="chief", name="Chief", roles=["ADMIN"])

    async def test_nor_does_a_token_that_sees_a_part(self, call: Call) -> None:
        boss, ann, here = await made("boss", "ADMIN"), await made("clerk", "BUYER"), await warehouse(call, "W1")
        role = await operations.create_role(call, code="ROLE", name="x", permissions=[Permission.SEE_STOCK])
        part = await call_of(await limited(boss, scope=[("Warehouse", here)]))
        new = await operations.create_user(part, username="new", name="New", roles=["ADMIN"])
        assert (await call_of(await token_of(new.user_id))).scopes == part.scopes
        for work in (
            operations.set_user_roles(part, user_id=ann, roles=["ADMIN"]),
            operations.set_user_scope(part, user_id=ann, dimension=Dimension.WAREHOUSE, target_ids=[here]),
            operations.change_password(part, user_id=ann, new_password="battery staple"),
        ):
            assert await codes(work) == [("USER_ABOVE", ("user_id",))]
        for forbidden in (
            operations.create_role(part, code="MORE", name="x", permissions=[]),
            operations.set_role_permissions(part, role_id=role.role_id, permissions=[Permission.SEE_COST]),
            operations.set_role_grants(part, role_id=role.role_id, grants=["ADMIN"]),
        ):
            with pytest.raises(Forbidden):
                await forbidden

    async def test_who_sees_a_part_only_may_do_nothing_that_is_good_for_all(self, call: Call) -> None:
        boss, here = await made("boss", "ADMIN"), await warehouse(call, "W1")
        whole = await call_of(await token_of(boss))
        part = await call_of(await limited(boss, scope=[("Warehouse", here)]))
        assert whole.permissions - part.permissions == {
            Permission.MANAGE_COMPANY,
            Permission.MANAGE_ROLES,
            Permission.SEE_AUDIT_LOG,
            Permission.VERIFY_BOOKS,
        }


class Clock:
    """The present moment, as a test sets it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.moment)

    def turn(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def used(token_id: int | None) -> tuple[object, str]:
    ((at, address),) = await db.fetch("SELECT last_used_at, last_used_from FROM token WHERE id = ?", (token_id,))
    return (None if at is None else moment(at)), address


class TestUses:
    async def test_are_written_once_a_minute_and_no_request_waits_for_it(self, ann: int, hands: Clock) -> None:
        token = await token_of(ann)
        first = hands.moment
        token_id = (await call_of(token, "192.0.2.1")).token_id
        assert await used(token_id) == (None, "")
        await operations.write_uses()
        assert await used(token_id) == (first, "192.0.2.1")
        hands.turn(seconds=59)
        await call_of(token, "192.0.2.2")
        with db.statements() as seen:
            await operations.write_uses()
        assert seen == []
        hands.turn(seconds=1)
        for _ in range(3):
            await call_of(token, "192.0.2.3")
        with db.statements() as seen:
            await operations.write_uses()
        assert len(seen) == 1
        assert await used(token_id) == (hands.moment, "192.0.2.3")

    async def test_another_process_that_knew_nothing_of_it_writes_nothing_again(self, ann: int, hands: Clock) -> None:
        token = await token_of(ann)
        token_id = (await call_of(token, "192.0.2.1")).token_id
        await operations.write_uses()
        written = await used(token_id)
        hands.turn(seconds=30)
        uses.note(token_id or 0, TokenKind.API, hands.moment, None, "192.0.2.2")
        await operations.write_uses()
        assert await used(token_id) == written

    async def test_what_cannot_be_written_is_written_later(
        self, ann: int, hands: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token_id = (await call_of(await token_of(ann), "192.0.2.1")).token_id

        async def fail(*_: object) -> int:
            raise ConnectionError

        with monkeypatch.context() as patch:
            patch.setattr(db, "execute", fail)
            with pytest.raises(ConnectionError):
                await operations.write_uses()
        await operations.write_uses()
        assert await used(token_id) == (hands.moment, "192.0.2.1")

    @pytest.mark.usefixtures("ann")
    async def test_a_session_lives_on_as_it_is_used_for_thirty_days_at_most(self, hands: Clock) -> None:
        session = await operations.login(
            msgspec.structs.replace(NOBODY, at=hands.moment), username="ann", password=PASSWORD
        )
        for _ in range(32):
            hands.turn(hours=22)
            await call_of(session.token)
            await operations.write_uses()
        hands.turn(hours=22)
        with pytest.raises(Unauthenticated):
            await call_of(session.token)

    @pytest.mark.usefixtures("ann")
    async def test_a_session_ends_after_a_day_without_use(self, hands: Clock) -> None:
        session = await operations.login(
            msgspec.structs.replace(NOBODY, at=hands.moment), username="ann", password=PASSWORD
        )
        await operations.write_uses()
        hands.turn(days=1, seconds=1)
        with pytest.raises(Unauthenticated):
            await call_of(session.token)

    async def test_a_token_of_a_program_does_not_live_longer(self, ann: int, hands: Clock) -> None:
        token = await token_of(ann)
        hands.turn(days=rules.TOKEN_DAYS - 1)
        await call_of(token)
        await operations.write_uses()
        hands.turn(days=2)
        with pytest.raises(Unauthenticated):
            await call_of(token)
