"""What may go wrong on purpose.

    DomainError
    ├── Unauthenticated       nobody is signed in, or the token is not good any more
    ├── Forbidden             this caller may not do that, or not there
    └── Rejected              the request cannot be carried out; carries every reason at once
        ├── NotFound          something it names does not exist (or is out of the caller's sight)
        └── Conflict          it does not fit what happened meanwhile

A `Reason` is one thing that is wrong with a request. Its class lives beside the rule that gives it, its code is its
class name in capitals, its fields say what was wrong in numbers, and its text comes from the message catalogue.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, ClassVar

import msgspec

Path = tuple[str | int, ...]


class AsTyped(str):
    """A step of a path that somebody made up, such as the code of an own field: clients read it as it was typed."""

    __slots__ = ()


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a request; `path` leads to the input that caused it, list indexes included."""

    path: Path = ()

    code: ClassVar[str]
    about: ClassVar[str | None] = None
    """The one field of an input that it is about, where it is about one only: without it, it is not given."""
    labelled: ClassVar[Mapping[str, str]] = {}
    """Which of its fields hold words that have labels, and under what those stand (`kit.labels`)."""
    registry: ClassVar[dict[str, type["Reason"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).upper()
        Reason.registry[cls.code] = cls


class Required(Reason, frozen=True, kw_only=True):
    """What must be there is missing, blank or null."""


class UnknownId(Reason, frozen=True, kw_only=True):
    """There is nothing of this kind with this id, or the caller may not see it."""

    labelled: ClassVar[Mapping[str, str]] = {"kind": "Kind"}
    kind: str


class WrongKindOfId(Reason, frozen=True, kw_only=True):
    """This is the id of a thing of another kind."""

    labelled: ClassVar[Mapping[str, str]] = {"kind": "Kind"}
    kind: str
    """The kind that is asked for."""


class DomainError(Exception):
    """A refusal that the caller can understand and act on."""


class Unauthenticated(DomainError):
    """Nobody is signed in, or the token that was shown is not good: the code says why."""

    def __init__(self, code: str = "UNAUTHENTICATED") -> None:
        super().__init__(code)
        self.code = code


class Forbidden(DomainError):
    """The caller lacks a permission, or the thing lies outside the caller's scope."""

    def __init__(self, permission: str, field: str | None = None) -> None:
        """`field`: what he may not see, and wanted to learn about in another way."""
        super().__init__(permission)
        self.permission = permission
        self.field = field


class Rejected(DomainError):
    """The request cannot be carried out; nothing was written."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(", ".join(repr(reason) for reason in reasons))
        self.reasons = reasons


class PartlyDone(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation did with many things, of which some may have been refused."""

    refused: tuple[Reason, ...] = ()
    """What is wrong with those; the others were done."""


class NotFound(Rejected):
    """The request names something that does not exist or that the caller may not see."""


class Conflict(Rejected):
    """The request was made for another state of things than the present one."""


passed_over: ContextVar[Callable[[Iterable[Reason]], Iterable[Reason]]] = ContextVar("passed_over", default=tuple)
"""Which of the reasons of a check stand while only part of an input is known (`kit.rehearsal`); else all of them."""


def reject_if(reasons: Iterable[Reason]) -> None:
    """Raises `Rejected` with all the reasons when there is at least one."""
    found = tuple(passed_over.get()(reasons))
    if found:
        raise Rejected(*found)
