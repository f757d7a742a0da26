"""Which rules there are, and what they would give."""

from collections.abc import Collection, Sequence

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.numbers import NO_BRANCH, Numbering
from jxc_graphql.office.documents.operations import likely_next
from jxc_graphql.office.documents.register import kind_of, kinds
from jxc_graphql.office.numbering import models
from jxc_graphql.office.numbering.rules import NumbersClash

_BRANCH = "A"
"""Stands for any branch where series are compared."""
Known = dict[tuple[DocumentKind, int | None], Numbering]


class NextNumber(msgspec.Struct, frozen=True, kw_only=True):
    """What the next document of a kind would be called today."""

    document_kind: DocumentKind
    number: str
    numbering_rule_id: int | None


async def rule_of(kind: DocumentKind, branch_id: int | None) -> Numbering:
    """The rule by which documents of a kind are numbered in a branch: its own, that of all, or the program's."""
    known = await _rules()
    return known.get((kind, branch_id)) or known[kind, None]


async def clashes(rule: Numbering, kind: DocumentKind, branch_id: int | None) -> list[Reason]:
    """Whether a number might be given twice if documents of a kind were numbered like that.

    What was given counts, and what the rules of all others would give.
    """
    today = clock.day_of(clock.now())
    others = [one.series(today, _BRANCH) for key, one in (await _rules()).items() if key != (kind, branch_id)]
    given = await db.fetch("SELECT series FROM document_number WHERE substr(series, 1, 1) = ?", (rule.prefix[0],))
    taken = rule.clashes([*others, *(series for (series,) in given)])
    return [] if taken is None else [NumbersClash(path=("prefix",), taken=taken.partition("|")[0])]


async def is_branch(branch_id: int | None) -> bool:
    """Whether there is such a branch, or none is meant."""
    return branch_id is None or bool(await db.fetch("SELECT 1 FROM branch WHERE id = ?", (branch_id,)))


async def next_numbers_of(call: Call, rule_ids: Sequence[int]) -> list[str]:
    """What the next documents under these rules would be called today."""
    rows = {one.id: one for one in await models.NumberingRule.filter(id__in=list(rule_ids))}
    codes = await _codes({one.branch_id for one in rows.values()})
    asked = [(as_value(rows[one]), codes.get(rows[one].branch_id, NO_BRANCH)) for one in rule_ids]
    return await likely_next(clock.day_of(call.at), asked)


async def next_numbers(call: Call, branch_id: int | None) -> list[NextNumber]:
    """What the next document of each kind would be called today, in a branch or where there is none."""
    rows = {(one.document_kind, one.branch_id): one for one in await models.NumberingRule.all()}
    code, known = (await _codes({branch_id})).get(branch_id, NO_BRANCH), await _rules()
    all_kinds = sorted(map(kind_of, kinds()))
    own = [rows.get((kind, branch_id)) or rows.get((kind, None)) for kind in all_kinds]
    asked = [
        (known[kind, None] if row is None else as_value(row), code) for kind, row in zip(all_kinds, own, strict=True)
    ]
    numbers = await likely_next(clock.day_of(call.at), asked)
    return [
        NextNumber(document_kind=kind, number=number, numbering_rule_id=row.id if row else None)
        for kind, number, row in zip(all_kinds, numbers, own, strict=True)
    ]


async def _codes(branch_ids: Collection[int | None]) -> dict[int | None, str]:
    asked = db.ids([one for one in branch_ids if one is not None])
    rows = await db.fetch(
        f"SELECT id, code FROM branch WHERE id IN (SELECT id FROM {asked.table} AS asked)",  # noqa: S608  (our own)
        asked.params,
    )
    return dict(rows)


def as_value(row: models.NumberingRule) -> Numbering:
    """The rule that a row is."""
    return Numbering(**{name: getattr(row, name) for name in Numbering.__struct_fields__})


async def _rules() -> Known:
    """All rules in force, those of the program where the company has none of its own for a kind."""
    usual: Known = {(kind_of(one), None): Numbering(prefix=one.series) for one in kinds()}
    own = {(one.document_kind, one.branch_id): as_value(one) for one in await models.NumberingRule.all()}
    return usual | own
