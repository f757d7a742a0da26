"""Coroutines run side by side, one step after the other, so that what all of them ask for can be asked for at once."""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextvars import ContextVar
from types import coroutine
from typing import Any, NamedTuple

Query = tuple[str, Sequence[Any]]
Rows = list[tuple[Any, ...]]
_Answer = list[Rows] | Exception
FetchAll = Callable[[Sequence[Query]], Coroutine[Any, Any, list[Rows]]]

_driving: ContextVar["asyncio.Task[Any] | None"] = ContextVar("driving", default=None)


class _Asked(NamedTuple):
    """What one of the coroutines waits for: the rows of each of these."""

    queries: Sequence[Query]


class _Ended(NamedTuple):
    """What one of the coroutines gave, or raised."""

    value: Any
    error: BaseException | None = None


def is_one_of_several() -> bool:
    """Whether the running code belongs to a coroutine that runs beside others, and is to `ask`."""
    driving = _driving.get()
    return driving is not None and driving is asyncio.current_task()


@coroutine
def ask(queries: Sequence[Query]) -> Generator[Any, Any, list[Rows]]:
    """The rows of queries, fetched together with what the others ask for."""
    rows: list[Rows] = yield _Asked(queries)
    return rows


@coroutine
def driven(coroutines: Sequence[Coroutine[Any, Any, Any]], fetch_all: FetchAll) -> Generator[Any, Any, tuple[Any, ...]]:
    """What the coroutines give, in their order; whatever one raises is raised once all those before it have ended.

    In each round every one of them goes on until it asks, and then all that they ask for is fetched, what several ask
    for once. Whatever else one waits for the others wait for too.
    """
    ended: dict[int, _Ended] = {}
    task = asyncio.current_task()
    answers: dict[int, _Answer | None] = dict.fromkeys(range(len(coroutines)))
    try:
        while answers:
            asked: dict[int, Sequence[Query]] = {}
            for place, rows in answers.items():
                came = yield from _step(coroutines[place], rows, task)
                if isinstance(came, _Asked):
                    asked[place] = came.queries
                    continue
                ended[place] = came
                if came.error is not None:
                    break
            answers = (yield from _answers(asked, fetch_all)) if asked else {}
    finally:
        for each in coroutines:
            each.close()
    for _, end in sorted(ended.items()):
        if end.error is not None:
            raise end.error
    return tuple(ended[place].value for place in range(len(coroutines)))


def _answers(asked: dict[int, Sequence[Query]], fetch_all: FetchAll) -> Generator[Any, Any, dict[int, _Answer | None]]:
    """What each gets for what it asks: rows, or the error that it may know what to do about."""
    if len(asked) == 1:
        ((place, queries),) = asked.items()
        try:
            rows = yield from fetch_all(queries).__await__()
        except Exception as error:  # noqa: BLE001  (it may know what to do about it)
            return {place: error}
        return {place: rows}
    wanted: list[Query] = []
    for some in asked.values():
        wanted += [query for query in some if query not in wanted]
    try:
        found = yield from fetch_all(wanted).__await__()
    except Exception as error:  # noqa: BLE001  (as above)
        return dict.fromkeys(asked, error)
    return {place: [[*found[wanted.index(query)]] for query in some] for place, some in asked.items()}


def _step(
    coroutine: Coroutine[Any, Any, Any], answer: _Answer | None, task: "asyncio.Task[Any] | None"
) -> Generator[Any, Any, _Asked | _Ended]:
    """Lets a coroutine go on until it asks or ends, and passes on whatever else it waits for."""
    resume: Callable[[Any], Any] = coroutine.throw if isinstance(answer, Exception) else coroutine.send
    value: Any = answer
    while True:
        token = _driving.set(task)
        try:
            came = resume(value)
        except StopIteration as end:
            return _Ended(end.value)
        except Exception as error:  # noqa: BLE001  (raised again, by `driven`)
            return _Ended(None, error)
        finally:
            _driving.reset(token)
        if isinstance(came, _Asked):
            return came
        try:
            resume, value = coroutine.send, (yield came)
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001  (which the coroutine is to see, such as its cancellation)
            resume, value = coroutine.throw, error
