"""Corrections (调整) of what the books say: posted by whoever makes them, unless they are worth too much.

    DRAFT ──post──▸ POSTED
    DRAFT ──post──▸ SUBMITTED ──approve──▸ POSTED
    SUBMITTED ──reject──▸ DRAFT
    DRAFT, SUBMITTED ──cancel──▸ CANCELLED

What a correction is worth is decided when it is posted, under the locks of what it corrects. Up to the threshold
of the company (免审额度) it is posted at once; above, it waits for someone who may approve, unless its author is one.
"""

from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


def states(by: Permission) -> States:
    """The life of corrections that are made with a permission."""
    approver = Permission.APPROVE_ADJUSTMENTS
    return States(
        {
            Do.UPDATE: Action(by=by, ways={Is.DRAFT: {Is.DRAFT}}),
            Do.POST: Action(by=by, ways={Is.DRAFT: {Is.POSTED, Is.SUBMITTED}}),
            Do.APPROVE: Action(by=approver, ways={Is.SUBMITTED: {Is.POSTED}}),
            Do.REJECT: Action(
                by=approver, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL, forgets=("estimated_value",)
            ),
            Do.CANCEL: Action(by=by, ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED)}),
        }
    )
