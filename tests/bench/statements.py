"""What each mutation of the schema takes to the database and back, now and in 0.1.0, as the tests send them."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench.builds import tree_of
from tests.databases import ROOT

FIRST = "18d543d"
"""0.1.0."""
_PLUGIN = "tests/bench/counted.py"
_SENDS = re.compile(r"await (?:ask|send)\(|mutation")
_Fewest = Mapping[tuple[str, str], tuple[int, int]]
"""Statements and round trips of a mutation on a database."""


def statements(only: str | None = None) -> None:
    """Round trips (PostgreSQL) and statements (both) of each mutation, beside 0.1.0; the fewest that a test saw."""
    dialects = [only] if only else ["postgres", "sqlite"]
    here = _counted(ROOT, dialects)
    with tree_of(FIRST) as tree:
        (tree / _PLUGIN).write_text((ROOT / _PLUGIN).read_text())
        before = _counted(tree, dialects)
    if "postgres" in dialects:
        print(f"{'':36}round trips        statements", flush=True)
    for name in _mutations(ROOT):
        told = [f"{name:32}"]
        for dialect in dialects:
            now, then = here.get((name, dialect)), before.get((name, dialect))
            told += [
                f"{dialect} {_figure(then, place)} → {_figure(now, place)}"
                for place in ((1, 0) if dialect == "postgres" else (0,))
            ]
        print("   ".join(told), flush=True)


def _figure(found: tuple[int, int] | None, place: int) -> str:
    return f"{found[place]:3}" if found else "  –"


def _counted(tree: Path, dialects: list[str]) -> _Fewest:
    """The fewest of each mutation that the tests of a tree send, run by themselves."""
    files = [
        str(path.relative_to(tree))
        for path in sorted((tree / "tests").rglob("test_*.py"))
        if _SENDS.search(path.read_text())
    ]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "counted"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-n0",
                "-p",
                "tests.bench.counted",
                "-k",
                " or ".join(dialects),
                *files,
            ],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree), "COUNTED": str(told)},
            stdout=subprocess.DEVNULL,
            check=False,  # what another tree expects of the packages that are installed here is not asked
        )
        fewest: dict[tuple[str, str], tuple[int, int]] = {}
        for name, dialect, sent, trips in map(json.loads, told.read_text().splitlines()):
            known = fewest.get((name, dialect), (sent, trips))
            fewest[name, dialect] = (min(known[0], sent), min(known[1], trips))
        return fewest


def _mutations(tree: Path) -> Iterator[str]:
    schema = (tree / "schema" / "schema.graphql").read_text()
    fields = schema.partition("\ntype Mutation {")[2].partition("\n}")[0]
    yield from sorted(re.findall(r"^  (\w+)\(", fields, re.MULTILINE))
