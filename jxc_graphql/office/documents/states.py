"""The life of documents: what can be done with one, who does it, and where that leads from where.

A kind of document has one table of these. It names every status that is reached and no other, so that whatever moves
a document on is held to it, and so is the drawing in the page of its feature.
"""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum, StrEnum

import msgspec

from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.labels import label
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.rules import check_note


class DocumentStatus(StrEnum):
    """Where a document stands (单据状态); which of these a kind of document can reach is told by its state table."""

    DRAFT = "DRAFT"
    """Draft (草稿): may still be changed; binds nobody."""
    SUBMITTED = "SUBMITTED"
    """Submitted (待审): waits for approval."""
    APPROVED = "APPROVED"
    """Approved (已审): binding; nothing received or shipped yet."""
    IN_TRANSIT = "IN_TRANSIT"
    """In transit (在途): sent, and nothing received yet."""
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    """Partially received (部分入库)."""
    RECEIVED = "RECEIVED"
    """Received (全部入库): nothing is outstanding."""
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    """Partially shipped (部分出库)."""
    SHIPPED = "SHIPPED"
    """Shipped (全部出库): nothing is outstanding."""
    LENT = "LENT"
    """Lent (借出): with a partner, and nothing came back yet."""
    PARTIALLY_RETURNED = "PARTIALLY_RETURNED"
    """Partially returned (部分归还): of the rest is still to be told."""
    RETURNED = "RETURNED"
    """Returned (全部归还): all came back."""
    COUNTING = "COUNTING"
    """Counting (盘点中): goods are being counted."""
    CLOSED = "CLOSED"
    """Closed (关闭): part was fulfilled, the rest was cancelled."""
    CANCELLED = "CANCELLED"
    """Cancelled (作废): nothing was fulfilled and nothing will be."""
    PARTIALLY_ORDERED = "PARTIALLY_ORDERED"
    """Partially ordered (部分下单): part of it is on orders, the rest is still to be had."""
    ORDERED = "ORDERED"
    """Ordered (已下单): all of it is on orders."""
    LOST = "LOST"
    """Lost (丢单): nobody wanted it."""
    EXPIRED = "EXPIRED"
    """Expired (已过期): its last day is over."""
    SUPERSEDED = "SUPERSEDED"
    """Superseded (已改版): a newer version stands in its place."""
    APPLIED = "APPLIED"
    """Applied (已生效): what it changes is changed."""
    REJECTED = "REJECTED"
    """Rejected (已驳回): it changed nothing and never will."""
    POSTED = "POSTED"
    """Posted (已过账): in the books for good; corrected only by another document."""
    REVERSED = "REVERSED"
    """Reversed (已冲销): in the books, and taken back there by a document of its own."""


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
    WITHDRAW = "WITHDRAW"
    """Take back what was handed in (撤回)."""
    UNAPPROVE = "UNAPPROVE"
    """Make it a draft again, as long as nothing was done with it (反审核)."""
    AMEND = "AMEND"
    """Change what it says though it is binding, by an amendment (变更)."""
    ORDER = "ORDER"
    """Have an order made of it, in parts if need be (下单)."""
    REVISE = "REVISE"
    """Put a newer version in its place (改版)."""
    LOSE = "LOSE"
    """Say why nobody wants it (丢单)."""
    EXPIRE = "EXPIRE"
    """Write down that its last day is over (过期)."""
    RECEIVE = "RECEIVE"
    """Take in goods against it (入库)."""
    SHIP = "SHIP"
    """Send out goods against it (出库)."""
    DISPATCH = "DISPATCH"
    """Send goods on their way to another warehouse (调出)."""
    RETURN = "RETURN"
    """Take back goods that were lent (归还)."""
    SELL = "SELL"
    """Sell goods that are lent to who has them (借出转销售)."""
    START = "START"
    """Begin with it (开始)."""
    COUNT = "COUNT"
    """Write down what was counted (录入盘点)."""
    RECOUNT = "RECOUNT"
    """Have goods counted again (复盘)."""
    POST = "POST"
    """Put it into the books (过账)."""
    CLOSE = "CLOSE"
    """Say why what is still away will not come (差异关闭)."""
    CANCEL = "CANCEL"
    """Give up what is still open of it (作废)."""
    REVERSE = "REVERSE"
    """Take back what it put into the books, by a document of its own (冲销)."""
    REOPEN = "REOPEN"
    """Take up an order again of which something went back (重开)."""
    COPY = "COPY"
    """Draft another one with the same lines (复制), which changes nothing of it."""


class IllegalTransition(Reason, frozen=True, kw_only=True):
    """The document's status does not allow this action."""

    status: DocumentStatus
    """The status it has."""
    action: DocumentAction
    """What was tried."""
    allowed: tuple[DocumentAction, ...]
    """What its status allows."""


class DocumentObstacle(StrEnum):
    """Why something cannot be done with a document now."""

    FORBIDDEN = "FORBIDDEN"
    """The viewer lacks the permission."""
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    """The status of the document does not allow it."""
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    """People of the other warehouse do it."""
    NOT_AUTHOR = "NOT_AUTHOR"
    """Its author does it."""
    APPROVAL_PENDING = "APPROVAL_PENDING"
    """Others have to agree first, whom the text names."""


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Who must agree to a document before it goes on."""

    names: tuple[str, ...] = ()
    """How they are called."""
    users: tuple[int, ...] = ()
    """The users who may decide at the moment."""

    def keeps(self, actor_id: int | None, action: DocumentAction) -> bool:
        """Whether somebody cannot take an action while others must agree."""
        decides = action in {DocumentAction.APPROVE, DocumentAction.REJECT}
        return action is DocumentAction.POST or (decides and actor_id not in self.users)


class AllowedAction(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a caller can take an action on a document now; where not, why."""

    action: DocumentAction
    allowed: bool
    reasons: tuple[DocumentObstacle, ...]
    texts: tuple[str, ...]
    """The reasons in the caller's language."""


