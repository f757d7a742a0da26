"""Kinds of jobs: each feature declares its own, in its `chores`.

@kind("REVIEW_STOCK", "Review all stock levels (复核库存).", usually="0 0 * * *")
async def review(call: Call, stage: Stage) -> Stage:
    '''Does the next part, in the transaction that is open, and gives how far the job is then.'''

What takes longer than a transaction should (reading much, making a file) is done `ahead` of each step, outside of one:
what it gives is `stage.found`. It may happen twice, if a process dies behind it. A kind that is asked for something
says by `allows` what may be asked; all others take no input.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.vocabulary import add
from jxc_graphql.office.jobs.models import JobKind


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """How far a job is."""

    job_id: int = 0
    asked_by_id: int | None = None
    """Who asked for it, or made the schedule that did."""
    input: dict[str, Any] = {}
    """What it was asked to do."""
    found: Any = None
    """What was done ahead of this step."""
    result: dict[str, Any] = {}
    """What came of it so far, for whoever asked."""
    saved: dict[str, Any] = {}
    """What its next step has to know of those before it."""
    done: int = 0
    total: int | None = None
    """How much there is to do, once that is known."""
    is_last: bool = False
    """Whether nothing is left to do."""


Step = Callable[[Call, Stage], Awaitable[Stage]]
"""Does the next part of a job, in one transaction with the stage that it gives."""
Ahead = Callable[[Stage], Awaitable[Any]]
"""Does outside of a transaction what the next step needs."""
Check = Callable[[Call, dict[str, Any]], Awaitable[None]]
"""Raises `Rejected` or `Forbidden` for an input that its caller cannot ask for."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of job."""

    word: JobKind
    step: Step
    text: str
    usually: str | None
    """When it begins by itself, as a cron expression; None where only somebody asks for it."""
    ahead: Ahead | None = None
    takes_input: bool = False


KINDS: dict[str, Declared] = {}
ALLOWED: dict[str, Check] = {}
"""What says which input a kind of job may be asked for, of those that take one."""


def kind(
    name: str, text: str, *, usually: str | None = None, ahead: Ahead | None = None, allows: Check | None = None
) -> Callable[[Step], Step]:
    """Declares what the steps of a kind of job do."""

    def declare(step: Step) -> Step:
        known = KINDS.get(name)
        assert known is None or known.step.__module__ == step.__module__, f"{name} is declared twice"
        word = JobKind(name) if name in JobKind.__members__ else add(JobKind, name, text)
        takes_input = allows is not None
        KINDS[name] = Declared(word=word, step=step, text=text, usually=usually, ahead=ahead, takes_input=takes_input)
        if allows is not None:
            ALLOWED[name] = allows
        return step

    return declare
