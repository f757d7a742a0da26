"""Corrections (调整) of what the books say: posted by whoever makes them, unless they are worth too much.

    DRAFT ──post──▸ POSTED
      ▴ └───post──▸ SUBMITTED ──approve──▸ POSTED
      └───reject────────┘
    (cancel of a draft or a submitted correction: CANCELLED)

What a correction is worth is decided when it is posted, under the locks of what it corrects. Up to the threshold
(免审额度) it is posted at once; above, it waits for someone who may approve, unless its author is one.
"""

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import DocumentStatus
from jxc_graphql.office.documents.rules import DocumentAction, StateTable

STATES = StateTable(
    {
        DocumentStatus.DRAFT: {
            DocumentAction.UPDATE: DocumentStatus.DRAFT,
            DocumentAction.POST: DocumentStatus.POSTED,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
        DocumentStatus.SUBMITTED: {
            DocumentAction.APPROVE: DocumentStatus.POSTED,
            DocumentAction.REJECT: DocumentStatus.DRAFT,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
    }
)

_threshold = Money.of("1000")


def use_threshold(amount: str) -> None:
    """Makes every later decision of this process one by this threshold, a plain decimal."""
    global _threshold  # noqa: PLW0603  (books have one threshold)
    _threshold = Money.of(amount)


def must_wait(call: Call, worth: Money) -> bool:
    """Whether a correction that is worth so much waits for someone else to approve it."""
    return worth > _threshold and Permission.APPROVE_ADJUSTMENTS not in call.permissions
