import asyncio

import pytest

from jxc_graphql.buying.purchasing.models import EDIT_PURCHASE_ORDERS
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, Rejected, Unauthenticated
from jxc_graphql.kit.journal import Fact
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import models, operations
from jxc_graphql.office.auth.operations import system_call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.selling.sales.models import EDIT_SALES_ORDERS
from tests.accounts import NOBODY, PASSWORD, call_of, codes, count, facts, made, token_of


class TestRolesOfUsers:
    async def test_a_role_takes_effect_with_the_next_request(self, call: Call, ann: int) -> None:
        token = await token_of(ann)
        assert Permission.SHIP_GOODS not in (await call_of(token)).permissions
        await operations.set_user_roles(call, user_id=ann, roles=["WAREHOUSE_KEEPER", "SELLER"])
        held = (await call_of(token)).permissions
        assert {Permission.SHIP_GOODS, EDIT_SALES_ORDERS} <= held
        assert Permission.SEE_COST not in held

    async def test_unknown_roles_and_users_are_refused(self, call: Call, ann: int) -> None:
        assert await codes(operations.set_user_roles(call, user_id=ann, roles=["KING"])) == [
            ("UNKNOWN_ROLE_CODE", ("roles", 0))
        ]
        with pytest.raises(NotFound):
            await operations.set_user_roles(call, user_id=1, roles=["BUYER"])
        assert EDIT_PURCHASE_ORDERS in (await call_of(await token_of(ann))).permissions

    async def test_the_last_administrator_stays(self, call: Call) -> None:
        assert call.actor_id
        before = await count("journal")
        refused = [("LAST_ADMINISTRATOR", ())]
        assert await codes(operations.set_user_roles(system_call(), user_id=call.actor_id, roles=["BUYER"])) == refused
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
    @pytest.mark.usefixtures("ann")
    async def test_a_user_name_is_unique_whatever_its_case(self, call: Call) -> None:
        before = await count("user"), await count("journal")
        again = operations.create_user(call, username=" ANN ", name="Ann", roles=["BUYER"])
        assert await codes(again) == [("USERNAME_TAKEN", ("username",))]
        assert (await count("user"), await count("journal")) == before

    async def test_everything_wrong_is_said_at_once(self, call: Call) -> None:
        made = operations.create_user(call, username="", name="Eve", password="short", roles=["KING"])
        assert [code for code, _ in await codes(made)] == ["REQUIRED", "PASSWORD_LENGTH", "UNKNOWN_ROLE_CODE"]

    async def test_needs_the_permission(self, call: Call, ann: int) -> None:
        buyer, admin = await call_of(await token_of(ann)), call.actor_id or 0
        before = await count("journal")
        for work in (
            operations.create_user(buyer, username="bob", name="Bob", roles=["ADMIN"]),
            operations.set_user_roles(buyer, user_id=ann, roles=["ADMIN"]),
            operations.set_user_scope(buyer, user_id=ann, dimension=Dimension.WAREHOUSE, target_ids=None),
            operations.deactivate_user(buyer, user_id=ann),
            operations.change_password(buyer, user_id=admin, new_password=PASSWORD),
            operations.create_api_token(buyer, user_id=admin, name="sly"),
            operations.create_role(buyer, code="KING", name="King", permissions=[]),
            operations.set_role_permissions(buyer, role_id=1, permissions=[]),
            operations.set_role_grants(buyer, role_id=1, grants=[]),
            operations.delete_role(buyer, role_id=1),
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


class TestScope:
    async def test_a_scope_is_what_is_named_and_an_empty_one_is_nothing(self, call: Call, ann: int) -> None:
        token = await token_of(ann)

        async def set_to(*warehouse_ids: int) -> None:
            await operations.set_user_scope(call, user_id=ann, dimension=Dimension.WAREHOUSE, target_ids=warehouse_ids)

        assert (await call_of(token)).scopes == {}
        here = (await create_warehouse(call, code="W1", name="一号仓")).warehouse_id
        await set_to(here, here)
        assert (await call_of(token)).scopes == {Dimension.WAREHOUSE: frozenset({here})}
        unknown = operations.set_user_scope(
            call, user_id=ann, dimension=Dimension.WAREHOUSE, target_ids=[here, 7], path="warehouse_ids"
        )
        assert await codes(unknown) == [("UNKNOWN_TARGET", ("warehouse_ids", 1))]
        await set_to()
        assert (await call_of(token)).scopes == {Dimension.WAREHOUSE: frozenset()}
        await operations.set_user_scope(call, user_id=ann, dimension=Dimension.WAREHOUSE, target_ids=None)
        assert (await call_of(token)).scopes == {}

    async def test_what_was_told_of_scopes_in_the_past_is_read_as_it_was_meant(self) -> None:
        some = Fact.decode("UserWarehousesSet", '{"user_id": 1, "warehouse_ids": [2]}')
        everything = Fact.decode("UserWarehousesSet", '{"user_id": 1, "warehouse_ids": []}')
        assert (getattr(some, "target_ids", 0), getattr(everything, "target_ids", 0)) == ((2,), None)


class TestPasswords:
    async def test_ones_own_needs_the_present_one_and_ends_all_other_tokens(self, ann: int) -> None:
        here = await operations.login(NOBODY, username="ann", password=PASSWORD)
        there = await operations.login(NOBODY, username="ann", password=PASSWORD)
        program, kept = await token_of(ann), await token_of(ann)
        wrong = operations.change_password(
            here.call, user_id=ann, current_password="wrong", new_password="battery staple"
        )
        assert await codes(wrong) == [("WRONG_PASSWORD", ("current_password",))]
        both = operations.change_password(here.call, user_id=ann, current_password="wrong", new_password="short")
        assert await codes(both) == [("WRONG_PASSWORD", ("current_password",)), ("PASSWORD_LENGTH", ("new_password",))]
        await operations.change_password(
            here.call,
            user_id=ann,
            current_password=PASSWORD,
            new_password="battery staple",
            keep_token_ids=[(await call_of(kept)).token_id or 0],
        )
        assert await call_of(here.token)
        assert await call_of(kept)
        for ended in (there.token, program):
            with pytest.raises(Unauthenticated):
                await call_of(ended)
        assert await codes(operations.login(NOBODY, username="ann", password=PASSWORD)) == [("INVALID_CREDENTIALS", ())]
        assert await operations.login(NOBODY, username="ann", password="battery staple")

    async def test_an_administrator_sets_anothers(self, call: Call, ann: int) -> None:
        program = await token_of(ann)
        short = operations.change_password(call, user_id=ann, new_password="short")
        assert await codes(short) == [("PASSWORD_LENGTH", ("new_password",))]
        await operations.change_password(call, user_id=ann, new_password="battery staple")
        assert await operations.login(NOBODY, username="ann", password="battery staple")
        with pytest.raises(Unauthenticated):
            await call_of(program)

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("password1", "PASSWORD_COMMON"),
            ("QWERTYUIOP", "PASSWORD_COMMON"),
            ("11111111", "PASSWORD_UNIFORM"),
            ("abababab", "PASSWORD_UNIFORM"),
            ("annie#7q", "PASSWORD_IS_NAME"),
        ],
    )
    async def test_what_is_wrong_with_a_password_is_said(self, call: Call, password: str, code: str) -> None:
        made = operations.create_user(call, username="annie", name="Annie", password=password, roles=[])
        assert await codes(made) == [(code, ("password",))]
        assert await operations.create_user(call, username="annie", name="Annie", password=f"{password} !!", roles=[])

    async def test_an_administrator_resets_anothers_to_what_nobody_chose(self, call: Call, ann: int) -> None:
        program = await token_of(ann)
        reset = await operations.reset_password(call, user_id=ann)
        assert (await operations.login(NOBODY, username="ann", password=reset.password)).user_id == ann
        assert await codes(operations.login(NOBODY, username="ann", password=PASSWORD)) == [("INVALID_CREDENTIALS", ())]
        with pytest.raises(Unauthenticated):
            await call_of(program)
        assert reset.password not in str(await facts("PasswordChanged"))
        own = operations.reset_password(call, user_id=call.actor_id or 0)
        assert await codes(own) == [("OWN_RIGHTS", ("user_id",))]


