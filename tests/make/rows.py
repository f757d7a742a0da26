"""Rows written in bulk: what a builder does not name stands as it does on a row of which nothing has happened yet."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from tortoise import Tortoise, fields

from jxc_graphql.kit import db

BATCH = 10_000


@db.transactional
async def insert(table: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of the columns that are named with their types; the others are 0, empty, false, or what their model says."""
    others = dict(_others(table, columns))
    taken = [*(f"line.{name}" for name in columns), *others.values()]
    for start in range(0, len(rows), BATCH):
        await db.execute(
            f"INSERT INTO {table} ({', '.join([*columns, *others])}) SELECT {', '.join(taken)} "
            f"FROM {db.rows({'place_in_order': 'bigint'} | dict(columns))} AS line ORDER BY line.place_in_order",
            (db.json((n, *row) for n, row in enumerate(rows[start : start + BATCH])),),
        )


def _others(table: str, named: Collection[str]) -> Iterator[tuple[str, str]]:
    """The columns that must hold something and are not named, with that as SQL."""
    (model,) = [model for model in (Tortoise.apps or {})["models"].values() if model._meta.db_table == table]  # noqa: SLF001
    for name, column in model._meta.fields_db_projection.items():  # noqa: SLF001
        field = model._meta.fields_map[name]  # noqa: SLF001
        if column not in named and not field.null and not field.generated:
            yield column, _literal(field)


def _literal(field: fields.Field[Any]) -> str:
    default = field.default.value if isinstance(field.default, Enum) else field.default
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, int):
        return str(int(default))
    if isinstance(field, fields.CharField | fields.TextField):
        return f"'{default or ''}'"
    return "false" if isinstance(field, fields.BooleanField) else "0"
