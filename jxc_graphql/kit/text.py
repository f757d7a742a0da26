"""Text that people type: what is acceptable, and what is taken already; how it is found again says `spelling`."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from msgspec import UNSET, UnsetType
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from jxc_graphql.kit.errors import Path, Reason, Rejected, Required

_NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class TextTooLong(Reason, frozen=True, kw_only=True):
    """A text is longer than `limit` characters."""

    limit: int


class TextNotPrintable(Reason, frozen=True, kw_only=True):
    """A text holds control characters or half of a character."""


class CodeTaken(Reason, frozen=True, kw_only=True):
    """Another thing of the same kind has this code (编码重复)."""

    taken: str


def check_text(path: Path, text: str | UnsetType | None, *, limit: int, required: bool = False) -> Iterator[Reason]:
    """What is wrong with a text; `UNSET`, which says that it is not given, or None, that it is cleared, is right."""
    if text is UNSET or text is None:
        return
    if required and not text.strip():
        yield Required(path=path)
    if len(text) > limit:
        yield TextTooLong(path=path, limit=limit)
    if not printable(text):
        yield TextNotPrintable(path=path)


def printable(text: str) -> bool:
    """Whether it holds no control characters and no half of a character; only then a database may be asked for it."""
    return _NOT_PRINTABLE.search(text) is None


@asynccontextmanager
async def unique(model: type[Model], reason: Reason, *, own_id: int | None, **column: str | int) -> AsyncIterator[None]:
    """Keeps a column unique while the block writes it: `Rejected` with the reason where another row has the value.

    Whoever asks is told that it is taken, also by what he may not see, since it is unique among all, on labels and in
    files as well; of what has it the reason says nothing but what was typed. The look-up gives the answer nearly
    always; the constraint gives it when two callers write at once.
    """
    if await model.filter(**column).exclude(id=own_id or 0).exists():
        raise Rejected(reason)
    try:
        yield
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise Rejected(reason) from error
