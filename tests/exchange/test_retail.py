"""Lines of a real shop, good and bad: each becomes what it is, once, however often whoever loads them is stopped."""

import csv
import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from tests.exchange import retail
from tests.exchange.retail import Fate, Loader

NAMES = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ROWS = """
536365 85123A 6 2010-12-01T08:26 2.55 17850
536365 71053 6 2010-12-01T08:26 3.39 17850
536365 POST 1 2010-12-01T08:26 18.00 17850
536366 85123A 3 2010-12-01T09:00 2.55 17850
536367 85123A 2 2010-12-01T09:30 2.10
536368 22139 4 2010-12-01T10:00 0
536369 22139 -1 2010-12-01T10:30 0
536370 71053 -1 2010-12-01T11:00 3.39 17850
C536371 85123A -7 2010-12-02T08:00 2.55 17850
C536371 71053 -9 2010-12-02T08:00 3.39 17850
C536372 85123A -1 2010-12-02T09:00 2.10
A536373 B 1 2010-12-02T10:00 -11062.06
536374 71053 x 2010-12-03T10:00 3.39 17850
536375 71053 2 2010-12-03T11:00 3.39 13047
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "retail.csv"
    with path.open("w", newline="") as written:
        rows = csv.writer(written)
        rows.writerow(NAMES)
        for line in ROWS.strip().splitlines():
            invoice, code, quantity, moment, price, *customer = line.split()
            rows.writerow([invoice, code, f"THING {code}", quantity, moment, price, *(customer or [""]), "UK"])
    return path


async def load(call: Call, file: Path) -> dict[int, str]:
    """Why lines were refused, by their numbers."""
    refusals = file.with_suffix(".refused")
    await Loader(call, file, refusals).load()
    return {number: why for _, number, why, _ in map(json.loads, refusals.read_text().splitlines())}


async def test_every_line_becomes_something_or_is_refused(call: Call, file: Path) -> None:
    refused = await load(call, file)
    assert refused == {
        4: "no goods",
        9: "below zero, at a price, and no cancellation",
        11: "not sold so before",
        13: "no goods",
        14: "no price or no quantity",
    }
    fates = Counter(one.fate for one in retail.lines(file) if one.number not in refused)
    assert fates == {Fate.SOLD: 4, Fate.WALKED_IN: 1, Fate.FOUND: 1, Fate.WRITTEN_OFF: 1, Fate.RETURNED: 2}
    assert await db.fetch("SELECT SUM(net) FROM shipment_line") == [(int(Money.of("54.27")),)]
    assert await db.fetch("SELECT SUM(net) FROM customer_return_line") == [(int(Money.of("19.95")),)]
    there = dict(await db.fetch("SELECT sku.code, on_hand FROM stock_level JOIN sku ON sku.id = stock_level.sku_id"))
    assert there == {"85123A": int(Quantity.of("8")), "71053": 0, "22139": int(Quantity.of("4"))}
    assert await verification.differences() == []


async def test_whoever_is_stopped_goes_on_behind_the_last_invoice(
    call: Call, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped within the transaction of each invoice once: nothing is there twice, and nothing is missing."""
    whole, stopped, carry_out = 0, set[str](), Loader._invoice  # noqa: SLF001

    async def stop(self: Loader, invoice: str, by: dict[Fate, list[retail.Line]]) -> list[retail.Line]:
        found = await carry_out(self, invoice, by)
        if invoice not in stopped:
            stopped.add(invoice)
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Loader, "_invoice", stop)
    while True:
        try:
            refused = await load(call, file)
        except KeyboardInterrupt:
            whole += 1
        else:
            break
    assert whole == len(stopped) == 8
    assert len(refused) == 5
    assert await db.fetch("SELECT count(*) FROM sales_order_line") == [(5,)]
    assert await db.fetch("SELECT count(*) FROM customer_return_line") == [(3,)]
    assert await verification.differences() == []


async def test_a_long_invoice_is_several_orders(call: Call, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retail, "MOST_LINES", 1)
    assert len(await load(msgspec.structs.replace(call), file)) == 5
    numbers = await db.fetch("SELECT external_number FROM sales_order ORDER BY id")
    assert [number for (number,) in numbers] == ["536365", "536365/2", "536366", "536367", "536375"]
