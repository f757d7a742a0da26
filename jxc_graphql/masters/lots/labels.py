"""What goods that come in say of their lot, and what can be told to be wrong with it at sight."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.catalog.tracking import SkuTracking

NUMBER_LIMIT = 60


class LotLabel(msgspec.Struct, frozen=True):
    """What goods that come in say of their lot (批次标签)."""

    number: str
    """Number (批号), up to 60 characters; a lot that has it is used, else there will be one."""
    produced_on: date | None = None
    """Production date (生产日期), if it is on the label."""
    expires_on: date | None = None
    """Expiry date (到期日), if it is on the label; else the production date and the SKU's shelf life give it."""


Labelled = tuple[int, LotLabel | None, Path]
"""A line of a document: its SKU, the label of its goods if it has one, and the path of the label in the input."""


class LotRequired(Reason, frozen=True, kw_only=True):
    """Goods of a SKU that is tracked by lot came without the number of their lot."""

    sku: str
    sku_id: int


class LotNotKept(Reason, frozen=True, kw_only=True):
    """Goods came with the number of a lot, but their SKU is not tracked by lot."""

    sku: str
    sku_id: int


class LotExpiresBeforeProduced(Reason, frozen=True, kw_only=True):
    """A lot would expire before it was made."""

    produced_on: date
    expires_on: date


class LotMismatch(Reason, frozen=True, kw_only=True):
    """A label says another date than is known of the lot, or than another label of the same document says."""

    number: str
    """Number of the lot (批号)."""
    produced_on: date | None
    """The production date that is known (生产日期); else null."""
    expires_on: date | None
    """The expiry date that is known (到期日); else null."""


class Dated(Protocol):
    """What says when a lot was made and when it expires."""

    @property
    def produced_on(self) -> date | None:
        """When it was made."""

    @property
    def expires_on(self) -> date | None:
        """When it expires."""


class NamedLot(msgspec.Struct, frozen=True, kw_only=True):
    """A lot as labels name it; the dates are those that are on a label."""

    sku_id: int
    number: str
    produced_on: date | None
    expires_on: date | None
    shelf_life_days: int | None
    path: Path

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from all other lots."""
        return self.sku_id, self.number

    @property
    def due_on(self) -> date | None:
        """The day on which it expires by its production date and the shelf life of its SKU."""
        if self.produced_on is None or self.shelf_life_days is None:
            return None
        return date.fromordinal(min(self.produced_on.toordinal() + self.shelf_life_days, date.max.toordinal()))

    def completed(self, other: Dated) -> "NamedLot":
        """The same with the dates of another label where this one says nothing."""
        return msgspec.structs.replace(
            self,
            produced_on=self.produced_on or other.produced_on,
            expires_on=self.expires_on or other.expires_on,
        )


def check(wanted: Sequence[Labelled], skus: Mapping[int, KnownSku]) -> list[Reason]:
    """What is wrong with labels without looking at the lots; for operations that tell it with their own problems."""
    return read(wanted, skus)[1]


def read(wanted: Sequence[Labelled], skus: Mapping[int, KnownSku]) -> tuple[list[NamedLot | None], list[Reason]]:
    """The lot that each line names, None where there is none or where something is wrong; and all that is wrong.

    A SKU that does not exist is for the document to refuse, and passed over here.
    """
    named: list[NamedLot | None] = []
    reasons: list[Reason] = []
    said: dict[tuple[int, str], NamedLot] = {}
    for sku_id, label, path in wanted:
        lot, wrong = _read(skus.get(sku_id), label, path)
        if lot:
            before = said.get(lot.key, lot)
            wrong += contradictions(lot, before)
            said[lot.key] = before.completed(lot)
        reasons += wrong
        named.append(lot)
    return named, reasons


def contradictions(lot: NamedLot, known: Dated) -> Iterator[Reason]:
    """Whether a label says otherwise than what is known; what either of them does not say contradicts nothing."""
    said = ((lot.produced_on, known.produced_on), (lot.expires_on, known.expires_on))
    if any(one and other and one != other for one, other in said):
        yield LotMismatch(path=lot.path, number=lot.number, produced_on=known.produced_on, expires_on=known.expires_on)
    else:
        both = lot.completed(known)
        yield from check_dates(both.produced_on, both.expires_on, (*lot.path, "expires_on"))


def check_dates(produced_on: date | None, expires_on: date | None, path: Path) -> Iterator[Reason]:
    """Whether a lot would expire before it was made."""
    if produced_on and expires_on and expires_on < produced_on:
        yield LotExpiresBeforeProduced(path=path, produced_on=produced_on, expires_on=expires_on)


def _read(sku: KnownSku | None, label: LotLabel | None, path: Path) -> tuple[NamedLot | None, list[Reason]]:
    if sku is None:
        return None, []
    keeps_lots = sku.tracking is SkuTracking.LOT
    if label is None:
        return None, [LotRequired(path=path, sku=sku.code, sku_id=sku.id)] if keeps_lots else []
    if not keeps_lots:
        return None, [LotNotKept(path=path, sku=sku.code, sku_id=sku.id)]
    wrong = [
        *check_text((*path, "number"), label.number, limit=NUMBER_LIMIT, required=True),
        *check_dates(label.produced_on, label.expires_on, (*path, "expires_on")),
    ]
    lot = NamedLot(
        sku_id=sku.id,
        number=label.number.strip(),
        produced_on=label.produced_on,
        expires_on=label.expires_on,
        shelf_life_days=sku.shelf_life_days,
        path=path,
    )
    return (None, wrong) if wrong else (lot, [])
