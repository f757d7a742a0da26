"""Kinds of jobs: each feature declares its own, in its `chores`.

@kind("REVIEW_STOCK", "Review all stock levels (复核库存).", usually="0 0 * * *")
async def review(call: Call, stage: Stage) -> Stage:
    '''Does the next part, in the transaction that is open, and gives how far the job is then.'''
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.vocabulary import add
from jxc_graphql.office.jobs.models import JobKind


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """How far a job is."""

    input: dict[str, Any] = {}
    """What it was asked to do."""
    saved: dict[str, Any] = {}
    """What its next step has to know of those before it."""
    done: int = 0
    total: int | None = None
    """How much there is to do, once that is known."""
    is_last: bool = False
    """Whether nothing is left to do."""


Step = Callable[[Call, Stage], Awaitable[Stage]]
"""Does the next part of a job, in one transaction with the stage that it gives."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of job."""

    word: JobKind
    step: Step
    text: str
    usually: str | None
    """When it begins by itself, as a cron expression; None where only somebody asks for it."""


KINDS: dict[str, Declared] = {}


def kind(name: str, text: str, *, usually: str | None = None) -> Callable[[Step], Step]:
    """Declares what the steps of a kind of job do."""

    def declare(step: Step) -> Step:
        word = JobKind(name) if name in JobKind.__members__ else add(JobKind, name, text)
        KINDS[name] = Declared(word=word, step=step, text=text, usually=usually)
        return step

    return declare
