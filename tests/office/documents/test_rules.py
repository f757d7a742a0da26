"""State tables say what is possible, and why the rest is not."""

from types import SimpleNamespace

import pytest

from jxc_graphql.kit.errors import Conflict
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import DocumentStatus
from jxc_graphql.office.documents.operations import check_version
from jxc_graphql.office.documents.rules import (
    AllowedAction,
    DocumentAction,
    IllegalTransition,
    StaleVersion,
    StateTable,
)

TABLE = StateTable(
    {
        DocumentStatus.DRAFT: {
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
            DocumentAction.SUBMIT: DocumentStatus.SUBMITTED,
        },
    }
)


def test_allows_what_is_listed() -> None:
    assert TABLE.check(DocumentStatus.DRAFT, DocumentAction.SUBMIT) is None
    assert TABLE.target(DocumentStatus.DRAFT, DocumentAction.SUBMIT) is DocumentStatus.SUBMITTED


def test_names_what_would_be_allowed_instead() -> None:
    assert TABLE.check(DocumentStatus.DRAFT, DocumentAction.APPROVE) == IllegalTransition(
        status=DocumentStatus.DRAFT,
        action=DocumentAction.APPROVE,
        allowed=(DocumentAction.SUBMIT, DocumentAction.CANCEL),
    )


def test_allows_nothing_in_a_status_that_is_not_listed() -> None:
    refused = TABLE.check(DocumentStatus.CANCELLED, DocumentAction.SUBMIT)
    assert refused is not None
    assert refused.allowed == ()


def test_tells_a_client_what_it_can_do_and_why_not_the_rest() -> None:
    needed = {
        DocumentAction.SUBMIT: Permission.EDIT_PURCHASE_ORDERS,
        DocumentAction.APPROVE: Permission.APPROVE_PURCHASE_ORDERS,
        DocumentAction.CANCEL: Permission.APPROVE_PURCHASE_ORDERS,
    }
    assert TABLE.allowed_actions(DocumentStatus.DRAFT, needed, {Permission.EDIT_PURCHASE_ORDERS}) == [
        AllowedAction(action=DocumentAction.SUBMIT, allowed=True, reasons=()),
        AllowedAction(action=DocumentAction.APPROVE, allowed=False, reasons=("FORBIDDEN", "ILLEGAL_TRANSITION")),
        AllowedAction(action=DocumentAction.CANCEL, allowed=False, reasons=("FORBIDDEN",)),
    ]


def test_refuses_a_change_made_for_another_version() -> None:
    document = SimpleNamespace(version=3)
    check_version(document, 3)
    check_version(document, None)
    with pytest.raises(Conflict) as refused:
        check_version(document, 2)
    assert refused.value.reasons == (StaleVersion(path=("expected_version",), current=3, expected=2),)
