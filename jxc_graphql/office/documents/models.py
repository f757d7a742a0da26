"""Tables and columns that every document shares."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import msgspec
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit.fen import PLACES
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.labels import tell
from jxc_graphql.kit.numbers import (
    Money,
    MoneyField,
    QuantityField,
    RateOfExchange,
    RateOfExchangeField,
    Ratio,
    RatioField,
    UnitPriceField,
)
from jxc_graphql.kit.vocabulary import add
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.named import DocumentFact, Sql, amounts
from jxc_graphql.office.documents.states import DocumentStatus, States


def _snake(model: type[Model]) -> str:
    """The table of a model: its name."""
    return screaming(model.__name__).lower()


class DocumentKind(StrEnum):
    """Every kind of document (单据类型); each is the name of its type."""


_VOCABULARIES: list[type[StrEnum]] = [DocumentKind]
V = TypeVar("V", bound=type[StrEnum])


def named_by_kind(vocabulary: V) -> V:
    """Has an enum that is declared name every kind of document as well, those to come included."""
    for name, text in vars(DocumentKind).get("__descriptions__", {}).items():
        add(vocabulary, name, text)
    _VOCABULARIES.append(vocabulary)
    return vocabulary


class LinkKind(StrEnum):
    """Why a document was made out of another one (单据关联)."""

    FULFILMENT = "FULFILMENT"
    """It carries out, in whole or in part, what the other one asks for (执行)."""
    COPY = "COPY"
    """It was drafted as the other one is (复制)."""
    REVERSAL = "REVERSAL"
    """It takes back what the other one put into the books (冲销)."""
    AMENDMENT = "AMENDMENT"
    """It changes what the other one says (变更)."""
    RETURN = "RETURN"
    """It sends back what the other one brought, or takes back what the other one sent (退货)."""
    COST = "COST"
    """It charges what it took to have the goods of the other one here (采购费用)."""
    NEED = "NEED"
    """It asks for what the other one waits for (请购来源)."""
    REVISION = "REVISION"
    """It is a newer version of the other one (改版)."""
    EXCHANGE = "EXCHANGE"
    """It sends out what a customer gets instead of what goes back with the other one (换货)."""


class DocumentChange(StrEnum):
    """What happened to a document (单据变动), for those who follow documents."""

    CREATED = "CREATED"
    """It was made (新建)."""
    UPDATED = "UPDATED"
    """What it says was changed (修改)."""
    MOVED_ON = "MOVED_ON"
    """Something was done with it (流转): it has another status, or more of it is done."""
    APPROVAL = "APPROVAL"
    """It waits for people's agreement, somebody decided, or it waits no more (审批)."""
    COMMENTED = "COMMENTED"
    """Something was said about it, or said otherwise (评论)."""
    TAGGED = "TAGGED"
    """It has other tags (标签)."""
    ATTACHED = "ATTACHED"
    """It has other files (附件)."""
    SETTLED = "SETTLED"
    """What is owed for it was set off, or is owed again, or is disputed (核销)."""


class DocumentNumber(Model):
    """The last count given out in a series such as `PO-####-|2026` (`numbers`)."""

    series = fields.CharField(max_length=60, primary_key=True)
    last_number = fields.BigIntField()

    class Meta:
        table = "document_number"


class IdempotencyKey(Model):
    """A retry key of a caller, and the fact with which it was answered the first time."""

    id = IdField()
    actor_id = fields.BigIntField()
    operation = fields.CharField(max_length=60)
    key = fields.CharField(max_length=100)
    request_hash = fields.CharField(max_length=64)
    fact = fields.TextField(null=True)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "idempotency_key"
        unique_together = (("actor_id", "operation", "key"),)


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """Where a kind of document has what the register says of it besides its header: SQL of its own table.

    A column more in the register is a field more here and in `Document`, and a migration that fills it.
    """

    warehouse_id: str = "warehouse_id"
    to_warehouse_id: str = "NULL"
    supplier_id: str = "NULL"
    customer_id: str = "NULL"
    amount: str = "NULL"


OF_DOCUMENTS = (("status", "id"), ("business_date", "id"), ("created_at", "id"), ("created_by", "id"))
"""The indexes of every kind of document, beside that of its numbers."""


