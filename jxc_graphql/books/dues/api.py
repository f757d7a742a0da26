"""What clients see of what is owed, and how they set it off."""

from datetime import date, datetime

from jxc_graphql.books.dues import entering, models, operations, queries, rules
from jxc_graphql.books.dues.models import SEE_DUES, DueDirection, DueKind
from jxc_graphql.gql.declare import (
    Connection,
    LimitError,
    Node,
    Versioned,
    batched,
    column,
    connection,
    entity,
    extends,
    shown_as,
    value,
)
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Customer, Supplier
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document, TimelineEntry


@entity(
    models.Due,
    requires=SEE_DUES,
    scope={Dimension.CUSTOMER: "customer_id", Dimension.SUPPLIER: "supplier_id"},
    search="search_text",
    texts=("reference", "note"),
)
class Due(Node, Versioned):
    """A due (往来款项): what is owed for one document. Above zero the partner owes it, below zero he is owed it."""

    direction: DueDirection
    """Whose account it stands in (往来方向)."""
    kind: DueKind
    """What it is owed for (往来类型)."""
    customer: Customer | None
    """The customer (客户) whose it is; null for a supplier's."""
    supplier: Supplier | None
    """The supplier (供应商) whose it is; null for a customer's."""
    document: Document | None = column(always=True)
    """What it is owed for (单据); null where it was entered by hand."""
    business_date: date
    """From which day on it is owed (业务日期)."""
    due_on: date
    """By which day it has to be paid (到期日)."""
    currency: str
    """Of which currency the amounts are (币种), such as CNY."""
    amount: Money
    """How much was owed at first (金额)."""
    open_amount: Money
    """How much of it is open (未核销金额); 0 once it is settled. With `dueOn` it tells what is overdue."""
    net: Money | None
    """Its part without tax (不含税金额); null where it is not for goods."""
    base_amount: Money
    """The amount in the currency of the company (本位币金额)."""
    base_open: Money
    """What is open in the currency of the company (本位币未核销)."""
    reference: str
    """The number that it has elsewhere (外部单号), where it was entered with one."""
    note: str
    """Why it was entered or waived (事由)."""
    reverses: "Due | None"
    """What it takes back (冲销); null where it takes nothing back."""
    is_disputed: bool
    """Whether it is disputed (有争议): nothing is set off against it then."""
    debits: "Connection[Allocation]" = connection("debit_due_id")
    """What was set off of it where the partner owes it (核销记录)."""
    credits: "Connection[Allocation]" = connection("credit_due_id")
    """What was set off of it where he is owed it (核销记录)."""
    timeline: Connection[TimelineEntry] = connection("subject_id")
    """What happened to it, oldest first (时间线)."""


@entity(
    models.Allocation,
    requires=SEE_DUES,
    scope={
        Dimension.CUSTOMER: ("debit_due.customer_id", "credit_due.customer_id"),
        Dimension.SUPPLIER: ("debit_due.supplier_id", "credit_due.supplier_id"),
    },
)
class Allocation(Node):
    """An allocation (核销): so much of what a partner owes was set off against what he is owed. It never changes."""

    debit_due: Due
    """What the partner owed (借方)."""
    credit_due: Due
    """What he was owed (贷方)."""
    amount: Money
    """How much; below zero where it takes another one back (反核销)."""
    debit_base: Money
    """What that was of what he owed, in the currency of the company."""
    credit_base: Money
    """What that was of what he was owed, in the currency of the company."""
    document: Document | None = column(always=True)
    """What set it off (单据), such as a payment; null where somebody did."""
    business_date: date
    """The day it counts for (业务日期)."""
    posted_at: datetime
    """When it was set off (核销时间)."""
    reverses: "Allocation | None"
    """What it takes back; null where it sets something off."""


@value(requires=SEE_DUES)
class PartnerBalance:
    """What stands open with a partner (往来余额), in the currency of the company."""

    balance: Money
    """What the partner owes, less what he is owed (余额); below zero he is owed more."""
    owing: Money
    """What he owes (欠我方)."""
    owed: Money
    """What he is owed (我方欠), what was paid ahead by him included."""
    overdue: Money
    """What of a customer's debts, or of ours to a supplier, should have been paid before today (逾期)."""
    disputed: Money
    """What is disputed (有争议), either way."""


@extends(Customer)
class DuesOfCustomer:
    """What is owed by and to a customer."""

    dues: Connection[Due] = connection("customer_id", order_by="due_on")
    """What he owes and is owed (应收款项), what is due first first."""
    balance: PartnerBalance = batched(queries.of_customers, "id", requires=SEE_DUES)
    """What of it is open (应收余额)."""


@extends(Supplier)
class DuesOfSupplier:
    """What is owed to and by a supplier."""

    dues: Connection[Due] = connection("supplier_id", order_by="due_on")
    """What it is owed and owes (应付款项), what is due first first."""
    balance: PartnerBalance = batched(queries.of_suppliers, "id", requires=SEE_DUES)
    """What of it is open (应付余额)."""


@extends(Document)
class DuesOfDocument:
    """What is owed for a document."""

    dues: Connection[Due] = connection("document_id")
    """What is owed for it (往来款项)."""


class Query:
    dues: Connection[Due] = connection(order_by="due_on")
    """What is owed (往来款项), what is due first first."""
    allocations: Connection[Allocation] = connection(order_by="-id")
    """What was set off (核销记录), newest first."""


allocate_dues = document_action(
    operations.allocate_dues, Allocation, Due, tried=True, pairs="DuePairInput"
)  # fmt: skip
enter_due = document_action(entering.enter_due, Due, tried=True)
reverse_due = document_action(entering.reverse_due, Due, tried=True)
write_off_due = document_action(entering.write_off_due, Due, Allocation, tried=True)
settle_due = document_action(operations.settle_due, Due, Allocation, tried=True)
offset_partner = document_action(operations.offset_partner, Allocation, Due, tried=True)
reverse_allocations = document_action(operations.reverse_allocations, Allocation, Due, tried=True)
dispute_due = document_action(operations.dispute_due, Due)

PROBLEMS = (
    shown_as(LimitError, rules.AllocationTooLarge, limit="open", asked="asked", available="open"),
    shown_as(LimitError, rules.WriteOffTooLarge),
)
