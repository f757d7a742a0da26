"""What operations of every document feature need: numbers, days, and clearing away old retry keys."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.rehearsal import is_rehearsal
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.numbers import NO_BRANCH, Numbering
from jxc_graphql.office.documents.register import belongs_to, kind_of

BLOCK = {"sqlite": 1, "postgres": 20}
"""How many numbers a process takes at a time; where one writes at a time nobody would wait less for more of them."""
Rules = Mapping[tuple[str, int | None], Numbering]
"""By kind of document, and by branch where a rule is for one alone."""
_RULES = "numbering rules"
_tried = count(1)
KEYS_KEPT = timedelta(days=7)
"""How long a retry key answers with its first fact."""
IMPORT_KEYS = "import/"
"""Keys that begin like this are kept for good: a second import of the same data adds nothing."""


async def number_for(document: DocumentHeader) -> str:
    """The next number for a document that is being made, as the rule of its kind, or of its branch, has it."""
    rules, kind = await rules_in_force(), kind_of(type(document))
    own = {branch_id: rule for (of, branch_id), rule in rules.items() if of == kind}
    branch_id, code = None, NO_BRANCH
    if any(of is not None or rule.shows_branch for of, rule in own.items()):
        branch_id, code = await _branch(belongs_to(document).get("warehouse_id"))
    rule = own.get(branch_id) or own.get(None)
    return await next_number(document.series, document.business_date, rule, code)


async def rules_in_force() -> Rules:
    """All numbering rules: a process remembers them, and the settings of the company say when there are others."""
    version = (await company.settled()).numbering
    remembered: tuple[int, Rules] | None = current().known.get(_RULES)
    if remembered and remembered[0] == version:
        return remembered[1]
    columns = Numbering.__struct_fields__
    found: dict[tuple[str, int | None], Numbering] = {}
    for kind, branch_id, *told in await db.fetch(
        f"SELECT document_kind, branch_id, {', '.join(columns)} FROM numbering_rule"  # noqa: S608  (names of our own)
    ):
        row = dict(zip(columns, told, strict=True))
        found[kind, branch_id] = msgspec.convert(row, Numbering, strict=False)
    known = current().known
    db.after_commit(lambda: known.update({_RULES: (version, found)}))
    return found


remember_rules = db.transactional(rules_in_force)
"""Has a process know the rules before its first document."""


async def _branch(warehouse_id: int | None) -> tuple[int | None, str]:
    """The branch of a warehouse, and its code."""
    rows = await db.fetch(
        "SELECT branch.id, branch.code FROM warehouse JOIN branch ON branch.id = warehouse.branch_id "
        "WHERE warehouse.id = ?",
        (warehouse_id,),
    )
    return next(((branch_id, code) for branch_id, code in rows), (None, NO_BRANCH))


async def next_number(prefix: str, at: date, rule: Numbering | None = None, branch: str = NO_BRANCH) -> str:
    """The next number of a day, by default such as `PO-2026-00001`; it is given once, whatever happens.

    On PostgreSQL a process takes a block of numbers at a time, with the first document that finds none left: others
    wait for its end only then, so take a number as the last step of an operation. Numbers of one process ascend, but
    for those of transactions that failed, which come next; those that a process has left when it ends are a gap.
    Where nothing is kept none is given: what stands there instead, `PO-2026-?3`, is no document's and never will be.
    """
    rule = rule or Numbering(prefix=prefix)
    if is_rehearsal():
        return rule.number(at, f"?{next(_tried)}", branch)
    series = rule.series(at, branch)
    left, taken = _left(current().known, series), _left(running().known, series)
    if not left and not taken:
        taken += await _block(series)
        # Whoever waited for others meanwhile finds what these have left, and leaves his own to those who follow.
        db.after_commit(lambda: _move(taken, left))
    if left:
        number = heappop(left)
        db.after_rollback(lambda: heappush(left, number))
    else:
        number = heappop(taken)
    return rule.number(at, number, branch)


async def likely_next(at: date, asked: Sequence[tuple[Numbering, str]]) -> list[str]:
    """The numbers that the next documents of a day will have by these rules in these branches, as things are now."""
    series = [rule.series(at, branch) for rule, branch in asked]
    asked_for = db.rows({"series": "text"})
    rows = await db.fetch(
        f"SELECT series, last_number FROM document_number WHERE series IN (SELECT series FROM {asked_for} AS asked)",  # noqa: S608  (names of our own)
        (db.json([one] for one in series),),
    )
    last = {one: count + 1 for one, count in rows}
    counts = [min(_left(current().known, one), default=last.get(one, 1)) for one in series]
    return [rule.number(at, one, branch) for (rule, branch), one in zip(asked, counts, strict=True)]


def _left(known: dict[str, Any], series: str) -> list[int]:
    found: list[int] = known.setdefault(f"numbers of {series}", [])
    return found


def _move(numbers: list[int], to: list[int]) -> None:
    while numbers:
        heappush(to, numbers.pop())


async def _block(series: str) -> list[int]:
    size = BLOCK[db.dialect()]
    ((last,),) = await db.fetch(
        "INSERT INTO document_number (series, last_number) VALUES (?, ?) ON CONFLICT (series) "
        "DO UPDATE SET last_number = document_number.last_number + excluded.last_number RETURNING last_number",
        (series, size),
    )
    return [*range(last - size + 1, last + 1)]


def business_date(call: Call) -> date:
    """The day that a call is for: the one it names, else the day it was made; what posts asks `periods` about it."""
    return call.business_date or clock.day_of(call.at)


@db.transactional
async def purge_idempotency_keys(now: datetime | None = None) -> int:
    """Deletes the retry keys that are older than `KEYS_KEPT`, except those of imports; returns how many."""
    return await db.execute(
        "DELETE FROM idempotency_key WHERE created_at < ? AND key NOT LIKE ?",
        ((now or clock.now()) - KEYS_KEPT, f"{IMPORT_KEYS}%"),
    )