class DocumentHeader(Model):
    """The columns of every document, and what is to be known of its kind; its docstring begins with what it is called.

    class Shipment(DocumentHeader):
        '''Shipment (销售出库): what left for a sales order at one time.'''

        series = "SH"
    """

    called: ClassVar[str]
    called_in_chinese: ClassVar[str]
    series: ClassVar[str]
    """How its numbers begin."""
    seen_by: ClassVar[Permission] = Permission.SEE_STOCK
    """The permission without which nobody sees one."""
    states: ClassVar[States] = States()
    registered: ClassVar[Registered] = Registered()
    named: ClassVar[Mapping[DocumentFact, Sql]] = amounts()
    """The amounts by which it may be decided who must agree to one: SQL of its own table."""
    amends: ClassVar["type[DocumentHeader] | None"] = None
    """The kind of orders that it changes, by whose policies it is judged as well (`amendments`)."""
    posted_as: ClassVar[str] = ""
    """What is told in journals when one is posted, where that is not its name with `Posted` behind it."""

    id = IdField()
    number = fields.CharField(max_length=30, unique=True)
    status = fields.CharEnumField(DocumentStatus, max_length=20)
    version = fields.IntField(default=1)
    business_date = fields.DateField()
    created_at = fields.DatetimeField()
    created_by: Any = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    created_by_id: int
    note = fields.CharField(max_length=500, default="")

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._meta.db_table = _snake(cls)
        if "series" in vars(cls):  # which the register has not
            called = re.match(r"(\w[^:.]*) \((\w+)\)", cls.__doc__ or "")
            assert called, f"{cls.__name__} does not say what it is called"
            cls.called, cls.called_in_chinese = called[1].lower(), called[2]
            for vocabulary in _VOCABULARIES:
                add(vocabulary, screaming(cls.__name__), f"{called[0]}.")
            _label(cls)


def _label(kind: type[DocumentHeader]) -> None:
    """What people read for such a document, its lines, and what lists of these are sorted by."""
    name, word = f"{kind.called_in_chinese.removesuffix('单')}单", screaming(kind.__name__)
    tell("Kind", {kind.__name__: name, f"{kind.__name__}Line": f"{name}行"})
    tell("field", {f"{word}_NUMBER": f"{name}号", f"{word}_BUSINESS_DATE": f"{name}业务日期"})


class DocumentLine(Model):
    """The columns of every line that is about a SKU; a key to its document is its own, and its number is there once.

    class ShipmentLine(DocumentLine):
        shipment = fields.ForeignKeyField(…)
    """

    id = IdField()
    line_no = fields.IntField()
    """Position in the document (行号), from 1."""
    sku: Any = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    """The SKU that it is about."""
    sku_id: int

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        meta = cls._meta
        meta.db_table = _snake(cls)
        meta.unique_together = ((meta.db_table.removesuffix("_line"), "line_no"), *meta.unique_together)


BASE = ("base_net", "base_tax", "base_gross")
"""The columns that say in the books' currency what amounts are worth."""
IN_ITSELF = RateOfExchange.of(1)
"""What one unit of the books' currency is worth."""


class InCurrency(Model):
    """The columns of a document whose amounts are in a currency, which need not be that of the books."""

    currency = fields.CharField(max_length=3)
    """The currency of its amounts (币种), as ISO 4217 has it."""
    exchange_rate = RateOfExchangeField(default=IN_ITSELF)
    """What one unit of its currency is worth in the books' (汇率); 1 where it is theirs."""
    currency_places = fields.SmallIntField(default=PLACES)
    base_places = fields.SmallIntField(default=PLACES)

    class Meta:
        abstract = True


class Priced(Model):
    """The columns, beside those of every document, of one that partners pay for; see `amounts`."""

    follows: ClassVar[frozenset[str]] = frozenset({"net", "tax", "currency_places", "base_places", *BASE})
    """What of it nobody needs to be told as a change, since it follows from what is told."""

    prices_include_tax = fields.BooleanField(default=False)
    """Whether unit prices and discounts have the tax in them (含税价)."""
    discount = MoneyField(default=Money(0))
    """What is taken off the whole (整单优惠), beside the discounts of its lines, over which it is shared."""
    net = MoneyField(default=Money(0))
    """The sum of the lines without tax (不含税金额)."""
    tax = MoneyField(default=Money(0))
    """The sum of the lines' taxes (税额)."""
    total = MoneyField()
    """What is paid for it (合计金额): net and tax together, the same as `gross`."""
    base_net = MoneyField(default=Money(0))
    """What that is without tax in the books' currency (本位币不含税金额)."""
    base_tax = MoneyField(default=Money(0))
    base_gross = MoneyField(default=Money(0))
    """What is paid for it in the books' currency (本位币价税合计)."""
    payment_term: Any = fields.ForeignKeyField("models.PaymentTerm", related_name=False, on_delete=fields.RESTRICT)
    """When what comes or leaves for it has to be paid (付款条件)."""
    payment_term_id: int

    class Meta:
        abstract = True


