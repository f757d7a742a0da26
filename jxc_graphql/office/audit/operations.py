"""The audit log as a file, and the record of whatever leaves the program as one."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

import csv
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from jxc_graphql.kit import db, frame
from jxc_graphql.kit.call import Call
from jxc_graphql.office.audit.facts import DataExported
from jxc_graphql.office.auth.permissions import Permission

PAGE = 1_000
COLUMNS = ("at", "user", "what", "subject", "address", "token", "request", "detail")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@frame.recorded
async def exported(call: Call, *, what: str, rows: int) -> DataExported:
    """Records that data left the program; an export calls it before it hands out the last of them."""
    return DataExported(user_id=call.actor_id or 0, what=what, rows=rows)


async def export_log(
    call: Call,
    write: Callable[[str], Any],
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    username: str | None = None,
    names: Collection[str] = (),
) -> int:
    """Writes the log as CSV, oldest first, a page at a time; how many rows there were. Needs SEE_AUDIT_LOG."""
    call.require(Permission.SEE_AUDIT_LOG)
    write(_line(COLUMNS))
    rows = 0
    async for row in _rows(since, before, username, names):
        write(_line(row))
        rows += 1
    await exported(call, what="audit_log", rows=rows)
    return rows


async def _rows(
    since: datetime | None, before: datetime | None, username: str | None, names: Collection[str]
) -> AsyncIterator[tuple[Any, ...]]:
    wanted: dict[str, list[Any]] = {
        "journal.at >= ?": [since] if since else [],
        "journal.at < ?": [before] if before else [],
        "account.username = ?": [username] if username else [],
        f"journal.name IN ({', '.join('?' * len(names))})": list(names),
    }
    conditions = "".join(f" AND {condition}" for condition, values in wanted.items() if values)
    values = [value for some in wanted.values() for value in some]
    last = 0
    while True:
        page = await db.fetch(
            "SELECT journal.id, journal.at, account.username, journal.name, journal.subject_id, journal.address, "
            "journal.token_id, journal.request_id, journal.body FROM journal "
            'LEFT JOIN "user" AS account ON account.id = journal.actor_id '
            f"WHERE journal.id > ?{conditions} ORDER BY journal.id LIMIT {PAGE:d}",
            (last, *values),
        )
        for key, at, *rest in page:
            yield (at.isoformat() if isinstance(at, datetime) else at, *rest)
            last = key
        if len(page) < PAGE:
            return


def _line(values: Sequence[Any]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow([_plain(value) for value in values])
    return text.getvalue()


def _plain(value: Any) -> Any:
    """What a spreadsheet takes for text, whoever typed it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
