"""The tables behind the migrations so far, as Tortoise's operations ask for them.

Tortoise copies every table before each operation, and links all that are related after it: with a hundred tables a
column that is added takes 70 ms. What changed is linked here, and everything else stays as it is; an index links
nothing, and statements change no table.
"""

from collections.abc import Sequence
from copy import copy
from itertools import groupby
from typing import Any, Self

from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import AddIndex, CreateModel, Operation, RemoveIndex, RenameModel, TortoiseOperation
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps

from jxc_graphql.kit.db.connect import APP
from jxc_graphql.kit.db.editor import PostgresEditor, SqliteEditor


class _Tables(StateApps):
    def _build_initial_querysets(self) -> None:
        """Nobody queries the past."""


class Past(State):
    """The tables, with a linked model of each."""

    _links_nothing = False

    @classmethod
    def empty(cls, dialect: str | None = None) -> Self:
        """Before the first migration."""
        return cls(models={}, apps=_Tables(default_connections={APP: dialect} if dialect else None))

    def clone(self) -> Self:
        """As it is now, whatever happens to this one; their models are the same."""
        return self.before(None)

    def before(self, operation: Operation | None) -> Self:
        """As it is now, whatever an operation does to this one: what it does not name is the same in both."""
        if operation is not None and type(operation).state_forward is TortoiseOperation.state_forward:
            return self
        named = getattr(operation, "model_name", None)
        apps = copy(self.apps)
        apps.apps = {label: dict(models) for label, models in self.apps.apps.items()}
        tables = {key: model.clone() if named in {None, key[1]} else model for key, model in self.models.items()}
        return type(self)(tables, apps)

    def _find_related_models(self, app_label: str, model_name: str) -> set[tuple[str, str]]:
        return {(app_label, model_name)}

    def _reload(self, models_to_reload: set[tuple[str, str]]) -> None:
        if self._links_nothing:
            for key in models_to_reload:
                self.apps.get_model(*key)._meta.indexes = self.models[key].options.get("indexes", ())  # noqa: SLF001
            return
        for label, name in models_to_reload:  # the old model stays whole: a clone may have it
            self.apps.apps.get(label, {}).pop(name, None)
        super()._reload(models_to_reload)

    async def apply(self, migration: Migration, editor: SqliteEditor | PostgresEditor | None = None) -> None:
        """Goes behind a migration, and brings the database there if there is an editor."""
        for is_creation, run in groupby(migration.operations, lambda operation: isinstance(operation, CreateModel)):
            operations = list(run)
            if is_creation:
                self._create(operations)
            for operation in operations:
                before: State = self
                if not is_creation:
                    before = self.before(operation) if editor is not None else self
                    self._go_behind(operation)
                if editor is not None:
                    await operation.database_forward(APP, before, self, editor)
        self.validate_relations_initialized()

    def _go_behind(self, operation: Operation) -> None:
        self._links_nothing = isinstance(operation, AddIndex | RemoveIndex)
        try:
            operation.state_forward(APP, self)
        finally:
            self._links_nothing = False
        if isinstance(operation, RenameModel):
            self._reload(set(self.models))

    def _create(self, operations: Sequence[Operation]) -> None:
        made: dict[tuple[str, str], Any] = {(APP, one.name): one for one in operations if isinstance(one, CreateModel)}
        self.models |= {key: ModelState.make_from_model(APP, one.model) for key, one in made.items()}
        self._reload(set(made))
