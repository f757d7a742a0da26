"""What an export is asked for, which columns a list can be exported by, and whose rights a file needs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.exchange.exports.models import FileFormat
from jxc_graphql.gql.schema.scalars import DATE, EXACT, STRING, Leaf
from jxc_graphql.gql.schema.titles import title
from jxc_graphql.gql.schema.types import Field, FromRoot, IdOf, ObjectType, ToMany, Types
from jxc_graphql.kit import rights
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, Rejected
from jxc_graphql.masters.own_fields.models import OwnField, OwnFieldType

MOST_COLUMNS = 60
_PAGED = {"first", "after", "last", "before"}


class UnknownList(Reason, frozen=True, kw_only=True):
    """There is no such list that is read by page."""

    name: str


class UnknownColumn(Reason, frozen=True, kw_only=True):
    """No path of fields leads from an object of the list to one value in this way."""

    name: str


class TooManyColumns(Reason, frozen=True, kw_only=True):
    """More columns than a file may have."""

    most: int


class ListRefused(Reason, frozen=True, kw_only=True):
    """The list cannot be asked for in this way."""

    problem: str
    """What the query would say."""


class AskedList(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of which list goes into a file, and how."""

    list_name: str
    """The field of Query, such as `skus`."""
    columns: tuple[str, ...] = ()
    """Paths of fields, such as `product.name`; none: the values of the objects themselves."""
    arguments: dict[str, Any] = {}
    """Where, search, orderBy and the like, as a client would send them."""
    file_format: FileFormat = FileFormat.XLSX
    locale: str = "en"


_OF_OWN_FIELDS = (("field", "code"), ("text",))


class OwnColumn(msgspec.Struct, frozen=True, kw_only=True):
    """An own field as a column: its code, and the type of the things that have it."""

    code: str
    type_name: str


class FileColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a file: the fields that lead to its values, what these are, and what stands above them."""

    path: tuple[str, ...]
    leaf: Leaf
    header: str
    own_field: OwnColumn | None = None
    """The own field whose value it is, among those to which the path leads."""

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """What is asked for it."""
        return [self.path] if self.own_field is None else [(*self.path, *below) for below in _OF_OWN_FIELDS]

    def of(self, row: Any) -> Any:
        """Its value in an object of the list; None where the way ends before."""
        for name in self.path:
            row = None if row is None else row[name]
        if row is None or self.own_field is None:
            return row
        code = self.own_field.code
        return next((one["text"] for one in row if one["field"]["code"] == code), None)


def lists(types: Types) -> dict[str, Field]:
    """The fields of Query that are read by page."""
    return {name: field for name, field in types.query.fields.items() if entity_of(field) is not None}


def entity_of(field: Field) -> ObjectType | None:
    """What a list is of; None where the field is none that is read by page."""
    kind = field.type.of
    return kind.node if isinstance(kind, ObjectType) and "nodes" in kind.fields and "first" in field.arguments else None


def columns(types: Types, asked: AskedList) -> tuple[list[FileColumn], list[Reason]]:
    """The columns that are asked for, and what is wrong with the wish."""
    field = lists(types).get(asked.list_name)
    entity = entity_of(field) if field else None
    if field is None or entity is None:
        return [], [UnknownList(path=("list",), name=asked.list_name)]
    if len(asked.columns) > MOST_COLUMNS:
        return [], [TooManyColumns(path=("columns",), most=MOST_COLUMNS)]
    paths = list(dict.fromkeys(asked.columns)) or [name for name, one in entity.fields.items() if _leaf(one)]
    found, wrong = list[FileColumn](), list[Reason]()
    for at, path in enumerate(paths):
        column = _column(entity, path, asked.locale)
        if column is None:
            wrong.append(UnknownColumn(path=("columns", at), name=path))
        else:
            found.append(column)
    wrong += [
        ListRefused(path=("arguments",), problem=f"{asked.list_name}({name}:)")
        for name in asked.arguments
        if name not in field.arguments or name in _PAGED
    ]
    return found, wrong


def _column(entity: ObjectType, path: str, locale: str) -> FileColumn | None:
    """The column of a path; None where it leads nowhere."""
    kind, names, headers = entity, path.split("."), list[str]()
    for at, name in enumerate(names[:-1], start=2):
        field = kind.fields.get(name)
        if field is not None and at == len(names) and is_coded(field):
            own = OwnColumn(code=names[-1], type_name=kind.name)
            return FileColumn(path=tuple(names[:-1]), leaf=STRING, header=_together(headers, locale), own_field=own)
        if field is None or not isinstance(field.type.of, ObjectType) or field.type.many or _asks(field):
            return None
        headers.append(title(kind, field, locale))
        kind = field.type.of
    field = kind.fields.get(names[-1])
    leaf = _leaf(field) if field else None
    if field is None or leaf is None:
        return None
    headers.append(title(kind, field, locale))
    return FileColumn(path=tuple(names), leaf=leaf, header=_together(headers, locale))


def _together(headers: Sequence[str], locale: str) -> str:
    return ("" if locale == "zh-CN" else " ").join(headers)


def is_coded(field: Field) -> bool:
    """Whether it is what things say in own fields."""
    return isinstance(field.source, ToMany) and field.source.coded is not None


def with_own_fields(
    found: Sequence[FileColumn], known: Mapping[tuple[str, str], OwnField], locale: str
) -> tuple[list[FileColumn], list[Reason]]:
    """The columns with what is known of own fields, by the type of what has them and code; and those there are not."""
    made, wrong = list[FileColumn](), list[Reason]()
    for at, column in enumerate(found):
        own = column.own_field
        field = None if own is None else known.get((own.type_name, own.code))
        if own is not None and field is None:
            wrong.append(UnknownColumn(path=("columns", at), name=".".join((*column.path, own.code))))
        elif field is not None:
            header = _together([one for one in (column.header, field.name) if one], locale)
            made.append(msgspec.structs.replace(column, header=header, leaf=_OF_TYPE.get(field.value_type, STRING)))
        else:
            made.append(column)
    return list(_told_apart(made)), wrong


_OF_TYPE: Mapping[OwnFieldType, Leaf] = {
    OwnFieldType.NUMBER: EXACT, OwnFieldType.MONEY: EXACT, OwnFieldType.DATE: DATE,
}  # fmt: skip


def _leaf(field: Field) -> Leaf | None:
    """What a field's one value is; None for objects, lists, and what must be asked for with arguments."""
    if field.type.many or _asks(field):
        return None
    if isinstance(field.type.of, IdOf):
        return _ID
    return field.type.of if isinstance(field.type.of, Leaf) else None


_ID = Leaf("ID", str)


def _asks(field: Field) -> bool:
    return bool(field.arguments) or isinstance(field.source, FromRoot)


def _told_apart(found: Sequence[FileColumn]) -> Iterator[FileColumn]:
    """Two columns have two headers."""
    seen = set[str]()
    for column in found:
        twice = column.header in seen
        yield msgspec.structs.replace(column, header=f"{column.header} ({'.'.join(column.path)})") if twice else column
        seen.add(column.header)


def covers(call: Call, kept: Mapping[str, Any]) -> bool:
    """Whether a caller may do and see all that is kept."""
    if not call.permissions.issuperset(rights.closed(frozenset(kept.get("permissions", ())))):
        return False
    then: Mapping[str, Any] = kept.get("scopes", {})
    return all(name in then and ids.issuperset(then[name]) for name, ids in call.reach.items())


def file_name(asked: AskedList, day: str) -> str:
    """As what a file is saved."""
    return f"{asked.list_name}-{day}.{asked.file_format.lower()}"


def arguments_of(text: str | None) -> dict[str, Any]:
    """What a JSON text says, which must be an object; raises `Rejected`."""
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Rejected(ListRefused(path=("arguments",), problem=str(error))) from None
