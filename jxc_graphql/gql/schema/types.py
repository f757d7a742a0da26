"""The resolved schema: every type, field and argument, and where each value comes from.

`resolve` makes these from the declared classes; `build` hands them to Strawberry; `plan` reads them. Nothing here does
anything.
"""

import dataclasses
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from jxc_graphql.gql.schema.scalars import Leaf
from jxc_graphql.gql.words.entity import NO_DEFAULT, Attribute
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason


@dataclasses.dataclass(frozen=True)
class Ref:
    """A use of a type: `of`, `of!`, `[of!]!`."""

    of: "Leaf | ObjectType | InputType | IdOf"
    nullable: bool = False
    many: bool = False
    item_nullable: bool = False

    def or_null(self, nullable: bool = True) -> "Ref":
        """The same type, nullable where asked."""
        return dataclasses.replace(self, nullable=self.nullable or nullable)


@dataclasses.dataclass(frozen=True)
class IdOf:
    """An id; of one entity, or of any."""

    entity: "ObjectType | None"


@dataclasses.dataclass(frozen=True)
class ModelColumn:
    """A column of a table."""

    name: str
    leaf: Leaf
    nullable: bool
    points_to: str | None = None
    """The table that it is a foreign key to."""


@dataclasses.dataclass(frozen=True)
class Scope:
    """A way to what says where a row belongs."""

    steps: tuple[tuple[str, str, str], ...]
    """Foreign keys to follow to the row that says it: (column, table, its key)."""
    column: str
    nullable: bool = dataclasses.field(default=False, compare=False)
    """Whether rows may belong nowhere: what has no place in a dimension is not hidden by it."""


@dataclasses.dataclass(frozen=True, repr=False)
class Table:
    """The table behind an entity, and who may see which of its rows."""

    name: str
    key: str
    columns: dict[str, ModelColumn]
    requires: str | None
    scopes: dict[str, tuple[Scope, ...]]
    """By dimension, where its rows belong: one place in the caller's scope is enough."""
    search: str | None
    texts: frozenset[str] = frozenset()
    """The columns that are spelt in that for searches."""
    starts: tuple[str, ...] = ()
    """The columns that a word of a search may begin."""
    goes_on: bool = False
    """Whether a search goes on from its rows although they have names."""
    aside: bool = False
    """Whether a search goes on to its rows from that alone which leads to nothing else."""
    few: bool = False
    """Whether it never has more rows than may be looked at."""
    led: frozenset[str] = frozenset()
    """The columns with which an index begins."""
    in_order: frozenset[str] = frozenset()
    """Those of them in whose order it has all rows, equal ones in that of their keys."""
    followed: frozenset[tuple[str, str]] = frozenset()
    """Those of them, each with the column in whose order it has rows with the same value."""

    def leads(self, column: ModelColumn) -> bool:
        """Whether rows are found by what stands in a column without looking at many others."""
        return self.few or column.name == self.key or column.name in self.led

    def orders(self, column: ModelColumn) -> bool:
        """Whether the first rows in the order of a column are found so."""
        return self.few or column.name == self.key or column.name in self.in_order


class Edge(NamedTuple):
    """A way from a row to one of another table, or to those whose column `by` holds its `column`."""

    field: "Field"
    column: ModelColumn
    target: "ObjectType"
    by: ModelColumn | None = None

    @property
    def is_sure(self) -> bool:
        """Whether that is there to which its column points."""
        return self.column.points_to is not None or self.field.always


class Filtered(NamedTuple):
    """What a list can be filtered by: the field, its column, and whose id it is."""

    field: "Field"
    column: ModelColumn
    target: "ObjectType | None"


class NamedTarget(NamedTuple):
    """What a column leads to, and the column with the name of that."""

    column: ModelColumn
    target: "ObjectType"
    name: ModelColumn


class CodedRows(NamedTuple):
    """What rows of another table say of a thing under codes: where all of that stands."""

    table: str
    by: ModelColumn
    """The column that says of which thing they say it."""
    field: str
    """The one that points to what has the code."""
    codes: str
    """The table of that."""
    code: str
    in_order: ModelColumn
    """The column in whose order values are."""
    readings: Callable[[Call, str], list[str]]
    """All that a text may say to a caller, as it stands there."""
    to: "tuple[NamedTarget, ...]" = ()
    """What values may lead to instead, in the order of whose names they are then."""


