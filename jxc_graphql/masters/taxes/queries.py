"""Tax codes as documents and goods need them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Ratio
from jxc_graphql.masters.taxes import rules
from jxc_graphql.masters.taxes.models import NONE


class KnownTaxCode(msgspec.Struct, frozen=True, kw_only=True):
    """A tax code that exists, and when it holds."""

    id: int
    code: str
    rate: Ratio
    starts_on: date | None = None
    ends_on: date | None = None


class LineToTax(Protocol):
    """What is asked for of a line."""

    @property
    def sku_id(self) -> int:
        """What it is about."""

    @property
    def tax_code_id(self) -> int | None:
        """How it is taxed; as its goods are where that is not said."""


class GoodsToTax(Protocol):
    """A SKU that may say how it is taxed."""

    @property
    def tax_code(self) -> KnownTaxCode | None:
        """How it is."""


COLUMNS = "tax_code.id, tax_code.code, tax_code.rate, tax_code.starts_on, tax_code.ends_on"
"""What `known` reads."""
UNTAXED = KnownTaxCode(id=NONE, code="NONE", rate=Ratio(0))
"""The code of what nobody said a code for."""


def known(row: Sequence[Any]) -> KnownTaxCode | None:
    """The tax code of a row of `COLUMNS`; None where it has none."""
    tax_code_id, code, rate, *days = row
    if tax_code_id is None:
        return None
    starts_on, ends_on = (one and db.day(one) for one in days)
    return KnownTaxCode(id=tax_code_id, code=code, rate=Ratio(rate), starts_on=starts_on, ends_on=ends_on)


async def there_is(tax_code_id: int) -> bool:
    """Whether there is such a tax code."""
    return bool(await db.fetch("SELECT 1 FROM tax_code WHERE id = ?", (tax_code_id,)))


async def asked_for(lines: Iterable[LineToTax]) -> dict[int, KnownTaxCode]:
    """Those of the tax codes that exist for which lines ask; no statement where none does."""
    asked = {line.tax_code_id for line in lines} - {None, NONE}
    found = {NONE: UNTAXED}
    if asked:
        rows = await db.fetch(
            f"SELECT {COLUMNS} "  # noqa: S608  (names of our own)
            f"FROM {db.rows({'id': 'bigint'})} AS asked JOIN tax_code ON tax_code.id = asked.id",
            (db.json([tax_code_id] for tax_code_id in asked),),
        )
        found |= {one.id: one for one in map(known, rows) if one}
    return found


def applied(
    lines: Sequence[LineToTax], goods: Mapping[int, GoodsToTax], codes: Mapping[int, KnownTaxCode], day: date
) -> tuple[dict[str, list[Any]], list[Reason]]:
    """How lines of a day are taxed, by the columns that say so, and what is wrong with that."""
    found, wrong = list[KnownTaxCode](), list[Reason]()
    for index, line in enumerate(lines):
        sku = goods.get(line.sku_id)
        default = sku.tax_code if sku and sku.tax_code else UNTAXED
        code = default if line.tax_code_id is None else codes.get(line.tax_code_id)
        wrong += rules.check_holds(code, day, ("lines", index, "tax_code_id"))
        found.append(code or UNTAXED)
    return {"tax_code_id": [one.id for one in found], "tax_rate": [one.rate for one in found]}, wrong
