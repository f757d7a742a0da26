"""Tables as the read engine sees them: columns with their leaves, read from Tortoise models without connecting."""

from collections.abc import Iterator
from typing import Any

from tortoise import fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.indexes import Index
from tortoise.models import Model

from jxc_graphql.gql.schema import scalars
from jxc_graphql.gql.schema.types import ModelColumn, Scope, Table
from jxc_graphql.gql.words.describe import DeclarationError
from jxc_graphql.gql.words.entity import Declaration
from jxc_graphql.kit.numbers import FixedField

_LEAVES: tuple[tuple[type[Any], scalars.Leaf], ...] = (
    (fields.CharField, scalars.STRING),
    (fields.TextField, scalars.STRING),
    (fields.BigIntField, scalars.BIG_INT),
    (fields.IntField, scalars.INT),
    (fields.SmallIntField, scalars.INT),
    (fields.BooleanField, scalars.BOOLEAN),
    (fields.DatetimeField, scalars.DATETIME),
    (fields.DateField, scalars.DATE),
)


def table_of(place: str, told: Declaration) -> Table:
    """The table of an entity's model, and its rules of sight."""
    assert told.model is not None
    found = columns(told.model)
    for name in filter(None, (told.search, *told.starts)):
        if name not in found:
            raise DeclarationError(place, f"search looks in the unknown column {name!r}", "Name a column of the model")
    meta = told.model._meta  # noqa: SLF001  (Tortoise keeps what a model is made of there)
    return Table(
        meta.db_table,
        meta.pk_attr,
        found,
        told.requires,
        {name: tuple(_scope(place, told.model, path) for path in paths) for name, paths in told.scopes.items()}
        | ({told.own[1]: (Scope((), told.own[0]),)} if told.own else {}),
        told.search,
        frozenset(told.texts),
        told.starts,
        told.goes_on,
        told.aside,
        told.few,
        frozenset(first for first, *_ in _indexes(told.model, found)),
        frozenset(first for first, *rest in _indexes(told.model, found) if rest in ([], [meta.pk_attr])),
        frozenset((first, [*rest, meta.pk_attr][0]) for first, *rest in _indexes(told.model, found)),
    )


def _indexes(model: type[Model], columns: dict[str, ModelColumn]) -> Iterator[list[str]]:
    """The columns of each index, in its order."""
    meta = model._meta  # noqa: SLF001
    alone = [(name,) for name, field in meta.fields_map.items() if field.unique or field.index]
    several = [*(one.fields if isinstance(one, Index) else one for one in meta.indexes), *meta.unique_together]
    for names in (*alone, *several):
        found = [columns.get(name) or columns.get(f"{name}_id") for name in names]
        yield [one.name for one in found if one is not None]


def columns(model: type[Model]) -> dict[str, ModelColumn]:
    """The columns of a model by the name that Python gives them; foreign keys as `<name>_id`."""
    return dict(_columns(model))


def _columns(model: type[Model]) -> Iterator[tuple[str, ModelColumn]]:
    for name, field in model._meta.fields_map.items():  # noqa: SLF001
        if isinstance(field, ForeignKeyFieldInstance):
            column, target = f"{name}_id", field.model_name
            points_to = target if isinstance(target, str) else target.__name__
            yield (
                column,
                ModelColumn(field.source_field or column, scalars.BIG_INT, field.null, points_to.split(".")[-1]),
            )
        elif (leaf := _leaf(field)) is not None and name.removesuffix("_id") not in _foreign_keys(model, name):
            yield name, ModelColumn(field.source_field or name, leaf, field.null)


def _foreign_keys(model: type[Model], name: str) -> set[str]:
    """The foreign key that a column belongs to, where Tortoise has already given it a field of its own."""
    owner = model._meta.fields_map.get(name.removesuffix("_id"))  # noqa: SLF001
    return {name.removesuffix("_id")} if name.endswith("_id") and isinstance(owner, ForeignKeyFieldInstance) else set()


def _leaf(field: Any) -> scalars.Leaf | None:
    if isinstance(field, FixedField):
        return scalars.leaf_of(field.kind)
    if isinstance(field, CharEnumFieldInstance):
        return scalars.leaf_of(field.enum_type)
    return next((leaf for kind, leaf in _LEAVES if isinstance(field, kind)), None)


def _scope(place: str, model: type[Model], path: str) -> Scope:
    *names, last = path.split(".")
    steps = []
    for name in names:
        column = columns(model).get(f"{name}_id")
        if column is None or column.points_to is None:
            raise DeclarationError(
                place, f"scope follows {name!r}, which is no foreign key", "Name foreign keys, then a column"
            )
        model = _models()[column.points_to]
        if column.nullable:
            mend = "Scope it by its own columns"
            raise DeclarationError(place, f"scope follows {name!r}, which may be NULL", mend)
        steps.append((column.name, model._meta.db_table, model._meta.pk_attr))  # noqa: SLF001
    if last not in columns(model):
        raise DeclarationError(
            place, f"scope ends at the unknown column {last!r}", "Name a column that holds a scope's id"
        )
    return Scope(tuple(steps), columns(model)[last].name, columns(model)[last].nullable)


def _models() -> dict[str, type[Model]]:
    """Models by name; those that migrations make of the past are not meant."""
    found: dict[str, type[Model]] = {}
    left: list[type[Model]] = [Model]
    while left:
        children = left.pop().__subclasses__()
        found.update({child.__name__: child for child in children if child.__module__ != Model.__module__})
        left.extend(children)
    return found
