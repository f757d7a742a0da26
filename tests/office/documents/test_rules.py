"""State tables say what is possible, and why the rest is not."""

from types import SimpleNamespace

import pytest

from jxc_graphql.buying.purchasing.models import APPROVE_PURCHASE_ORDERS, EDIT_PURCHASE_ORDERS
from jxc_graphql.kit.errors import Conflict, Required
from jxc_graphql.kit.versions import StaleVersion, check_version
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.states import (
    Action,
    AllowedAction,
    DocumentAction,
    DocumentObstacle,
    DocumentStatus,
    IllegalTransition,
    Note,
    States,
)

TABLE = States(
    {
        DocumentAction.SUBMIT: Action(by=EDIT_PURCHASE_ORDERS, ways={DocumentStatus.DRAFT: {DocumentStatus.SUBMITTED}}),
        DocumentAction.RECEIVE: Action(
            by=Permission.RECEIVE_GOODS,
            ways={DocumentStatus.APPROVED: {DocumentStatus.PARTIALLY_RECEIVED, DocumentStatus.RECEIVED}},
            at="to_warehouse_id",
        ),
        DocumentAction.CANCEL: Action(
            by=APPROVE_PURCHASE_ORDERS,
            ways={DocumentStatus.DRAFT: {DocumentStatus.CANCELLED}},
            note=Note.REQUIRED,
        ),
    }
)


def test_allows_what_is_listed() -> None:
    assert TABLE.check(DocumentStatus.DRAFT, DocumentAction.SUBMIT) is None
    assert TABLE.reached(DocumentStatus.DRAFT, DocumentAction.SUBMIT) is DocumentStatus.SUBMITTED


def test_leads_to_what_is_listed_and_nowhere_else() -> None:
    for status in (DocumentStatus.PARTIALLY_RECEIVED, DocumentStatus.RECEIVED):
        assert TABLE.reached(DocumentStatus.APPROVED, DocumentAction.RECEIVE, status) is status
    for nowhere in (DocumentStatus.CLOSED, None):
        with pytest.raises(AssertionError, match="RECEIVE leads from APPROVED to"):
            TABLE.reached(DocumentStatus.APPROVED, DocumentAction.RECEIVE, nowhere)


def test_names_what_would_be_allowed_instead() -> None:
    assert TABLE.check(DocumentStatus.DRAFT, DocumentAction.RECEIVE) == IllegalTransition(
        status=DocumentStatus.DRAFT,
        action=DocumentAction.RECEIVE,
        allowed=(DocumentAction.SUBMIT, DocumentAction.CANCEL),
    )


def test_allows_nothing_in_a_status_that_is_not_listed() -> None:
    refused = TABLE.check(DocumentStatus.CANCELLED, DocumentAction.SUBMIT)
    assert refused is not None
    assert refused.allowed == ()


def test_tells_a_client_what_it_can_do_and_why_not_the_rest() -> None:
    held = {EDIT_PURCHASE_ORDERS, Permission.RECEIVE_GOODS}
    assert TABLE.allowed_actions(DocumentStatus.DRAFT, held, elsewhere=["to_warehouse_id"]) == [
        AllowedAction(action=DocumentAction.SUBMIT, allowed=True, reasons=(), texts=()),
        AllowedAction(
            action=DocumentAction.RECEIVE,
            allowed=False,
            reasons=(DocumentObstacle.ILLEGAL_TRANSITION, DocumentObstacle.OUT_OF_SCOPE),
            texts=("Illegal transition", "Out of scope"),
        ),
        AllowedAction(
            action=DocumentAction.CANCEL,
            allowed=False,
            reasons=(DocumentObstacle.FORBIDDEN,),
            texts=("Forbidden",),
        ),
    ]
    (_, _, cancel) = TABLE.allowed_actions(DocumentStatus.DRAFT, held, locale="zh-CN")
    assert cancel.texts == ("没有权限",)


def test_says_whether_there_is_to_be_a_note() -> None:
    cancel = TABLE[DocumentAction.CANCEL]
    assert list(cancel.check_note("破损")) == []
    assert [type(reason) for reason in cancel.check_note(" ")] == [Required]
    with pytest.raises(AssertionError):
        list(TABLE[DocumentAction.SUBMIT].check_note(""))


def test_refuses_a_change_made_for_another_version() -> None:
    document = SimpleNamespace(version=3)
    check_version(document, 3)
    check_version(document, None)
    with pytest.raises(Conflict) as refused:
        check_version(document, 2)
    assert refused.value.reasons == (StaleVersion(path=("expected_version",), current=3, expected=2),)
