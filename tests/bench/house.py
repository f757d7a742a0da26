"""The figures of the house's shape, counted on any tree: `python -m tests.bench.house [FOLDER | REVISION]…`.

Boxes and arrows are those of the imports; what a document type costs is what a person wrote for it: its folder with the
texts of its errors, its tests, its client documents, and the lines that name it in the lists and tables of others. The
log of changes is no list: nothing is looked up in it, and nothing is missed where it says nothing. Whoever adds a
document type still tells of it there, once; those lines are printed by themselves.
"""

import ast
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("office", "masters", "books", "buying", "selling", "warehousing", "money", "insight")
DOCUMENTS = {
    "relocations": (("relocations", "moves"), r"(?i)place_?move|PlacesMoved|relocations|NOT_ON_SHELVES|SAME_PLACE"),
    "revaluations": (
        ("revaluations",),
        r"(?<!tock)(?<!tock_)[Rr]evaluation(?!_line)|REVALUATION|REVALUE_STOCK|REVALUED_TWICE",
    ),
}
"""By what a document type is called now: the folders it has had, and what else it is named by; the book of goods has
revaluations of its own."""
LISTS = (
    "pyproject.toml", "jxc_graphql/wiring.py", "jxc_graphql/schema.py", "jxc_graphql/features.py",
    "jxc_graphql/*/documents/models.py", "jxc_graphql/*/verification/queries.py", "jxc_graphql/verification/queries.py",
    "jxc_graphql/messages/*.toml", "jxc_graphql/*/auth/permissions.py", "jxc_graphql/auth/permissions.py",
    "jxc_graphql/*/auth/rules.py", "jxc_graphql/*/auth/built_in.py", "jxc_graphql/auth/rules.py", "README.md",
    "jxc_graphql/*/documents/labels.toml", "schema/operations/nodes.graphql",
    "tests/trade.py", "tests/contracts/*.py", "tests/make/contract.py", "tests/*.py",
    "jxc_graphql/*/__init__.py",
)  # fmt: skip
MOST = {"relocations": 350, "revaluations": 600}
"""Lines that each may cost by hand."""
LOG = "schema/CHANGES.md"
ACTIONS = ("submit", "approve", "reject", "cancel", "post", "start", "withdraw", "unapprove", "close")


def sources(root: Path) -> list[Path]:
    """The hand-written files of the product."""
    package = root / "jxc_graphql"
    return [path for path in sorted(package.rglob("*.py")) if "migrations" not in path.parts]


def lines(path: Path) -> int:
    """The lines of a file."""
    return len(path.read_text().splitlines())


def box(parts: tuple[str, ...]) -> str:
    """What a newcomer sees at the top of the package: a folder or a file."""
    return parts[0]


def feature(parts: tuple[str, ...]) -> str:
    """The feature that a module belongs to, in a room or not."""
    return "/".join(parts[:2]) if parts[0] in ROOMS and len(parts) > 1 else parts[0]


def imports(path: Path, package: Path) -> Iterator[tuple[str, ...]]:
    """The modules of the product that a file imports, as far as they are named."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jxc_graphql"):
            parts = tuple((node.module or "").split(".")[1:])
            for alias in node.names:
                named = (*parts, alias.name)
                exists = package.joinpath(*named).is_dir() or package.joinpath(*named).with_suffix(".py").exists()
                yield named if exists else parts


def arrows(root: Path) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Who imports whom: boxes, and features."""
    package = root / "jxc_graphql"
    between_boxes, between_features = set(), set()
    for path in sources(root):
        own = path.relative_to(package).with_suffix("").parts
        for other in imports(path, package):
            if other:
                between_boxes.add((box(own), box(other)))
                between_features.add((feature(own), feature(other)))
    return _different(between_boxes), _different(between_features)


