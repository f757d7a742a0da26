"""Every check of the books, one after the other."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import cache
from itertools import chain

import msgspec

from jxc_graphql import features
from jxc_graphql.books.goods import impossible, promises, rebuild, replay
from jxc_graphql.insight.alerts import queries as alerts
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId
from jxc_graphql.kit.journal import InvalidCursor
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain

MOST_DIGITS = 19
"""Of an id."""

IN_TURN = Comparison(
    "claim.reserved is what its turn gives it", Quantity,
    Grain(
        "owner_id",
        "coalesce(sales_order.number, transfer.number, claim.kind) || ' ' || sku.code",
        "JOIN claim ON claim.owner_id = found.owner_id JOIN stock_level AS level ON level.id = claim.stock_level_id "
        "JOIN sku ON sku.id = level.sku_id LEFT JOIN sales_order ON sales_order.id = claim.document_id "
        "LEFT JOIN transfer ON transfer.id = claim.document_id",
    ),
    f"SELECT owner_id, due FROM ({promises.IN_TURN}) AS turn", "SELECT owner_id, reserved FROM claim",
)  # fmt: skip


class CheckPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found so far; `after` is where to go on, None at its end."""

    differences: list[Difference]
    after: int | None = None


class Check(msgspec.Struct, frozen=True):
    """One thing that must be so; the check goes on behind a SKU where it takes long."""

    name: str
    part: Callable[[int], Awaitable[CheckPart]]


@cache
def comparisons() -> tuple[Comparison, ...]:
    """What all features keep, compared with what it follows from; the register, with what its kinds say."""
    features.modules("models")
    found = (getattr(module, "COMPARISONS", ()) for module in features.modules("queries"))
    return tuple(chain(register.comparisons(), *found))


@cache
def claims_due() -> tuple[str, ...]:
    """Selects of what the documents of all features ask of the book of goods."""
    return tuple(found for module in features.modules("queries") if (found := getattr(module, "CLAIMS", None)))


async def documents_in_the_wrong() -> int:
    """For how many orders and transfers something else is kept than their turn gives them."""
    return await promises.in_the_wrong()


def _of_comparison(comparison: Comparison) -> Check:
    async def part(_after: int) -> CheckPart:
        return CheckPart(differences=await comparison.differences())

    return Check(comparison.what, part)


async def _of_replay(after: int) -> CheckPart:
    sku_ids = await replay.next_skus(after)
    return CheckPart(
        differences=await rebuild.differences(sku_ids) if sku_ids else [], after=sku_ids[-1] if sku_ids else None
    )


async def _of_days(_after: int) -> CheckPart:
    return CheckPart(differences=await impossible.differences())


async def _of_alerts(_after: int) -> CheckPart:
    return CheckPart(differences=await alerts.differences())


@cache
def checks() -> tuple[Check, ...]:
    """Everything that is compared, in order."""
    return (
        *map(_of_comparison, comparisons()),
        Check("cost layers and days are what replaying the ledger leaves", _of_replay),
        _of_comparison(IN_TURN),
        Check(impossible.WHAT, _of_days),
        Check("stock_alert agrees with its level", _of_alerts),
    )


class CheckProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far verifying the books has come."""

    done: int
    of: int
    check: str
    differences: list[Difference]


async def verify(only: Iterable[Check] | None = None) -> AsyncIterator[CheckProgress]:
    """Runs all checks, or only these; tells of each part as it is done. Meaningful once reactions have settled."""
    wanted = checks() if only is None else tuple(only)
    for done, check in enumerate(wanted):
        after: int | None = 0
        while after is not None:
            part = await check.part(after)
            after = part.after
            yield CheckProgress(
                done=done + (after is None), of=len(wanted), check=check.name, differences=part.differences
            )


async def differences() -> list[Difference]:
    """Everything in which projections and documents disagree with the ledger; nothing when the books are right."""
    return [difference async for progress in verify() for difference in progress.differences]


def names(call: Call) -> list[str]:
    """What can be checked; requires VERIFY_BOOKS and, as they tell of values, SEE_COST."""
    _require(call)
    return [check.name for check in checks()]


def _require(call: Call) -> None:
    call.require(Permission.VERIFY_BOOKS)
    call.require(Permission.SEE_COST)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found, as clients are told it."""

    differences: list[Difference]
    after: str | None


async def told(call: Call, name: str, after: str | None) -> Told:
    """What one check finds, from where it ended before; requires VERIFY_BOOKS and SEE_COST.

    Raises `NotFound` for a check that is not there, `Rejected` with an `InvalidCursor` for an `after` that is none.
    """
    _require(call)
    found = [check for check in checks() if check.name == name]
    if not found:
        raise NotFound(UnknownId(path=("check",), kind="BookCheck"))
    if after is not None and not (after.isdecimal() and len(after) < MOST_DIGITS):
        raise Rejected(InvalidCursor(path=("after",)))
    part = await found[0].part(int(after or 0))
    return Told(differences=part.differences, after=None if part.after is None else str(part.after))
