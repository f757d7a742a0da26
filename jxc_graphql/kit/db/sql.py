"""Statements of our own, with `?` for every parameter on both databases."""

from collections.abc import Collection, Coroutine, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from json import encoder
from typing import Any, TypeVar, overload

from jxc_graphql.kit import in_use
from jxc_graphql.kit.db.connect import Dialect, current
from jxc_graphql.kit.db.failures import lost
from jxc_graphql.kit.db.held_back import HeldWrite
from jxc_graphql.kit.db.replicas import POSITION
from jxc_graphql.kit.db.side_by_side import Query, Rows, ask, driven, is_one_of_several
from jxc_graphql.kit.db.transaction import running

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")

_LOST_AT_MOST = 4
"""Connections in a row that may turn out to be lost before a read gives up; a new one takes the place of each."""


def dialect() -> Dialect:
    """Which of the two databases is connected."""
    return current().dialect


async def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement: inside a transaction or a snapshot on its connection, outside on one that only reads."""
    if is_one_of_several():
        return (await ask([(sql, params)]))[0]
    within = in_use.within.get()
    if within is not None:
        return await within.fetch(sql, params)
    client = current().client
    rows: Rows
    for _ in range(_LOST_AT_MOST):
        try:
            rows = await client.fetch(sql, params)
        except Exception as error:
            if not lost(error):
                raise
        else:
            return rows
    rows = await client.fetch(sql, params)
    return rows


async def position() -> int:
    """How far the log has come that all belongs to which is read before: in a snapshot, or behind a commit."""
    ((found,),) = await fetch(POSITION)
    return int(found)


@overload
async def together(a: Coroutine[Any, Any, A], b: Coroutine[Any, Any, B], /) -> tuple[A, B]: ...
@overload
async def together(
    a: Coroutine[Any, Any, A], b: Coroutine[Any, Any, B], c: Coroutine[Any, Any, C], /
) -> tuple[A, B, C]: ...
@overload
async def together(
    a: Coroutine[Any, Any, A], b: Coroutine[Any, Any, B], c: Coroutine[Any, Any, C], d: Coroutine[Any, Any, D], /
) -> tuple[A, B, C, D]: ...
@overload
async def together(
    a: Coroutine[Any, Any, A],
    b: Coroutine[Any, Any, B],
    c: Coroutine[Any, Any, C],
    d: Coroutine[Any, Any, D],
    e: Coroutine[Any, Any, E],
    /,
) -> tuple[A, B, C, D, E]: ...
@overload
async def together(*reads: Coroutine[Any, Any, A]) -> tuple[A, ...]: ...
async def together(*reads: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """What several reads give that do not depend on one another, in as few round trips as the longest of them takes.

        skus, places = await db.together(catalog.skus(sku_ids), warehouses.places_of(place_ids))

    They are coroutines that `fetch` selects, as any other does. They run side by side in this task: what each of them
    fetches first goes to PostgreSQL as one statement, then what each fetches next, and so on; SQLite, to which no trip
    is long, gets the selects one by one. It looks as if they ran one after the other: what an earlier one raises
    comes before what a later one does, and locks are taken in their order. One may itself read together.

    On PostgreSQL a statement that itself waits for a lock sees the row that it locks as it is afterwards, and all else
    as it was before. So nothing that its locks keep as it is may be fetched in the same round. Those that `lock` takes
    are held when the round begins, so they are in their order too only if no statement of the round locks before them.
    """
    if len(reads) == 1:
        return (await reads[0],)
    found: tuple[Any, ...] = await driven(reads, _fetch_all)
    return found


async def _fetch_all(queries: Sequence[Query]) -> list[Rows]:
    """The rows of each of these."""
    if is_one_of_several():
        return await ask(queries)
    if len(queries) == 1 or dialect() == "sqlite":
        return [await fetch(sql, params) for sql, params in queries]
    ((*found,),) = await fetch(_merged(*(sql for sql, _ in queries)), [one for _, params in queries for one in params])
    return [list(map(tuple, rows)) for rows in found]


async def lock(select: str, params: Sequence[Any] = ()) -> None:
    """Takes the locks of a select, `SELECT … FOR UPDATE`, in its order; inside a transaction.

    That goes ahead of the next statement and takes no round trip of its own. What comes next sees all that was
    committed while this one waited, so what the locks keep as it is may be read beside. A row that came into being
    meanwhile is not locked, though: where there may be such, read with the lock as well. Nothing on SQLite, where one
    transaction writes at a time.
    """
    await running().lock(select, params)


async def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Runs a writing statement inside a transaction; the count of rows it changed."""
    client: Any = running()
    changed: int = await client.execute(sql, params)
    return changed


