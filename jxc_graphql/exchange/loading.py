"""Loading step by step through the operations, on behalf of whoever did each: what one row refuses stops no other."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, time

import msgspec

from jxc_graphql.exchange.sheet import Remark, Row, Unusable
from jxc_graphql.kit import clock, db, messages
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.office.documents.operations import IMPORT_KEYS

OPENS_AT = time(9)
"""When what happened on a day is said to have happened, where nobody says when."""

Progress = Callable[[str, int, int], None]
"""Told what is being loaded, how many steps are done, and of how many."""


class LoadSummary(msgspec.Struct, kw_only=True):
    """What a load came to: how many of each kind are in the books, and what there is to say about single rows."""

    loaded: Counter[str]
    refused: list[Remark]
    adapted: list[Remark]

    def with_more(self, other: "LoadSummary") -> "LoadSummary":
        """What two loads came to."""
        return LoadSummary(
            loaded=self.loaded + other.loaded,
            refused=self.refused + other.refused,
            adapted=self.adapted + other.adapted,
        )


class Step(msgspec.Struct, frozen=True):
    """One thing to load, and the row it stands in."""

    kind: str
    row: Row
    run: Callable[[], Awaitable[None]]


class Loading:
    """One run: which of the source's numbers have which ids here, and what came of its steps.

    With a `first_day` the clock is carried along: everything is recorded on its own day, and who and what there is on
    that first one. Without it everything is recorded now.
    """

    def __init__(self, call: Call, source: str, *, first_day: date | None = None) -> None:
        self._first_day = first_day
        self._call = msgspec.structs.replace(call, at=self._moment(first_day))
        self._source = source
        self._ids: dict[tuple[str, int | str], int] = {}
        self.loaded: Counter[str] = Counter()
        self.refused: list[Remark] = []
        self.adapted: list[Remark] = []

    @property
    def summary(self) -> LoadSummary:
        """What it came to so far."""
        return LoadSummary(loaded=self.loaded, refused=self.refused, adapted=self.adapted)

    async def carry_out(self, steps: Iterable[Step], progress: Progress) -> None:
        """Takes one step after the other, and notes why a row is refused."""
        steps = list(steps)
        for done, step in enumerate(steps):
            progress(step.kind, done, len(steps))
            try:
                await step.run()
            except Rejected as refusal:
                why = "; ".join(messages.render(reason, self._call.locale) for reason in refusal.reasons)
                self.refused.append(step.row.remark(why))
            except Unusable as why:
                self.refused.append(step.row.remark(str(why)))
            else:
                self.loaded[step.kind] += 1
        progress("done", len(steps), len(steps))

    def id_of(self, kind: str, number: int | str) -> int:
        """The id here of something of the source; `Unusable` where it was refused."""
        try:
            return self._ids[kind, number]
        except KeyError:
            raise Unusable(f"{kind} {number} was refused") from None

    def acting(self, actor_id: int | None, key: str, day: date | None = None) -> Call:
        """The call with which somebody did something on a day; the key makes a second load find it done."""
        return msgspec.structs.replace(
            self._call,
            actor_id=self._call.actor_id if actor_id is None else actor_id,
            business_date=day,
            at=self._moment(day or self._first_day),
            idempotency_key=f"{IMPORT_KEYS}{self._source}/{key}",
        )

    def _moment(self, day: date | None) -> datetime:
        now = clock.now()
        return now if self._first_day is None or day is None else min(clock.start_of(day, OPENS_AT), now)


async def line_ids(table: str, order_id: int) -> list[int]:
    """The ids of a document's lines, as they stand in it."""
    rows = await db.fetch(f"SELECT id FROM {table}_line WHERE {table}_id = ? ORDER BY line_no", (order_id,))  # noqa: S608
    return [row[0] for row in rows]
