"""A mutation follows from its operation: what it takes, what it shows, and what is wrong with it at start-up."""

import dataclasses
import typing
from types import ModuleType

import pytest

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.buying.purchasing.api import PurchaseOrder
from jxc_graphql.buying.purchasing.facts import PurchaseOrderRejected
from jxc_graphql.gql.declare import DeclarationError
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import actions, states
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.states import Action, DocumentStatus, Note
from jxc_graphql.warehousing.adjustments import api as adjustments

BACK = Action(
    by=Permission.EDIT_PURCHASE_ORDERS,
    ways={DocumentStatus.SUBMITTED: {DocumentStatus.DRAFT}},
    note=Note.REQUIRED,
)
DRAFT = {DocumentStatus.DRAFT: {DocumentStatus.POSTED}}
INTO_THE_BOOKS = Action(by=Permission.EDIT_PURCHASE_ORDERS, ways=DRAFT)


@posting(BACK)
async def send_back(
    call: Call, *, purchase_order_id: int, note: str, expected_version: int | None = None
) -> PurchaseOrderRejected:
    """Sends it back (退回).

    Raises nothing.
    """
    _ = call, expected_version
    return PurchaseOrderRejected(purchase_order_id=purchase_order_id, note=note)


@posting(INTO_THE_BOOKS)
async def post_it(call: Call, *, purchase_order_id: int, expected_version: int | None = None) -> PurchaseOrderRejected:
    """Posts it."""
    return PurchaseOrderRejected(purchase_order_id=purchase_order_id, note="")


@posting(INTO_THE_BOOKS)
async def post_lines(call: Call, *, purchase_order_id: int, lines: int) -> PurchaseOrderRejected:
    """Posts them."""
    return PurchaseOrderRejected(purchase_order_id=purchase_order_id, note=str(lines))


def given(action: actions.Mutation) -> dict[str, bool]:
    """The fields of the input, and whether one may be left out."""
    cls = typing.get_type_hints(action)["input"]
    return {field.name: field.default is not dataclasses.MISSING for field in dataclasses.fields(cls)}


async def test_it_asks_for_what_the_operation_takes() -> None:
    action = document_action(send_back, PurchaseOrder)
    assert given(action) == {"id": False, "note": False, "expected_version": True}
    assert action.__doc__ == "Sends it back (退回)."
    assert action.__module__ == PurchaseOrder.__module__


def test_it_takes_a_day_and_a_key_where_it_posts() -> None:
    action = document_action(post_it, PurchaseOrder)
    assert set(given(action)) == {"id", "expected_version", "business_date", "idempotency_key"}
    assert set(given(adjustments.cancel_adjustment)) == {"id", "expected_version"}
    assert given(adjustments.reject_adjustment)["note"]


def test_it_refuses_an_operation_that_takes_anything_else() -> None:
    with pytest.raises(DeclarationError, match="post_lines: it takes purchase_order_id, lines, and its action says"):
        document_action(post_lines, PurchaseOrder)


def test_its_fact_must_tell_of_all_that_it_shows() -> None:
    module = ModuleType(PurchaseOrder.__module__)
    module.send_back = document_action(send_back, PurchaseOrder, StockLevel)  # type: ignore[attr-defined]
    with pytest.raises(DeclarationError, match=r"SendBackPayload\.stockLevels: PurchaseOrderRejected has no"):
        Schema([module])


def test_an_operation_without_an_action_is_written_out() -> None:
    @posting(Permission.MOVE_GOODS)
    async def move(call: Call, *, purchase_order_id: int) -> PurchaseOrderRejected:
        """Moves it."""
        return PurchaseOrderRejected(purchase_order_id=purchase_order_id, note="")

    with pytest.raises(AssertionError, match="move is not declared with an action"):
        document_action(move, PurchaseOrder)
    assert states.States().actions == {}
