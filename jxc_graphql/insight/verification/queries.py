"""Every check of the books, one after the other."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import cache
from itertools import chain

import msgspec

from jxc_graphql import features
from jxc_graphql.books.accounts import queries as accounts
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.books.goods import impossible, promises, rebuild, replay
from jxc_graphql.books.goods.rebuild import Told
from jxc_graphql.books.trade import rebuild as trade
from jxc_graphql.insight.alerts import queries as alerts
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId
from jxc_graphql.kit.journal import InvalidCursor
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.attachments import queries as attachments
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain, empty

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


_OF_GOODS = "entry.source IN ('GOODS', 'TRADE')"


def _traded_in_accounts() -> tuple[Comparison, Comparison]:
    """Whether accounts say what documents sold and bought: these tell of their lines, movements of the document."""

    def traded(selects: Iterable[str], sign: str = "-") -> str:
        return " UNION ALL ".join(
            f"SELECT movement.document_id, {sign}told.net FROM ({select}) AS told JOIN stock_movement AS movement "
            f"ON movement.line_id = told.line_id AND {replay.FIRST_OF_LINE}"
            for select in selects
        )

    theirs = (
        "SELECT document_id, -value FROM stock_movement JOIN place ON place.id = from_place_id AND kind = 'CONSIGNED'"
    )
    return (
        Comparison(
            "account_entry: REVENUE of a document is what it sold", Money, accounts.DOCUMENT,
            traded(told().sold), accounts.entries_of(AccountRole.REVENUE, columns="entry.document_id", where=_OF_GOODS),
        ),
        Comparison(
            "account_entry: PAYABLE_ESTIMATED of a document is what it bought", Money, accounts.DOCUMENT,
            f"{traded((*told().bought, *_all('OWED')))} UNION ALL {theirs}",
            accounts.entries_of(AccountRole.PAYABLE_ESTIMATED, columns="entry.document_id", where=_OF_GOODS),
        ),
    )  # fmt: skip


class CheckPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found so far; `after` is where to go on, None at its end."""

    differences: list[Difference]
    after: int | None = None


class Check(msgspec.Struct, frozen=True):
    """One thing that must be so; the check goes on behind a SKU where it takes long."""

    name: str
    part: Callable[[int], Awaitable[CheckPart]]
    tables: frozenset[str] = frozenset()
    """There is nothing to find where one of these is empty."""


@cache
def comparisons() -> tuple[Comparison, ...]:
    """What all features keep, compared with what it follows from; the register, with what its kinds say."""
    features.modules("models")
    found = (getattr(module, "COMPARISONS", ()) for module in features.modules("queries"))
    return tuple(chain(register.comparisons(), *found))


@cache
def told() -> Told:
    """What the documents of all features tell of the book of goods."""
    return Told(claims=_selects("CLAIMS"), days=_selects("TOLD_OF_DAYS"), bought=_all("BOUGHT"), sold=_all("SOLD"))


def _all(name: str) -> tuple[str, ...]:
    return tuple(one for module in features.modules("queries") for one in getattr(module, name, ()))


def _selects(name: str) -> tuple[str, ...]:
    return tuple(found for module in features.modules("queries") if (found := getattr(module, name, None)))


async def documents_in_the_wrong() -> int:
    """For how many orders and transfers something else is kept than their turn gives them."""
    return await promises.in_the_wrong()


def _of_comparison(comparison: Comparison) -> Check:
    async def part(_after: int) -> CheckPart:
        return CheckPart(differences=await comparison.differences())

    return Check(comparison.what, part, comparison.grain.tables)


async def _of_replay(after: int) -> CheckPart:
    sku_ids = await replay.next_skus(after)
    return CheckPart(
        differences=[*await rebuild.differences(sku_ids, told()), *await trade.differences(sku_ids, told())]
        if sku_ids
        else [],
        after=sku_ids[-1] if sku_ids else None,
    )


async def _of_files(after: int) -> CheckPart:
    found, going_on = await attachments.bad_files(after)
    return CheckPart(differences=found, after=going_on)


async def _of_unnamed_files(after: int) -> CheckPart:
    found, going_on = await attachments.unnamed_files(after)
    return CheckPart(differences=found, after=going_on)


async def _of_days(_after: int) -> CheckPart:
    return CheckPart(differences=await impossible.differences())


async def _of_alerts(_after: int) -> CheckPart:
    return CheckPart(differences=await alerts.differences())


@cache
def checks() -> tuple[Check, ...]:
    """Everything that is compared, in order."""
    return (
        *map(_of_comparison, (*comparisons(), *_traded_in_accounts())),
        Check("cost layers and days are what replaying the ledger leaves", _of_replay),
        _of_comparison(IN_TURN),
        Check(impossible.WHAT, _of_days),
        Check("stock_alert agrees with its level", _of_alerts),
        Check(attachments.FILE, _of_files),
        Check(attachments.UNNAMED, _of_unnamed_files),
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
    nothing_in = await empty({table for check in wanted for table in check.tables})
    for done, check in enumerate(wanted):
        after: int | None = 0
        while after is not None:
            part = CheckPart(differences=[]) if check.tables & nothing_in else await check.part(after)
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


class CheckTold(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found, as clients are told it."""

    differences: list[Difference]
    after: str | None


async def check_told(call: Call, name: str, after: str | None) -> CheckTold:
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
    return CheckTold(differences=part.differences, after=None if part.after is None else str(part.after))
