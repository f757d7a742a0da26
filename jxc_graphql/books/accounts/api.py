"""What clients see of accounts and their entries."""

from datetime import date, datetime

from jxc_graphql.books.accounts import models, operations, rules
from jxc_graphql.books.accounts.models import SEE_ACCOUNTS, AccountingStandard, AccountKind, EntrySource
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.gql.declare import Connection, Node, Versioned, column, computed, connection, entity, extends
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.categories.api import Category
from jxc_graphql.masters.partners.api import Customer, Supplier
from jxc_graphql.masters.warehouses.api import Branch, Warehouse
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document


@entity(models.AccountChart, requires=SEE_ACCOUNTS, few=True)
class AccountChart(Node, Versioned):
    """The chart of accounts (科目表): which standard it follows. There is one."""

    standard: AccountingStandard
    """Which rules it follows (会计准则)."""


@entity(models.Account, requires=SEE_ACCOUNTS, search="search_text", texts=("name", "name_en"))
class Account(Node, Versioned):
    """An account (会计科目)."""

    code: str
    """Code (科目编码), unique."""
    name: str
    """Name (科目名称)."""
    name_en: str
    """Its name in English (英文名称); may be empty."""
    kind: AccountKind
    """What it tells of (科目类别)."""
    role: AccountRole | None
    """What entries use it for (科目角色); null for an account of the company's own."""
    parent: "Account | None"
    """The account below which it stands (上级科目); null at the top."""
    is_active: bool
    """Whether it is used (启用)."""
    children: "Connection[Account]" = connection("parent_id", order_by="code")
    """The accounts below it (下级科目)."""
    entries: "Connection[AccountEntry]" = connection("account_id", order_by="-id")
    """What was debited and credited in it (分录), newest first."""


@entity(
    models.AccountEntry,
    requires=SEE_ACCOUNTS,
    scope={
        Dimension.WAREHOUSE: "warehouse_id",
        Dimension.CUSTOMER: "customer_id",
        Dimension.SUPPLIER: "supplier_id",
    },
)
class AccountEntry(Node):
    """An entry (分录): so much was debited or credited in an account. It never changes; those of one source balance."""

    account: Account
    """In which account (科目)."""
    amount: Money
    """How much (金额): above zero it is debited, below zero credited."""
    debit: Money = computed(rules.debit, "amount")
    """How much was debited (借方); else 0."""
    credit: Money = computed(rules.credit, "amount")
    """How much was credited (贷方); else 0."""
    source: EntrySource
    """What it follows from (来源)."""
    document: Document | None = column(always=True)
    """The document that it follows from (单据); null where it is none."""
    business_date: date
    """The day it counts for (业务日期)."""
    posted_at: datetime
    """When it was written (过账时间)."""
    customer: Customer | None
    """Of which customer it tells (客户); null where of none."""
    supplier: Supplier | None
    """Of which supplier it tells (供应商); null where of none."""
    seller: User | None
    """Whose sale it was (业务员); null where nobody's."""
    category: Category | None
    """Of goods of which category it tells (分类), as they were filed then; null where of none."""
    warehouse: Warehouse | None
    """Of which warehouse it tells (仓库); null where of none."""
    branch: Branch | None
    """Of which branch it tells (门店), as its warehouse was then; null where of none."""


@extends(Document)
class EntriesOfDocument:
    """What a document did to accounts."""

    account_entries: Connection[AccountEntry] = connection("document_id", order_by="id")
    """What it debited and credited (分录)."""


class Query:
    account_charts: Connection[AccountChart] = connection(order_by="id")
    """The chart of accounts (科目表): one."""
    accounts: Connection[Account] = connection(order_by="code")
    """The accounts (会计科目) by code."""
    account_entries: Connection[AccountEntry] = connection(order_by="-id")
    """What was debited and credited (分录), newest first."""


create_account = document_action(operations.create_account, Account, parent_id=Account)
update_account = document_action(operations.update_account, Account)
choose_accounting_standard = document_action(operations.choose_accounting_standard, AccountChart)
