"""What is right for users, passwords, roles and sign-ins; times in seconds."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.messages import LOCALES
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.auth.permissions import Permission

USERNAME_LIMIT = 60
NAME_LIMIT = 100
PASSWORD_LEAST, PASSWORD_MOST = 8, 200
WAREHOUSES_LIMIT = 200
TOKEN_DAYS_MOST = 3650

SESSION_LIFE = timedelta(days=1)
FREE_FAILURES = 5
LONGEST_PAUSE = timedelta(seconds=60)
FAILURES_FORGOTTEN_AFTER = timedelta(minutes=15)

_SEE = {
    Permission.SEE_CATALOG,
    Permission.SEE_PARTNERS,
    Permission.SEE_STOCK,
    Permission.SEE_PURCHASING,
    Permission.SEE_SALES,
    Permission.SEE_ALERTS,
}
BUILT_IN_ROLES: dict[str, tuple[str, frozenset[Permission]]] = {
    "ADMIN": ("Administrator (管理员)", frozenset(Permission)),
    "MANAGER": ("Manager (经理)", frozenset(Permission) - {Permission.MANAGE_USERS}),
    "BUYER": (
        "Buyer (采购员)",
        frozenset(
            _SEE
            | {
                Permission.SEE_COST,
                Permission.SEE_SHARED_STOCK,
                Permission.MANAGE_PARTNERS,
                Permission.EDIT_PURCHASE_ORDERS,
            }
        ),
    ),
    "SELLER": (
        "Seller (销售员)",
        frozenset(_SEE | {Permission.SEE_SHARED_STOCK, Permission.MANAGE_PARTNERS, Permission.EDIT_SALES_ORDERS}),
    ),
    "WAREHOUSE_KEEPER": (
        "Warehouse keeper (仓管员)",
        frozenset(
            _SEE
            | {
                Permission.MANAGE_LOTS,
                Permission.SEE_SHARED_STOCK,
                Permission.RECEIVE_GOODS,
                Permission.SHIP_GOODS,
                Permission.MANAGE_ALERTS,
                Permission.EDIT_TRANSFERS,
                Permission.MOVE_GOODS,
                Permission.COUNT_STOCK,
                Permission.MANAGE_STOCKTAKES,
                Permission.ADJUST_STOCK,
                Permission.ASSEMBLE_GOODS,
            }
        ),
    ),
    "ACCOUNTANT": (
        "Accountant (会计)",
        frozenset(
            _SEE
            | {
                Permission.SEE_COST,
                Permission.POST_OPENING_BALANCE,
                Permission.POST_LATE_DOCUMENTS,
                Permission.CLOSE_PERIODS,
                Permission.VERIFY_BOOKS,
                Permission.REVALUE_STOCK,
            }
        ),
    ),
    "VIEWER": ("Viewer (查询员)", frozenset(_SEE)),
}


class InvalidCredentials(Reason, frozen=True, kw_only=True):
    """User name and password do not belong together."""


class TooManyAttempts(Reason, frozen=True, kw_only=True):
    """Too many sign-ins under this name failed; the next try is possible in so many seconds."""

    retry_after_seconds: int


class PasswordLength(Reason, frozen=True, kw_only=True):
    """A password has from `least` to `most` characters."""

    least: int
    most: int


class UsernameTaken(Reason, frozen=True, kw_only=True):
    """Another user has this user name."""

    username: str


class UnknownLocale(Reason, frozen=True, kw_only=True):
    """There are no messages in this language."""

    locale: str


class UnknownUser(Reason, frozen=True, kw_only=True):
    """There is no such user."""


class UnknownRole(Reason, frozen=True, kw_only=True):
    """There is no such role."""

    role: str


class UnknownWarehouse(Reason, frozen=True, kw_only=True):
    """There is no such warehouse."""


class TooManyWarehouses(Reason, frozen=True, kw_only=True):
    """A scope names at most `limit` warehouses."""

    limit: int


class UnknownToken(Reason, frozen=True, kw_only=True):
    """There is no such token, or it is another user's."""


class TokenLife(Reason, frozen=True, kw_only=True):
    """A token lives from one day to `most_days` days."""

    most_days: int


class UserInactive(Reason, frozen=True, kw_only=True):
    """The user is deactivated."""


class LastAdministrator(Reason, frozen=True, kw_only=True):
    """Nobody would be left who may manage users."""


def username(text: str) -> str:
    """A user name as it is kept and compared."""
    return text.strip().lower()


def pause(failures: int, last_failed_at: datetime, now: datetime) -> timedelta:
    """How long the next sign-in must wait: doubled with each failure after the free ones, never over the longest."""
    doublings = failures - FREE_FAILURES
    if doublings < 0 or forgotten(last_failed_at, now):
        return timedelta(0)
    whole = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(doublings, 10)))
    return max(last_failed_at + whole - now, timedelta(0))


def forgotten(last_failed_at: datetime, now: datetime) -> bool:
    """Whether failures are so long ago that they count for nothing."""
    return now - last_failed_at > FAILURES_FORGOTTEN_AFTER


def check_password(password: str, path: Path = ("password",)) -> Iterator[Reason]:
    """What is wrong with a new password."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        yield PasswordLength(path=path, least=PASSWORD_LEAST, most=PASSWORD_MOST)
    else:
        yield from check_text(path, password, limit=PASSWORD_MOST)


def check_user(username: str, name: str, locale: str) -> Iterator[Reason]:
    """What is wrong with a new user's data."""
    yield from check_text(("username",), username, limit=USERNAME_LIMIT, required=True)
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if locale not in LOCALES:
        yield UnknownLocale(path=("locale",), locale=locale)


def check_roles(roles: Collection[str], known: Collection[str]) -> Iterator[Reason]:
    """Which of the roles do not exist."""
    for index, role in enumerate(roles):
        if role not in known:
            yield UnknownRole(path=("roles", index), role=role[:NAME_LIMIT])


def check_warehouses(warehouse_ids: Collection[int], known: Collection[int]) -> Iterator[Reason]:
    """Which of the warehouses do not exist, and whether they are too many."""
    if len(warehouse_ids) > WAREHOUSES_LIMIT:
        yield TooManyWarehouses(path=("warehouse_ids",), limit=WAREHOUSES_LIMIT)
        return
    for index, warehouse_id in enumerate(warehouse_ids):
        if warehouse_id not in known:
            yield UnknownWarehouse(path=("warehouse_ids", index))


def check_token(name: str, expires_in_days: int | None) -> Iterator[Reason]:
    """What is wrong with a new API token's data."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if expires_in_days is not None and not 1 <= expires_in_days <= TOKEN_DAYS_MOST:
        yield TokenLife(path=("expires_in_days",), most_days=TOKEN_DAYS_MOST)
