"""What permissions include: whoever has one may do what those do that go with it; and what is left to who has none."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

C = TypeVar("C", bound=Callable[..., Any])

_WITH: dict[str, frozenset[str]] = {}
leave_own: set[str] = set()
"""Those that show everybody's of something of which whoever lacks them sees his own."""
EACH = ""
"""A permission that nobody has: of what takes it everybody has his own."""


class Division(NamedTuple):
    """A dimension of scope that divides another one: each of its things has some: branches have warehouses."""

    dimension: str
    of: str
    """The dimension that it divides."""
    table: str
    """Where the things of that dimension stand."""
    column: str
    """Which of this one each of them is of."""


_PARTS: dict[str, Division] = {}
_OF: dict[str, tuple[Division, ...]] = {}


def divide(part: Division) -> None:
    """Has whoever is limited in a dimension see, of another one, what its things have."""
    _PARTS[part.dimension] = part
    _OF[part.of] = tuple(one for one in _PARTS.values() if one.of == part.of)


def parts_of(dimension: str) -> tuple[Division, ...]:
    """The dimensions that divide one."""
    return _OF.get(dimension, ())


def parts() -> tuple[Division, ...]:
    """All dimensions that divide others."""
    return tuple(_PARTS.values())


def include(permission: str, *others: str) -> None:
    """Lets whoever has a permission have others, and what these include."""
    _WITH[permission] = frozenset(others)
    closed.cache_clear()


@lru_cache(maxsize=1024)
def closed(permissions: frozenset[str]) -> frozenset[str]:
    """Some permissions, and all that they include."""
    found = permissions.union(*(_WITH.get(one, ()) for one in permissions))
    return permissions if found == permissions else closed(found)


def includes(permission: str | None, other: str) -> bool:
    """Whether whoever has a permission has another one."""
    return permission is not None and other in closed(frozenset({permission}))


def personal(function: C) -> C:
    """Marks what gives other answers to callers with the same rights: each has his own."""
    function.__personal__ = True  # type: ignore[attr-defined]
    return function


def is_personal(function: Callable[..., Any]) -> bool:
    """Whether it gives other answers to callers with the same rights."""
    return hasattr(function, "__personal__")
