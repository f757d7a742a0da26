"""Readings of costs: noted as reports are answered, written together soon after, so that no report waits for it."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec

from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.office.audit.facts import CostsRead
from jxc_graphql.office.auth.permissions import Permission

P = ParamSpec("P")
T = TypeVar("T")
Report = Callable[Concatenate[Call, P], Coroutine[Any, Any, T]]

WRITE_EVERY = timedelta(seconds=1)
NOTE_STEP = timedelta(minutes=1)
"""How often at most it is noted that the same user reads the same report at the same address."""
REMEMBERED = 10_000
"""Readings of the last minute that are told from new ones."""


class _Readings(msgspec.Struct):
    """The readings of one database."""

    waiting: list[tuple[CostsRead, Call]] = []
    last: dict[tuple[int, str, str], datetime] = {}


def _readings() -> _Readings:
    found: _Readings = current().known.setdefault("readings", _Readings())
    return found


def shows_costs(report: Report[P, T]) -> Report[P, T]:
    """Marks a root function as a report that shows costs: whoever may see them is noted as having read it."""

    @wraps(report)
    async def noted(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> T:
        answer = await report(call, *args, **kwargs)
        if Permission.SEE_COST in call.permissions:
            note(call, report.__name__)
        return answer

    return noted


def note(call: Call, report: str) -> None:
    """Notes that somebody reads a report that shows costs."""
    if call.actor_id is None:
        return
    readings = _readings()
    key, now = (call.actor_id, call.address, report), clock.now()
    if key in readings.last and now - readings.last[key] < NOTE_STEP:
        return
    if len(readings.last) >= REMEMBERED:
        readings.last.clear()
    readings.last[key] = now
    readings.waiting.append((CostsRead(user_id=call.actor_id, report=report), call))


async def write_readings() -> None:
    """Writes down what was noted; what cannot be written waits."""
    readings = _readings()
    noted, readings.waiting = readings.waiting, []
    try:
        if noted:
            await _write(noted)
    except BaseException:
        readings.waiting[:0] = noted
        raise


@db.transactional
async def _write(noted: list[tuple[CostsRead, Call]]) -> None:
    for fact, call in noted:
        journal.record(fact, call)
