"""The columns of history: what a migration may say of a column besides Tortoise's plain fields.

A migration is applied for years after it was written, so what it means never changes: a class here is added to, never
edited. The fields of today's models (`IdField`, `MoneyField`) rest on them until they mean another column.
"""

from typing import Any

from tortoise.fields.base import Field, OnDelete
from tortoise.fields.data import BigIntField
from tortoise.fields.relational import ForeignKeyFieldInstance, OneToOneFieldInstance

_STEPS = 10**15


class Id(BigIntField):
    """A primary key that the application fills: SQLite's own row id, BIGINT on PostgreSQL."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"primary_key": True, "generated": False}
        super().__init__(**given | kwargs)

    class _db_sqlite:  # noqa: N801  (Tortoise looks it up by this name)
        SQL_TYPE = "INTEGER"


class Steps(BigIntField):
    """A count of the smallest steps of a fixed-point number, within bounds that the table itself keeps."""

    class _db_postgres:  # noqa: N801
        def __init__(self, field: Field[int]) -> None:
            self._column = field.source_field or field.model_field_name

        @property
        def SQL_TYPE(self) -> str:  # noqa: N802
            """The type and the bounds, so that no column is created without them."""
            return f'BIGINT CHECK ("{self._column}" BETWEEN {-_STEPS} AND {_STEPS})'

    class _db_sqlite(_db_postgres):  # noqa: N801
        @property
        def SQL_TYPE(self) -> str:  # noqa: N802
            """As above; SQLite would let a real number or a text into the column."""
            return f"{super().SQL_TYPE} CHECK (typeof(\"{self._column}\") IN ('integer', 'null'))"


def reference(
    model: str, *, unique: bool = False, on_delete: OnDelete = OnDelete.RESTRICT, **kwargs: Any
) -> ForeignKeyFieldInstance[Any]:
    """A foreign key; it keeps what it points to from being deleted unless it says otherwise."""
    kind = OneToOneFieldInstance if unique else ForeignKeyFieldInstance
    return kind(f"models.{model}", related_name=False, on_delete=on_delete, **kwargs)
