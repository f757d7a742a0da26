"""Which customers and suppliers users and their tokens may see."""

from collections.abc import Sequence

from jxc_graphql.gql.declare import Id, batched, extends, input_type, mutation, payload
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.partners.api import Customer, Supplier
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth import queries as users
from jxc_graphql.office.auth.access_api import AccessToken
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.facts import UserScopeSet
from jxc_graphql.office.auth.permissions import Dimension, Permission


async def _customers_of_users(call: Call, user_ids: Sequence[int]) -> list[list[int] | None]:  # noqa: ARG001
    return await users.targets_of_users(user_ids, Dimension.CUSTOMER)


async def _suppliers_of_users(call: Call, user_ids: Sequence[int]) -> list[list[int] | None]:  # noqa: ARG001
    return await users.targets_of_users(user_ids, Dimension.SUPPLIER)


async def _customers_of_tokens(call: Call, token_ids: Sequence[int]) -> list[list[int] | None]:  # noqa: ARG001
    return await users.targets_of_tokens(token_ids, Dimension.CUSTOMER)


async def _suppliers_of_tokens(call: Call, token_ids: Sequence[int]) -> list[list[int] | None]:  # noqa: ARG001
    return await users.targets_of_tokens(token_ids, Dimension.SUPPLIER)


@extends(User)
class UserPartners:
    """With whom a user has to do."""

    customers: list[Customer] | None = batched(_customers_of_users, "id", requires=Permission.MANAGE_USERS)
    """The customers that the user may see and touch, with their documents (数据范围); null: all of them."""
    suppliers: list[Supplier] | None = batched(_suppliers_of_users, "id", requires=Permission.MANAGE_USERS)
    """The suppliers that the user may see and touch, with their documents (数据范围); null: all of them."""


@extends(AccessToken)
class TokenPartners:
    """Of whom a token may be used to see something."""

    customers: list[Customer] | None = batched(_customers_of_tokens, "id")
    """The customers that it is limited to; null: those of its user."""
    suppliers: list[Supplier] | None = batched(_suppliers_of_tokens, "id")
    """The suppliers that it is limited to; null: those of its user."""


@input_type
class SetUserCustomersInput:
    """Whose seller a user is."""

    user_id: Id[User]
    """The user: not oneself, and nobody who is above."""
    customer_ids: list[Id[Customer]] | None = None
    """All customers that the user may see and touch from now on, at most 200; an empty list: none; null: all."""


@payload
class SetUserCustomersPayload:
    """The user with the new scope."""

    user: User | None
    """The user."""


@mutation(SetUserCustomersPayload)
async def set_user_customers(call: Call, input: SetUserCustomersInput) -> UserScopeSet:
    """Let a user see exactly these customers, and what is sold or lent to them (设置客户范围)."""
    return await auth.set_user_scope(
        call,
        user_id=input.user_id,
        dimension=Dimension.CUSTOMER,
        target_ids=input.customer_ids,
        path="customer_ids",
    )


@input_type
class SetUserSuppliersInput:
    """Whose buyer a user is."""

    user_id: Id[User]
    """The user: not oneself, and nobody who is above."""
    supplier_ids: list[Id[Supplier]] | None = None
    """All suppliers that the user may see and touch from now on, at most 200; an empty list: none; null: all."""


@payload
class SetUserSuppliersPayload:
    """The user with the new scope."""

    user: User | None
    """The user."""


@mutation(SetUserSuppliersPayload)
async def set_user_suppliers(call: Call, input: SetUserSuppliersInput) -> UserScopeSet:
    """Let a user see exactly these suppliers, and what is bought from or lent to them (设置供应商范围)."""
    return await auth.set_user_scope(
        call,
        user_id=input.user_id,
        dimension=Dimension.SUPPLIER,
        target_ids=input.supplier_ids,
        path="supplier_ids",
    )
