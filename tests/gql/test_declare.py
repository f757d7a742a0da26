"""What a feature declares is what the schema says; what is declared wrongly is refused with type, field and mend."""

from collections.abc import Callable
from enum import StrEnum
from types import ModuleType
from typing import Any

import graphql
import pytest

from jxc_graphql.gql.declare import (
    Connection,
    DeclarationError,
    Node,
    batched,
    column,
    computed,
    connection,
    entity,
    extends,
    many,
    mutation,
    payload,
)
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.scalars import read_global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.vocabulary import add
from jxc_graphql.masters.catalog import models as catalog
from jxc_graphql.masters.categories import models as categories
from tests.gql import shop, shop_rules
from tests.gql.shop_rules import Progress

SDL = Schema([shop]).as_str()


def kind(name: str) -> Any:
    return graphql.build_schema(SDL).type_map[name]


def field(owner: str, name: str) -> str:
    return str(kind(owner).fields[name].type)


@pytest.mark.parametrize(
    ("owner", "name", "expected"),
    [
        ("Order", "number", "String!"),
        ("Order", "expectedOn", "Date"),
        ("Order", "supplier", "Supplier!"),  # whose permission that of the order includes
        ("Order", "warehouse", "Warehouse!"),  # lies in scope when the order does
        ("Order", "total", "Decimal"),  # may be withheld
        ("Order", "lines", "[Line!]!"),
        ("Order", "pagedLines", "LineConnection!"),
        ("Order", "steps", "[AllowedStep!]!"),
        ("Line", "order", "Order!"),  # by which its scope is told
        ("Query", "orders", "OrderConnection"),
        ("Query", "nodes", "[Node]"),
        ("RenamePayload", "userErrors", "[UserError!]!"),
        ("RenamePayload", "query", "Query!"),
        ("Mutation", "rename", "RenamePayload"),
        ("TooMuchError", "code", "ErrorCode!"),
    ],
)
def test_a_field_has_the_type_that_its_declaration_and_its_rights_imply(owner: str, name: str, expected: str) -> None:
    assert field(owner, name) == expected


def test_an_input_has_ids_decimals_and_defaults() -> None:
    given = kind("RenameInput").fields
    assert {name: str(one.type) for name, one in given.items()} == {
        "id": "ID!",
        "remark": "String!",
        "lines": "[RenameLine!]!",
        "expectedOn": "Date",
        "idempotencyKey": "String",
    }
    assert str(kind("RenameLine").fields["quantity"].type) == "Decimal!"


def test_filters_and_orders_come_from_the_columns() -> None:
    assert {"id", "number", "supplierId", "businessDate", "and", "or", "not"} <= set(kind("OrderWhere").fields)
    assert "steps" not in kind("OrderWhere").fields
    assert {"remark", "version"} <= set(kind("OrderWhere").fields)
    assert {"NUMBER", "REMARK", "VERSION"} <= set(kind("OrderOrderField").values)
    assert not {"PLACE_CODE", "SECOND_CODE"} & set(kind("PaperOrderField").values)  # not every row has one


def test_an_order_says_which_way() -> None:
    assert str(kind("OrderOrder").fields["direction"].type) == "SortDirection!"


def test_everything_is_described() -> None:
    for one in graphql.build_schema(SDL).type_map.values():
        if one.name.startswith("__") or graphql.is_specified_scalar_type(one):
            continue
        assert one.description, one.name
        for name, part in (getattr(one, "fields", None) or getattr(one, "values", None) or {}).items():
            assert part.description, f"{one.name}.{name}"
            for title, argument in (getattr(part, "args", None) or {}).items():
                assert argument.description, f"{one.name}.{name}({title}:)"


class Fruit(StrEnum):
    """A fruit."""

    APPLE = "APPLE"


@entity(catalog.Sku)
class NoColumn(Node):
    """A sentence."""

    colour: str
    """Colour."""


@entity(catalog.Sku)
class NoKey(Node):
    """A sentence."""

    barcodes: Connection[shop.Barcode] = connection()
    """Labels."""


@entity(catalog.Sku)
class NeverNull(Node):
    """A sentence."""

    barcodes: Connection[shop.Barcode] = connection("sku_id", only="code")
    """Labels."""


@entity(catalog.Sku)
class NoSource(Node):
    """A sentence."""

    barcodes: list[shop.Barcode]
    """Labels."""


@entity(catalog.Sku)
class NoDescription(Node):
    """A sentence."""

    code: str


@entity(catalog.Sku)
class NoDocstring(Node):
    code: str
    """Code."""


@entity(catalog.Sku)
class SortedByComputed(Node):
    """A sentence."""

    lines: list[shop.Line] = many("sku_id", order_by="progress")
    """Lines."""


@entity(catalog.Sku)
class WrongKind(Node):
    """A sentence."""

    code: Quantity
    """Code."""


@entity(catalog.Sku)
class WrongFunction(Node):
    """A sentence."""

    code: str = computed(shop_rules.line_counts, "code")
    """Code."""


@entity(catalog.Sku)
class WrongColumns(Node):
    """A sentence."""

    code: int = batched(shop_rules.line_counts, "kode")
    """Code."""


@entity(catalog.Sku)
class WrongIds(Node):
    """A sentence."""

    code: int = batched(shop_rules.line_counts, "code", beside=True)
    """Code."""


