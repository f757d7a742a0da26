"""Nothing that is hidden from somebody shows in any answer; and what lets it show is found."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from jxc_graphql.gql.plan import filters, level, page, paged, seen
from jxc_graphql.gql.plan.sql import NOTHING
from jxc_graphql.insight.alerts import stream
from jxc_graphql.kit.errors import UnknownId
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.rules import WarehouseInactive
from jxc_graphql.office.documents.api import DocumentSource, DocumentTarget
from jxc_graphql.schema import schema
from tests import databases
from tests.matrix.asking import Matrix

SHARES = {"WAREHOUSE": 0.03, "SEE_COST": 0.02}
OTHERS = 2
"""So many of the other askers, drawn anew in every run."""
COPIES = 1 + 2 * (len(SHARES) + OTHERS)


@pytest.fixture
def urls(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """Migrated databases of one kind that nobody has used."""
    if database_url.startswith("sqlite"):
        template = request.getfixturevalue("sqlite_template")
        yield [f"sqlite:///{copy(template, tmp_path / f'{number}.sqlite3')}" for number in range(COPIES)]
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    with ExitStack() as stack:
        yield [stack.enter_context(server.clone()) for _ in range(COPIES)]


async def test_no_answer_tells_what_is_hidden(urls: list[str], tell: Callable[[str], None]) -> None:
    seed = random.SystemRandom().getrandbits(32)
    matrix = Matrix(urls, seed)
    await matrix.make()
    others = random.Random(seed).sample(sorted(matrix.askers.keys() - SHARES), OTHERS)
    for asker, share in [*SHARES.items(), *((one, 0.02) for one in others)]:
        await matrix.ask(asker, share)
    found = matrix.findings
    tell(f"matrix: {found.asked.total()} questions, {len(found.leaks)} leaks (seed {seed}, {', '.join(others)})")
    assert not found.leaks, "\n".join(map(str, found.leaks[:10]))
    assert not found.broken, "\n".join(map(str, found.broken))
    assert found.asked["mutation"] > found.asked.total() / 20


def everything_is_in_scope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(level, "in_scope", lambda *_: NOTHING)


def every_column_is_sorted_by(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(page, "check_seen", lambda *_: None)


def all_that_is_pointed_to_is_filtered_by(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(filters, "pointed", lambda *_: NOTHING)


def all_that_edges_lead_to_is_seen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(seen, "in_scope", lambda *_: NOTHING)


def all_rows_are_counted(patch: pytest.MonkeyPatch) -> None:
    counting = paged.Paged._counting  # noqa: SLF001
    patch.setattr(paged.Paged, "_counting", lambda self, _condition: counting(self, NOTHING))


def all_links_are_listed(patch: pytest.MonkeyPatch) -> None:
    for link in (DocumentSource, DocumentTarget):
        patch.setattr(schema().types.objects[link.__name__].fields["document"], "hides_row", False)


def what_exists_is_told(patch: pytest.MonkeyPatch) -> None:
    def refusal(_call: Any, _warehouse_id: int, known: Any, path: Any, **_: bool) -> Any:
        return UnknownId(path=path, kind="Warehouse") if known is None else WarehouseInactive(path=path, warehouse="")

    patch.setattr(warehouses, "_refusal", refusal)


def all_alerts_are_followed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stream._Wanted, "has", lambda *_: True)  # noqa: SLF001


PLANTS: dict[str, tuple[str, str, Callable[[pytest.MonkeyPatch], None]]] = {
    "list": ("WAREHOUSE", "list { warehouses", everything_is_in_scope),
    "filter": ("WAREHOUSE", "filter query($where: TransferWhere", all_that_is_pointed_to_is_filtered_by),
    "edge": ("WAREHOUSE", "edge query($where: TransferWhere", all_that_edges_lead_to_is_seen),
    "sort along": ("WAREHOUSE", "sort { transfers", all_that_edges_lead_to_is_seen),
    "search along": ("WAREHOUSE", "search query($word: String) { transfers", all_that_edges_lead_to_is_seen),
    "sort": ("SEE_COST", "sort { stockLevels", every_column_is_sorted_by),
    "total": ("WAREHOUSE", "total { stockLevels", all_rows_are_counted),
    "cursor": ("SEE_COST", "cursor query($after: String) { stockLevels", every_column_is_sorted_by),
    "timeline": ("SEE_SALES", "timeline ", all_links_are_listed),
    "error": ("WAREHOUSE", "mutation mutation($input: CreateAdjustmentInput", what_exists_is_told),
    "payload": ("WAREHOUSE", "mutation mutation(", everything_is_in_scope),
    "event": ("WAREHOUSE", "event ", all_alerts_are_followed),
}
"""By what a leak shows in: from whom, in which questions, and how it comes about."""


@pytest.mark.parametrize("kind", PLANTS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_lets_it_show_is_found(urls: list[str], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    asker, begins, plant = PLANTS[kind]
    matrix = Matrix(urls, 1)
    await matrix.make()
    plant(monkeypatch)
    await matrix.ask(asker, wanted=lambda question: f"{question.kind} {question.text}".startswith(begins))
    leaks = matrix.findings.leaks
    assert leaks
    refused = [any(b'"userErrors":[{' in one for one in leak.answers) for leak in leaks]
    assert all(refused) if kind == "error" else not all(refused)
