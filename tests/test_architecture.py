"""The shape of the code, kept by a test: no exceptions list."""

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import jxc_graphql
from tests.bench.house import MOST, document_cost

PACKAGE = Path(jxc_graphql.__file__).parent
ROOT = PACKAGE.parent
GENERATED = PACKAGE / "migrations"
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if GENERATED not in path.parents]
TESTS = [path for path in sorted((ROOT / "tests").rglob("*.py")) if "node_modules" not in path.parts]
ROOMS = [PACKAGE / room for room in ("office", "masters", "books", "warehousing", "buying", "selling", "insight")]
FEATURES = sorted(path.parent for room in ROOMS for path in room.glob("*/__init__.py"))
ROLES = ["__init__", "api", "models", "operations", "rules"]
EMPTY_WORDS = {"base", "common", "handler", "helper", "manager", "misc", "processor", "service", "tool", "util"}

FILE_LINES = 400
FUNCTION_LINES = 60
RESOLVER_STATEMENTS = 5
FOLDER_DEPTH = 2
BOXES = 20
LISTS_OF_DOCUMENTS = 2

Function = ast.FunctionDef | ast.AsyncFunctionDef


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=relative)
def test_a_file_fits_in_one_head(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in nodes(path)
        if isinstance(node, Function) and node.end_lineno and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/*/*api.py")), ids=relative)
def test_a_resolver_converts_and_calls(path: Path) -> None:
    long = [
        node.name
        for node in nodes(path)
        if isinstance(node, Function)
        and sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1 - bool(ast.get_docstring(node))
        > RESOLVER_STATEMENTS
    ]
    assert not long


def test_folders_are_shallow() -> None:
    assert not [relative(path) for path in SOURCES if len(path.relative_to(PACKAGE).parent.parts) > FOLDER_DEPTH]


def test_a_newcomer_sees_few_boxes() -> None:
    """Rooms keep what features there are, and folders what belongs together, from whoever opens the package."""
    assert len({path.relative_to(PACKAGE).parts[0] for path in SOURCES}) <= BOXES


@pytest.mark.parametrize("name", MOST)
def test_a_kind_of_document_is_written_by_hand_in_few_lines_and_named_in_few_lists(name: str) -> None:
    """What all kinds have in common is said once, so that dozens of them can be read."""
    cost = document_cost(ROOT, name)
    assert cost["by hand"] <= MOST[name], cost
    assert cost["lists"] <= LISTS_OF_DOCUMENTS


@pytest.mark.parametrize("feature", FEATURES, ids=relative)
def test_a_feature_has_the_same_files_as_every_other(feature: Path) -> None:
    needed = set(ROLES) if (feature / "models.py").exists() else {"__init__", "api"}  # without tables it only reads
    assert sorted(needed - {path.stem for path in feature.glob("*.py")}) == []


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_facts_stand_where_everybody_looks_for_them(path: Path) -> None:
    told = [
        node.name for node in nodes(path) if isinstance(node, ast.ClassDef) and "Fact" in map(ast.unparse, node.bases)
    ]
    assert path.stem == "facts" or not told


@pytest.mark.parametrize("feature", [*FEATURES, PACKAGE / "exchange"], ids=relative)
def test_the_page_of_a_feature_is_a_docstring_without_code(feature: Path) -> None:
    page = ast.parse((feature / "__init__.py").read_text())
    assert ast.get_docstring(page)
    assert len(page.body) == 1


TWICE = {
    "Id": "migrations, which are never edited, say it of the column; features say it of the type",
    "PeriodClosed": "the fact, and the error code that clients know",
}
"""Names that two classes have, and why."""


def test_two_classes_have_two_names() -> None:
    """Types of GraphQL are called as the tables and values that they show."""
    found: dict[str, list[str]] = {}
    for path in SOURCES:
        if not path.stem.endswith("api"):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    found.setdefault(node.name, []).append(relative(path))
    several = {name: paths for name, paths in found.items() if len(paths) > 1 and name not in TWICE}
    assert several == {}


THROUGH_THE_DOOR = {"ledger.post", "ledger.revalue", "ledger.charge"}


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_documents_post_through_the_one_door_to_the_books(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}
    assert path == PACKAGE / "books" / "door.py" or not calls & THROUGH_THE_DOOR


DOORS = re.compile(r"^Doors: (.+?)\.(?:\n|$)", re.MULTILINE | re.DOTALL)


def test_neighbours_come_in_by_the_doors_that_the_page_of_a_feature_names() -> None:
    """Types of GraphQL may be used by whoever is above; all else that is not named is private."""
    entered: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jxc_graphql."):
                parts = (node.module or "").split(".")[1:]
                feature = PACKAGE.joinpath(*parts[:2])
                if feature in FEATURES and feature not in path.parents:
                    entered.setdefault(relative(feature), set()).update(
                        parts[2:3] or (alias.name for alias in node.names)
                    )
    doors = {}
    for feature in FEATURES:
        found = DOORS.search(ast.get_docstring(ast.parse((feature / "__init__.py").read_text())) or "")
        doors[relative(feature)] = set(re.findall(r"`(\w+)`", found[1])) if found else set()
    used = {feature: {name for name in entered.get(feature, ()) if not name.endswith("api")} for feature in doors}
    assert used == doors


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_is_named_for_what_it_holds(path: Path) -> None:
    words = {word.removesuffix("s") for word in re.split(r"_+", path.stem)} | {path.parent.name.removesuffix("s")}
    assert not words & EMPTY_WORDS


def test_our_classes_inherit_from_our_classes_once() -> None:
    """Errors are the exception in name only: their tree is what callers catch, and it carries no behaviour."""
    deep = set()
    for path in (path for path in SOURCES if path.stem != "__main__"):  # which would run
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for each in vars(module).values():
            if isinstance(each, type) and not issubclass(each, BaseException):
                own = [base for base in each.__mro__ if base.__module__.startswith("jxc_graphql.")]
                if len(own) > 1 and any(issubclass(a, b) for a in own[1:] for b in own[1:] if a is not b):
                    deep.add(f"{each.__module__}.{each.__qualname__}")
    assert sorted(deep) == []


def test_edges_that_point_up_are_of_what_is_above() -> None:
    """Edges point down; whoever is above adds those that lead up to it, and to nothing but its own."""
    strangers = set()
    for path in sorted(PACKAGE.glob("*/*/*api.py")):
        own = {node.name for other in path.parent.glob("*api.py") for node in classes(other)}
        for node in classes(path):
            extended = [ast.unparse(one) for one in node.decorator_list if ast.unparse(one).startswith("extends(")]
            for field in (one for one in node.body if extended and isinstance(one, ast.AnnAssign)):
                named = {name.id for name in ast.walk(field.annotation) if isinstance(name, ast.Name)}
                if not named & own:
                    strangers.add(f"{path.parent.name}: {node.name}.{ast.unparse(field.target)}")
    assert not strangers


def classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]


CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"}


@pytest.mark.parametrize("path", [path for path in SOURCES if path != PACKAGE / "kit" / "clock.py"], ids=relative)
def test_only_the_clock_knows_the_time(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}
    assert not calls & CLOCK_CALLS


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports from, or imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_tests_use_the_real_neighbours(path: Path) -> None:
    assert not {name for name in imported(path) if name.startswith(("unittest", "mock"))}


def test_fixtures_are_asked_for_and_builders_imported() -> None:
    """What a conftest has is for the tests beside it; what others build with stands in tests/make."""
    assert not {relative(path) for path in TESTS for name in imported(path) if name.endswith(".conftest")}


STOPWATCHES = {"time.perf_counter", "time.process_time", "time.thread_time", "time.time", "timeit"}


@pytest.mark.parametrize("path", [path for path in TESTS if path.stem.startswith("test_")], ids=relative)
def test_no_test_measures_time(path: Path) -> None:
    """What is quick is told in steps, statements or rows (`tests/steps.py`); `make bench` measures."""
    assert not {ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Attribute)} & STOPWATCHES


OF_ONE_MACHINE = re.compile(
    r"(?<![\w.])/(?:root|home/\w+|work|opt/\w+)/|/tmp/\w"
    r"|pypi\.(?:org|python)|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)|(?:deb|security)\.debian\.org"
)


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    named = []
    for name in filter(None, listing.split("\0")):
        path = ROOT / name
        if path.is_file() and path != Path(__file__):
            text = path.read_bytes().decode(errors="replace")
            named += [f"{name}: {match.group()}" for match in OF_ONE_MACHINE.finditer(text)]
    assert not named
