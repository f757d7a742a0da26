"""What the book has of a document, taken hold of and read in the round trip in which the document itself is locked.

    BEGIN, lock document, share day, lock levels, ──► its lines, day, levels, claims ──► its writes, COMMIT

Whoever asks for these levels later in the transaction finds them known. So the document stands first among what is read
side by side, since locks are taken in that order.
"""

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, Literal

from jxc_graphql.books.goods import claims, fitness, levels
from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.claims import Row
from jxc_graphql.books.goods.rules import LevelKey
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.register import table_of

_DOCUMENT = {"document_id": "bigint"}
_ON_A_DAY = _DOCUMENT | {"day": "date"}
_AT_KEY = {"sku_id": "bigint", "warehouse_id": "bigint", "day": "date"}
_BEGUN = "JOIN book_day ON book_day.day >= line.day"
Whose = Literal["owner_id", "document_id"]
"""Whether claims are told by the lines that ask, or by their documents."""


async def levels_of(document: type[DocumentHeader], document_id: int) -> None:
    """Takes hold of the levels of a document's lines in its warehouse, those that there are."""
    await levels.lock([(document_id,)], _DOCUMENT, _of_lines(document))


async def levels_at(keys: Collection[LevelKey]) -> None:
    """The same of levels that are told."""
    await levels.lock(keys, ahead=True)


async def wishes_at(call: Call, keys: Collection[LevelKey]) -> None:
    """As `wishes_of`, of levels that are told."""
    where = [(*key, clock.day_of(call.at)) for key in keys]
    await _before_claims(call, where, _AT_KEY, f"{levels.BY_KEY} {_BEGUN}")


async def wishes_of(call: Call, document: type[DocumentHeader], document_id: int) -> None:
    """As `levels_of`, on the day of the books, with whose turn is last there: before the document makes claims."""
    where = [(document_id, clock.day_of(call.at))]
    await _before_claims(call, where, _ON_A_DAY, f"{_of_lines(document)} {_BEGUN}")


async def _before_claims(call: Call, where: Sequence[tuple[Any, ...]], columns: Mapping[str, str], join: str) -> None:
    reads: list[Callable[[], Coroutine[Any, Any, Any]]] = [lambda: levels.lock(where, columns, join, ahead=True)]
    if db.dialect() == "postgres":  # where it takes no round trip to see what may not be asked
        reads.append(lambda: claims.look_at_turns(where, columns, join))
    await _by_day(call, *reads)


async def claimed_by(call: Call, whose: Whose, ids: Collection[int]) -> tuple[dict[LevelKey, BookLevel], list[Row]]:
    """Takes hold of levels of which somebody claims something, on the day of the books; gives his claims too."""
    where = [(one, clock.day_of(call.at)) for one in ids]
    join = f"JOIN claim ON claim.{whose} = line.id JOIN stock_level AS level ON level.id = stock_level_id {_BEGUN}"
    held, rows = await _by_day(
        call,
        lambda: levels.lock(where, {"id": "bigint", "day": "date"}, join, ahead=True),
        lambda: claims.of(whose, ids),
    )
    return held, rows


async def _by_day(call: Call, *reads: Callable[[], Coroutine[Any, Any, Any]]) -> list[Any]:
    """What is read under the locks of levels, in the trip that shares the day; anew where that has yet to begin."""
    day, *found = await db.together(fitness.begun(call), *(read() for read in reads))
    if day is None:
        await fitness.day(call)
        found = [*await db.together(*(read() for read in reads))]
    return found


def _of_lines(document: type[DocumentHeader]) -> str:
    table = table_of(document)
    return (
        f"JOIN {table} AS document ON document.id = line.document_id "
        f"JOIN {table}_line AS item ON item.{table}_id = document.id "
        "JOIN stock_level AS level ON level.sku_id = item.sku_id "
        f"AND level.warehouse_id = document.{document.registered.warehouse_id}"
    )