class TestData:
    async def test_what_is_given_changes_and_nothing_else(self, call: Call, ann: int) -> None:
        await operations.update_user(call, user_id=ann, username=" Anna ", locale="zh-CN")
        assert (await operations.login(NOBODY, username="anna", password=PASSWORD)).user_id == ann
        user = await models.User.get(id=ann)
        assert (user.username, user.name, user.locale, user.is_active) == ("anna", "安", "zh-CN", True)
        assert (await call_of(await token_of(ann))).locale == "zh-CN"

    async def test_what_is_wrong_is_said_at_once(self, call: Call, ann: int) -> None:
        await made("bob")
        refused = operations.update_user(call, user_id=ann, username="", name="x" * 101, locale="xx")
        wrong = [("REQUIRED", ("username",)), ("TEXT_TOO_LONG", ("name",)), ("UNKNOWN_LOCALE", ("locale",))]
        assert await codes(refused) == wrong
        taken = operations.update_user(call, user_id=ann, username="BOB", name="Anna")
        assert await codes(taken) == [("USERNAME_TAKEN", ("username",))]
        assert (await models.User.get(id=ann)).name == "安"

    async def test_ones_own_language_needs_no_permission(self, ann: int) -> None:
        bob, mine = await made("bob"), await call_of(await token_of(ann))
        await operations.update_user(mine, user_id=ann, locale="zh-CN")
        for given in ({"user_id": ann, "name": "Queen"}, {"user_id": ann, "username": "queen"}, {"user_id": bob}):
            with pytest.raises(Forbidden):
                await operations.update_user(mine, locale="en", **given)
        assert (await call_of(await token_of(ann))).locale == "zh-CN"

    async def test_who_was_deactivated_comes_back_as_he_was_but_for_tokens(self, call: Call, ann: int) -> None:
        program = await token_of(ann)
        await operations.deactivate_user(call, user_id=ann)
        assert await codes(operations.login(NOBODY, username="ann", password=PASSWORD)) == [("INVALID_CREDENTIALS", ())]
        await operations.reactivate_user(call, user_id=ann)
        session = await operations.login(NOBODY, username="ann", password=PASSWORD)
        assert EDIT_PURCHASE_ORDERS in session.call.permissions
        with pytest.raises(Unauthenticated):
            await call_of(program)
