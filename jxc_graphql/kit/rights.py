"""What permissions include: whoever has one may do what those do that go with it; and what is left to who has none."""

from functools import lru_cache

_WITH: dict[str, frozenset[str]] = {}
leave_own: set[str] = set()
"""Those that show everybody's of something of which whoever lacks them sees his own."""


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
