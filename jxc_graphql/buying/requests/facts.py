"""What happened to purchase requests."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class PurchaseRequestOrdered(Fact, frozen=True, kw_only=True):
    """Part of a request, or all of it, is on drafts of purchase orders."""

    echoes: ClassVar[tuple[str, ...]] = ("purchase_order_ids",)
    purchase_request_id: int
    purchase_order_ids: tuple[int, ...]


class PurchaseRequestClosed(Fact, frozen=True, kw_only=True):
    """What of a request is not ordered yet is not needed any more."""

    purchase_request_id: int
    note: str


class PurchaseRequestReopened(Fact, frozen=True, kw_only=True):
    """An order that had taken part of a request is cancelled: that is to be ordered again."""

    echoes: ClassVar[tuple[str, ...]] = ("purchase_order_id",)
    purchase_request_id: int
    purchase_order_id: int
