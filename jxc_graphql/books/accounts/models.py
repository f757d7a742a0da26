"""Tables of the book of accounts."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField
from jxc_graphql.kit.rights import include
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import Permission, permission

SEE_ACCOUNTS = permission(
    "SEE_ACCOUNTS", "See the chart of accounts and all entries; includes SEE_COST and SEE_PARTNERS.", "ACCOUNTANT"
)
MANAGE_ACCOUNTS = permission(
    "MANAGE_ACCOUNTS", "Make accounts, rename them, choose the standard that the chart follows.", "ACCOUNTANT"
)
include(SEE_ACCOUNTS, Permission.SEE_COST, Permission.SEE_PARTNERS)
include(MANAGE_ACCOUNTS, SEE_ACCOUNTS)


class AccountingStandard(StrEnum):
    """Which rules the chart of accounts follows (会计准则)."""

    SMALL = "SMALL"
    """Those for small enterprises (小企业会计准则)."""
    ENTERPRISE = "ENTERPRISE"
    """Those for enterprises (企业会计准则)."""


class AccountKind(StrEnum):
    """What an account tells of (科目类别)."""

    ASSET = "ASSET"
    """What the company has (资产)."""
    LIABILITY = "LIABILITY"
    """What it owes (负债)."""
    EQUITY = "EQUITY"
    """What is its owners' (所有者权益)."""
    COST = "COST"
    """What goes into what it makes (成本)."""
    INCOME = "INCOME"
    """What it earns (收入)."""
    EXPENSE = "EXPENSE"
    """What that costs (费用)."""


class EntrySource(StrEnum):
    """What an entry follows from (分录来源)."""

    GOODS = "GOODS"
    """What a document moved, and what goods cost after the fact (货物收发与成本调整)."""
    TRADE = "TRADE"
    """What a document sold, bought or was charged with (购销)."""
    DUE = "DUE"
    """What is owed besides goods, or was waived (往来单)."""
    ALLOCATION = "ALLOCATION"
    """What was set off between two accounts, or at two rates (核销)."""


ONLY = 1
"""The id of the one chart."""


class AccountChart(VersionedModel):
    """The one row that says which standard the accounts follow."""

    id = IdField()
    standard = fields.CharEnumField(AccountingStandard, max_length=12)

    class Meta:
        table = "account_chart"


class Account(VersionedModel):
    """An account. What has a role came with the chart; others are the company's own, below one of these."""

    id = IdField()
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=60)
    name_en = fields.CharField(max_length=60, default="")
    kind = fields.CharEnumField(AccountKind, max_length=10)
    role = fields.CharEnumField(AccountRole, max_length=20, null=True, unique=True)
    parent: Any = fields.ForeignKeyField("models.Account", related_name=False, on_delete=fields.RESTRICT, null=True)
    parent_id: int | None
    is_active = fields.BooleanField(default=True)
    search_text = fields.TextField(default="")

    class Meta:
        table = "account"
        constraints = (
            CheckConstraint("role IS NULL OR is_active", "account_with_a_role_is_active"),
            CheckConstraint("role IS NOT NULL OR parent_id IS NOT NULL", "account_of_the_company_lies_below_one"),
        )
        indexes = (("name", "id"), ("kind", "id"), ("parent", "id"), ("updated_at", "id"))


class AccountEntry(Model):
    """So much was debited (above zero) or credited (below) in an account; `id` is the order of posting. Append-only.

    The entries of one source add up to zero. `source_id` is the document, the due or the allocation that it follows
    from; `xid` on PostgreSQL the transaction that wrote it, by which it is known what is settled.
    """

    id = fields.BigIntField(primary_key=True)
    xid = fields.BigIntField()
    account = fields.ForeignKeyField("models.Account", related_name=False, on_delete=fields.RESTRICT)
    amount = MoneyField()
    source = fields.CharEnumField(EntrySource, max_length=10)
    source_id = fields.BigIntField()
    document_id = fields.BigIntField(null=True)
    business_date = fields.DateField()
    posted_at = fields.DatetimeField()
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    seller = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    category = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT, null=True)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)
    branch = fields.ForeignKeyField("models.Branch", related_name=False, on_delete=fields.RESTRICT, null=True)

    class Meta:
        table = "account_entry"
        constraints = (CheckConstraint("amount <> 0", "account_entry_is_of_something"),)
        indexes = (
            ("xid", "id"),
            ("account", "id"),
            ("account", "business_date", "id"),
            ("source_id", "source"),
            ("document_id", "id"),
            ("business_date", "id"),
            ("posted_at", "id"),
            ("amount", "id"),
            ("customer", "id"),
            ("supplier", "id"),
            ("seller", "id"),
            ("category", "id"),
            ("warehouse", "id"),
            ("branch", "id"),
        )


class AccountDay(Model):
    """What an account was debited and credited under a business date, by of whom and what that tells."""

    id = fields.BigIntField(primary_key=True)
    account = fields.ForeignKeyField("models.Account", related_name=False, on_delete=fields.RESTRICT)
    business_date = fields.DateField()
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    seller = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    category = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT, null=True)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)
    branch = fields.ForeignKeyField("models.Branch", related_name=False, on_delete=fields.RESTRICT, null=True)
    debit = MoneyField()
    credit = MoneyField()

    class Meta:
        table = "account_day"
        constraints = (CheckConstraint("debit >= 0 AND credit >= 0", "account_day_has_no_minus"),)
        indexes = (
            ("account", "business_date"),
            ("business_date",),
            ("customer", "account"),
            ("supplier", "account"),
            ("seller", "account"),
            ("category", "account"),
            ("warehouse", "account"),
            ("branch", "account"),
        )
