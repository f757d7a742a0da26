"""What people call rows of an entity, as far as a caller sees them."""

from collections.abc import Sequence

from graphql.execution.values import VariableValues

from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.seen import refusal_of
from jxc_graphql.gql.plan.sql import DIALECTS, Asked, Sql, in_scope, put, quoted, where
from jxc_graphql.gql.schema.types import ObjectType
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call

_NAMED_BY = ("name", "number", "code")


async def names(call: Call, entity: ObjectType, keys: Sequence[int]) -> dict[int, str]:
    """The names of those rows that the caller sees, by their ids; one statement."""
    table = entity.table
    by = next((one for one in _NAMED_BY if table is not None and one in table.columns), None)
    if table is None or by is None or not keys or refusal_of(call, entity) is not None:
        return {}
    run = Run(call, DIALECTS[db.dialect()], VariableValues({}, {}))
    key = f"seen.{quoted(table.key)}"
    asked = Sql(run.dialect.one_of(key), (Asked.KEYS,))
    select = Sql(f"SELECT {key}, seen.{quoted(by)} FROM {quoted(table.name)} seen")  # noqa: S608  (our own names)
    return dict(await run.fetch(put(select, where(asked, in_scope(run.dialect, table, "seen", call.limits))), keys))
