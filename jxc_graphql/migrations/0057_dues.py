"""What is owed is a book: a due for every receipt and shipment there is, all of them open, and what is set off.

What was paid for them before is not known here. Sales orders say how much of them left.
"""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, append_only, by_code_points, index

_DAYS_LATER = {
    "sqlite": "date(document.business_date, '+' || term.days || ' days')",
    "postgres": "document.business_date + term.days",
}
_SHIPPED = (
    "UPDATE sales_order SET gross_shipped = coalesce((SELECT CAST(SUM(gross) AS BIGINT) FROM shipment "
    "WHERE sales_order_id = sales_order.id), 0)"
)


def _raised(later: str) -> list[str]:
    return [
        f"""INSERT INTO due (id, version, updated_at, direction, kind, {partner}_id, document_id, business_date, due_on,
            currency, amount, open_amount, net, base_amount, base_open, is_disputed,
            reference, note)
        SELECT document.id, 1, document.created_at, '{direction}', '{kind}', document.{partner}_id, document.id,
            document.business_date, {later}, coalesce((SELECT currency FROM company), 'CNY'),
            {sign} document.gross, {sign} document.gross, {sign} document.net, {sign} document.gross,
            {sign} document.gross, false, '', ''
        FROM {table} AS document JOIN {order} AS ordered ON ordered.id = document.{order}_id
        JOIN payment_term AS term ON term.id = ordered.payment_term_id WHERE document.gross > 0"""
        for table, order, partner, direction, kind, sign in (
            ("goods_receipt", "purchase_order", "supplier", "PAYABLE", "PURCHASE", "-"),
            ("shipment", "sales_order", "customer", "RECEIVABLE", "SALE", ""),
        )
    ]


class Migration(migrations.Migration):
    """The book of dues."""

    operations = (
        ops.CreateModel(
            "Due",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("direction", fields.CharField(max_length=10)),
                ("kind", fields.CharField(max_length=20)),
                ("customer", columns.reference("Customer", null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("document_id", fields.BigIntField(null=True)),
                ("business_date", fields.DateField()),
                ("due_on", fields.DateField()),
                ("currency", fields.CharField(max_length=3)),
                ("amount", columns.Steps()),
                ("open_amount", columns.Steps()),
                ("net", columns.Steps(null=True)),
                ("base_amount", columns.Steps()),
                ("base_open", columns.Steps()),
                ("is_disputed", fields.BooleanField()),
                ("reference", fields.CharField(max_length=60)),
                ("note", fields.CharField(max_length=500)),
                ("reverses", columns.reference("Due", unique=True, null=True)),
            ],
            {
                "table": "due",
                "constraints": [
                    CheckConstraint(
                        check="(direction = 'RECEIVABLE') = (customer_id IS NOT NULL) AND "
                        "(direction = 'PAYABLE') = (supplier_id IS NOT NULL)",
                        name="due_is_of_one_partner",
                    ),
                    CheckConstraint(
                        check="amount <> 0 AND amount % 100 = 0 AND open_amount % 100 = 0 AND base_amount % 100 = 0"
                        " AND base_open % 100 = 0",
                        name="due_is_whole_fen",
                    ),
                    CheckConstraint(
                        check="(amount > 0 AND open_amount BETWEEN 0 AND amount AND base_open BETWEEN 0 AND base_amount)"
                        " OR (amount < 0 AND open_amount BETWEEN amount AND 0 AND base_open BETWEEN base_amount AND 0)",
                        name="due_is_open_within_its_amount",
                    ),
                    CheckConstraint(
                        check="open_amount <> 0 OR base_open = 0", name="due_that_is_settled_is_so_in_either_currency"
                    ),
                ],
                "indexes": [
                    Index(fields=["customer", "id"]),
                    Index(fields=["supplier", "id"]),
                    Index(fields=["document_id"]),
                    Index(fields=["kind", "id"]),
                    Index(fields=["direction", "id"]),
                    Index(fields=["business_date", "id"]),
                    Index(fields=["due_on", "id"]),
                    Index(fields=["reference", "id"]),
                    Index(fields=["amount", "id"]),
                    Index(fields=["open_amount", "id"]),
                    Index(fields=["updated_at", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "Allocation",
            [
                ("id", columns.Id()),
                ("debit_due", columns.reference("Due")),
                ("credit_due", columns.reference("Due")),
                ("amount", columns.Steps()),
                ("debit_base", columns.Steps()),
                ("credit_base", columns.Steps()),
                ("document_id", fields.BigIntField(null=True)),
                ("business_date", fields.DateField()),
                ("posted_at", fields.DatetimeField()),
                ("reverses", columns.reference("Allocation", unique=True, null=True)),
            ],
            {
                "table": "allocation",
                "constraints": [
                    CheckConstraint(
                        check="debit_due_id <> credit_due_id AND amount <> 0 AND amount % 100 = 0"
                        " AND (amount > 0) = (reverses_id IS NULL)",
                        name="allocation_sets_something_off_or_takes_it_back",
                    )
                ],
                "indexes": [
                    Index(fields=["debit_due", "id"]),
                    Index(fields=["credit_due", "id"]),
                    Index(fields=["document_id"]),
                    Index(fields=["business_date", "id"]),
                    Index(fields=["posted_at", "id"]),
                    Index(fields=["amount", "id"]),
                ],
            },
        ),
        ops.AddField(
            model_name="SalesOrder",
            name="gross_shipped",
            field=columns.Steps(default=0),
        ),
        by_code_points(),
        Statements(**{dialect: [_SHIPPED, *_raised(later)] for dialect, later in _DAYS_LATER.items()}),
        append_only(
            "due",
            "id",
            "direction",
            "kind",
            "customer_id",
            "supplier_id",
            "document_id",
            "business_date",
            "due_on",
            "currency",
            "amount",
            "net",
            "base_amount",
            "reference",
            "note",
            "reverses_id",
        ),
        append_only("allocation"),
        index("sales_order_binding", "sales_order (customer_id) WHERE status IN ('APPROVED', 'PARTIALLY_SHIPPED')"),
        *(
            index(f"due_open_of_{partner}", f"due ({partner}_id, due_on, business_date, id) WHERE open_amount <> 0")
            for partner in ("customer", "supplier")
        ),
    )
