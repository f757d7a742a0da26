"""How much work something is, told in steps instead of seconds: so many calls of functions, on any machine."""

import sys
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import msgspec

from jxc_graphql.kit import db


class Steps(msgspec.Struct):
    """Calls of functions, those of C included, in this thread."""

    taken: int = 0


@contextmanager
def counted() -> Iterator[Steps]:
    """Counts for the duration of a block."""
    steps = Steps()

    def note(_: FrameType, event: str, __: Any) -> None:
        if event in {"call", "c_call"}:
            steps.taken += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield steps
    finally:
        sys.setprofile(before)


async def cost(work: Awaitable[object]) -> int:
    """How many statements something takes."""
    with db.statements() as seen:
        await work
    return len(seen)
