"""How documents change state, and what is wrong when they may not."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

import msgspec

from jxc_graphql.kit.errors import Reason
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import DocumentStatus


class DocumentAction(StrEnum):
    """What can be done with a document."""

    UPDATE = "UPDATE"
    """Change what it says (修改)."""
    SUBMIT = "SUBMIT"
    """Hand it in for approval (提交)."""
    APPROVE = "APPROVE"
    """Make it binding (审核)."""
    REJECT = "REJECT"
    """Send it back to its author (驳回)."""
    RECEIVE = "RECEIVE"
    """Take in goods against it (入库)."""
    SHIP = "SHIP"
    """Send out goods against it (出库)."""
    DISPATCH = "DISPATCH"
    """Send goods on their way to another warehouse (调出)."""
    START = "START"
    """Begin with it (开始)."""
    COUNT = "COUNT"
    """Write down what was counted (录入盘点)."""
    RECOUNT = "RECOUNT"
    """Have goods counted again (复盘)."""
    POST = "POST"
    """Put it into the books (过账)."""
    CLOSE = "CLOSE"
    """Say why what is still on its way will not arrive (差异关闭)."""
    CANCEL = "CANCEL"
    """Give up what is still open of it (作废)."""


class IllegalTransition(Reason, frozen=True, kw_only=True):
    """The document's status does not allow this action."""

    status: DocumentStatus
    action: DocumentAction
    allowed: tuple[DocumentAction, ...]


class StaleVersion(Reason, frozen=True, kw_only=True):
    """The document was changed since the caller read it."""

    current: int
    expected: int


class IdempotencyMismatch(Reason, frozen=True, kw_only=True):
    """The caller used this retry key for another input of the same operation."""


class UnknownId(Reason, frozen=True, kw_only=True):
    """There is nothing of this kind with this id, or the caller may not see it."""

    kind: str


class OutOfScope(Reason, frozen=True, kw_only=True):
    """It belongs to a warehouse in which the caller may not work."""


class TooManyLines(Reason, frozen=True, kw_only=True):
    """More lines than one document or list may have."""

    lines: int
    limit: int


class EmptyDocument(Reason, frozen=True, kw_only=True):
    """A document without any line."""


class AllowedAction(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a caller can take an action on a document now; where not, the codes of why."""

    action: DocumentAction
    allowed: bool
    reasons: tuple[str, ...]


class StateTable(msgspec.Struct, frozen=True):
    """Which action leads from which status to which; whatever is not listed is not allowed."""

    transitions: Mapping[DocumentStatus, Mapping[DocumentAction, DocumentStatus]]

    def target(self, status: DocumentStatus, action: DocumentAction) -> DocumentStatus:
        """Where an allowed action leads."""
        return self.transitions[status][action]

    def allowed(self, status: DocumentStatus) -> tuple[DocumentAction, ...]:
        """What can be done in a status, in the order of `DocumentAction`."""
        return tuple(action for action in DocumentAction if action in self.transitions.get(status, {}))

    def check(self, status: DocumentStatus, action: DocumentAction) -> IllegalTransition | None:
        """What is wrong with an action in a status, if anything."""
        allowed = self.allowed(status)
        return None if action in allowed else IllegalTransition(status=status, action=action, allowed=allowed)

    def allowed_actions(
        self, status: DocumentStatus, needed: Mapping[DocumentAction, Permission], held: Collection[str]
    ) -> list[AllowedAction]:
        """Every action of this kind of document, and whether a caller who holds these permissions can take it now."""
        return [
            AllowedAction(action=action, allowed=not reasons, reasons=reasons)
            for action, permission in needed.items()
            for reasons in [tuple(self._refusals(status, action, permission in held))]
        ]

    def _refusals(self, status: DocumentStatus, action: DocumentAction, permitted: bool) -> Iterator[str]:
        if not permitted:
            yield "FORBIDDEN"
        if action not in self.allowed(status):
            yield IllegalTransition.code


def check_line_count(lines: int, limit: int) -> Iterator[Reason]:
    """Whether a document has lines, and not too many."""
    if lines == 0:
        yield EmptyDocument(path=("lines",))
    if lines > limit:
        yield TooManyLines(path=("lines",), lines=lines, limit=limit)


class _Noted(msgspec.Struct):
    note: str | None = None


def note_of_fact(body: str) -> str | None:
    """The note in a fact as the journal holds it."""
    return msgspec.json.decode(body, type=_Noted).note
