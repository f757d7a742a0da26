"""What orders, receipts and shipments of a release come to once amounts are whole fen."""

from structlog.testing import capture_logs

from jxc_graphql import wiring
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate

ORDERS = {
    "purchase_order": ("goods_receipt", "part.quantity_accepted + part.quantity_rejected + part.quantity_uninspected"),
    "sales_order": ("shipment", "part.quantity"),
}


async def test_lines_of_a_release_are_taxed_by_none_and_rounded_to_the_fen(
    old_url: str,
) -> None:
    async with db.open(old_url, wiring.MODEL_MODULES) as database:
        async with database.client.transaction() as transaction:
            for order in ORDERS:
                await transaction.execute_script(f"UPDATE {order}_line SET amount = amount + 49 WHERE line_no = 1")
                await transaction.execute_script(f"UPDATE {order}_line SET amount = amount + 50 WHERE line_no = 2")
        before = {order: dict(await db.fetch(f"SELECT id, amount FROM {order}_line")) for order in ORDERS}
        with capture_logs() as log:
            await migrate(database)
        for order, amounts in before.items():
            lines = await db.fetch(
                f"SELECT line.id, code, tax_rate, net, tax, gross FROM {order}_line AS line "
                "JOIN tax_code ON tax_code.id = tax_code_id"
            )
            assert len(lines) == len(amounts) > 0
            for line_id, code, rate, net, tax, gross in lines:
                fen = (amounts[line_id] + 50) // 100 * 100
                assert (code, rate, net, tax, gross) == ("NONE", 0, fen, 0, fen)
            wrong = await db.fetch(
                f"SELECT document.number FROM {order} JOIN document ON document.id = {order}.id "
                f"WHERE total <> amount OR net <> total OR total <> "
                f"(SELECT SUM(gross) FROM {order}_line AS line WHERE {order}_id = {order}.id)"
            )
            assert wrong == []
    (told,) = [one for one in log if one["event"] == "Amounts below the fen are rounded to it"]
    assert told["count"] >= len(told["first"]) > 0


async def test_what_carried_out_lines_of_a_release_has_its_part(today_url: str) -> None:
    async with db.open(today_url, wiring.MODEL_MODULES):
        for order, (document, moved) in ORDERS.items():
            lines = await db.fetch(
                f"SELECT line.quantity, line.gross, SUM({moved}), SUM(part.gross), SUM(part.net), SUM(part.tax) "
                f"FROM {order}_line AS line JOIN {document}_line AS part "
                f"ON part.{order}_line_id = line.id GROUP BY line.id, line.quantity, line.gross"
            )
            assert lines
            for quantity, gross, done, of_parts, net, tax in lines:
                exact = gross * done / quantity
                assert abs(of_parts - exact) <= 50
                assert (net, tax) == (of_parts, 0)
                assert of_parts == gross or done < quantity
