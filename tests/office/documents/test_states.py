"""What the page of a feature draws is what its documents do."""

import importlib
import re

import pytest

from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.wiring import MODEL_MODULES

for module in MODEL_MODULES:
    importlib.import_module(module)
KINDS = [*register.kinds()]
LINE = re.compile(r"^    ((?:[A-Z_]+(?:, )?)+(?: ──[a-z]+──▸ [A-Z_]+)+)$", re.MULTILINE)

Way = tuple[str, str, str]
"""A status, an action, a status."""


def drawn(page: str) -> set[Way]:
    """The ways in the lines of a page, each a chain of statuses and what leads from one to the next."""
    found = set()
    for line in LINE.findall(page):
        parts = re.split(r" ──([a-z]+)──▸ ", line)
        for source, action, target in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            found |= {(one, action.upper(), target) for one in source.split(", ")}
    return found


def told(kinds: list[type[DocumentHeader]]) -> set[Way]:
    """The ways that change the status of documents of these kinds."""
    return {
        (source.name, action.name, target.name)
        for kind in kinds
        for action, one in kind.states.actions.items()
        for source, targets in one.ways.items()
        for target in targets
        if source is not target
    }


def feature(kind: type[DocumentHeader]) -> str:
    return kind.__module__.rpartition(".")[0]


def test_every_kind_has_a_series_of_numbers() -> None:
    assert len({kind.series for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("name", sorted({feature(kind) for kind in KINDS}))
def test_a_page_draws_the_ways_of_its_documents(name: str) -> None:
    assert drawn(importlib.import_module(name).__doc__ or "") == told([kind for kind in KINDS if feature(kind) == name])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_status_that_a_way_leads_from_is_reached(kind: type[DocumentHeader]) -> None:
    begun = {status.name for status in kind.states.beginnings}
    reached = begun | {target for _, _, target in told([kind])}
    assert {source.name for one in kind.states.actions.values() for source in one.ways} <= reached