class Sorted(NamedTuple):
    """What a list can be sorted by: a field and its column, perhaps of what an edge leads to."""

    field: "Field"
    column: ModelColumn
    edge: Edge | None = None


@dataclasses.dataclass(frozen=True, repr=False)
class Listed:
    """What a list of an entity can be filtered, sorted and added up by, each under its name in the schema."""

    filters: dict[str, Filtered] = dataclasses.field(default_factory=dict)
    edges: dict[str, Edge] = dataclasses.field(default_factory=dict)
    """Those of which it can be said what they lead to."""
    tree: ModelColumn | None = None
    """The column that holds which row of the same table is above it."""
    orders: dict[str, Sorted] = dataclasses.field(default_factory=dict)
    numbers: "dict[str, tuple[Field, ModelColumn]]" = dataclasses.field(default_factory=dict)
    coded: "tuple[Field, CodedRows] | None" = None
    """What is said of its things under codes."""
    search: list[tuple[Edge, ...]] = dataclasses.field(default_factory=list)
    """The ways by which a search goes on, beside its own text."""
    amounts: "list[tuple[Field, ModelColumn]]" = dataclasses.field(default_factory=list)
    """The sums of money by which a search finds the rows of a register, or of one of its kinds."""


@dataclasses.dataclass(eq=False, repr=False)
class ObjectType:
    """An object type, interface or union."""

    name: str
    description: str
    kind: str
    fields: dict[str, "Field"] = dataclasses.field(default_factory=dict)
    interfaces: list["ObjectType"] = dataclasses.field(default_factory=list)
    possible: list["ObjectType"] = dataclasses.field(default_factory=list)
    """Of an interface or union: the types that its objects can be of."""
    unions: list["ObjectType"] = dataclasses.field(default_factory=list)
    """The unions that it is a member of."""
    table: Table | None = None
    requires: str | None = None
    """The permission without which nobody sees one."""
    row_of: tuple[str, ...] = ()
    """Of a value with an id: the attributes that tell one row of an answer from the others."""
    node: "ObjectType | None" = None
    """Of a connection, its edge and its aggregates: the entity."""
    reasons: dict[type[Reason], Mapping[str, Attribute]] = dataclasses.field(default_factory=dict)
    """Of a shape of errors: what is published in it, and by field what of it, where that has another name."""
    register: "Register | None" = None
    """Of an interface with a table: what its rows are."""
    listed: Listed = dataclasses.field(default_factory=Listed)
    """What its lists can be asked for, where there are any."""

    @property
    def names(self) -> frozenset[str]:
        """The type conditions that its objects fulfil."""
        return frozenset({self.name, *(one.name for one in self.interfaces), *(one.name for one in self.unions)})

    @property
    def abstract(self) -> bool:
        """Whether its objects are of other types: of those that have it, or are its members."""
        return self.kind in {"interface", "union"}

    @property
    def loaded(self) -> bool:
        """Whether its objects are rows, found by their ids."""
        return self.table is not None or self.abstract

    def spells(self, column: ModelColumn) -> bool:
        """Whether what stands in a column is written for searches: with the thing itself, or in a register."""
        tables = [one.table for one in (self, *self.interfaces) if one.table is not None]
        return any(column.name in table.texts for table in tables)

    @property
    def is_found_by_id(self) -> bool:
        """Whether it is a thing that can be asked for alone, and not only as a part of another."""
        return self.register is not None or (self.table is not None and "Node" in self.names)

    @property
    def members(self) -> list["ObjectType"]:
        """The entities that its objects can be of."""
        return [one for one in (self.possible if self.abstract else [self]) if one.table is not None]


@dataclasses.dataclass(eq=False, repr=False)
class Register:
    """The types of an interface's rows."""

    kind: ModelColumn
    """The column that says the type."""
    kinds: dict[str, ObjectType] = dataclasses.field(default_factory=dict)
    """The types by what stands there."""
    shared: dict[str, dict[str, "Field"]] = dataclasses.field(default_factory=dict)
    """By the name of a type, those of its fields that the table answers, as it answers them."""
    complete: bool = False
    """Whether nothing else can stand there."""


