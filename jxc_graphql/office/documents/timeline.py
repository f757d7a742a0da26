"""What changed, as people read it: under which title, what it was and what it is, in the words of their language.

Facts keep what columns said (`kit.changes.Changed`), and are kept with the statuses from and to which they moved a
document on (`kit.beside`); of older ones that is told where their action leads one way only. Which field of which
type shows a column, and to whom, is what the schema says, which is handed in from above (`shown_by`): what a field
hides from somebody is not told of it either, and a change from or to something that he does not see is none for him.
Things are called as they are called today. Of a fact that keeps something else, such as what is said in own fields, its
feature shows what changed (`also_shown`).
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.gql.plan.naming import names
from jxc_graphql.gql.plan.seen import refusal, refusal_of
from jxc_graphql.gql.schema.scalars import Leaf
from jxc_graphql.gql.schema.titles import title
from jxc_graphql.gql.schema.types import Field, FromColumn, ObjectType, ToOne, Types
from jxc_graphql.kit import db
from jxc_graphql.kit.beside import kept_beside
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import Changed, Kept
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.labels import label
from jxc_graphql.office.documents.facts import OfDocument
from jxc_graphql.office.documents.redrafting import MOST_TOLD

_TYPES: list[Types] = []
_ANSWERS = ("No", "Yes"), ("否", "是")
Names = dict[ObjectType, dict[int, str]]


class ShownChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change for people; `place`: which one of those that its entry shows."""

    entry_id: int
    place: int = 0
    field: str
    label: str
    line: int | None
    about: str | None
    before: str | None
    after: str | None


ShowChanges = Callable[[Call, Mapping[int, Any]], Coroutine[Any, Any, Mapping[int, Sequence[ShownChange]]]]
"""What facts of one type tell that changed as far as a caller may see it, by their ids."""
_ALSO: dict[str, ShowChanges] = {}


def also_shown(fact: type[Fact], show: ShowChanges) -> None:
    """Has somebody above show what facts of a type tell that changed."""
    _ALSO[fact.stored_as] = show


class _SeenChange(msgspec.Struct, frozen=True):
    """A change of which a caller may hear, and the field that shows it."""

    entry_id: int
    change: Changed
    entity: ObjectType
    field: Field

    @property
    def target(self) -> ObjectType | None:
        """What its values are ids of."""
        kind = self.field.type.of
        return kind if isinstance(kind, ObjectType) else None


def shown_by(types: Types) -> None:
    """Says which schema shows what changed."""
    _TYPES[:] = [types]


async def changes_of(call: Call, keys: Sequence[tuple[int, str, str]]) -> list[list[ShownChange]]:
    """What facts tell that changed, each by its id, name and body; a statement for each sort of thing that is named."""
    shown = await _shown_to(call, [(entry_id, changes_in(name, body)) for entry_id, name, body in keys])
    for name, show in _ALSO.items():
        facts = {entry_id: Fact.decode(name, body) for entry_id, told, body in keys if told == name}
        also = await show(call, facts) if facts else {}
        shown = [[*some, *also.get(key[0], ())] for key, some in zip(keys, shown, strict=True)]
    return _placed(shown)


async def differences_of(call: Call, keys: Sequence[tuple[int, str]]) -> list[list[ShownChange]]:
    """What documents keep of what is to change, each by its id and as it keeps that."""
    return _placed(await _shown_to(call, [(kept_by, _kept(kept)[:MOST_TOLD]) for kept_by, kept in keys]))


def differences_left_out(kept: str) -> int:
    """How many more changes a document keeps than are told."""
    return len(_kept(kept)[MOST_TOLD:])


def _kept(kept: str) -> tuple[Changed, ...]:
    return msgspec.json.decode(kept, type=tuple[Changed, ...])


async def _shown_to(call: Call, told: Sequence[tuple[int, Sequence[Changed]]]) -> list[list[ShownChange]]:
    """The changes of several as far as a caller may see them."""
    found = [[*_seen(call, told_by, changes)] for told_by, changes in told]
    known = await _named(call, [one for some in found for one in some])
    return [[one for each in some if (one := _shown(call, each, known)) is not None] for some in found]


