"""Nothing that is hidden from somebody shows in any answer; and what lets it show is found."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial, wraps
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from jxc_graphql.gql.plan import filters, level, page, paged, seen
from jxc_graphql.gql.plan.sql import NOTHING
from jxc_graphql.insight.alerts import stream
from jxc_graphql.kit.errors import UnknownId
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.comments.api import Comment
from jxc_graphql.office.documents.api import DocumentSource, DocumentTarget
from jxc_graphql.office.documents.sight import SeenDocument
from jxc_graphql.schema import schema
from tests import databases
from tests.matrix.asking import Matrix
from tests.matrix.questions import Question
from tests.matrix.world import make_world

SHARES = {"WAREHOUSE": 0.03, "SEE_COST": 0.02}
OTHERS = 2
"""So many of the other askers, drawn anew in every run."""
COPIES = 2 * (len(SHARES) + OTHERS)


pytestmark = pytest.mark.filled.with_args(make_world)


@pytest.fixture
def urls(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """A world, and migrated databases of its kind that nobody has used."""
    if database_url.startswith("sqlite"):
        template = request.getfixturevalue("sqlite_template")
        copies = [f"sqlite:///{copy(template, tmp_path / f'{number}.sqlite3')}" for number in range(COPIES)]
        yield [database_url, *copies]
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    with ExitStack() as stack:
        yield [database_url, *[stack.enter_context(server.clone()) for _ in range(COPIES)]]


async def test_no_answer_tells_what_is_hidden(
    urls: list[str], told: dict[str, int], tell: Callable[[str], None]
) -> None:
    seed = random.SystemRandom().getrandbits(32)
    matrix = Matrix(urls, seed)
    await matrix.take(told)
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


def all_that_is_said_is_listed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(schema().types.objects[Comment.__name__].fields["document"], "hides_row", False)


def all_that_is_said_is_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SeenDocument, "is_seen_by", lambda *_: True)


def what_exists_is_told(patch: pytest.MonkeyPatch) -> None:
    refusal = warehouses._refusal  # noqa: SLF001

    @wraps(refusal)
    def telling(call: Any, warehouse_id: int, known: Any, path: Any, **more: bool) -> Any:
        found = refusal(call, warehouse_id, known, path, **more)
        return UnknownId(path=path, kind="Branch") if isinstance(found, UnknownId) and known is not None else found

    patch.setattr(warehouses, "_refusal", telling)


def all_alerts_are_followed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stream._Wanted, "has", lambda *_: True)  # noqa: SLF001


CHANGES_OF_TRANSFERS = tuple(
    f"mutation mutation($input: {name}TransferInput"
    for name in ("Approve", "Cancel", "Unapprove", "Dispatch", "Receive", "Reject", "Submit", "Update", "Create")
)
PLANTS: dict[str, tuple[str, str | tuple[str, ...], Callable[[pytest.MonkeyPatch], None]]] = {
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
    "payload": ("WAREHOUSE", CHANGES_OF_TRANSFERS, everything_is_in_scope),
    "event": ("WAREHOUSE", "event ", all_alerts_are_followed),
    "comment": ("WAREHOUSE", ("list { comments", "total { comments"), all_that_is_said_is_listed),
    "discussion": ("WAREHOUSE", "event subscription($after: String) { documentDiscussed", all_that_is_said_is_told),
}
"""By what a leak shows in: from whom, in which questions, and how it comes about."""


async def test_what_lets_it_show_is_found(urls: list[str], told: dict[str, int]) -> None:
    matrix, found = Matrix(urls, 2), {}
    await matrix.take(told)
    for kind, (asker, begins, plant) in PLANTS.items():
        known = len(matrix.findings.leaks)
        matrix.prepare_anew()
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            await matrix.ask(asker, wanted=partial(_begins, begins))
        found[kind] = matrix.findings.leaks[known:]
    assert [kind for kind in PLANTS if not found[kind]] == []
    refused = {
        kind: [any(b'"userErrors":[{' in one for one in leak.answers) for leak in found[kind]] for kind in PLANTS
    }
    assert [kind for kind in PLANTS if all(refused[kind])] == ["error"]


def _begins(text: str | tuple[str, ...], question: Question) -> bool:
    return f"{question.kind} {question.text}".startswith(text)
