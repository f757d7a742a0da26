"""What is owed for goods of a release, and when it has to be paid."""

from datetime import timedelta

from jxc_graphql import wiring
from jxc_graphql.books.dues.models import Due
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate

KINDS = {
    "goods_receipt": ("purchase_order", "supplier", "PURCHASE", -1),
    "shipment": ("sales_order", "customer", "SALE", 1),
}


async def test_receipts_and_shipments_of_a_release_are_owed_by_the_days_that_were_agreed(old_url: str) -> None:
    async with db.open(old_url, wiring.MODEL_MODULES) as database:
        async with database.client.transaction() as transaction:
            await transaction.execute_script("UPDATE supplier SET payment_days = 45")
            await transaction.execute_script("UPDATE customer SET payment_days = 0")
        await migrate(database)
        terms = dict(await db.fetch("SELECT code, days FROM payment_term WHERE basis = 'DOCUMENT'"))
        assert terms == {"COD": 0, "30": 30, "45": 45}
        for table, (order, partner, kind, sign) in KINDS.items():
            rows = await db.fetch(
                f"SELECT one.id, one.{partner}_id, one.business_date, one.gross, one.net, term.days "
                f"FROM {table} AS one JOIN {order} AS ordered ON ordered.id = one.{order}_id "
                "JOIN payment_term AS term ON term.id = ordered.payment_term_id WHERE one.gross > 0"
            )
            found = {due.document_id: due for due in await Due.filter(kind=kind)}
            assert len(found) == len(rows) > 0
            for document_id, partner_id, day, gross, net, days in rows:
                due = found[document_id]
                assert getattr(due, f"{partner}_id") == partner_id
                assert (due.amount, due.open_amount, due.net) == (sign * gross, sign * gross, sign * net)
                assert (due.business_date, due.due_on) == (db.day(day), db.day(day) + timedelta(days=days))
                assert days == {"supplier": 45, "customer": 0}[partner]
        wrong = await db.fetch(
            "SELECT number FROM sales_order WHERE gross_shipped <> coalesce("
            "(SELECT SUM(gross) FROM shipment WHERE sales_order_id = sales_order.id), 0)"
        )
        assert wrong == []
