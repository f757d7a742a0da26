"""What the settings of the company are: at the version that a transaction sees, read again only where that is new.

A process remembers them, beside the calendar by which days are counted. Whoever reads the day or the periods under
which something is written reads the version with it (`at`), in the same statement; so no process writes by settings
that are no more, and none asks twice for those that it knows.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.errors import Path, Reason, Unauthenticated, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.company import rules
from jxc_graphql.office.company.models import ONLY
from jxc_graphql.office.company.settings import CompanySettings

LOCK = "books"
"""The lock that whoever writes for a day shares; who closes days, or changes settings, takes it alone."""
_KNOWN, _SEEN = "company", "company, as this transaction was the first to see it"
_PATH: Path = ("business_date",)
_NAMES = [name for name in CompanySettings.__struct_fields__ if name != "zones"]


async def read() -> CompanySettings | None:
    """The settings as the database has them; None before the company is set up."""
    rows = await db.fetch(
        f"SELECT {', '.join(f'company.{name}' for name in _NAMES)}, zone.starts_on, zone.time_zone "  # noqa: S608
        "FROM company JOIN company_time_zone AS zone ON zone.company_id = company.id ORDER BY zone.id"
    )
    if not rows:
        return None
    told = dict(zip(_NAMES, rows[0], strict=False))
    zones = tuple((date.min if starts_on is None else db.day(starts_on), zone) for *_, starts_on, zone in rows)
    return msgspec.convert(told | {"zones": zones}, CompanySettings, dec_hook=lambda kind, value: kind(value))


async def at(version: int, *, stays: bool = False) -> CompanySettings:
    """The settings at the version that somebody has just read; `stays`: under the lock that keeps it as it is."""
    found: CompanySettings | None = _seen_inside() or current().known.get(_KNOWN)
    if found is None or found.version != version:
        found = await read()
        assert found is not None
        if db.in_transaction():  # which may see what has yet to be committed
            running().known[_SEEN] = found
            db.after_commit(partial(remember, found))
        else:
            remember(found)
    if stays and db.in_transaction():
        running().known[_KNOWN] = found
    return found


async def present(*, stays: bool = False) -> CompanySettings:
    """The settings at this moment; in a transaction in which they stay as they are, without another look."""
    if db.in_transaction() and _KNOWN in running().known:
        found: CompanySettings = running().known[_KNOWN]
        return found
    ((version,),) = await db.fetch("SELECT version FROM company")
    return await at(version, stays=stays)


async def settled() -> CompanySettings:
    """The settings, which nobody changes until the running transaction ends."""
    await db.hold(LOCK, shared=True, ahead=True)
    return await present(stays=True)


async def check_open(day: date, path: Path = _PATH) -> None:
    """Raises `Rejected` with a `BeforeBooksOpen` for a day before the books were opened."""
    reject_if(rules.check_open(day, (await settled()).books_open_on, path))


async def check_not_before(**days: Change[date | None]) -> list[Reason]:
    """What is wrong with days of a document, by the field that names each: none is before the books were opened."""
    given = {name: day for name, day in days.items() if isinstance(day, date)}
    if not given:
        return []
    opened_on = (await settled()).books_open_on
    return [one for name, day in given.items() for one in rules.check_open(day, opened_on, (name,))]


async def must_wait(call: Call, worth: Money) -> bool:
    """Whether a correction that is worth so much waits for someone else to approve it."""
    return rules.waits(await settled(), worth, call.permissions)


def company_id(call: Call) -> int:
    """The id of the company; raises `Unauthenticated` for nobody."""
    if call.actor_id is None:
        raise Unauthenticated
    return ONLY


async def todays(call: Call, company_ids: Sequence[int]) -> list[date]:
    """The company's day."""
    calendar = (await present()).calendar
    return [calendar.day_of(call.at) for _ in company_ids]


async def time_zones_of_today(call: Call, company_ids: Sequence[int]) -> list[str]:
    """The zone in which today is counted."""
    calendar = (await present()).calendar
    return [calendar.zone_on(calendar.day_of(call.at)) for _ in company_ids]


def _seen_inside() -> CompanySettings | None:
    return running().known.get(_SEEN) if db.in_transaction() else None


def remember(settings: CompanySettings) -> None:
    """Has this process go by settings that were committed, unless it knows later ones."""
    database = current()
    known: CompanySettings | None = database.known.get(_KNOWN)
    if known is None or known.version <= settings.version:
        database.known[_KNOWN] = settings
        database.calendar = settings.calendar
