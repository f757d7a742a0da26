"""Has a run of pytest know the made-up feature as if it stood in the package: its models, its tables, its schema.

python -m pytest -p tests.made_up.plugin tests/made_up/life.py
"""

import asyncio
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from tortoise.migrations.migration import Migration

from jxc_graphql import features
from jxc_graphql.kit.db import migrate
from jxc_graphql.kit.db.connect import APP
from tests import each

_names, _known = features.names, migrate._known  # noqa: SLF001  (nothing else adds to what a program consists of)


def _with_ours(pattern: str) -> Iterator[str]:
    yield from _names(pattern)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem in {"models", "operations", "api"} and fnmatch(path.stem, pattern):
            yield f"tests.made_up.{path.stem}"


features.names = _with_ours

from jxc_graphql.wiring import MODEL_MODULES  # noqa: E402  (it is made of the names)


class Visits(Migration):
    """The tables that the migrations lack."""

    operations = asyncio.run(migrate.changes(MODEL_MODULES))


def _known_with_ours(package: str) -> list[Migration]:
    found = _known(package)
    return [*found, Visits("9999_visits", APP)] if package == migrate.PACKAGE else found


migrate._known = _known_with_ours  # noqa: SLF001  (as above)
each.ONLY.add("visit")