def _placed(shown: Sequence[Sequence[ShownChange]]) -> list[list[ShownChange]]:
    return [[msgspec.structs.replace(one, place=place) for place, one in enumerate(some)] for some in shown]


def changes_in(name: str, body: str) -> tuple[Changed, ...]:
    """What changed of columns by a fact, its status first; nothing where it tells of none, or is too old for that."""
    moved = _moved(name, body)
    told = getattr(Fact.decode(name, body), "changes", ()) if hasattr(Fact.registry[name], "changes") else ()
    return (*([moved] if moved else []), *(one for one in told if isinstance(one, Changed)))


def _moved(name: str, body: str) -> Changed | None:
    """From which status to which a document was moved on, where it was to another one."""
    kept = kept_beside(body, Changed) or _only_way(Fact.registry[name])
    return kept if kept is not None and kept.before != kept.after else None


def _only_way(fact: type[Fact]) -> Changed | None:
    """Where the action of a fact leads from and to, where there is no other way; older facts are kept without it."""
    if not issubclass(fact, OfDocument) or not hasattr(fact, "action"):
        return None
    action = fact.kind.states.actions.get(fact.action)
    ways = [(before, after) for before, reached in action.ways.items() for after in reached] if action else []
    return Changed(fact.kind.__name__, "status", *ways[0]) if len(ways) == 1 else None


def left_out(name: str, body: str) -> int:
    """How many more changes there were than a fact tells."""
    return int(getattr(Fact.decode(name, body), "left_out", 0)) if hasattr(Fact.registry[name], "left_out") else 0


def _seen(call: Call, entry_id: int, changes: Iterable[Changed]) -> Iterable[_SeenChange]:
    for change in changes:
        entity = _TYPES[0].objects.get(change.of) if _TYPES else None
        field = _field(entity, change.column) if entity is not None else None
        if entity is None or field is None or refusal_of(call, entity) is not None or refusal(call, field) is not None:
            continue
        yield _SeenChange(entry_id, change, entity, field)


def _field(entity: ObjectType, column: str) -> Field | None:
    """The field that shows a column as it is, or what it points to."""
    for field in entity.fields.values():
        match field.source:
            case FromColumn(found) | ToOne(found) if found.name == column:
                return field
    return None


async def _named(call: Call, seen: Sequence[_SeenChange]) -> Names:
    """The names of all that is named, as far as the caller sees it."""
    asked: dict[ObjectType, set[int]] = {}
    for one in seen:
        ids = (one.change.before, one.change.after)
        if one.target is not None:
            asked.setdefault(one.target, set()).update(each for each in ids if isinstance(each, int))
        if one.change.sku_id is not None:
            asked.setdefault(_TYPES[0].objects["Sku"], set()).add(one.change.sku_id)
    found = await db.together(*(names(call, target, sorted(ids)) for target, ids in asked.items()))
    return dict(zip(asked, found, strict=True))


def _shown(call: Call, seen: _SeenChange, known: Names) -> ShownChange | None:
    change, text = seen.change, _texts(call, seen, known)
    before, after = text(change.before), text(change.after)
    if (before is None) != (change.before is None) or (after is None) != (change.after is None):
        return None  # from or to something that the caller does not see
    about = None if change.sku_id is None else known[_TYPES[0].objects["Sku"]].get(change.sku_id)
    return ShownChange(
        entry_id=seen.entry_id,
        field=seen.field.name,
        label=title(seen.entity, seen.field, call.locale),
        line=change.line_no,
        about=about,
        before=before,
        after=after,
    )


def _texts(call: Call, seen: _SeenChange, known: Names) -> Callable[[Kept], str | None]:
    """How people read the values of a field."""
    target, kind = seen.target, seen.field.type.of

    def text(value: Any) -> str | None:
        if value is None:
            return None
        if target is not None:
            return known[target].get(value)
        if not isinstance(kind, Leaf):
            return None
        if kind.enum is not None:
            return label(kind.enum.__name__, value, call.locale)
        if isinstance(value, bool):
            return _ANSWERS[call.locale == "zh-CN"][value]
        return str(kind.text(value) if kind.text is not None else value)

    return text
