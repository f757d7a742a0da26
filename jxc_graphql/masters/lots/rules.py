"""What is right for lots: labels against what is known, and corrections."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from jxc_graphql.kit.errors import Reason
from jxc_graphql.masters.lots.labels import Dated, NamedLot, check_dates, contradictions
from jxc_graphql.office.documents.rules import check_note

Key = tuple[int, str]


def check_known(named: Sequence[NamedLot], known: Mapping[Key, Dated]) -> Iterator[Reason]:
    """Every label that contradicts what is known of its lot."""
    for lot in named:
        if lot.key in known:
            yield from contradictions(lot, known[lot.key])


def news(named: Sequence[NamedLot], known: Mapping[Key, Dated]) -> list[NamedLot]:
    """The lots that are not known, or of which labels say what is not known; each once, in the order of their keys."""
    merged: dict[Key, NamedLot] = {}
    for lot in named:
        merged[lot.key] = merged.get(lot.key, lot).completed(lot)
    return [lot for key, lot in sorted(merged.items()) if _is_news(lot, known.get(key))]


def _is_news(lot: NamedLot, known: Dated | None) -> bool:
    if known is None:
        return True
    said = ((lot.produced_on, known.produced_on), (lot.expires_on, known.expires_on))
    return any(one and not other for one, other in said)


def check_correction(produced_on: date | None, expires_on: date | None, note: str) -> Iterator[Reason]:
    """What is wrong with the dates and the note that a lot is to have."""
    yield from check_dates(produced_on, expires_on, ("expires_on",))
    yield from check_note(note)
