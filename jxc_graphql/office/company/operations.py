"""Setting the company up, and changing its settings."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from functools import partial
from itertools import chain

from msgspec import structs

from jxc_graphql.kit import clock, db, frame, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.messages import LOCALES, render
from jxc_graphql.kit.settings import SettingsError
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries, rules
from jxc_graphql.office.company.facts import CompanySetUp, CompanyUpdated, SettingChange
from jxc_graphql.office.company.models import ONLY, Company, CompanyTimeZone
from jxc_graphql.office.company.rules import Span, TimeZoneChange
from jxc_graphql.office.company.settings import Choice, CompanySettings, chosen

SpanOfDocuments = Callable[[], Awaitable[Span | None]]
"""Since when there are documents, and until when they were made; None where there are none."""


async def _none() -> Span | None:
    return None


_documents: SpanOfDocuments = _none


def documents_are(span: SpanOfDocuments) -> None:
    """Says where documents are: which settings may still change depends on them, and they stand above."""
    global _documents  # noqa: PLW0603  (a program has one register of documents)
    _documents = span


Labelling = Callable[[str], Awaitable[None]]
_labellings: list[Labelling] = []


def when_set_up(label: Labelling) -> None:
    """Has whatever came before the company had settings be in its currency, when it has one for the first time."""
    _labellings.append(label)


async def take_up(call: Call, told: Choice, *, anew: bool = False) -> None:
    """Has this process go by the settings of the database; the first that comes writes there what it was told.

    `anew`: so does this one, as long as nothing was recorded. Raises `ToldOtherwise` where the database says something
    else than the process was told, and `SettingsError` for what cannot be.
    """
    if wrong := [f"{reason.path[0]}: {render(reason, LOCALES[0])}" for reason in rules.check_choice(told)]:
        raise SettingsError("; ".join(wrong))
    present = None if anew else await queries.read()
    if present is None:
        present = await _set_up(call, told, anew=anew)
    rules.check_told(present, told, call.at)
    queries.remember(present)


def as_told(told: Choice, before: CompanySettings | None = None) -> CompanySettings:
    """The settings of a company that is set up, before which a release went by what it was told alone."""
    settings = structs.replace(before or CompanySettings(), **dict(chosen(told)))
    return settings if told.time_zone is None else structs.replace(settings, zones=((date.min, told.time_zone),))


@db.transactional
async def _set_up(call: Call, told: Choice, *, anew: bool) -> CompanySettings:
    """Writes the settings of a company that has none, or `anew` where nothing was recorded yet; gives those it has.

    Where documents came first, by an older version of this program, the books open no later than those begin.
    """
    call.require(Permission.MANAGE_COMPANY)
    await db.hold(queries.LOCK)
    row, before, span = await Company.get_or_none(id=ONLY), await queries.read(), await _documents()
    if row and before and (not anew or (span and span.last_made_at >= row.set_up_at)):
        return before
    reject_if(rules.check_opening(told, span))
    settings = as_told(told, before)
    if span:
        settings = structs.replace(settings, books_open_on=min(settings.books_open_on, span.first_day))
    if settings == before:
        return settings
    settings = structs.replace(settings, version=before.version + 1 if before else 1)
    await _write(settings, row or Company(id=ONLY, set_up_at=clock.now()), is_new=row is None)
    for label in _labellings if row is None else ():
        await label(settings.currency)
    journal.record(CompanySetUp(company_id=ONLY, settings=settings.told()), call)
    return settings


@frame.recorded
async def update_company(
    call: Call, *, choice: Choice, time_zone: TimeZoneChange | None = None, expected_version: int | None = None
) -> CompanyUpdated:
    """Changes what is chosen, and from a day to come the time zone; waits for the postings that are under way.

    Raises `Conflict` for another version, and `Rejected` with everything that is wrong.
    """
    call.require(Permission.MANAGE_COMPANY)
    await db.hold(queries.LOCK)
    before = await queries.read()
    assert before is not None
    check_version(before, expected_version)
    zoned = rules.check_time_zone(before.calendar, time_zone, clock.now()) if time_zone else ()
    span = await _documents()
    reject_if(chain(rules.check_choice(choice), rules.check_change(before, choice, span), zoned))
    zones = rules.zones_with(before, time_zone) if time_zone else before.zones
    after = structs.replace(before, **dict(chosen(choice)), zones=zones)
    changes = tuple(_changes(before, after))
    if changes:
        after = structs.replace(after, version=before.version + 1)
        await _write(after, await Company.get(id=ONLY), is_new=False)
        db.after_commit(partial(queries.remember, after))
    return CompanyUpdated(company_id=ONLY, version=after.version, changes=changes)


async def hold_settings() -> None:
    """Waits for the postings under way; whoever posts next waits until the transaction ends, and then reads anew."""
    await db.hold(queries.LOCK)


async def renumber() -> None:
    """Has all processes read anew how documents are numbered; the settings are held."""
    before = await queries.read()
    assert before is not None
    after = structs.replace(before, version=before.version + 1, numbering=before.numbering + 1)
    await db.execute("UPDATE company SET version = ?, numbering = ?", (after.version, after.numbering))
    db.after_commit(partial(queries.remember, after))


async def _write(settings: CompanySettings, row: Company, *, is_new: bool) -> None:
    zones = settings.zones
    row.update_from_dict({name: value for name, value in structs.asdict(settings).items() if name != "zones"})
    await row.save(force_create=is_new)
    wanted = {(None if first == date.min else first, zone) for first, zone in zones}
    there = {(one.starts_on, one.time_zone): one.id for one in await CompanyTimeZone.filter(company_id=row.id)}
    await CompanyTimeZone.filter(id__in=[one for told, one in there.items() if told not in wanted]).delete()
    await CompanyTimeZone.bulk_create(
        CompanyTimeZone(company_id=row.id, starts_on=first, time_zone=zone)
        for first, zone in sorted(wanted - there.keys(), key=lambda told: told[0] or date.min)
    )


def _changes(before: CompanySettings, after: CompanySettings) -> Iterator[SettingChange]:
    then = after.told()
    for name, was in before.told().items():
        if then[name] != was:
            yield SettingChange(name=name, before=was, after=then[name])