def _different(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {pair for pair in edges if pair[0] != pair[1]}


def circles(edges: set[tuple[str, str]]) -> int:
    """How many of them lie in a circle with another one."""
    below: dict[str, set[str]] = {}
    for one, other in edges:
        below.setdefault(one, set()).add(other)

    def reached(start: str) -> set[str]:
        found, left = set[str](), [start]
        while left:
            for one in below.get(left.pop(), set()) - found:
                found.add(one)
                left.append(one)
        return found

    return sum(start in reached(start) for start in below)


def action_lines(root: Path) -> tuple[int, int, int]:
    """How many mutations do one thing with one document, and the lines of api files and of the schema they take."""
    sdl = (root / "schema" / "schema.graphql").read_text()
    found = list(_actions(root, "*api.py", _kinds(sdl)))
    names = {name for name, _ in found}
    return len(names), sum(long for _, long in found), sum(_printed(sdl, name) for name in names)


def operation_lines(root: Path) -> list[int]:
    """Of each such action the lines of the function, or of the statement, that carries it out."""
    kinds = _kinds((root / "schema" / "schema.graphql").read_text())
    shown = {name for name, _ in _actions(root, "*api.py", kinds)}
    paths = [path for path in sources(root) if not path.stem.endswith("api")]
    return [long for path in paths for name, long in _actions(path.parent, path.name, kinds) if name in shown]


def _actions(folder: Path, pattern: str, kinds: set[str]) -> Iterator[tuple[str, int]]:
    """The actions on documents of these kinds that files declare, and how many lines each takes there."""
    for path in sorted(folder.rglob(pattern)):
        for node in ast.parse(path.read_text()).body:
            name = getattr(node, "name", "") or (ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else "")
            snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().removesuffix("_input").removesuffix("_payload")
            verb, _, noun = snake.partition("_")
            if verb in ACTIONS and noun in kinds and (verb, noun) != ("approve", "transfer") and node.end_lineno:
                first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
                yield snake, node.end_lineno - first + 1


def _kinds(sdl: str) -> set[str]:
    found = re.findall(r"^type (\w+) implements .*\bDocument\b", sdl, re.MULTILINE)
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in found}


def _printed(sdl: str, snake: str) -> int:
    pascal = "".join(part.capitalize() for part in snake.split("_"))
    block = rf'(?:^"""(?:(?!""").)*"""\n)?^(?:input|type) {pascal}(?:Input|Payload) {{(?:[^\n]*}}$|.*?^}}$)'
    return sum(one.count("\n") + 1 for one in re.findall(block, sdl, re.MULTILINE | re.DOTALL))


def document_cost(root: Path, name: str) -> dict[str, int]:
    """What a document type costs by hand."""
    folders, named = DOCUMENTS[name]
    package = root / "jxc_graphql"

    def own(base: Path, suffix: str) -> list[Path]:
        found = [path for folder in folders for path in base.rglob(f"{folder}/*{suffix}")]
        return [path for path in found if "node_modules" not in path.parts]

    folder, tests = [*own(package, ".py"), *own(package, ".toml")], own(root / "tests", ".py")
    operations = [path for one in folders for path in (root / "schema" / "operations").glob(f"{one}.graphql")]
    elsewhere = {}
    for pattern in LISTS:
        for path in root.glob(pattern):
            if count := _naming(named, path):
                elsewhere[path.relative_to(root).as_posix()] = count
    by_hand = {
        "folder": sum(map(lines, folder)),
        "of it api": sum(lines(path) for path in folder if path.stem.endswith("api")),
        "tests": sum(map(lines, tests)),
        "operations": sum(map(lines, operations)),
        "in lists": sum(elsewhere.values()),
        "lists": len(elsewhere),
    }
    total = by_hand["folder"] + by_hand["tests"] + by_hand["operations"] + by_hand["in lists"]
    return by_hand | {"by hand": total, "in the log of changes": _naming(named, root / LOG)}


def _naming(what: str, path: Path) -> int:
    return sum(bool(re.search(what, line)) for line in path.read_text().splitlines())


def house(root: Path) -> None:
    """Prints the figures of a tree."""
    found = sources(root)
    boxes, features = arrows(root)
    top = {path.relative_to(root / "jxc_graphql").parts[0].removesuffix(".py") for path in found}
    print(f"boxes at the top     {len(top)}")
    print(f"arrows between boxes {len(boxes)}, between features {len(features)}, in circles {circles(features)}")
    print(f"files {len(found)}, lines {sum(map(lines, found))}")
    count, api, sdl = action_lines(root)
    written = operation_lines(root)
    each = f"{(api + sum(written)) / count:.1f} lines of code each: {api / count:.1f} of api"
    print(f"document actions     {count}: {each}, {sum(written) / count:.1f} of operations ({written.count(1)} of one)")
    print(f"                     and {sdl / count:.1f} of the printed schema each")
    print(f"printed schema       {lines(root / 'schema' / 'schema.graphql')} lines")
    for name in DOCUMENTS:
        told = ", ".join(f"{what} {figure}" for what, figure in document_cost(root, name).items())
        print(f"{name:20} {told}")


def _tree(named: str, folder: str) -> Path:
    """A folder, or what a revision of this repository had, unpacked into another one."""
    if Path(named).is_dir():
        return Path(named)
    packed = subprocess.run(["git", "archive", named], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, [one for one in archive if one.isfile()], filter="data")
    return Path(folder)


if __name__ == "__main__":
    for asked in sys.argv[1:] or ["."]:
        with tempfile.TemporaryDirectory() as unpacked:
            print(f"— {asked}")
            house(_tree(asked, unpacked))
