"""History and the models of today: what changed since the last migration, and the next migration as a file.

A migration names no model, enum or number of the program: those change, history does not. So both sides are compared
as plain columns (`kit.columns` and Tortoise's own), and only with what a database knows: no defaults of Python, no
descriptions, no ways back from a related table. The default of an added column stays: rows that are there take it.
"""

from collections.abc import Mapping
from typing import Any

from tortoise.apps import Apps
from tortoise.fields import data, relational
from tortoise.fields.base import Field, OnDelete
from tortoise.migrations.operations import CreateModel, Operation
from tortoise.migrations.schema_generator.operation_generator import OperationGenerator
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.migrations.writer import ImportManager, MigrationWriter, render_value

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.connect import APP
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import Fixed, FixedField

_PLAIN: tuple[tuple[type[Field[Any]], type[Field[Any]]], ...] = (
    (IdField, columns.Id),
    (FixedField, columns.Steps),
    (data.CharEnumFieldInstance, data.CharField),
    (data.IntEnumFieldInstance, data.SmallIntField),
)
_NOT_IN_DATABASES = {"description", "enum_type", "validators", "related_name"}
_USUAL = {
    "db_constraint": True,
    "generated": False,
    "unique": False,
    "auto_now": False,
    "auto_now_add": False,
    "on_delete": OnDelete.RESTRICT,
}
_OPTIONS = ("table", "unique_together", "constraints", "indexes")


def difference(past: State, models: Apps) -> list[Operation]:
    """What leads from the state behind the last migration to the models of today."""
    for model in past.models.values():
        for name, field in model.fields.items():
            field.model_field_name = name  # which Tortoise does not tell a column that was added
    return list(OperationGenerator(past, _present(models)).generate([APP]))


def _present(models: Apps) -> State:
    state = State(models={}, apps=StateApps())
    for model in models[APP].values():
        told = ModelState.make_from_model(APP, model)
        behind = {field.source_field for field in told.fields.values() if isinstance(field, relational.RelationalField)}
        fields: list[Any] = [(name, _plain(name, field)) for name, field in told.fields.items() if name not in behind]
        options = {key: told.options[key] for key in _OPTIONS if key in told.options}
        made = CreateModel(told.name, fields, options).model
        state.models[APP, told.name] = ModelState.make_from_model(APP, made)
    return state


def _plain(name: str, field: Field[Any]) -> Field[Any]:
    """The column as history tells of it."""
    kind = next((plain for ours, plain in _PLAIN if isinstance(field, ours)), type(field))
    told = {key: value for key, value in field.deconstruct()[2].items() if key not in _NOT_IN_DATABASES}
    default = told.pop("default", None)
    if default is not None and not callable(default) and not field.null:
        told["default"] = int(default) if isinstance(default, Fixed) else getattr(default, "value", default)
    if isinstance(field, relational.RelationalField):
        told = {key: value for key, value in told.items() if key != "to_field"} | {"related_name": False}
        if told.get("source_field") == f"{name}_id":
            del told["source_field"]
    return kind(**told)


class Writer(MigrationWriter):
    """Writes a migration with what a reviewer must see, and nothing else."""

    def as_string(self) -> str:
        """The text of the file, before the formatter."""
        imports = ImportManager()
        body = [line for one in self.operations for line in self._format_operation(one, imports, indent=" " * 8)]
        title = self.name.partition("_")[2].replace("_", " ").capitalize()
        return "\n".join(
            [
                f'"""{title}."""\n',
                "from tortoise import migrations",
                "from tortoise.migrations import operations as ops",
                *imports.render(),
                "\n\nclass Migration(migrations.Migration):",
                f'    """{title}."""\n',
                "    operations = (",
                *body,
                "    )\n",
            ]
        )

    def _render_field(self, field: Any, imports: ImportManager) -> str:
        return self._field(field, imports, leave_out=set())

    def _field(self, field: Any, imports: ImportManager, leave_out: set[str]) -> str:
        leave_out = leave_out | ({"unique", "db_index"} if field.pk else set())
        told = {
            key: value
            for key, value in field.deconstruct()[2].items()
            if key not in leave_out and _USUAL.get(key, ...) != value
        }
        if type(field).__module__ == columns.__name__:
            told.pop("primary_key", None)
            return _call(f"columns.{type(field).__name__}", told, imports)
        if isinstance(field, relational.ForeignKeyFieldInstance):
            model = told.pop("model_name").removeprefix(f"{APP}.")
            del told["related_name"]
            unique = {"unique": True} if isinstance(field, relational.OneToOneFieldInstance) else {}
            return _call("columns.reference", unique | told, imports, model)
        return _call(f"fields.{type(field).__name__}", told, imports)

    def _format_create_model(self, operation: CreateModel, imports: ImportManager, *, indent: str) -> list[str]:
        fields = [(name, field) for name, field in operation.fields if field is not None]
        options = {key: value for key, value in (operation.options or {}).items() if key in _OPTIONS}
        return [
            f"{indent}ops.CreateModel({operation.name!r}, [",
            *(
                f"{indent}    ({name!r}, {self._field(field, imports, leave_out={'default'})}),"
                for name, field in fields
            ),
            f"{indent}], {self._render_model_options(options, imports)}),",
        ]


def _call(name: str, told: Mapping[str, Any], imports: ImportManager, *args: str) -> str:
    if name.startswith("columns."):
        imports.add_from("jxc_graphql.kit", "columns")
    else:
        imports.add_fields_alias()
    given = [*map(repr, args), *(f"{key}={render_value(value, imports)}" for key, value in told.items())]
    return f"{name}({', '.join(given)})"
