"""What is tried for many things one after another in one database, each as a subtest with a name of its own.

A database for each of them would be most of what such a test costs, above all of PostgreSQL's: a new one is copied, and
whatever asks it first waits until it has looked its tables up.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest

Test = Callable[..., Coroutine[Any, Any, None]]
ONLY: set[str] = set()
"""Words, in small letters, of the names that are tried; all are where there are none."""


def each(
    arguments: str | tuple[str, ...], values: Iterable[Any], named: Callable[[Any], str] = str
) -> Callable[[Test], Test]:
    """A test that is told one of the values at a time; they must be there, and leave one another alone.

    As with `pytest.mark.parametrize`, a value is as many as there are arguments.
    """
    every = [(named(value), value) for value in values]
    assert every, f"there is nothing to try as {arguments}"

    def told(value: Any) -> dict[str, Any]:
        return {arguments: value} if isinstance(arguments, str) else dict(zip(arguments, value, strict=True))

    chosen = [(name, value) for name, value in every if not ONLY or any(word in name.lower() for word in ONLY)]

    def tried(test: Test) -> Test:
        @functools.wraps(test)
        async def of_each(*, subtests: pytest.Subtests, **given: Any) -> None:
            for name, value in chosen:
                with subtests.test(name):
                    await test(**given, **told(value))

        asked = [one for one in inspect.signature(test).parameters.values() if one.name not in told(every[0][1])]
        subtests = inspect.Parameter("subtests", inspect.Parameter.KEYWORD_ONLY)
        keywords = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in asked]
        vars(of_each).update(__signature__=inspect.Signature([*keywords, subtests]), tried_for_each=True)
        return of_each

    return tried
