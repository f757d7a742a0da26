"""Which policy holds, who may decide, when a step is done: decided without a database."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar

import msgspec

from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit.errors import Path, Reason, UnknownId, WrongKindOfId
from jxc_graphql.kit.numbers import LIMIT, Money, out_of_bounds
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.approvals.models import StepNeeds, TaskState
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.named import BETTER_MORE, NUMBERS, DocumentFact, KnownFacts, names_of
from jxc_graphql.office.documents.rules import TooManyLines

MOST_STEPS, MOST_APPROVERS, MOST_CONDITIONS, MOST_VALUES = 20, 50, 20, 200
NAME_LIMIT = 100
_MOST = {
    "position": MOST_STEPS, "count": MOST_APPROVERS,
    "remind_after_hours": 24 * 365, "escalate_after_hours": 24 * 365,
}  # fmt: skip
_KIND_OF = {DocumentFact.TO_WAREHOUSE: "Warehouse", DocumentFact.AUTHOR: "User"}


class ApprovalPending(Reason, frozen=True, kw_only=True):
    """Others have to agree first."""

    waits_for: Permission
    names: tuple[str, ...]
    """Who is waited for."""
    approver_ids: tuple[int, ...]


class OwnDocument(Reason, frozen=True, kw_only=True):
    """Nobody decides on what he made himself."""


class AlreadyDecided(Reason, frozen=True, kw_only=True):
    """One person counts once for a request."""


class RequestClosed(Reason, frozen=True, kw_only=True):
    """The request waits for nobody any more."""


class NobodyCanApprove(Reason, frozen=True, kw_only=True):
    """There are not as many people who may agree to a step as it needs."""

    step: str
    """Which step."""


class NotApprovableNow(Reason, frozen=True, kw_only=True):
    """It would be approved as it is handed in, which is not possible now."""

    codes: tuple[str, ...]
    """What is in the way."""


class FactUnknown(Reason, frozen=True, kw_only=True):
    """Documents of this kind do not have this fact, or it cannot be compared so."""

    labelled: ClassVar[Mapping[str, str]] = {"fact": "DocumentFact", "known": "DocumentFact"}
    fact: str
    known: tuple[str, ...]
    """Those that they have."""


class NotApproved(Reason, frozen=True, kw_only=True):
    """Documents of this kind are not approved by anybody."""


class EndsBeforeItStarts(Reason, frozen=True, kw_only=True):
    """Nobody stands in through a day before the one on which he begins."""

    starts_on: date


class OutOfRange(Reason, frozen=True, kw_only=True):
    """A whole number is less or more than is possible here."""

    least: int
    most: int


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a fact of a document must be: an amount within bounds, or among things, or not among them."""

    fact: DocumentFact
    at_least: Money | None = None
    below: Money | None = None
    any_of: tuple[int, ...] = ()
    none_of: tuple[int, ...] = ()


class WantedApprover(msgspec.Struct, frozen=True, kw_only=True):
    """Who may decide in a step: a user, or whoever holds a role; up to an amount, or only once it was escalated."""

    user_id: int | None = None
    role_id: int | None = None
    up_to: Money | None = None
    is_escalation: bool = False


class WantedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a policy."""

    position: int
    name: str
    needs: StepNeeds
    count: int
    approvers: tuple[WantedApprover, ...]
    remind_after_hours: int | None = None
    escalate_after_hours: int | None = None


class Seats(msgspec.Struct, frozen=True, kw_only=True):
    """Whose agreement a step needs: of each of its approvers, the users that it stands for."""

    task_id: int
    name: str
    position: int
    needs: StepNeeds
    count: int
    each: tuple[frozenset[int], ...]
    instead: frozenset[int] = frozenset()
    """Those who may decide in the place of any of them, since it was escalated."""
    state: TaskState = TaskState.OPEN

    @property
    def users(self) -> frozenset[int]:
        """All who may decide."""
        return self.instead.union(*self.each)

    def slots(self) -> list[frozenset[int]]:
        """Whom it needs, one by one."""
        if self.needs is StepNeeds.ALL:
            return [one | self.instead for one in self.each]
        return [self.users] * (1 if self.needs is StepNeeds.ANY else self.count)

    def is_done(self, agreed: Collection[int]) -> bool:
        """Whether as many agreed as it needs."""
        return filled(self.slots(), agreed) == len(self.slots())

    def gains(self, agreed: Collection[int], user_id: int) -> bool:
        """Whether the agreement of somebody more brings it on."""
        return filled(self.slots(), [*agreed, user_id]) > filled(self.slots(), agreed)


def filled(slots: Sequence[Collection[int]], people: Iterable[int]) -> int:
    """How many of the slots can be filled, each by another one of these people."""
    taken: dict[int, int] = {}

    def sits(person: int, tried: set[int]) -> bool:
        for place, who in enumerate(slots):
            if person in who and place not in tried:
                tried.add(place)
                if place not in taken or sits(taken[place], tried):
                    taken[place] = person
                    return True
        return False

    return sum(sits(person, set()) for person in dict.fromkeys(people))


def check_possible(steps: Sequence[Seats], path: Path) -> Iterator[NobodyCanApprove]:
    """Whether there are people for all steps, each of whom counts once; the first step for which there are not."""
    slots: list[frozenset[int]] = []
    for one in sorted(steps, key=lambda step: step.position):
        slots += one.slots()
        people = frozenset[int]().union(*slots)
        if not one.slots() or filled(slots, sorted(people)) < len(slots):
            yield NobodyCanApprove(path=path, step=one.name)
            return


def holds(condition: Condition, known: KnownFacts) -> bool:
    """Whether a document is as a condition says: from an amount on, it included, and below another; in its lists."""
    value = known.get(condition.fact)
    if condition.fact in NUMBERS:
        return (
            isinstance(value, int)
            and (condition.at_least is None or value >= int(condition.at_least))
            and (condition.below is None or value < int(condition.below))
        )
    ids = value if isinstance(value, tuple) else ()
    wanted = not condition.any_of or any(one in condition.any_of for one in ids)
    return wanted and not any(one in condition.none_of for one in ids)


def first_that_holds(policies: Sequence[Sequence[Condition]], known: KnownFacts) -> int | None:
    """The first of several policies all conditions of which a document meets."""
    return next((place for place, several in enumerate(policies) if all(holds(one, known) for one in several)), None)


def amount_of(known: KnownFacts) -> Money | None:
    """What limits of approvers are compared with: what a document is about, else what it corrects."""
    found = known.get(DocumentFact.AMOUNT, known.get(DocumentFact.VARIANCE))
    return Money(abs(found)) if isinstance(found, int) else None


def is_no_more(known: KnownFacts, before: KnownFacts) -> bool:
    """Whether a document is about the same, and no amount of it is worse: greater, or less of what is good."""
    return all(_is_no_worse(fact, known.get(fact), before.get(fact)) for fact in {*known, *before})


def _is_no_worse(fact: DocumentFact, now: int | tuple[int, ...] | None, then: int | tuple[int, ...] | None) -> bool:
    if now == then:
        return True
    if fact not in NUMBERS or not isinstance(now, int) or not isinstance(then, int):
        return False
    return now >= then if fact in BETTER_MORE else abs(now) <= abs(then)


def check_policy(
    kind: type[DocumentHeader], name: str, conditions: Sequence[Condition], steps: Sequence[WantedStep]
) -> Iterator[Reason]:
    """What is wrong with a policy, whoever the people are."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    has = names_of(kind)
    for place, values, most in (("conditions", conditions, MOST_CONDITIONS), ("steps", steps, MOST_STEPS)):
        if len(values) > most:
            yield TooManyLines(path=(place,), lines=len(values), limit=most)
    for index, one in enumerate(conditions[:MOST_CONDITIONS]):
        yield from _check_condition(one, has, ("conditions", index))
    for index, step in enumerate(steps[:MOST_STEPS]):
        yield from _check_step(step, bool(NUMBERS & {*has}), ("steps", index), has)


