"""What journals keep with a fact besides what it tells: whoever writes notes it while the operation is going on.

noted_beside()[order.id] = Changed("PurchaseOrder", "status", …)       kept with the fact, in the history of the order
kept_beside(body, Changed)                                             the same, read again
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
Noted = Mapping[int, Any]
"""What is kept with a fact, by the thing in whose history it stands."""
NOTHING: Noted = {}
_FIELD = "beside"
_noted: ContextVar[dict[int, Any] | None] = ContextVar("beside", default=None)


@contextmanager
def noting() -> Iterator[dict[int, Any]]:
    """What is noted meanwhile, by the thing in whose history it stands."""
    noted: dict[int, Any] = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def noted_beside() -> dict[int, Any]:
    """What the fact of the operation that is going on is kept with, by the thing in whose history it stands."""
    noted = _noted.get()
    return {} if noted is None else noted


def with_beside(body: str, beside: Any) -> str:
    """What journals keep of a fact that has this body; None is nothing beside it."""
    if beside is None:
        return body
    fields: dict[str, msgspec.Raw] = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({**fields, _FIELD: beside}).decode()


def kept_beside(body: str, kind: type[T]) -> T | None:
    """What was kept with a fact besides what it tells; None where nothing was."""
    kept = msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get(_FIELD)
    return None if kept is None else msgspec.json.decode(kept, type=kind)
