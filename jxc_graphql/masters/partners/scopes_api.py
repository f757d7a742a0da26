"""Which customers and suppliers users and their tokens may see."""

from jxc_graphql.gql.declare import batched, extends
from jxc_graphql.masters.partners.api import Customer, Supplier
from jxc_graphql.office.auth.access_api import AccessToken
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.scoping import of_tokens, of_users, user_scope


@extends(User)
class UserPartners:
    """With whom a user has to do."""

    customers: list[Customer] | None = batched(of_users(Dimension.CUSTOMER), "id", requires=Permission.MANAGE_USERS)
    """The customers that the user may see and touch, with their documents (数据范围); null: all of them."""
    suppliers: list[Supplier] | None = batched(of_users(Dimension.SUPPLIER), "id", requires=Permission.MANAGE_USERS)
    """The suppliers that the user may see and touch, with their documents (数据范围); null: all of them."""


@extends(AccessToken)
class TokenPartners:
    """Of whom a token may be used to see something."""

    customers: list[Customer] | None = batched(of_tokens(Dimension.CUSTOMER), "id")
    """The customers that it is limited to; null: those of its user."""
    suppliers: list[Supplier] | None = batched(of_tokens(Dimension.SUPPLIER), "id")
    """The suppliers that it is limited to; null: those of its user."""


set_user_customers = user_scope(
    Customer,
    Dimension.CUSTOMER,
    who="Whose seller a user is.",
    text="Let a user see exactly these customers, and what is sold or lent to them (设置客户范围).",
)
set_user_suppliers = user_scope(
    Supplier,
    Dimension.SUPPLIER,
    who="Whose buyer a user is.",
    text="Let a user see exactly these suppliers, and what is bought from or lent to them (设置供应商范围).",
)
