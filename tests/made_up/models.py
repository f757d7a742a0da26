"""The table of visits (拜访单), and what can be done with one."""

from typing import Any

from tortoise import fields

from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.named import amounts
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is

MAY = Permission.MOVE_GOODS
STATES = States({
    Do.UPDATE: Action(by=MAY, ways={Is.DRAFT: {Is.DRAFT}}),
    Do.SUBMIT: Action(by=MAY, ways={Is.DRAFT: {Is.SUBMITTED}}),
    Do.APPROVE: Action(by=MAY, ways={Is.SUBMITTED: {Is.APPROVED}}),
    Do.REJECT: Action(by=MAY, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
    Do.CANCEL: Action(by=MAY, ways={Is.DRAFT: {Is.CANCELLED}}),
})  # fmt: skip


class Visit(DocumentHeader):
    """Visit (拜访单)."""

    series, states = "VI", STATES
    registered, named = Registered(amount="cost"), amounts(AMOUNT="cost")
    warehouse: Any = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """From where."""
    cost = MoneyField()
    """What it may cost."""

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("cost", "id"))


class VisitLine(DocumentLine):
    visit: Any = fields.ForeignKeyField("models.Visit", related_name=False, on_delete=fields.RESTRICT)
    """The visit."""
    quantity = QuantityField()
    """How many are shown."""