class TaxedLine(Model):
    """The columns, beside those of every line, of one that a partner pays for."""

    follows: ClassVar[frozenset[str]] = frozenset({"tax_rate", "discount_share", "net", "tax", "gross", *BASE})
    """As of a document."""

    unit = fields.CharField(max_length=20)
    """The unit in which it was ordered (单位)."""
    quantity_in_unit = QuantityField()
    """How much was ordered, in that unit (下单数量)."""
    quantity = QuantityField()
    """How much was ordered (订购数量)."""
    unit_price = UnitPriceField()
    """Price of one `unit` (单价); 0 for free goods (赠品)."""
    amount = MoneyField()
    """`quantityInUnit` times `unitPrice` (金额), before discounts."""
    tax_code: Any = fields.ForeignKeyField("models.TaxCode", related_name=False, on_delete=fields.RESTRICT)
    """How it is taxed (税码)."""
    tax_code_id: int
    tax_rate = RatioField(default=Ratio(0))
    """The rate of its tax code (税率) when it was drawn up."""
    discount = MoneyField(default=Money(0))
    """What is taken off it (优惠), off what was typed: with tax where the prices have it in them."""
    discount_share = MoneyField(default=Money(0))
    """What is taken off it besides, of the discount of the whole (整单优惠分摊)."""
    net = MoneyField(default=Money(0))
    """What it comes to without tax (不含税金额)."""
    tax = MoneyField(default=Money(0))
    """Its tax (税额)."""
    gross = MoneyField(default=Money(0))
    """What is paid for it (价税合计)."""
    base_net = MoneyField(default=Money(0))
    """What that is without tax in the books' currency (本位币不含税金额)."""
    base_tax = MoneyField(default=Money(0))
    base_gross = MoneyField(default=Money(0))
    """What is paid for it in the books' currency (本位币价税合计)."""

    class Meta:
        abstract = True


class PartOfOrder(Model):
    """What a document, or a line of one, has of what is paid for the order that it carries out."""

    net = MoneyField(default=Money(0))
    """Its part of the order without tax (不含税金额)."""
    tax = MoneyField(default=Money(0))
    """Its part of the order's tax (税额)."""
    gross = MoneyField(default=Money(0))
    """Its part of what is paid for the order (价税合计)."""
    base_net = MoneyField(default=Money(0))
    base_tax = MoneyField(default=Money(0))
    base_gross = MoneyField(default=Money(0))
    """What is paid for it in the books' currency (本位币价税合计)."""

    class Meta:
        abstract = True


def adds_up(table: str, *columns: str, gross: str) -> tuple[CheckConstraint, CheckConstraint]:
    """That these are whole fen and none is below zero, and that net and tax are what is paid; so in both currencies."""
    return (
        CheckConstraint(f"{_whole('net', 'tax', *columns)} AND net + tax = {gross}", f"{table}_adds_up"),
        CheckConstraint(
            f"{_whole('base_net', 'base_tax')} AND base_net + base_tax = base_gross", f"{table}_adds_up_in_base"
        ),
    )


def in_currency(table: str, *, gross: str) -> CheckConstraint:
    """That amounts in the books' currency are worth themselves; what its smallest part is says how they are rounded."""
    same = f"base_net = net AND base_tax = tax AND base_gross = {gross}"
    return CheckConstraint(
        f"exchange_rate > 0 AND (exchange_rate <> {int(IN_ITSELF)} OR currency_places > base_places OR ({same}))",
        f"{table}_is_worth_itself_in_base",
    )


def _whole(*columns: str) -> str:
    return " AND ".join(f"{one} >= 0 AND {one} % 100 = 0" for one in columns)


class Document(DocumentHeader):
    """The register (单据总册): a row per document under the document's id, whatever its kind; see `register`."""

    document_kind = fields.CharEnumField(DocumentKind, max_length=30)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)
    to_warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    amount = MoneyField(null=True)
    search_text = fields.TextField()
    waits_for = fields.TextField(null=True)
    """Who must agree before it goes on, as `states.Waits` in JSON; null where nobody must."""

    class Meta:
        indexes = (
            ("document_kind", "id"),
            ("status", "id"),
            ("business_date", "id"),
            ("created_at", "id"),
            ("created_by", "id"),
            ("amount", "id"),
            ("warehouse", "id"),
            ("to_warehouse", "id"),
            ("supplier", "id"),
            ("customer", "id"),
        )


class DocumentLink(Model):
    """That a document was made out of another one (上查, 下查)."""

    id = IdField()
    source = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    target = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    kind = fields.CharEnumField(LinkKind, max_length=20)

    class Meta:
        table = "document_link"
        unique_together = (("source", "target", "kind"),)
        indexes = (("target",),)
