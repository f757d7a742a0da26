"""One list of features, and what is made of it: nothing that a feature has can be forgotten elsewhere."""

import ast
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from jxc_graphql import features, wiring
from jxc_graphql.books.goods.facts import DocumentRevalued
from jxc_graphql.kit.journal import BEGUN_ANEW, Fact
from jxc_graphql.office.auth.built_in import BUILT_IN_ROLES
from jxc_graphql.office.auth.permissions import HELD_BY
from tests.test_architecture import FEATURES, PACKAGE, SOURCES, nodes, relative

OF_NO_MEANING = {
    DocumentRevalued: "goods cost something else; nothing else can be sold, counted or promised because of it",
}
"""Facts that name stock levels, and why nobody reacts to them."""


def ours() -> list[type[Fact]]:
    return [fact for fact in Fact.registry.values() if fact.__module__.startswith("jxc_graphql.")]


def test_lists_every_feature_once() -> None:
    assert sorted(features.FEATURES) == [".".join(path.relative_to(PACKAGE).parts) for path in FEATURES]


def test_the_map_of_the_tree_shows_every_feature() -> None:
    tree = (PACKAGE.parent / "README.md").read_text().partition("## Map of the tree")[2].partition("```\n\n")[0]
    assert [name for name in features.FEATURES if f" {name.partition('.')[2]}/ " not in tree] == []


RANK = {feature: rank for rank, features_of_it in enumerate(features.RANKS) for feature in features_of_it.split(" | ")}


@pytest.mark.parametrize("path", [path for path in SOURCES if path.parent in FEATURES], ids=relative)
def test_a_feature_imports_from_features_of_lower_ranks_only(path: Path) -> None:
    own = ".".join(path.parent.relative_to(PACKAGE).parts)
    above = {
        name
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom)
        for name in (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names))
        if (of := ".".join(name.split(".")[1:3])) in RANK and of != own and RANK[of] >= RANK[own]
    }
    assert not above


@pytest.mark.parametrize("fact", ours(), ids=lambda fact: fact.__name__)
def test_somebody_reacts_to_whatever_changes_stock_levels(fact: type[Fact]) -> None:
    changes_stock = {"stock_level_ids", "lot_id"} & {field.name for field in msgspec.structs.fields(fact)}
    means = None if fact.means is BEGUN_ANEW else fact.means  # which the journal itself heeds
    assert bool(changes_stock) == (means is not None or issubclass(fact, tuple(OF_NO_MEANING)))
    assert means is None or fact.stored_as in wiring.REACTIONS.heard or means in wiring.EFFECTS


UNHEARD = """
from jxc_graphql import features, wiring
from jxc_graphql.kit.journal import Fact

known = set(Fact.registry)
features.modules("*")
print(*sorted(name for name in set(Fact.registry) - known if Fact.registry[name].means is not None))
"""


def test_whoever_reacts_knows_every_fact_that_has_a_meaning() -> None:
    """Also in a process that knows features by nothing else."""
    run = subprocess.run([sys.executable, "-c", UNHEARD], capture_output=True, check=True, text=True)
    assert run.stdout.split() == []


def test_no_meaning_is_heard_that_nobody_tells() -> None:
    told = {fact.stored_as for fact in ours()}
    assert set(wiring.REACTIONS.heard) <= told


def test_features_give_their_permissions_to_roles_that_there_are() -> None:
    features.modules("models")
    assert {role for roles in HELD_BY.values() for role in roles} <= set(BUILT_IN_ROLES) - {"ADMIN", "MANAGER"}


@pytest.mark.parametrize("feature", FEATURES, ids=relative)
def test_what_a_feature_has_is_found_by_its_name(feature: object) -> None:
    name = "jxc_graphql." + ".".join(PACKAGE.joinpath(str(feature)).relative_to(PACKAGE).parts)
    stems = {path.stem for path in PACKAGE.joinpath(str(feature)).glob("*.py")}
    assert ("models" in stems) == (f"{name}.models" in wiring.MODEL_MODULES)
