"""The arguments of a question, drawn: ids that belong together as often as not, hidden ones among them."""

import random
from datetime import date, timedelta
from typing import Any

from jxc_graphql.gql.schema.scalars import Leaf, global_id
from jxc_graphql.gql.schema.types import Argument, IdOf, InputType, ObjectType, Ref, Types
from jxc_graphql.gql.words.entity import NO_DEFAULT
from tests.matrix.veil import Rows, ids_in

CHECK = "stock_level.on_hand is the sum of its places"


def id_of(kind: ObjectType, key: int, rows: Rows) -> str:
    """The id of a row, under the name of what it is."""
    if kind.register is not None and kind.table is not None:
        row = next((row for row in rows.tables[kind.table.name] if row["id"] == key), None)
        found = kind.register.kinds.get(row[kind.register.kind.name]) if row else None
        return global_id(found.name if found else kind.name, key)
    return global_id(kind.name, key)


class Drawn:
    """Draws the arguments of one field after the other."""

    def __init__(self, types: Types, rows: Rows, hidden: set[int], today: date, chance: random.Random) -> None:
        self._rows, self._hidden, self._today, self._chance = rows, hidden, today, chance
        self._entities = [one for one in types.objects.values() if one.table is not None]
        self._about: set[int] = set()
        some = [row for kept in rows.tables.values() for row in kept[:3]]
        texts = {str(row[name]) for row in some for name in ("number", "code") if row.get(name)}
        self._texts = [*sorted(texts), "x", CHECK]

    def arguments(self, told: dict[str, Argument]) -> dict[str, Any]:
        """Values by name; what may be left out is now and then."""
        self._about = set()
        return {name: self._value(one.type, 0) for name, one in told.items() if self._is_given(one, 0.3)}

    def _is_given(self, argument: Argument, likely: float) -> bool:
        optional = argument.type.nullable or argument.default is not NO_DEFAULT
        return not optional or self._chance.random() < likely

    def _value(self, ref: Ref, depth: int) -> Any:
        if ref.many:
            return [self._one(ref.of, depth) for _ in range(1 if depth else self._chance.randint(1, 2))]
        return self._one(ref.of, depth)

    def _one(self, kind: Any, depth: int) -> Any:
        match kind:
            case InputType(cls=None):
                return {}
            case InputType():
                fields = {name: one for name, one in kind.fields.items() if name != "expectedVersion"}
                given = {name: one for name, one in fields.items() if self._is_given(one, 0.15)}
                return {name: self._value(one.type, depth + 1) for name, one in given.items()}
            case IdOf():
                return self._id(kind.entity)
        assert isinstance(kind, Leaf)
        return self._plain(kind)

    def _plain(self, leaf: Leaf) -> Any:
        if leaf.enum is not None:
            return self._chance.choice(list(leaf.enum)).value
        likely: dict[str, list[Any]] = {
            "Boolean": [True, False],
            "Int": [1, 2, 30],
            "Decimal": ["1", "2", "1", "0.5", "1000000"],
            "Date": [str(self._today - timedelta(days=back)) for back in (-7, 0, 0, 1)],
            "DateTime": [f"{self._today - timedelta(days=1)}T12:00:00Z"],
        }
        return self._chance.choice(likely.get(leaf.graphql) or self._texts)

    def _id(self, entity: ObjectType | None) -> str:
        chosen = entity if entity is not None and entity.table is not None else self._chance.choice(self._entities)
        assert chosen.table is not None
        rows = self._rows.tables[chosen.table.name]
        dice = self._chance.random()
        if dice < 0.04 or not rows:
            return global_id(chosen.name, 1)
        hidden = [row for row in rows if row["id"] in self._hidden]
        shown = [row for row in rows if row["id"] not in self._hidden]
        some = hidden if hidden and (dice < 0.25 or not shown) else shown
        row = self._chance.choice([row for row in some if self._about & ids_in(row)] or some)
        self._about |= ids_in(row)
        return id_of(chosen, row["id"], self._rows)
