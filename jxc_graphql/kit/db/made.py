"""Rows of models as statements of our own write them: which columns a table has, and what a row says in them."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from jxc_graphql.kit.db.sql import dialect, json, later, rows

_KIND = re.compile(r"\w+")


def insert_later(made: Sequence[Model]) -> None:
    """Writes new rows of one table, in one statement however many they are, before what has to do with it."""
    if not made:
        return
    later(_insert(type(made[0]), dialect()), (json(map(values_of, made)),))


@cache
def _insert(model: type[Model], _dialect: str) -> str:
    columns = columns_of(model)
    names = ", ".join(f'"{name}"' for name in columns)
    table = model._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)
    return f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {rows(columns)} AS line'  # noqa: S608  (as above)


@cache
def columns_of(model: type[Model]) -> Mapping[str, str]:
    """The columns of a table, in their order, each with the type that its values have in `rows`."""
    meta = model._meta  # noqa: SLF001  (as above)
    fields = {column: meta.fields_map[name] for name, column in meta.fields_db_projection.items()}
    kinds = {
        column: _KIND.findall(field.get_for_dialect("postgres", "SQL_TYPE"))[0] for column, field in fields.items()
    }
    return {column: "text" if kind == "VARCHAR" else kind for column, kind in kinds.items()}


def values_of(row: Model) -> tuple[Any, ...]:
    """What a row says in the columns of its table, in their order."""
    return tuple(
        [
            value if type(value := getattr(row, name)) is as_it_is else written(value, row)
            for name, as_it_is, written in _writers(type(row))
        ]
    )


@cache
def _writers(model: type[Model]) -> Sequence[tuple[str, type | None, Callable[[Any, Model], Any]]]:
    """The fields of a model, each with the type whose values are written as they are, and how all others are."""
    meta = model._meta  # noqa: SLF001  (as above)
    fields = [(name, meta.fields_map[name]) for name in meta.fields_db_projection]
    return [(name, field.field_type if _is_plain(field) else None, field.to_db_value) for name, field in fields]


def _is_plain(field: Field[Any]) -> bool:
    """Whether a value of its type is written as it is, and none is wrong."""
    return type(field).to_db_value is Field.to_db_value and not field.validators
