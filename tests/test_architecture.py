"""The shape of the code, kept by a test: no exceptions list."""

import ast
import importlib
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import jxc_graphql
from tests.bench.house import MOST, document_cost

PACKAGE = Path(jxc_graphql.__file__).parent
ROOT = PACKAGE.parent
GENERATED = PACKAGE / "migrations"
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if GENERATED not in path.parents]
TESTS = [path for path in sorted((ROOT / "tests").rglob("*.py")) if "node_modules" not in path.parts]
ROOMS = [
    PACKAGE / room for room in ("office", "masters", "books", "warehousing", "buying", "selling", "insight", "exchange")
]
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


File = list[ast.AST]
"""All nodes of a file."""


def too_long(path: Path, _: File) -> Iterator[str]:
    """A file fits in one head."""
    if (lines := len(path.read_text().splitlines())) > FILE_LINES:
        yield f"{lines} lines"


def long_functions(path: Path, file: File) -> Iterator[str]:
    """A function fits on a screen."""
    for node in file if path in SOURCES else ():
        if isinstance(node, Function) and node.end_lineno and node.end_lineno - node.lineno >= FUNCTION_LINES:
            yield f"{node.name}: {node.end_lineno - node.lineno + 1} lines"


def resolvers_that_do_more(path: Path, file: File) -> Iterator[str]:
    """A resolver converts and calls."""
    for node in file if path.name.endswith("api.py") and path in SOURCES else ():
        if isinstance(node, Function):
            statements = sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1
            if statements - bool(ast.get_docstring(node)) > RESOLVER_STATEMENTS:
                yield node.name


def facts_elsewhere(path: Path, file: File) -> Iterator[str]:
    """Facts stand where everybody looks for them."""
    for node in file if path in SOURCES and path.stem != "facts" else ():
        if isinstance(node, ast.ClassDef) and "Fact" in map(ast.unparse, node.bases):
            yield node.name


def calls_past_the_door(path: Path, file: File) -> Iterator[str]:
    """Documents post through the one door to the books."""
    if path in SOURCES and path != PACKAGE / "books" / "door.py":
        yield from calls(file) & {"ledger.post", "ledger.revalue", "ledger.charge"}


def empty_words(path: Path, _: File) -> Iterator[str]:
    """A file is named for what it holds."""
    if path in SOURCES:
        words = {word.removesuffix("s") for word in re.split(r"_+", path.stem)} | {path.parent.name.removesuffix("s")}
        yield from words & EMPTY_WORDS


def clocks_of_their_own(path: Path, file: File) -> Iterator[str]:
    """Only the clock knows the time."""
    if path in SOURCES and path != PACKAGE / "kit" / "clock.py":
        yield from calls(file) & CLOCK_CALLS


def imitations(path: Path, file: File) -> Iterator[str]:
    """Tests use the real neighbours."""
    if path in TESTS:
        yield from {name for name in imported(file) if name.startswith(("unittest", "mock"))}


def stopwatches(path: Path, file: File) -> Iterator[str]:
    """What is quick is told in steps, statements or rows (`tests/steps.py`); `make bench` measures."""
    if path in TESTS and path.stem.startswith("test_"):
        yield from {ast.unparse(node) for node in file if isinstance(node, ast.Attribute)} & STOPWATCHES


CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"}
STOPWATCHES = {"time.perf_counter", "time.process_time", "time.thread_time", "time.time", "timeit"}
RULES = (
    too_long, long_functions, resolvers_that_do_more, facts_elsewhere, calls_past_the_door, empty_words,
    clocks_of_their_own, imitations, stopwatches,
)  # fmt: skip
"""What is true of every file, which is read once for all of it."""


def calls(file: File) -> set[str]:
    """What a file calls, as it is written there."""
    return {ast.unparse(node.func) for node in file if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=relative)
def test_a_file_keeps_the_rules(path: Path) -> None:
    file = [*nodes(path)]
    assert {rule.__doc__: found for rule in RULES if (found := [*rule(path, file)])} == {}


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


def imported(file: Iterable[ast.AST]) -> Iterator[str]:
    """The modules that a file imports from, or imports."""
    for node in file:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_fixtures_are_asked_for_and_builders_imported() -> None:
    """What a conftest has is for the tests beside it; what others build with stands in tests/make."""
    assert not {relative(path) for path in TESTS for name in imported(nodes(path)) if name.endswith(".conftest")}


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
