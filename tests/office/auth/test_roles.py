import asyncio

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected
from jxc_graphql.kit.rights import closed
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import credentials, operations, queries
from jxc_graphql.office.auth.operations import system_call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.accounts import PASSWORD, call_of, caller, codes, count, made, token_of

STAFF = [Permission.MANAGE_USERS, Permission.SEE_STOCK]


async def role_of(code: str) -> int:
    ((role_id,),) = await db.fetch("SELECT id FROM role WHERE code = ?", (code,))
    return int(role_id)


async def allowed(code: str) -> set[str]:
    rows = await db.fetch("SELECT permission FROM role_permission WHERE role_id = ?", (await role_of(code),))
    return {permission for (permission,) in rows}


@pytest.fixture
async def hr(call: Call) -> Call:
    """Somebody who may manage users: sellers and viewers."""
    await operations.create_role(call, code="STAFF", name="Staff", permissions=STAFF, grants=["SELLER", "VIEWER"])
    return await caller("hr", "STAFF")


class TestBuiltIn:
    async def test_are_written_once(self, call: Call) -> None:
        before = await count("role"), await count("role_permission"), await count("journal")
        await operations.ensure_roles(call)
        assert (await count("role"), await count("role_permission"), await count("journal")) == before

    async def test_are_put_right(self, call: Call) -> None:
        before = await count("role_permission")

        @db.transactional
        async def tamper() -> None:
            await db.execute("DELETE FROM role_permission WHERE permission = 'SEE_STOCK'")
            await db.execute("UPDATE role_permission SET permission = 'GONE' WHERE permission = 'SHIP_GOODS'")

        await tamper()
        await operations.ensure_roles(call)
        assert await count("role_permission") == before
        assert not await db.fetch("SELECT 1 FROM role_permission WHERE permission = 'GONE'")

    async def test_nobody_changes_or_deletes_them(self, call: Call) -> None:
        role_id = await role_of("VIEWER")
        refused = [("BUILT_IN_ROLE", ("role_id",))]
        assert await codes(operations.set_role_permissions(call, role_id=role_id, permissions=[])) == refused
        assert await codes(operations.set_role_grants(call, role_id=role_id, grants=[])) == refused
        assert await codes(operations.delete_role(call, role_id=role_id)) == refused