def later(
    sql: str, params: Sequence[Any] = (), *, rows: int | None = None, apart: bool = False, row: int | None = None
) -> None:
    """Writes inside a transaction, before a statement that has to do with it or the commit.

    `rows`: how many it must change; the transaction fails with `RowsChanged` where it does not. `apart`: whether it
    touches and reads no row that the writes do which are held back, whatever tables it names. `row`: the only one of
    its table that it touches and reads.
    """
    running().held_back.add(HeldWrite(sql, params, rows), apart=apart, row=row)


async def settle() -> None:
    """Does what is held back in a transaction, so that what is wrong with it is known before its end."""
    await running().let_go()
    await fetch("SELECT 1")


def rows(columns: Mapping[str, str]) -> str:
    """A table for FROM that unpacks one parameter made by `json` into columns of the given SQL types.

    A statement over it does not grow with the number of rows.
    """
    return _rows(dialect(), tuple(columns.items()))


class Ids(Sequence[int]):
    """Ids that may be asked by before they are known: in the column `id` of a table for FROM."""

    def __init__(self, select: str, params: Sequence[Any], known: Sequence[int] | None = None) -> None:
        """Those that a select gives."""
        self.table = f"({select})"
        self.params = params
        self._known = known

    def are(self, known: Sequence[int]) -> None:
        """The select has run."""
        self._known = known

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        return self._told[index]

    def __len__(self) -> int:
        return len(self._told)

    @property
    def _told(self) -> Sequence[int]:
        assert self._known is not None, "which they are is not known before something was fetched by them"
        return self._known


def ids(known: Collection[int]) -> Ids:
    """These ids, as a table for FROM whose size a statement does not grow with."""
    if isinstance(known, Ids):
        return known
    select = f"SELECT id FROM {rows({'id': 'bigint'})} AS given"  # noqa: S608  (a name of our own)
    return Ids(select, (json([one] for one in dict.fromkeys(known)),), list(known))


def json(rows: Iterable[Sequence[Any]]) -> str:
    """The rows as the one parameter of `rows`; times are written as the database keeps them."""
    return "".join(_ENCODE(list(map(tuple, rows)), 0))


def day(value: Any) -> date:
    """A day out of a column, which SQLite keeps as text."""
    return value if isinstance(value, date) else _day(value)


def moment(value: Any) -> datetime:
    """A moment out of a column, which SQLite keeps as text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


@lru_cache(maxsize=1024)
def _merged(*queries: str) -> str:
    """One row with the rows of each query as an array, which is asked for in the order of the queries."""
    return f"SELECT {', '.join(f'ARRAY(SELECT found FROM ({sql}) AS found)' for sql in queries)}"  # noqa: S608  (ours)


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


@lru_cache(maxsize=256)
def _rows(dialect: str, columns: tuple[tuple[str, str], ...]) -> str:
    if dialect == "sqlite":
        unpacked = ", ".join(f"json_extract(value, '$[{i}]') AS \"{name}\"" for i, (name, _) in enumerate(columns))
        return f"(SELECT {unpacked} FROM json_each(?))"  # noqa: S608  (names of our own)
    unpacked = ", ".join(f'(value->>{i})::{kind} AS "{name}"' for i, (name, kind) in enumerate(columns))
    return f"(SELECT {unpacked} FROM jsonb_array_elements(?::jsonb))"  # noqa: S608


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sent in rows")


_ENCODE = encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _text, encoder.encode_basestring_ascii, None, ":", ",", *(False, False, True)
)
"""What `JSONEncoder(default=_text, separators=(",", ":"), check_circular=False)` would make anew each time."""