class Note(Enum):
    """Whether an action takes a note (备注), which its fact keeps and the timeline shows."""

    NONE = 0
    OPTIONAL = 1
    REQUIRED = 2


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be done with documents of a kind."""

    by: Permission
    """What it takes."""
    ways: Mapping[DocumentStatus, AbstractSet[DocumentStatus]]
    """Where it may lead to, by the status that the document has; in any other status it is not allowed."""
    note: Note = Note.NONE
    at: str = "warehouse_id"
    """Whose people take it: the column of the register with their warehouse."""
    forgets: tuple[str, ...] = ()
    """The columns that are empty after it."""
    moves_goods: bool = False
    """Whether it moves goods of a document that is not posted with it."""
    by_author: bool = False
    """Whether its author alone takes it, wherever he works."""

    @property
    def posts(self) -> bool:
        """Whether it may put something into the books, so that it has a business date and is done once."""
        return self.moves_goods or any(DocumentStatus.POSTED in reached for reached in self.ways.values())

    def check_note(self, note: str) -> Iterator[Reason]:
        """What is wrong with the note that was given with it."""
        assert self.note is not Note.NONE
        return check_note(note, required=self.note is Note.REQUIRED)


class States(msgspec.Struct, frozen=True):
    """All that can be done with documents of a kind; without a draft among it, they are posted when they are made."""

    actions: Mapping[DocumentAction, Action] = {}

    def __getitem__(self, action: DocumentAction) -> Action:
        return self.actions[action]

    @property
    def has_drafts(self) -> bool:
        """Whether documents begin as drafts."""
        return any(DocumentStatus.DRAFT in one.ways for one in self.actions.values())

    @property
    def beginnings(self) -> AbstractSet[DocumentStatus]:
        """What a new document may be: a draft, or whatever posting a draft leads to, where that is done in one step."""
        if not self.has_drafts:
            return {DocumentStatus.POSTED}
        at_once = self.actions.get(DocumentAction.POST)
        return {DocumentStatus.DRAFT, *(at_once.ways.get(DocumentStatus.DRAFT, ()) if at_once else ())}

    @property
    def copying(self) -> Action | None:
        """What copying one takes: what changing a draft does, wherever it stands; None where nobody drafts one."""
        update = self.actions.get(DocumentAction.UPDATE)
        return update and Action(by=update.by, at=update.at, ways={status: {status} for status in DocumentStatus})

    def allowed(self, status: DocumentStatus) -> tuple[DocumentAction, ...]:
        """What can be done in a status, in the order of `DocumentAction`."""
        return tuple(one for one in DocumentAction if one in self.actions and status in self.actions[one].ways)

    def check(self, status: DocumentStatus, action: DocumentAction) -> IllegalTransition | None:
        """What is wrong with an action in a status, if anything."""
        if action in self.actions and status in self.actions[action].ways:
            return None
        return IllegalTransition(status=status, action=action, allowed=self.allowed(status))

    def reached(
        self, status: DocumentStatus, action: DocumentAction, to: DocumentStatus | None = None
    ) -> DocumentStatus:
        """Where an action leads: to the one status there is, or to that one of several that came out."""
        ways = self.actions[action].ways[status]
        assert to in ways if to else len(ways) == 1, f"{action} leads from {status} to {set(ways)}, not to {to}"
        return to or next(iter(ways))

    def allowed_actions(
        self,
        status: DocumentStatus,
        held: Collection[str],
        elsewhere: Collection[str] = (),
        locale: str = "en",
        *,
        waits: Waits | None = None,
        actor_id: int | None = None,
        is_author: bool = True,
    ) -> list[AllowedAction]:
        """Every action and copying, and whether a caller with these permissions can do it now, and not `elsewhere`.

        `waits`: who must agree first, which the caller may be one of.
        """
        copying = {DocumentAction.COPY: self.copying} if self.copying is not None else {}
        kept = [name for name in self.actions if waits is not None and waits.keeps(actor_id, name)]
        return [
            AllowedAction(
                action=name,
                allowed=not reasons,
                reasons=reasons,
                texts=tuple(_text(one, waits, locale) for one in reasons),
            )
            for name, action in (*self.actions.items(), *copying.items())
            for reasons in [tuple(_refusals(action, status, held, elsewhere, waits=name in kept, is_author=is_author))]
        ]


def _refusals(
    action: Action,
    status: DocumentStatus,
    held: Collection[str],
    elsewhere: Collection[str],
    *,
    waits: bool,
    is_author: bool,
) -> Iterator[DocumentObstacle]:
    if action.by not in held:
        yield DocumentObstacle.FORBIDDEN
    if status not in action.ways:
        yield DocumentObstacle.ILLEGAL_TRANSITION
    elif waits:
        yield DocumentObstacle.APPROVAL_PENDING
    if action.by_author:
        yield from () if is_author else (DocumentObstacle.NOT_AUTHOR,)
    elif action.at in elsewhere:
        yield DocumentObstacle.OUT_OF_SCOPE


def _text(obstacle: DocumentObstacle, waits: Waits | None, locale: str) -> str:
    text = label(DocumentObstacle.__name__, obstacle, locale)
    if waits is None or obstacle is not DocumentObstacle.APPROVAL_PENDING:
        return text
    return f"{text}: {', '.join(waits.names)}"
