"""Amendments (订单变更): documents that change what a binding order says; what comes of one says `amending`.

    class PurchaseAmendment(DocumentHeader, Amendment):
        '''Purchase amendment (采购订单变更): what is to be otherwise in a purchase order.'''

        series = "PA"
        states = life(EDIT_PURCHASE_ORDERS, APPROVE_PURCHASE_ORDERS)
        amends, named = PurchaseOrder, NAMED

The order binds as it is until its amendment is applied, by whoever approves such orders. A policy of such amendments
says who must agree before; where none holds, the policies of the orders themselves are asked, with what the order
would come to (`amends`).
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.numbers import (
    Money,
    MoneyField,
    Quantity,
    QuantityField,
    UnitPrice,
    UnitPriceField,
    check_not_negative,
    check_positive,
)
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.lines import LineToPrice, check_discount
from jxc_graphql.office.documents.named import amounts, number
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is

number("AMOUNT_BEFORE", "What the order comes to without its amendment (变更前金额).")
number("INCREASE", "How much more the order comes to with its amendment (增加额); below 0 where it is less.")
number("PRICE_RISE", "How much dearer it becomes by prices that rise (涨价额).")
number("PRICE_CUT", "How much cheaper it becomes by prices that fall, or by discounts (降价额).")

NAMED = amounts(
    AMOUNT="gross_after", AMOUNT_BEFORE="gross_before", INCREASE="gross_after - gross_before",
    PRICE_RISE="price_rise", PRICE_CUT="price_cut",
)  # fmt: skip
"""The amounts by which it may be decided who must agree to an amendment."""


class LineAmendment(StrEnum):
    """What becomes of a line of an order (订单行变更)."""

    ADD = "ADD"
    """It is new (新增)."""
    CHANGE = "CHANGE"
    """It says something else (修改)."""
    CANCEL_REST = "CANCEL_REST"
    """What is outstanding of it is given up (取消余量)."""


def life(edit: Permission, approve: Permission) -> States:
    """The life of amendments of a kind of order: who drafts them, and who has them applied."""
    return States(
        {
            Do.SUBMIT: Action(by=edit, ways={Is.DRAFT: {Is.SUBMITTED}}),
            Do.APPROVE: Action(by=approve, ways={Is.SUBMITTED: {Is.APPLIED}}),
            Do.REJECT: Action(by=approve, ways={Is.SUBMITTED: {Is.REJECTED}}, note=Note.OPTIONAL),
            Do.WITHDRAW: Action(by=edit, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
            Do.CANCEL: Action(by=edit, ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED)}),
        }
    )


class Amendment(Model):
    """The columns, beside those of every document, of one that changes an order."""

    new_discount = MoneyField(null=True)
    """What is to be taken off the whole (整单优惠); null where that stays."""
    new_note = fields.CharField(max_length=500, null=True)
    """The remark that the order is to have (订单备注); null where it stays."""
    gross_before = MoneyField()
    """What the order comes to without it, in the books' currency (变更前金额)."""
    gross_after = MoneyField()
    """What the order comes to with it, in the books' currency (变更后金额)."""
    price_rise = MoneyField()
    """How much dearer the order becomes by prices that rise, in the books' currency (涨价额)."""
    price_cut = MoneyField()
    """How much cheaper it becomes by prices that fall, or by discounts, in the books' currency (降价额)."""
    asks_anew = fields.BooleanField()
    """Whether nobody agreed to so much: a higher amount, another price or tax, other goods (需重新审批)."""
    differences = fields.TextField()  # `kit.changes.Changed` of the order and its lines, in JSON: `changes` shows them

    class Meta:
        abstract = True


class AmendmentLine(Model):
    """The columns, beside those of every line and its key to the order's, of one that changes a line of an order."""

    action = fields.CharEnumField(LineAmendment, max_length=12)
    """What becomes of the line."""
    unit = fields.CharField(max_length=20)
    """The unit in which it is ordered (单位)."""
    quantity_in_unit = QuantityField(null=True)
    """How much is to be ordered of it in all, in that unit (变更后数量); null where that stays."""
    unit_price = UnitPriceField(null=True)
    """The price that one `unit` is to have (变更后单价); null where it stays."""
    discount = MoneyField(null=True)
    """What is to be taken off it (变更后优惠); null where that stays."""
    tax_code: Any = fields.ForeignKeyField("models.TaxCode", related_name=False, on_delete=fields.RESTRICT, null=True)
    """How it is to be taxed (变更后税码); null where that stays."""
    tax_code_id: int | None

    class Meta:
        abstract = True


class ChangedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be otherwise in a line of an order; what is left out stays."""

    quantity: Annotated[Quantity | None, check_positive] = None
    """How much is to be ordered of it in all, in the unit of the line; no less than came or left."""
    unit_price: Annotated[UnitPrice | None, check_not_negative] = None
    """Price of one `unit` (单价), as long as nothing came or left of the line."""
    discount: Annotated[Money | None, check_discount] = None
    """What is taken off the line (优惠), in whole fen; as the price, it stays once something came or left."""
    tax_code_id: int | None = None
    """How it is taxed (税码); as the price, it stays once something came or left."""

    @property
    def line_id(self) -> int:
        """The line of the order."""
        raise NotImplementedError

    @property
    def terms(self) -> dict[str, Any]:
        """What is to be otherwise, by the names of what is asked for a line."""
        told = {name: getattr(self, name) for name in ("quantity", "unit_price", "discount", "tax_code_id")}
        return {name: value for name, value in told.items() if value is not None}


class AskedAmendment(msgspec.Struct, frozen=True, kw_only=True):
    """What an amendment asks for."""

    add: Sequence[LineToPrice] = ()
    change: Sequence[ChangedLine] = ()
    cancel_rest_ids: Sequence[int] = ()
    discount: Money | None = None