@dataclasses.dataclass(eq=False, repr=False)
class InputType:
    """An input object; `cls` is the class that its values become, None for a plain dictionary."""

    name: str
    description: str
    fields: dict[str, "Argument"] = dataclasses.field(default_factory=dict)
    cls: type | None = None


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class EnumType:
    """An enum with the description of each value."""

    cls: type[StrEnum]
    description: str
    values: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Argument:
    """An argument, or a field of an input object; `required`: it may be left out but not be null."""

    name: str
    python_name: str
    type: Ref
    description: str
    default: Any = NO_DEFAULT
    required: bool = False


@dataclasses.dataclass(frozen=True)
class FromColumn:
    column: ModelColumn


@dataclasses.dataclass(frozen=True)
class FromKey:
    """The row's own global id."""

    column: ModelColumn


@dataclasses.dataclass(frozen=True)
class ToOne:
    """An object that a column points to: of another table, or of that one of several in which the id is found."""

    column: ModelColumn


@dataclasses.dataclass(frozen=True)
class ToMany:
    """Rows of another table whose column `by` holds this row's `key`; no `by`: all rows."""

    by: ModelColumn | None
    key: ModelColumn | None
    order: tuple[tuple[ModelColumn, bool], ...]
    """Columns, each with whether it descends."""
    paged: bool
    only: ModelColumn | None = None
    """Rows without a value in it are not in the list."""
    coded: CodedRows | None = None
    """How lists are filtered and sorted by these rows."""


@dataclasses.dataclass(frozen=True)
class FromFunction:
    """A function of columns: pure, or over all rows of a level."""

    function: Callable[..., Any]
    columns: tuple[ModelColumn, ...]
    with_call: bool
    batched: bool
    beside: bool = False
    """Whether it can ask by the one column before its values are known."""


@dataclasses.dataclass(frozen=True)
class FromRegister:
    """What the row with the same id of a register has."""

    table: Table
    source: "FromColumn | ToOne | FromFunction"


@dataclasses.dataclass(frozen=True)
class FromOutcome:
    """An attribute of what a function returned, or the ids in it."""

    attribute: str


@dataclasses.dataclass(frozen=True)
class FromRoot:
    """A function of the caller and the arguments."""

    function: Callable[..., Any]
    operation: str
    adds_up: Callable[..., Mapping[str, int]] | None = None
    """From its arguments to the tables that it looks through: for each of their rows, as long as so many conditions."""
    seen_by: Callable[[Any], Call] | None = None
    """Who sees the payload, by what the function returned."""
    for_anybody: bool = False
    """Whether it does not matter who its caller is."""
    own: str | None = None
    """Of a subscription: the permission without which it tells everybody of his own."""
    without: Callable[[Any], bool] | None = None
    """With which input it does what can be read of it."""

    def does_without(self, given: Any) -> bool:
        """Whether it is told of this input what can be read, and what cannot."""
        return self.without is not None and self.without(given)


@dataclasses.dataclass(frozen=True)
class Built:
    """What the engine itself fills in: pageInfo, totalCount, node, nodes, userErrors, query, the id of a row."""

    what: str


Source = FromColumn | FromKey | ToOne | ToMany | FromFunction | FromRegister | FromOutcome | FromRoot | Built


@dataclasses.dataclass(eq=False, repr=False)
class Field:
    """A field of an object type."""

    name: str
    description: str
    type: Ref
    source: Source
    requires: str | None = None
    hides_row: bool = False
    """Whether a row is not there where that is hidden to which this field leads."""
    always: bool = False
    """Whether that is there to which its column points, although no foreign key holds it."""
    arguments: dict[str, Argument] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(repr=False)
class Types:
    """All of a schema."""

    query: ObjectType
    mutation: ObjectType | None
    subscription: ObjectType | None
    objects: dict[str, ObjectType]
    inputs: dict[str, InputType]
    enums: dict[str, EnumType]
    features: dict[str, str]
    """By type, the feature that declares it, or whose fields ask for it first; pages and filters are not named."""
