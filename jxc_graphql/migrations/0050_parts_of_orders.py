"""Receipts and shipments have their parts of what orders come to: net, tax and gross, in whole fen."""
# ruff: noqa: S608  (statements are made of text of our own)

from collections.abc import Iterator, Sequence
from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from tortoise.migrations.schema_editor.base import BaseSchemaEditor

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import OwnOperation, Statements

_AMOUNTS = ("net", "tax", "gross")
_AT_A_TIME = 20_000


class Parts(OwnOperation):
    """Gives lines that carried out order lines their parts, in the order in which they came."""

    def __init__(self, *, table: str, order: str, quantity: str) -> None:
        self.table = table
        self.order = order
        self.quantity = quantity

    async def change(self, editor: BaseSchemaEditor) -> None:
        """Some order lines after the other, each with all that carried it out."""
        client: Any = editor.client
        net, tax, gross, own_id = "????" if editor.DIALECT == "sqlite" else ("$1", "$2", "$3", "$4")
        write = f"UPDATE {self.table} SET net = {net}, tax = {tax}, gross = {gross} WHERE id = {own_id}"
        last = 0
        while lines := [row[0] for row in await client.fetch(self._lines_after(last))]:
            rows = [tuple(row) for row in await client.fetch(self._of_lines(lines[0], lines[-1]))]
            if rows:
                await client.execute_many(write, list(_parts(rows)))
            last = lines[-1]

    def _lines_after(self, last: int) -> str:
        return f"SELECT id FROM {self.order}_line WHERE id > {last} ORDER BY id LIMIT {_AT_A_TIME}"

    def _of_lines(self, first: int, last: int) -> str:
        return (
            f"SELECT line.id, part.id, {self.quantity}, line.quantity, line.net, line.tax "
            f"FROM {self.order}_line AS line JOIN {self.table} AS part ON part.{self.order}_line_id = line.id "
            f"WHERE line.id BETWEEN {first} AND {last} ORDER BY line.id, part.id"
        )


def _parts(rows: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, int, int, int]]:
    before, line = 0, 0
    for line_id, part_id, quantity, whole, *amounts in rows:
        before, line = (before if line_id == line else 0), line_id
        net, tax = (_fen(one * (before + quantity), whole) - _fen(one * before, whole) for one in amounts)
        yield net, tax, net + tax, part_id
        before += quantity


def _fen(steps: int, of: int) -> int:
    return (2 * steps + 100 * of) // (200 * of) * 100


def _added_up(table: str) -> Statements:
    lines = f"FROM {table}_line AS line WHERE line.{table}_id = {table}.id"
    sums = ", ".join(f"{one} = (SELECT CAST(coalesce(SUM({one}), 0) AS BIGINT) {lines})" for one in _AMOUNTS)
    return Statements(sqlite=[f"UPDATE {table} SET {sums}"], postgres=[f"UPDATE {table} SET {sums}"])


def _adds_up(table: str) -> CheckConstraint:
    whole = " AND ".join(f"{one} >= 0 AND {one} % 100 = 0" for one in ("net", "tax"))
    return CheckConstraint(check=f"{whole} AND net + tax = gross", name=f"{table}_adds_up")


def _of(model: str, table: str, order: str, quantity: str) -> list[ops.Operation]:
    return [
        *(
            ops.AddField(model_name=one, name=name, field=columns.Steps(default=0))
            for one in (model, f"{model}Line")
            for name in _AMOUNTS
        ),
        Parts(table=f"{table}_line", order=order, quantity=quantity),
        _added_up(table),
        ops.AddConstraint(model_name=model, constraint=_adds_up(table)),
        ops.AddConstraint(model_name=f"{model}Line", constraint=_adds_up(f"{table}_line")),
    ]


_CAME = "part.quantity_accepted + part.quantity_rejected + part.quantity_uninspected"


class Migration(migrations.Migration):
    """Parts of orders."""

    operations = (
        *_of("GoodsReceipt", "goods_receipt", "purchase_order", _CAME),
        *_of("Shipment", "shipment", "sales_order", "part.quantity"),
    )
