"""A mutation follows from its operation: what it takes, what it shows, and what is wrong with it at start-up."""

import dataclasses
import typing
from collections.abc import Sequence
from datetime import date
from types import ModuleType
from typing import Annotated, Any

import msgspec
import pytest

from jxc_graphql import features
from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.buying.purchasing import models
from jxc_graphql.buying.purchasing.api import PurchaseOrder
from jxc_graphql.buying.purchasing.models import EDIT_PURCHASE_ORDERS
from jxc_graphql.gql.declare import DeclarationError
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import actions
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.facts import DocumentRejected
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.states import Action, DocumentStatus, Note
from jxc_graphql.warehousing.adjustments import api as adjustments

SentBack = DocumentRejected[models.PurchaseOrder]
BACK = Action(
    by=EDIT_PURCHASE_ORDERS,
    ways={DocumentStatus.SUBMITTED: {DocumentStatus.DRAFT}},
    note=Note.REQUIRED,
)
BACK_WITHOUT_NOTE = Action(by=BACK.by, ways=BACK.ways)
DRAFT = {DocumentStatus.DRAFT: {DocumentStatus.POSTED}}
INTO_THE_BOOKS = Action(by=EDIT_PURCHASE_ORDERS, ways=DRAFT)


@posting(BACK)
async def send_back(call: Call, *, purchase_order_id: int, note: str, expected_version: int | None = None) -> SentBack:
    """Sends it back (退回).

    Raises nothing.
    """
    _ = call, expected_version
    return DocumentRejected.of(models.PurchaseOrder(id=purchase_order_id), note=note)


@posting(INTO_THE_BOOKS)
async def post_it(call: Call, *, purchase_order_id: int, expected_version: int | None = None) -> SentBack:
    """Posts it."""
    return DocumentRejected.of(models.PurchaseOrder(id=purchase_order_id), note="")


class OrderPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an order."""

    sku_id: int
    """Of what."""
    purchase_order_line_id: int | None = None
    """Which line."""
    quantity: Quantity = Quantity(0)
    """How much."""
    serials: tuple[str, ...] = ()
    """Which pieces."""


SEVEN = Quantity(7)
ASKED: list[dict[str, Any]] = []


@posting(EDIT_PURCHASE_ORDERS)
async def part_order(
    call: Call,
    *,
    purchase_order_id: int,
    supplier_id: int,
    lines: Annotated[Sequence[OrderPart], "What; 1 to 500 lines."],
    expected_on: date | None = None,
    extra: Annotated[Quantity, "How much more."] = SEVEN,
    note: str = "",
) -> SentBack:
    """Parts it."""
    ASKED.append({"supplier_id": supplier_id, "lines": lines, "expected_on": expected_on, "extra": extra})
    _ = call
    return DocumentRejected.of(models.PurchaseOrder(id=purchase_order_id), note=note)


def given(action: actions.Mutation) -> dict[str, bool]:
    """The fields of the input, and whether one may be left out."""
    cls = typing.get_type_hints(action)["input"]
    return {field.name: field.default is not dataclasses.MISSING for field in dataclasses.fields(cls)}


async def test_it_asks_for_what_the_operation_takes() -> None:
    action = document_action(send_back, PurchaseOrder)
    assert given(action) == {"id": False, "note": False, "expected_version": True, "dry_run": True}
    assert action.__doc__ == "Sends it back (退回)."
    assert action.__module__ == __name__


def test_it_takes_a_day_and_a_key_where_it_posts() -> None:
    action = document_action(post_it, PurchaseOrder)
    assert set(given(action)) == {"id", "expected_version", "business_date", "idempotency_key", "dry_run"}
    assert set(given(adjustments.cancel_adjustment)) == {"id", "expected_version", "dry_run"}
    assert given(adjustments.reject_adjustment)["note"]


def module_of(**mutations: Any) -> ModuleType:
    module = ModuleType(__name__)
    vars(module).update(mutations)
    return module


def schema_of(**mutations: Any) -> Schema:
    return Schema([*features.modules("*api"), module_of(**mutations)])


def test_its_arguments_are_fields_and_a_struct_is_an_input_of_its_own() -> None:
    sdl = schema_of(part_order=document_action(part_order, PurchaseOrder, lines="OrderPartOfTestInput")).core
    told = {
        name: {field: (str(one.type), one.description) for field, one in sdl.type_map[name].fields.items()}  # type: ignore[attr-defined]
        for name in ("PartOrderInput", "OrderPartOfTestInput")
    }
    assert told["PartOrderInput"] == {
        "id": ("ID!", "The purchase order."),
        "supplierId": ("ID!", "Who delivers."),
        "lines": ("[OrderPartOfTestInput!]!", "What; 1 to 500 lines."),
        "expectedOn": ("Date", "The day on which the goods are expected (预计到货日期); null while nobody said."),
        "extra": ("Decimal", "How much more."),
        "note": ("String!", "Remark (备注), at most 500 characters."),
        "idempotencyKey": ("String", "A key of your own: sent again with it, it is done once (幂等键)."),
        "dryRun": ("Boolean!", actions.DRY.description),
    }
    assert told["OrderPartOfTestInput"] == {
        "skuId": ("ID!", "Of what."),
        "purchaseOrderLineId": ("ID", "Which line."),
        "quantity": ("Decimal", "How much."),
        "serials": ("[String!]", "Which pieces."),
    }


async def test_the_operation_gets_its_structs_and_defaults(database: db.Database) -> None:
    schema = schema_of(part_order=document_action(part_order, PurchaseOrder, lines="OrderPartOfTestInput"))
    executor = Executor(schema)
    text = """mutation ($input: PartOrderInput!) { partOrder(input: $input) { userErrors { code path } } }"""
    line = {"skuId": global_id("Sku", 3), "purchaseOrderLineId": None, "quantity": "2", "serials": None}
    given: dict[str, Any] = {"id": global_id("PurchaseOrder", 1), "supplierId": global_id("Supplier", 2), "extra": None}
    given |= {"lines": [line, {"skuId": global_id("Sku", 4), "serials": ["a", "b"]}]}
    call = Call(actor_id=1, permissions=frozenset(Permission))
    ASKED.clear()
    answer = await executor.run(executor.prepare(text), {"input": given}, call)
    assert answer.data == {"partOrder": {"userErrors": []}}
    first = OrderPart(sku_id=3, quantity=Quantity.of("2"))
    second = OrderPart(sku_id=4, serials=("a", "b"))
    assert [{"supplier_id": 2, "lines": (first, second), "expected_on": None, "extra": SEVEN}] == ASKED
    wrong = given | {"lines": [{"skuId": global_id("Lot", 3), "quantity": "0.123456789"}]}
    answer = await executor.run(executor.prepare(text), {"input": wrong}, call)
    assert [(one["code"], one["path"]) for one in answer.data["partOrder"]["userErrors"]] == [
        ("WRONG_KIND_OF_ID", ["input", "lines", "0", "skuId"]),
        ("TOO_MANY_DECIMALS", ["input", "lines", "0", "quantity"]),
    ]


async def untold(call: Call, *, purchase_order_id: int, colour: str) -> SentBack:
    """Says too little."""
    _ = call
    return DocumentRejected.of(models.PurchaseOrder(id=purchase_order_id), note=colour)


async def nobodys(call: Call, *, purchase_order_id: int, painter_id: Annotated[int, "Who paints it."]) -> SentBack:
    """Says whose too little."""
    _ = call, painter_id
    return DocumentRejected.of(models.PurchaseOrder(id=purchase_order_id), note="")


def test_what_a_field_is_must_be_told() -> None:
    with pytest.raises(
        DeclarationError, match=r"untold\.colour: it has no description\. Put a string under it, or wri"
    ):
        document_action(posting(BACK_WITHOUT_NOTE)(untold), PurchaseOrder)


def test_whose_an_id_is_must_be_told_where_its_name_does_not() -> None:
    paint = posting(BACK_WITHOUT_NOTE)(nobodys)
    with pytest.raises(DeclarationError, match=r"painter_id: no entity is called 'painter'\. Name the entity whose id"):
        schema_of(nobodys=document_action(paint, PurchaseOrder))
    schema = schema_of(nobodys=document_action(paint, PurchaseOrder, painter_id=User))
    assert str(schema.core.type_map["NobodysInput"].fields["painterId"].type) == "ID!"  # type: ignore[attr-defined]


def test_an_action_with_a_note_takes_one() -> None:
    with pytest.raises(DeclarationError, match="nobodys: its action has a note and it takes none"):
        document_action(posting(BACK)(nobodys), PurchaseOrder, painter_id=User)


def test_its_fact_must_tell_of_all_that_it_shows() -> None:
    with pytest.raises(DeclarationError, match=r"SendBackPayload\.stockLevel: PurchaseOrderRejected has no"):
        schema_of(send_back=document_action(send_back, PurchaseOrder, StockLevel))


def test_an_operation_is_declared_as_one() -> None:
    with pytest.raises(AssertionError, match="untold is not declared with @posting"):
        document_action(untold, PurchaseOrder)