class TestRoles:
    async def test_are_made_of_permissions_and_of_roles_to_grant(self, call: Call) -> None:
        made = await operations.create_role(
            call, code="HEAD_BUYER", name=" 采购主管 ", permissions=[Permission.SEE_COST], grants=["BUYER"]
        )
        assert await allowed("HEAD_BUYER") == {"SEE_COST"}
        assert await queries.grants_of_roles(call, [made.role_id]) == [[await role_of("BUYER")]]
        assert Permission.SEE_COST in (await caller("bob", "HEAD_BUYER")).permissions

    async def test_what_is_wrong_is_said_at_once(self, call: Call) -> None:
        made = operations.create_role(call, code="chef", name="", permissions=[], grants=["KING"])
        assert await codes(made) == [
            ("ROLE_CODE_UNCLEAR", ("code",)),
            ("REQUIRED", ("name",)),
            ("UNKNOWN_ROLE_CODE", ("grants", 0)),
        ]
        taken = operations.create_role(call, code="BUYER", name="x", permissions=[])
        assert await codes(taken) == [("CODE_TAKEN", ("code",))]
        with pytest.raises(NotFound):
            await operations.delete_role(call, role_id=1)

    async def test_a_change_takes_effect_with_the_next_request(self, call: Call) -> None:
        role = await operations.create_role(call, code="TEMP", name="Temp", permissions=[Permission.SEE_STOCK])
        token = await token_of(await made("bob", "TEMP"))
        await operations.set_role_permissions(call, role_id=role.role_id, permissions=[Permission.SEE_SALES])
        assert (await call_of(token)).permissions == closed(frozenset({Permission.SEE_SALES}))

    async def test_are_deleted_when_nobody_holds_them(self, call: Call, hr: Call) -> None:
        role_id = await role_of("STAFF")
        assert await codes(operations.delete_role(call, role_id=role_id)) == [("ROLE_IN_USE", ("role_id",))]
        await operations.set_user_roles(call, user_id=hr.actor_id or 0, roles=[])
        await operations.delete_role(call, role_id=role_id)
        assert (await count("role_grant"), "STAFF" in await queries.role_ids_by_code()) == (0, False)

    @pytest.mark.usefixtures("hr")
    async def test_one_that_is_given_is_not_deleted_and_one_that_is_deleted_is_not_given(
        self, call: Call, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        holder, hashed = await made("holder"), credentials.hash_password

        async def meanwhile(password: str) -> str:
            await operations.delete_role(call, role_id=await role_of("GONE"))
            return await hashed(password)

        for number in range(5):
            await operations.create_role(call, code="TEMP", name="x", permissions=[])
            given = await asyncio.gather(
                operations.set_user_roles(call, user_id=holder, roles=["TEMP"]),
                operations.set_role_grants(call, role_id=await role_of("STAFF"), grants=["TEMP"]),
                operations.create_role(call, code=f"GIVES_{number}", name="x", permissions=[], grants=["TEMP"]),
                operations.create_user(call, username=f"new{number}", name="New", roles=["TEMP"]),
                operations.delete_role(call, role_id=await role_of("TEMP")),
                return_exceptions=True,
            )
            told = {reason.code for one in given if isinstance(one, Rejected) for reason in one.reasons}
            assert told <= {"UNKNOWN_ROLE_CODE", "UNKNOWN_ROLE", "ROLE_IN_USE"}
            assert [one for one in given if isinstance(one, Exception) and not isinstance(one, Rejected)] == []
            await operations.set_user_roles(call, user_id=holder, roles=[])
            if new := await queries.user_id_of(f"new{number}"):
                await operations.set_user_roles(call, user_id=new, roles=[])
            if "TEMP" in await queries.role_ids_by_code():
                await operations.delete_role(call, role_id=await role_of("TEMP"))
        await operations.create_role(call, code="GONE", name="x", permissions=[])
        monkeypatch.setattr(credentials, "hash_password", meanwhile)
        late = operations.create_user(call, username="late", name="Late", password=PASSWORD, roles=["GONE"])
        assert await codes(late) == [("UNKNOWN_ROLE_CODE", ("roles", 0))]


class TestReach:
    async def test_a_role_gives_what_it_may_grant(self, hr: Call) -> None:
        made = await operations.create_user(hr, username="sam", name="Sam", roles=["SELLER"])
        assert await operations.set_user_roles(hr, user_id=made.user_id, roles=["VIEWER", "SELLER"])

    async def test_and_nothing_else(self, hr: Call) -> None:
        sam = await made("sam", "SELLER")
        for role in ("ADMIN", "BUYER", "STAFF"):
            refused = [("ROLE_NOT_GRANTABLE", ("roles", 0))]
            assert await codes(operations.create_user(hr, username="x", name="X", roles=[role])) == refused
            assert await codes(operations.set_user_roles(hr, user_id=sam, roles=[role])) == refused

    async def test_who_is_above_is_out_of_reach(self, call: Call, hr: Call) -> None:
        boss, above = call.actor_id or 0, [("USER_ABOVE", ("user_id",))]
        token = await call_of(await token_of(boss))
        for work in (
            operations.set_user_roles(hr, user_id=boss, roles=["SELLER"]),
            operations.set_user_scope(hr, user_id=boss, dimension=Dimension.WAREHOUSE, target_ids=[]),
            operations.deactivate_user(hr, user_id=boss),
            operations.change_password(hr, user_id=boss, new_password="battery staple"),
            operations.reset_password(hr, user_id=boss),
            operations.update_user(hr, user_id=boss, locale="zh-CN"),
            operations.reactivate_user(hr, user_id=boss),
            operations.create_api_token(hr, user_id=boss, name="sly"),
            queries.tokens_of(hr, boss),
        ):
            assert await codes(work) == above
        assert await codes(operations.revoke_token(hr, token_id=token.token_id or 0)) == [("USER_ABOVE", ("token_id",))]

    async def test_who_holds_the_same_role_is_out_of_reach_as_well(self, hr: Call) -> None:
        colleague = await made("colleague", "STAFF")
        assert await codes(operations.create_api_token(hr, user_id=colleague, name="sly")) == [
            ("USER_ABOVE", ("user_id",))
        ]

    async def test_who_rises_while_his_password_is_set_is_out_of_reach(
        self, call: Call, hr: Call, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sam, hashed = await made("sam", "SELLER"), credentials.hash_password

        async def meanwhile(password: str) -> str:
            await operations.set_user_roles(call, user_id=sam, roles=["MANAGER"])
            return await hashed(password)

        monkeypatch.setattr(credentials, "hash_password", meanwhile)
        setting = operations.change_password(hr, user_id=sam, new_password="battery staple")
        assert await codes(setting) == [("USER_ABOVE", ("user_id",))]

    async def test_who_is_below_is_within_reach(self, hr: Call) -> None:
        sam = await made("sam", "SELLER")
        token = await call_of(await token_of(sam))
        assert await queries.tokens_of(hr, sam) == [token.token_id]
        assert await operations.revoke_token(hr, token_id=token.token_id or 0)
        assert await operations.change_password(hr, user_id=sam, new_password="battery staple")
        assert await operations.create_api_token(hr, user_id=sam, name="till")
        assert await operations.deactivate_user(hr, user_id=sam)

    async def test_nobody_changes_his_own_rights(self, call: Call, hr: Call) -> None:
        for one in (call, hr):
            own = [("OWN_RIGHTS", ("user_id",))]
            mine = one.actor_id or 0
            assert await codes(operations.set_user_roles(one, user_id=mine, roles=["SELLER"])) == own
            assert (
                await codes(
                    operations.set_user_scope(one, user_id=mine, dimension=Dimension.WAREHOUSE, target_ids=None)
                )
                == own
            )

    async def test_who_sees_a_part_manages_those_who_see_no_more(self, call: Call, hr: Call) -> None:
        here = (await create_warehouse(call, code="W1", name="W1")).warehouse_id
        there = (await create_warehouse(call, code="W2", name="W2")).warehouse_id
        before = await made("before", "SELLER")
        token = await token_of(hr.actor_id or 0)
        await operations.set_user_scope(
            call, user_id=hr.actor_id or 0, dimension=Dimension.WAREHOUSE, target_ids=[here]
        )
        part = await call_of(token)
        assert await codes(operations.create_api_token(part, user_id=before, name="x")) == [
            ("USER_ABOVE", ("user_id",))
        ]
        new = (await operations.create_user(part, username="new", name="New", roles=["SELLER"])).user_id
        assert (await call_of(await token_of(new))).scopes == {Dimension.WAREHOUSE: frozenset({here})}
        for target_ids, path in (([there], ("target_ids", 0)), (None, ("target_ids",))):
            wider = operations.set_user_scope(part, user_id=new, dimension=Dimension.WAREHOUSE, target_ids=target_ids)
            assert await codes(wider) == [("SCOPE_NOT_HELD", path)]
        assert await operations.set_user_scope(part, user_id=new, dimension=Dimension.WAREHOUSE, target_ids=[])


class TestMakers:
    @pytest.fixture
    async def maker(self, call: Call) -> Call:
        """Somebody who may make roles, and manage users."""
        permissions = [Permission.MANAGE_ROLES, Permission.MANAGE_USERS, Permission.SEE_STOCK]
        await operations.create_role(call, code="MAKER", name="Maker", permissions=permissions, grants=["VIEWER"])
        return await caller("maker", "MAKER")

    async def test_give_no_permission_that_they_do_not_hold(self, call: Call, maker: Call) -> None:
        given = [Permission.SEE_STOCK, Permission.SEE_COST]
        refused = [("PERMISSION_NOT_HELD", ("permissions", 1))]
        assert await codes(operations.create_role(maker, code="SLY", name="x", permissions=given)) == refused
        fine = await operations.create_role(maker, code="FINE", name="x", permissions=given[:1])
        changed = operations.set_role_permissions(maker, role_id=fine.role_id, permissions=given)
        assert await codes(changed) == refused
        await operations.set_role_permissions(call, role_id=fine.role_id, permissions=given)
        assert await operations.set_role_permissions(maker, role_id=fine.role_id, permissions=given)

    async def test_grant_what_they_made(self, maker: Call) -> None:
        await operations.create_role(maker, code="FINE", name="x", permissions=[Permission.SEE_STOCK])
        assert await operations.create_user(maker, username="new", name="New", roles=["FINE"])

    async def test_let_nobody_grant_what_they_may_not_grant(self, maker: Call) -> None:
        refused = [("ROLE_NOT_GRANTABLE", ("grants", 0))]
        sly = operations.create_role(maker, code="SLY", name="x", permissions=[], grants=["ADMIN"])
        assert await codes(sly) == refused
        fine = await operations.create_role(maker, code="FINE", name="x", permissions=[], grants=["VIEWER"])
        changed = operations.set_role_grants(maker, role_id=fine.role_id, grants=["MAKER"])
        assert await codes(changed) == refused
        assert await operations.set_role_grants(maker, role_id=fine.role_id, grants=["FINE"])

    async def test_change_neither_their_own_role_nor_one_above(self, call: Call, maker: Call) -> None:
        above = await operations.create_role(call, code="ABOVE", name="x", permissions=[Permission.SEE_STOCK])
        for code, refused in (("MAKER", "OWN_RIGHTS"), ("ABOVE", "ROLE_NOT_GRANTABLE")):
            role_id = await role_of(code)
            for work in (
                operations.set_role_permissions(maker, role_id=role_id, permissions=[]),
                operations.set_role_grants(maker, role_id=role_id, grants=[]),
                operations.delete_role(maker, role_id=role_id),
            ):
                assert await codes(work) == [(refused, ("role_id",))]
        assert above

    async def test_the_system_reaches_everybody(self, call: Call) -> None:
        boss = call.actor_id or 0
        assert await operations.create_api_token(system_call(), user_id=boss, name="rescue")
        assert await operations.change_password(system_call(), user_id=boss, new_password="battery staple")
