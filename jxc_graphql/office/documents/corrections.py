"""Corrections (调整) of what the books say: posted by whoever makes them, unless they are worth too much.

    DRAFT ──post──▸ POSTED
    DRAFT ──post──▸ SUBMITTED ──approve──▸ POSTED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    DRAFT, SUBMITTED ──cancel──▸ CANCELLED

What a correction is worth is decided when it is posted, under the locks of what it corrects. Up to the threshold
of the company (免审额度) it is posted at once; above, it waits for someone who may approve, unless its author is one.
"""

from collections.abc import Iterable

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import gates
from jxc_graphql.office.documents.gates import look_ahead
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.named import amounts
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is

__all__ = ["NAMED", "REGISTERED", "look_ahead", "must_wait", "states"]

REGISTERED, NAMED = Registered(amount="coalesce(total, estimated_value)"), amounts(VARIANCE="estimated_value")
"""What the register says of corrections, and by which amount it may be decided who must agree to one."""


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
            Do.WITHDRAW: Action(by=by, ways={Is.SUBMITTED: {Is.DRAFT}}, forgets=("estimated_value",), by_author=True),
        }
    )


async def must_wait(call: Call, document: DocumentHeader, lines: Iterable[DocumentLine], worth: Money) -> bool:
    """Whether a correction that is worth so much waits for someone else to approve it.

    Above the threshold it does, and where others must agree to such a one, which its policy says.
    """
    over = await company.must_wait(call, worth)
    return await gates.must_wait(call, document, [line.sku_id for line in lines]) or over