def _check_condition(one: Condition, has: Sequence[DocumentFact], path: Path) -> Iterator[Reason]:
    is_number, of_ids = one.fact in NUMBERS, one.any_of or one.none_of
    of_numbers = one.at_least is not None or one.below is not None
    if one.fact not in has or (of_ids if is_number else of_numbers) or not (of_ids or of_numbers):
        yield FactUnknown(path=(*path, "fact"), fact=one.fact, known=tuple(has))
    for field, ids in (("any_of", one.any_of), ("none_of", one.none_of)):
        if len(ids) > MOST_VALUES:
            yield TooManyLines(path=(*path, field), lines=len(ids), limit=MOST_VALUES)
    if one.at_least is not None and one.below is not None and one.at_least >= one.below:
        yield out_of_bounds(Money, (*path, "below"), least=int(one.at_least) + 1)


def _check_step(step: WantedStep, has_amount: bool, path: Path, has: Sequence[DocumentFact]) -> Iterator[Reason]:
    yield from check_text((*path, "name"), step.name, limit=NAME_LIMIT, required=True)
    if len(step.approvers) > MOST_APPROVERS:
        yield TooManyLines(path=(*path, "approvers"), lines=len(step.approvers), limit=MOST_APPROVERS)
    for field, most in _MOST.items():
        number = getattr(step, field)
        if number is not None and not 1 <= number <= most:
            yield OutOfRange(path=(*path, field), least=1, most=most)
    for index, one in enumerate(step.approvers[:MOST_APPROVERS]):
        where = (*path, "approvers", index)
        if (one.user_id is None) == (one.role_id is None):
            yield UnknownId(path=(*where, "user_id"), kind="User")
        if one.up_to is not None and not has_amount:
            yield FactUnknown(path=(*where, "up_to"), fact=DocumentFact.AMOUNT, known=tuple(has))
        if one.up_to is not None and not 0 < one.up_to <= LIMIT:
            yield out_of_bounds(Money, (*where, "up_to"), least=1)


def check_days(starts_on: date, ends_on: date) -> Iterator[Reason]:
    """Whether somebody can stand in through these days."""
    if ends_on < starts_on:
        yield EndsBeforeItStarts(path=("ends_on",), starts_on=starts_on)


def least(conditions: Sequence[Condition]) -> Money | None:
    """The least amount for which conditions hold; None where they say nothing of it."""
    bounds = [one.at_least for one in conditions if one.at_least is not None]
    return max(bounds, default=None)


def check_kind_of_ids(fact: DocumentFact, kinds: Sequence[str], path: Path) -> Iterator[WrongKindOfId]:
    """Whether ids are of the things that a fact is about."""
    wanted = kind_of_ids(fact)
    yield from (WrongKindOfId(path=(*path, index), kind=wanted) for index, one in enumerate(kinds) if one != wanted)


def kind_of_ids(fact: DocumentFact) -> str:
    """The type of the things that a fact is about."""
    return _KIND_OF.get(fact, "".join(word.capitalize() for word in fact.split("_")))


def key_of(kind: type[DocumentHeader]) -> str:
    """How the register calls documents of a kind."""
    return screaming(kind.__name__)


def keys_of(kind: type[DocumentHeader]) -> list[str]:
    """The kinds by whose policies such documents are judged, in the order in which they are asked."""
    return [key_of(one) for one in (kind, kind.amends) if one is not None]