@entity(catalog.Sku)
class NoLoad(Node):
    """A sentence."""

    code: shop.Barcode = computed(shop_rules.grumble, "code")
    """Code."""


@entity(catalog.Sku)
class NoMember(Node):
    """A sentence."""

    code: Fruit
    """Code."""


@entity(catalog.Sku)
class UnknownType(Node):
    """A sentence."""

    code: complex
    """Code."""


@entity(categories.Category)
class NullHidden(Node):
    """A sentence."""

    parent: shop.Category = column()
    """Parent."""


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (NoColumn, "NoColumn.colour: no column 'colour' answers it. Name the column with column()"),
        (NoKey, "NoKey.barcodes: it is an edge without key. Name the column of Barcode that points here"),
        (NeverNull, "NeverNull.barcodes: the column 'code' is never NULL. Leave `only` out"),
        (NoSource, "NoSource.barcodes: nothing says where its objects come from. Write many()"),
        (NoDescription, "NoDescription.code: it has no description. Put a string under the attribute"),
        (NoDocstring, "NoDocstring: it has no description. Give the class a docstring"),
        (SortedByComputed, "SortedByComputed.lines: purchase_order_line has no column 'progress'. Name a column"),
        (WrongKind, "WrongKind.code: the column holds str, not Quantity. Correct the annotation"),
        (WrongFunction, "WrongFunction.code: line_counts is of the other kind. Use batched()"),
        (WrongColumns, "WrongColumns.code: sku has no column 'kode'. Name a column of the model"),
        (WrongIds, "WrongIds.code: it is not asked for by ids alone. Name one column of ids"),
        (NoLoad, "NoLoad.code: a pure function cannot give Barcode. Give leaves or a @value class"),
        (NoMember, "Fruit.APPLE: it has no description. Put a string under the member"),
        (UnknownType, "UnknownType.code: complex is not a type of the schema. Use a scalar"),
        (NullHidden, "NullHidden.parent: the column 'parent_id' may be NULL. Write `| None`"),
    ],
)
def test_refuses_a_wrong_declaration_with_type_field_and_mend(cls: type, message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        Schema([module(cls)])
    assert str(caught.value).startswith(message)


@payload
class FullPayload:
    """A payload."""

    count: int
    """A figure that a refused input does not have."""


@mutation(FullPayload)
async def fill_it(call: Call) -> Call:
    """Fill."""
    return call


@mutation(shop.Me)
async def not_a_payload(call: Call) -> Call:
    """Fill."""
    return call


@mutation(shop.RenamePayload)
async def silent(call: Call, colour: str) -> Call:
    """Fill."""
    return call


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (fill_it, "FullPayload.count: it is empty when the input was refused. Write `| None`"),
        (not_a_payload, "Mutation.notAPayload: it is not shown as a payload. Name a class declared with @payload"),
        (silent, "Mutation.silent(colour:): it has no description. Write Annotated"),
    ],
)
def test_refuses_a_wrong_mutation(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        Schema([module(function)])
    assert str(caught.value).startswith(message)


def module(*found: Any) -> ModuleType:
    made = ModuleType(__name__)
    for one in found:
        setattr(made, one.__name__, one)
    return made


@pytest.mark.parametrize(
    "text", ["", "T3JkZXI6MQ==", "T3JkZXI6MDE", "nonsense", "T3JkZXI6LTE", "T3JkZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk", "é"]
)
def test_an_id_that_was_never_given_out_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a global id"):
        read_global_id(text)


@entity(categories.Category)
class Shelf(Node):
    """A thing that knows nothing of what stands on it."""

    code: str
    """Its code."""


@entity(catalog.Product)
class Ware(Node):
    """A thing that stands on a shelf."""

    code: str
    """Its code."""


@extends(Shelf)
class ShelfWares:
    """What a shelf cannot know."""

    wares: Connection[Ware] = connection("category_id")
    """What stands on it."""


@extends(Shelf)
class ShelfCode:
    """What a shelf knows."""

    code: str
    """Its code, again."""


@extends(Fruit)
class FruitWares:
    """What no enum can have."""


def test_a_feature_adds_fields_to_an_entity_of_a_lower_one() -> None:
    built = graphql.build_schema(Schema([module(Shelf), module(Ware, ShelfWares)]).as_str())
    assert str(built.type_map["Shelf"].fields["wares"].type) == "WareConnection!"  # type: ignore[attr-defined]
    assert "ShelfWares" not in built.type_map


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (ShelfCode, "ShelfCode.code: Shelf has that field already. Rename it."),
        (
            FruitWares,
            "FruitWares: Fruit is no entity and no interface. Extend a class declared with @entity or @interface.",
        ),
    ],
)
def test_refuses_a_wrong_extension(cls: type, message: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        Schema([module(Shelf, cls)])
    assert str(refused.value) == message


def test_a_word_that_is_added_to_an_enum_later_is_not_in_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Schema([shop])
    before = made.as_str()
    monkeypatch.setattr(Progress, "_member_names_", [*Progress._member_names_])
    monkeypatch.setattr(Progress, "_member_map_", {**Progress._member_map_})
    add(Progress, "LATER", "It was said after the schema was made.")
    assert [one.name for one in Progress] == ["NOTHING", "SOME", "ALL", "LATER"]
    assert made.as_str() == before
